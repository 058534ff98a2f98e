import type { Deployment } from '../../api/deployment.ts';
import type { Award } from '../../award/award.ts';
import { awardReasons } from '../../award/reasons.ts';
import type { TenureReport } from '../../award/report.ts';
import type { Point } from '../../award/source.ts';
import type { BoundedWaits } from '../../base/bounded-wait.ts';
import type { MirrorIndex } from '../mirror/mirror-index.ts';
import { tenureKey } from '../mirror/tenure-names.ts';
import { DECLINE_AFTER_MS, DEGRADED_AFTER_MS, nextReport, type TenureFacts } from './next-report.ts';
import type { TenureMemory } from './tenure-memory.ts';

/** An undecided award is declined when this share of its time is left, or this many blocks. */
const MARGIN_SHARE = 1 / 3;
const MARGIN_BLOCKS = 5;

/** All that reports are computed from. */
export interface ReportFacts {
  readonly genesis: string;
  readonly awards: readonly Award[];
  readonly point: Point;
  /** Blocks within which an award has to be answered. */
  readonly acceptPeriod: number;
  readonly index: Pick<MirrorIndex, 'tenures'>;
  readonly memory: TenureMemory;
  /** Undecided awards, by `tenureKey`, that are more than their consumer may have. */
  readonly beyondLimits: ReadonlySet<string>;
  readonly waits: BoundedWaits;
  /** How long a workload may go unseen before it is reported degraded, in milliseconds. */
  readonly unseenAfterMs: number;
  /** Monotonic milliseconds. */
  readonly now: number;
}

/** The reports that are due, at most one for each tenure. */
export function* dueReports(facts: ReportFacts): Generator<void, readonly TenureReport[], void> {
  const { genesis, memory } = facts;
  const reports: TenureReport[] = [];
  const keys = new Set<string>();
  for (const award of facts.awards) {
    yield;
    const { subscription, tenure, state } = award;
    const key = tenureKey(`${subscription}`, tenure);
    keys.add(key);
    memory.see(key, state, facts.now);
    if (facts.beyondLimits.has(key)) memory.decline(key, awardReasons.ConsumerLimit.chainCode);
    const parts = facts.index.tenures.get(key) ?? [];
    const report =
      nextReport(state, tenureFacts(facts, award, key, parts), facts.unseenAfterMs) ?? answerToUpdate(award, parts);
    if (report === undefined) continue;
    if (report.report === 'decline' && state === 'Awarded') memory.decline(key, report.reason);
    reports.push({ genesis, subscription, tenure, ...report });
  }
  memory.retain(keys);
  return reports;
}

/** How many blocks before its deadline an undecided award is declined. */
export function declineMargin(acceptPeriod: number): number {
  const margin = Math.max(MARGIN_BLOCKS, Math.ceil(acceptPeriod * MARGIN_SHARE));
  // With very short periods, half of the time is left for the decision.
  return Math.min(margin, Math.max(1, Math.floor(acceptPeriod / 2)));
}

function tenureFacts(facts: ReportFacts, award: Award, key: string, parts: readonly Deployment[]): TenureFacts {
  const { memory, now } = facts;
  const current = parts.length > 0 && parts.every((part) => isCurrent(part, award));
  const known = parts.map((part) => part.status.facts);
  const all = (test: (fact: NonNullable<(typeof known)[number]>) => boolean) =>
    parts.length > 0 && known.every((fact) => fact !== undefined && test(fact));
  const ages = parts.map((part) => agesOf(facts, award, part));
  const staleMs = memory.staleMs(key, !current, now);
  return {
    current,
    order: known.some((fact) => fact?.order === 'Impossible')
      ? 'Impossible'
      : all(({ order }) => order === 'Realisable')
        ? 'Realisable'
        : 'Undecided',
    undecidedMs: Math.max(0, ...ages.map(({ undecidedMs }) => undecidedMs)),
    up: all(({ workload }) => workload === 'Up'),
    // A workload that is started again after a suspension was down throughout: its time counts from the change of
    // state.
    downMs: Math.min(Math.max(0, ...ages.map(({ downMs }) => downMs)), memory.inStateMs(key, now)),
    unseenMs: Math.min(Math.max(staleMs, ...ages.map(({ unseenMs }) => unseenMs)), memory.sinceChangeMs(key, now)),
    reasonCode: known.map((fact) => fact?.reasonCode).find((code) => code !== undefined),
    released: all(({ released }) => released),
    isDue: award.deadline !== undefined && award.deadline - facts.point.number <= declineMargin(facts.acceptPeriod),
    declinedWith: memory.declinedWith(key),
  };
}

/** True once the mirror has caught up with the award, and the status with the mirror. */
function isCurrent({ metadata, spec, status }: Deployment, { state, content }: Award): boolean {
  return (
    spec.state === state && spec.descriptor.hash === content.hash && status.observedGeneration === metadata.generation
  );
}

/** Computes only the ages that matter in the state of the award. */
function agesOf({ waits, unseenAfterMs }: ReportFacts, { state }: Award, { metadata, status }: Deployment) {
  const { facts } = status;
  const ages = { undecidedMs: 0, downMs: 0, unseenMs: 0 };
  if (facts === undefined) return ages;
  const age = (what: string, since: string, boundMs: number) => waits.ageMs(`${metadata.name} ${what}`, since, boundMs);
  if (state === 'Awarded' && facts.order === 'Undecided') {
    ages.undecidedMs = age('order', facts.orderSince, DECLINE_AFTER_MS);
  }
  if (state !== 'Active' || facts.workload === 'Up') return ages;
  return facts.workload === 'Unseen'
    ? { ...ages, unseenMs: age('workload', facts.workloadSince, unseenAfterMs) }
    : { ...ages, downMs: age('workload', facts.workloadSince, DEGRADED_AFTER_MS) };
}

/** The answer to an update that the consumer requested, once every part has a verdict. */
function answerToUpdate({ update }: Award, parts: readonly Deployment[]) {
  if (update === undefined || parts.length === 0) return undefined;
  const { hash } = update;
  const verdicts = parts.map(({ status }) => status.update).filter((verdict) => verdict?.hash === hash);
  const refused = verdicts.find((verdict) => verdict?.verdict === 'Refused');
  if (refused !== undefined) {
    const reason = refused.reasonCode ?? awardReasons.Unspecified.chainCode;
    return { report: 'declineUpdate', hash, reason } as const;
  }
  return verdicts.length === parts.length ? ({ report: 'acceptUpdate', hash } as const) : undefined;
}
