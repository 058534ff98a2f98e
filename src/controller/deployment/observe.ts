import { type Deployment, tenureOf } from '../../api/deployment.ts';
import type { TenureIdentity } from '../../award/identity.ts';
import type { Standing } from '../../award/source.ts';
import { onBehalfOf } from '../../award/tenure-log.ts';
import { type DinfraError, withHint } from '../../errors/dinfra-error.ts';
import type { Order } from '../../providers/port.ts';
import type { Attempt, Stages } from './attempt.ts';
import type { BoundReactor } from './choose-reactor.ts';
import type { Found } from './next-action.ts';
import type { ReconcileMetrics, Standings } from './ports.ts';

/** What was observed of a tenure, and the failure if it could not be observed. */
export interface Observed {
  readonly found: Found;
  readonly failure: DinfraError | undefined;
}

/** Time limit for asking the source of an award for the standing of a tenure, in milliseconds. */
const STANDING_MS = 15_000;

/** Observes what exists of a tenure in its backend. `Unknown` if that cannot be observed. */
export async function observe(
  deployment: Deployment,
  { identity, order }: { readonly identity: TenureIdentity; readonly order: Order | undefined },
  chosen: Attempt<BoundReactor>,
  metrics: ReconcileMetrics,
  stages: Stages,
): Promise<Observed> {
  // Nothing is created before the acceptance, so there is nothing to observe.
  if (deployment.spec.state === 'Awarded') return { found: { kind: 'Absent' }, failure: undefined };
  if (chosen.value === undefined) return unseen(chosen.failure);
  const { reactor } = chosen.value;
  const memo = deployment.status.realisation?.memo;
  const observed = await stages.attempt(`observing by ${reactor.kind}`, (signal) =>
    onBehalfOf(identity, () =>
      metrics.timed(reactor.kind, 'observe', () => reactor.observe(identity, order, memo, signal)),
    ),
  );
  return observed.value === undefined ? unseen(observed.failure) : { found: observed.value, failure: undefined };
}

/** Asks the source of the award whether the tenure has ended. Called only before something is destroyed. */
export async function confirmEnd(
  deployment: Deployment,
  found: Found,
  standings: Standings,
  stages: Stages,
): Promise<Standing | undefined> {
  if (deployment.spec.state !== 'Ended' || found.kind !== 'Present') return undefined;
  const asked = await stages.attempt(
    'asking the source of the award',
    (signal) => standings.standing(tenureOf(deployment), signal),
    STANDING_MS,
  );
  return asked.value ?? 'Unknown';
}

function unseen(failure: DinfraError): Observed {
  return { found: { kind: 'Unknown', reason: failure.code, message: withHint(failure) }, failure };
}
