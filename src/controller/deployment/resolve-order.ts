import type { Deployment } from '../../api/deployment.ts';
import { type DinfraError, withHint } from '../../errors/dinfra-error.ts';
import type { Order } from '../../providers/port.ts';
import type { Attempt, Stages } from './attempt.ts';
import type { BoundReactor } from './choose-reactor.ts';
import type { OrderFact } from './next-action.ts';
import type { Accepted, Orders } from './orders.ts';

/** The order as far as it is known. */
export interface ResolvedOrder {
  readonly fact: OrderFact;
  /** Undefined if it is not needed, or cannot be read. */
  readonly order?: Order;
  readonly accepted?: Accepted;
}

/** Time limit for reading the order of a running workload, in milliseconds: observing the workload matters more. */
const READ_MS = 15_000;

/** Resolves the order if it is needed: validates it while Awarded, and reads it as accepted from then on. */
export async function resolveOrder(
  deployment: Deployment,
  orders: Orders,
  chosen: Attempt<BoundReactor>,
  stages: Stages,
): Promise<ResolvedOrder> {
  switch (deployment.spec.state) {
    case 'Awarded':
      return judge(deployment, orders, chosen, stages);
    case 'Accepted':
    case 'Active':
    case 'Degraded': {
      const read = await stages.attempt('reading the order', (signal) => orders.accepted(deployment, signal), READ_MS);
      if (read.value === undefined) return { fact: lacking(read.failure) };
      return { fact: { kind: 'Realisable' }, order: read.value.order, accepted: read.value.record };
    }
    case 'Suspended':
    case 'Ended':
      // Stopping and removing need no order, only the resources with our marker.
      return { fact: { kind: 'NotNeeded' } };
  }
}

async function judge(
  deployment: Deployment,
  orders: Orders,
  chosen: Attempt<BoundReactor>,
  stages: Stages,
): Promise<ResolvedOrder> {
  const { descriptor, suspend } = deployment.spec;
  if (suspend === true) {
    const message = 'spec.suspend is true: the order is not validated';
    return { fact: { kind: 'Unknown', reason: 'Paused', message } };
  }
  if (deployment.status.accepted?.hash === descriptor.hash) return { fact: { kind: 'Realisable' } };
  if (chosen.value === undefined) return { fact: lacking(chosen.failure) };
  const { reactor } = chosen.value;
  const judged = await stages.attempt('judging the order', (signal) =>
    orders.accept(deployment, descriptor, reactor, signal),
  );
  if (judged.value === undefined) return { fact: lacking(judged.failure) };
  return { fact: { kind: 'Realisable' }, accepted: judged.value };
}

function lacking(failure: DinfraError): OrderFact {
  const kind = failure.family === 'retryable' ? 'Unknown' : 'Impossible';
  return { kind, reason: failure.code, message: withHint(failure) };
}
