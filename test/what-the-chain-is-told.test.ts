/**
 * From what a reconcile knows of a tenure to what the chain hears of it: every combination of state, order, finding, step
 * and history goes through the decision, the status and the reports, and is compared with rules in words. Each
 * combination stays as it is for an hour, so that all bounds have passed.
 */
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../src/api/deployment.ts';
import { type TenureState, tenureStates } from '../src/award/award.ts';
import { identityOf } from '../src/award/identity.ts';
import { BoundedWaits } from '../src/base/bounded-wait.ts';
import { atOnce } from '../src/base/slices.ts';
import { dueReports } from '../src/bridge/report/due-reports.ts';
import { TenureMemory } from '../src/bridge/report/tenure-memory.ts';
import { statusAfter } from '../src/controller/deployment/deployment-status.ts';
import { type Found, nextAction, type OrderFact } from '../src/controller/deployment/next-action.ts';
import { RefusedError, RetryableError, TerminalError } from '../src/errors/dinfra-error.ts';
import type { Present } from '../src/providers/port.ts';
import { deploymentFor } from './support/deployment-for.ts';
import { ManualClock } from './support/manual-clock.ts';
import { awardOf, GENESIS, HASH } from './support/memory-source.ts';

const HOUR_MS = 3_600_000;

const present: Present = {
  kind: 'Present',
  phase: 'Running',
  healthy: true,
  message: 'up',
  differences: [],
  endpoints: [],
};
const differences = [{ what: 'firewall rule', detail: 'missing' }];

const orders = {
  realisable: { kind: 'Realisable' },
  unknown: { kind: 'Unknown', reason: 'DescriptorUnreachable', message: 'no answer' },
  impossible: { kind: 'Impossible', reason: 'DescriptorMissing', message: 'it is nowhere' },
} as const satisfies Record<string, OrderFact>;

const findings = {
  nothing: { kind: 'Absent' },
  'a backend at work': { kind: 'Busy', what: 'deploying', pollAfterMs: 1 },
  'as ordered and up': present,
  'up and not as ordered': { ...present, differences },
  'running and not up': { ...present, healthy: false },
  stopped: { ...present, phase: 'Stopped', healthy: false },
  broken: { ...present, phase: 'Broken', healthy: false },
  'half made': { ...present, phase: 'Partial', healthy: false, differences },
  'no answer': { kind: 'Unknown', reason: 'CloudStackUnreachable', message: 'no answer' },
  'a refusal to look': { kind: 'Unknown', reason: 'NotOurs', message: 'another’s' },
} as const satisfies Record<string, Found>;

const steps = {
  taken: undefined,
  delayed: new RetryableError('CloudStackFailed', { message: 'again' }),
  refused: new TerminalError('CloudStackRejected', { message: 'never' }),
} as const;

interface Case {
  readonly state: TenureState;
  readonly order: keyof typeof orders;
  readonly found: keyof typeof findings;
  readonly step: keyof typeof steps;
  /** Whether everything of it was once made as ordered, as far as the status remembers. */
  readonly realised: boolean;
}

/** Whether a backend was seen at all. */
const seen = ({ found }: Case) => found !== 'no answer' && found !== 'a refusal to look';
const running = ({ found }: Case) => found === 'as ordered and up' || found === 'up and not as ordered';
/** What is made for the first time is up once it is complete. */
const ready = (one: Case) => found(one, 'as ordered and up') || (one.realised && running(one));
const found = (one: Case, what: Case['found']) => one.found === what;

/** The first that holds says what the chain hears. */
const rules: readonly [string, (one: Case) => boolean, string | undefined][] = [
  ['an award that can be realised is accepted', (one) => is(one, 'Awarded') && one.order === 'realisable', 'accept'],
  ['an award that never can be is declined', (one) => is(one, 'Awarded') && one.order === 'impossible', 'decline'],
  ['an award nobody can judge is left open until its deadline', (one) => is(one, 'Awarded'), undefined],
  [
    'what was accepted and made as ordered is ready, whatever can be read of its order now',
    (one) => is(one, 'Accepted') && one.realised && running(one),
    'ready',
  ],
  [
    'what was accepted and made once is not given up: its order was good, and it has its time',
    (one) => is(one, 'Accepted') && one.realised,
    undefined,
  ],
  [
    'what was accepted and can never be made, since its order is gone, is given up',
    (one) => is(one, 'Accepted') && one.order === 'impossible',
    'decline',
  ],
  [
    'what was accepted and is refused by the backend when it is made is given up',
    (one) => is(one, 'Accepted') && seen(one) && one.step === 'refused',
    'decline',
  ],
  ['what was accepted and is up is ready', (one) => is(one, 'Accepted') && ready(one), 'ready'],
  ['what was accepted and is not up yet has its time', (one) => is(one, 'Accepted'), undefined],
  ['what is active and up stays so', (one) => is(one, 'Active') && running(one), undefined],
  [
    'what is active and is not seen, or seen not to be up, is degraded after its bound',
    (one) => is(one, 'Active'),
    'degraded',
  ],
  ['what is degraded and up has recovered', (one) => is(one, 'Degraded') && running(one), 'recovered'],
  ['what is degraded and not up stays so', (one) => is(one, 'Degraded'), undefined],
  ['what is suspended is left to the chain', (one) => is(one, 'Suspended'), undefined],
  [
    'what has ended is released on proof that nothing is left',
    (one) => is(one, 'Ended') && found(one, 'nothing'),
    'released',
  ],
  ['what has ended and may be there is not released', (one) => is(one, 'Ended'), undefined],
];

function is(one: Case, state: TenureState): boolean {
  return one.state === state;
}

/** All combinations that can come about. */
function everyCase(): readonly Case[] {
  const names = <T extends object>(of: T) => Object.keys(of) as (keyof T)[];
  return tenureStates.flatMap((state) =>
    names(orders).flatMap((order) =>
      names(findings).flatMap((found) =>
        names(steps).flatMap((step) =>
          [false, true].flatMap((realised) => {
            const one = { state, order, found, step, realised };
            return comesAbout(one) ? [one] : [];
          }),
        ),
      ),
    ),
  );
}

function comesAbout(one: Case): boolean {
  // Before the acceptance nothing is made, and nothing is looked for.
  if (is(one, 'Awarded') && (!found(one, 'nothing') || one.realised)) return false;
  // Stopping and removing need no order, so there is one case of each.
  if ((is(one, 'Suspended') || is(one, 'Ended')) && one.order !== 'realisable') return false;
  return one.step === 'taken' || takesStep(one);
}

function actionOf({ state, order, found }: Case) {
  const needsNone = state === 'Suspended' || state === 'Ended';
  return nextAction({
    wanted: state,
    order: needsNone ? { kind: 'NotNeeded' } : orders[order],
    found: findings[found],
    intent: undefined,
    standing: 'Ended',
  });
}

function takesStep(one: Case): boolean {
  return ['create', 'update', 'start', 'stop', 'remove'].includes(actionOf(one).do);
}

function failureOf(one: Case) {
  if (found(one, 'no answer')) return new RetryableError('CloudStackUnreachable', { message: 'no answer' });
  if (found(one, 'a refusal to look')) return new RefusedError('NotOurs', { message: 'another’s' });
  return steps[one.step];
}

/** What the chain hears when it stays like that. */
async function told(one: Case): Promise<string | undefined> {
  const award = awardOf(1n, { state: one.state, deadline: 1_000 });
  const tenure = { genesis: GENESIS, subscription: award.subscription, tenure: award.tenure };
  const bare = deploymentFor({ ...award, identity: identityOf(tenure), descriptor: {}, descriptorHash: HASH });
  const before: Deployment = {
    ...bare,
    spec: { ...bare.spec, state: one.state, descriptor: award.content },
    status: { observedGeneration: 1, ...(one.realised && { realisation: { descriptorHash: HASH } }) },
  };
  const action = actionOf(one);
  const needsNone = one.state === 'Suspended' || one.state === 'Ended';
  const status = statusAfter(before, {
    order: needsNone ? { kind: 'NotNeeded' } : orders[one.order],
    found: findings[one.found],
    action,
    step: undefined,
    failure: failureOf(one),
    accepted: undefined,
    update: undefined,
    reactor: undefined,
    name: before.metadata.name,
    now: Date.UTC(2026, 0, 1),
    retry: undefined,
  });
  const clock = new ManualClock();
  const memory = new TenureMemory();
  const waits = new BoundedWaits(clock);
  const report = () =>
    atOnce(
      dueReports({
        genesis: GENESIS,
        awards: [award],
        point: { number: 100, hash: HASH },
        acceptPeriod: 30,
        index: { tenures: new Map([['1/1', [{ ...before, status }]]]) },
        memory,
        waits,
        unseenAfterMs: HOUR_MS / 2,
        now: clock.monotonic(),
      }),
    );
  report();
  await clock.advance(HOUR_MS);
  return report()[0]?.report;
}

describe('what the chain is told', () => {
  const cases = everyCase();

  it.each(rules.map(([words], index) => [words, index] as const))('%s', async (_words, index) => {
    const ruled = cases.filter((one) => rules.findIndex(([, holds]) => holds(one)) === index);
    expect(ruled.length).toBeGreaterThan(0);
    const wrong: unknown[] = [];
    for (const one of ruled) {
      const heard = await told(one);
      if (heard !== rules[index]?.[2]) wrong.push({ ...one, heard });
    }
    expect(wrong).toEqual([]);
  });

  it('there is a rule for every combination', () => {
    expect(cases.filter((one) => !rules.some(([, holds]) => holds(one)))).toEqual([]);
    expect(cases.length).toBeGreaterThan(250);
  });
});
