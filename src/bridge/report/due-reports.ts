import type { Condition } from '../../api/condition.ts';
import type { Deployment } from '../../api/deployment.ts';
import { identityOf } from '../../award/identity.ts';
import { awardReasons } from '../../award/reasons.ts';
import { chainCodeOf } from '../../errors/catalogue.ts';
import type { DesiredTenure } from '../../sources/dinfra/model.ts';
import type { TenureCall } from '../../sources/dinfra/tenure-call.ts';
import { nextReport, type Told } from './next-report.ts';

/** A call the chain should hear, and the Deployment it speaks of. */
export interface DueReport {
  readonly call: TenureCall;
  readonly deployment: Deployment;
}

/**
 * What the chain should be told of each tenure, at most one call for each. `deploymentNamed` finds the mirror of a
 * tenure; `now` in Unix milliseconds.
 */
export function dueReports(
  genesis: string,
  rows: readonly DesiredTenure[],
  deploymentNamed: (name: string) => Deployment | undefined,
  now: number,
): DueReport[] {
  return rows.flatMap((row) => {
    const { subscription, tenure, state } = row;
    const deployment = deploymentNamed(identityOf({ genesis, subscription, tenure }).name);
    // The mirror has to have caught up with the row: what it says of an older state is no answer to this one.
    if (deployment === undefined || deployment.spec.state !== state) return [];
    const report =
      nextReport(state, toldBy(deployment, now), awardReasons.WorkloadDown.chainCode) ?? answerTo(row, deployment);
    return report === undefined ? [] : [{ deployment, call: { ...report, subscription, tenure } }];
  });
}

/** The answer to the consumer's wish for another descriptor, once the operator has made up its mind. */
function answerTo({ update }: DesiredTenure, { status }: Deployment) {
  const verdict = status.update;
  if (update === undefined || verdict?.hash !== update.hash) return undefined;
  const { hash } = update;
  return verdict.verdict === 'Acceptable'
    ? ({ call: 'acceptUpdate', hash } as const)
    : ({ call: 'declineUpdate', hash, reason: codeOf(verdict.reason) } as const);
}

/** What a Deployment's status says, as far as the chain is concerned. */
function toldBy({ metadata, status }: Deployment, now: number): Told {
  const condition = (type: string) => status.conditions?.find((one) => one.type === type);
  const ready = condition('Ready');
  const stalled = condition('Stalled');
  // Ready is False all through a suspension: what is started again has its time from then on.
  const since = [ready, condition('Reconciling')].map((one) => Date.parse(one?.lastTransitionTime ?? ''));
  const readyForMs = now - Math.max(...since.filter((time) => !Number.isNaN(time)));
  return {
    current: status.observedGeneration === metadata.generation,
    resolved: condition('Resolved')?.status === 'True',
    hindrance: hindranceOf(condition('Resolved'), now),
    stalledCode: stalled === undefined ? undefined : codeOf(stalled.reason),
    ready: ready?.status ?? 'Unknown',
    readyForMs: ready === undefined ? 0 : readyForMs,
    released: ready?.reason === 'Released',
  };
}

/** Why it is not known whether it can be realised, when that is something the chain has a code for. */
function hindranceOf(resolved: Condition | undefined, now: number): Told['hindrance'] {
  if (resolved?.status !== 'Unknown') return undefined;
  const code = chainCodeOf(resolved.reason);
  return code === undefined ? undefined : { code, forMs: now - Date.parse(resolved.lastTransitionTime) };
}

/** The code the chain hears for a reason. */
function codeOf(reason: string): number {
  return chainCodeOf(reason) ?? awardReasons.Unspecified.chainCode;
}
