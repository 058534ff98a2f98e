import { table } from '../../src/api/crd/field-table.ts';
import { withMadeParts } from '../../src/api/crd/made-parts.ts';
import type { TenureState } from '../../src/award/award.ts';
import { type Facts, type Found, nextAction, type OrderFact } from '../../src/controller/deployment/next-action.ts';
import type { Present } from '../../src/providers/port.ts';

/** A create that was just sent. */
const intent = { ageMs: 0, attempt: 1 };

const unsure = { reason: 'UnexpectedError', message: '' } as const;
const orders: readonly { readonly title: string; readonly order: OrderFact }[] = [
  { title: 'can be realised', order: { kind: 'Realisable' } },
  { title: 'not known', order: { kind: 'Unknown', ...unsure } },
  { title: 'impossible', order: { kind: 'Impossible', ...unsure } },
];

const present: Present = {
  kind: 'Present',
  phase: 'Running',
  healthy: true,
  message: '',
  differences: [],
  endpoints: [],
};
const differing: Present = { ...present, differences: [{ what: '', detail: '' }] };

const findings: readonly { readonly title: string; readonly found: Found; readonly intent?: Facts['intent'] }[] = [
  { title: 'nothing', found: { kind: 'Absent' } },
  { title: 'nothing, a create just sent', found: { kind: 'Absent' }, intent },
  { title: 'as ordered', found: present },
  { title: 'different', found: differing },
  { title: 'stopped', found: { ...present, phase: 'Stopped' } },
  { title: 'half made or removed', found: { ...present, phase: 'Partial' } },
  { title: 'broken', found: { ...present, phase: 'Broken' } },
  { title: 'busy', found: { kind: 'Busy', what: '', pollAfterMs: 0 } },
  { title: 'cannot look', found: { kind: 'Unknown', ...unsure } },
];

/** The facts of a row. */
interface Case {
  readonly title: string;
  readonly more: Pick<Facts, 'order'> & Partial<Facts>;
}

const notNeeded: OrderFact = { kind: 'NotNeeded' };

/** States of a tenure that are treated alike, and the other facts that matter in them. */
const rows: readonly { readonly states: readonly [TenureState, ...TenureState[]]; readonly cases: readonly Case[] }[] =
  [
    { states: ['Awarded'], cases: orders.map(({ title, order }) => ({ title, more: { order } })) },
    {
      states: ['Accepted', 'Active', 'Degraded'],
      cases: orders.map(({ title, order }) => ({ title, more: { order } })),
    },
    { states: ['Suspended'], cases: [{ title: 'not needed', more: { order: notNeeded } }] },
    {
      states: ['Ended'],
      cases: [
        { title: 'not needed; the end is confirmed', more: { order: notNeeded, standing: 'Ended' } },
        { title: 'not needed; the end is not confirmed', more: { order: notNeeded, standing: 'Unknown' } },
      ],
    },
    {
      states: ['Accepted', 'Active', 'Degraded', 'Suspended', 'Ended'],
      cases: [
        { title: 'any; nothing may be touched', more: { order: notNeeded, standing: 'Ended', untouchable: true } },
      ],
    },
  ];

/** docs/deployments.md with its decision table regenerated from the function that decides. */
export function deploymentsPage(page: string): string {
  return withMadeParts('docs/deployments.md', page, { decisions: decisions() });
}

function decisions(): string {
  return table(
    ['the chain says', 'the order', ...findings.map(({ title }) => title)],
    rows.flatMap(({ states, cases }) =>
      cases.map(({ title, more }) => [
        states.join(', '),
        title,
        ...findings.map((finding) => decision(states, more, finding)),
      ]),
    ),
  );
}

function decision(
  states: readonly [TenureState, ...TenureState[]],
  more: Case['more'],
  { found, intent }: (typeof findings)[number],
): string {
  // Nothing is created before the acceptance, so there is nothing to observe.
  if (states[0] === 'Awarded' && found.kind !== 'Absent') return '';
  const [first, ...others] = states.map((wanted) => {
    const action = nextAction({ wanted, found, intent, ...more });
    return action.do === 'remove' && action.again ? 'remove, then create' : action.do;
  });
  if (first === undefined || others.some((other) => other !== first)) {
    throw new Error(`${states.join(', ')} are no longer treated alike: give them rows of their own`);
  }
  return first;
}
