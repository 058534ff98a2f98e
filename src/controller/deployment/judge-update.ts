import type { Deployment } from '../../api/deployment.ts';
import { awardReasons } from '../../award/reasons.ts';
import { chainCodeOf } from '../../errors/catalogue.ts';
import { type DinfraError, withHint } from '../../errors/dinfra-error.ts';
import type { Attempt, Stages } from './attempt.ts';
import type { BoundReactor } from './choose-reactor.ts';
import type { Accepted, Orders } from './orders.ts';
import type { UpdateVerdict } from './outcome.ts';

/** The verdict on an update. */
export interface JudgedUpdate {
  /** Undefined while it cannot be decided. */
  readonly verdict: UpdateVerdict | undefined;
  /** Set by the reconcile that validated it. */
  readonly accepted?: Accepted;
}

/** Longest message of a verdict, in characters. */
const MAX_MESSAGE = 1024;

/** Whether the update that the consumer requested can be realised: validated once and stored, like the first order. */
export async function judgeUpdate(
  deployment: Deployment,
  orders: Orders,
  chosen: Attempt<BoundReactor>,
  stages: Stages,
): Promise<JudgedUpdate> {
  const { update, state, suspend } = deployment.spec;
  if (update === undefined || state === 'Ended' || state === 'Awarded') return { verdict: undefined };
  const known = deployment.status.update;
  if (known?.hash === update.hash) return { verdict: known };
  if (chosen.value === undefined || suspend === true) return { verdict: undefined };
  const { reactor } = chosen.value;
  const judged = await stages.attempt('judging the update', (signal) =>
    orders.accept(deployment, update, reactor, signal),
  );
  if (judged.value === undefined) return { verdict: refusalOf(update.hash, judged.failure) };
  const words = { reason: 'DescriptorVerified', message: 'It can be realised.' };
  return { verdict: { hash: update.hash, verdict: 'Acceptable', ...words }, accepted: judged.value };
}

function refusalOf(hash: string, failure: DinfraError): UpdateVerdict | undefined {
  if (failure.family === 'retryable') return undefined;
  return {
    hash,
    verdict: 'Refused',
    reason: failure.code,
    reasonCode: chainCodeOf(failure.code) ?? awardReasons.Unspecified.chainCode,
    message: withHint(failure).slice(0, MAX_MESSAGE),
  };
}
