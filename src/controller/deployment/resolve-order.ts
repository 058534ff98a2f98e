import type { Deployment } from '../../api/deployment.ts';
import { type DinfraError, withHint } from '../../errors/dinfra-error.ts';
import type { Order } from '../../providers/port.ts';
import type { Attempt, Stages } from './attempt.ts';
import type { BoundReactor } from './choose-reactor.ts';
import type { OrderFact } from './next-action.ts';
import type { Accepted, Orders } from './orders.ts';

/** What is known of an order. */
export interface ResolvedOrder {
  readonly fact: OrderFact;
  /** Undefined when none is needed, or none can be had. */
  readonly order?: Order;
  readonly accepted?: Accepted;
}

/** How long the order of what runs already may take, in milliseconds: looking at the workload matters more. */
const READ_MS = 15_000;

/** The order, as far as it is needed: judged while it is an award, and read as it was accepted from then on. */
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
      // Stopping and removing need only what carries our marker.
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
    const message = 'spec.suspend is true: nothing would be made of it';
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
