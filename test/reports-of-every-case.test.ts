/**
 * From the facts of a reconcile to the report on chain: every combination of state, order, finding, step and history
 * goes through the decision, the status and the reports, and is compared with a rule. Each combination lasts an hour,
 * so that all bounds have passed.
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
import { deploymentFor } from './support/deployment-for.ts';
import { ManualClock } from './support/manual-clock.ts';
import { awardOf, GENESIS, HASH } from './support/memory-source.ts';
import { running as present } from './support/running.ts';

const HOUR_MS = 3_600_000;

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
  /** Whether the status records that everything was realised as ordered once. */
  readonly realised: boolean;
}

/** Whether a backend was seen at all. */
const seen = ({ found }: Case) => found !== 'no answer' && found !== 'a refusal to look';
const running = ({ found }: Case) => found === 'as ordered and up' || found === 'up and not as ordered';
/** A first realisation counts as up once it is complete. */
const ready = (one: Case) => found(one, 'as ordered and up') || (one.realised && running(one));
const found = (one: Case, what: Case['found']) => one.found === what;

/** The first rule that applies determines the report. */
const rules: readonly [string, (one: Case) => boolean, string | undefined][] = [
  ['a realisable award is accepted', (one) => is(one, 'Awarded') && one.order === 'realisable', 'accept'],
  ['an impossible award is declined', (one) => is(one, 'Awarded') && one.order === 'impossible', 'decline'],
  ['an undecided award stays open until its deadline', (one) => is(one, 'Awarded'), undefined],
  [
    'an accepted tenure that is realised as ordered and up is ready, even if its order cannot be read now',
    (one) => is(one, 'Accepted') && one.realised && running(one),
    'ready',
  ],
  [
    'an accepted tenure that was realised once is not given up',
    (one) => is(one, 'Accepted') && one.realised,
    undefined,
  ],
  [
    'an accepted tenure whose order has become impossible is given up',
    (one) => is(one, 'Accepted') && one.order === 'impossible',
    'decline',
  ],
  [
    'an accepted tenure whose create the backend refuses is given up',
    (one) => is(one, 'Accepted') && seen(one) && one.step === 'refused',
    'decline',
  ],
  ['an accepted tenure that is up is ready', (one) => is(one, 'Accepted') && ready(one), 'ready'],
  ['an accepted tenure that is not up yet is not reported', (one) => is(one, 'Accepted'), undefined],
  ['an active tenure that is up needs no report', (one) => is(one, 'Active') && running(one), undefined],
  ['an active tenure that is unseen or down is degraded after its bound', (one) => is(one, 'Active'), 'degraded'],
  ['a degraded tenure that is up has recovered', (one) => is(one, 'Degraded') && running(one), 'recovered'],
  ['a degraded tenure that is not up needs no report', (one) => is(one, 'Degraded'), undefined],
  ['nothing is reported for a suspended tenure', (one) => is(one, 'Suspended'), undefined],
  [
    'an ended tenure is released on proof that nothing is left',
    (one) => is(one, 'Ended') && found(one, 'nothing'),
    'released',
  ],
  ['an ended tenure that may still exist is not released', (one) => is(one, 'Ended'), undefined],
];

function is(one: Case, state: TenureState): boolean {
  return one.state === state;
}

/** All possible combinations. */
function everyCase(): readonly Case[] {
  const names = <T extends object>(of: T) => Object.keys(of) as (keyof T)[];
  return tenureStates.flatMap((state) =>
    names(orders).flatMap((order) =>
      names(findings).flatMap((found) =>
        names(steps).flatMap((step) =>
          [false, true].flatMap((realised) => {
            const one = { state, order, found, step, realised };
            return isPossible(one) ? [one] : [];
          }),
        ),
      ),
    ),
  );
}

function isPossible(one: Case): boolean {
  // Before the acceptance nothing is created or observed.
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

/** The report after an hour in this state. */
async function reportOf(one: Case): Promise<string | undefined> {
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
        beyondLimits: new Set(),
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

describe('the report of every case', () => {
  const cases = everyCase();

  it.each(rules.map(([words], index) => [words, index] as const))('%s', async (_words, index) => {
    const ruled = cases.filter((one) => rules.findIndex(([, holds]) => holds(one)) === index);
    expect(ruled.length).toBeGreaterThan(0);
    const wrong: unknown[] = [];
    for (const one of ruled) {
      const reported = await reportOf(one);
      if (reported !== rules[index]?.[2]) wrong.push({ ...one, reported });
    }
    expect(wrong).toEqual([]);
  });

  it('there is a rule for every combination', () => {
    expect(cases.filter((one) => !rules.some(([, holds]) => holds(one)))).toEqual([]);
    expect(cases.length).toBeGreaterThan(250);
  });
});
