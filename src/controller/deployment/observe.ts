import { type Deployment, tenureOf } from '../../api/deployment.ts';
import type { TenureIdentity } from '../../award/identity.ts';
import type { Standing } from '../../award/source.ts';
import { type DinfraError, withHint } from '../../errors/dinfra-error.ts';
import type { Order } from '../../providers/port.ts';
import type { Attempt, Stages } from './attempt.ts';
import type { BoundReactor } from './choose-reactor.ts';
import type { Found } from './next-action.ts';
import type { ReconcileMetrics, Standings } from './ports.ts';

/** What was found of a tenure, and why nothing could be seen. */
export interface Observed {
  readonly found: Found;
  readonly failure: DinfraError | undefined;
}

/** How long the source of an award may take to say where a tenure stands, in milliseconds. */
const STANDING_MS = 15_000;

/** What exists of a tenure in its backend. Not being able to look is a finding of its own. */
export async function observe(
  deployment: Deployment,
  { identity, order }: { readonly identity: TenureIdentity; readonly order: Order | undefined },
  chosen: Attempt<BoundReactor>,
  metrics: ReconcileMetrics,
  stages: Stages,
): Promise<Observed> {
  // Nothing is made before the acceptance, so there is nothing to look for.
  if (deployment.spec.state === 'Awarded') return { found: { kind: 'Absent' }, failure: undefined };
  if (chosen.value === undefined) return unseen(chosen.failure);
  const { reactor } = chosen.value;
  const memo = deployment.status.realisation?.memo;
  const observed = await stages.attempt(`observing by ${reactor.kind}`, (signal) =>
    metrics.timed(reactor.kind, 'observe', () => reactor.observe(identity, order, memo, signal)),
  );
  return observed.value === undefined ? unseen(observed.failure) : { found: observed.value, failure: undefined };
}

/** Asked only before something is destroyed: whether the source of the award confirms that the tenure has ended. */
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
