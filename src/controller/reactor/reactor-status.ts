import { conditionsAfter, type Statement } from '../../api/conditions.ts';
import { RECONCILE_ANNOTATION } from '../../api/labels.ts';
import type { Reactor, ReactorStatus } from '../../api/reactor.ts';
import type { Reason } from '../../errors/catalogue.ts';
import { findDinfraError, withHint } from '../../errors/dinfra-error.ts';
import { describeOrphans, type Orphan } from '../orphans/orphans.ts';

/** The result of the last probe of a backend. */
export type Probe =
  | { readonly ok: true; readonly message: string }
  | { readonly ok: false; readonly reason: Reason; readonly message: string; readonly needsPerson: boolean };

export interface ReactorFacts {
  readonly probe: Probe;
  /** Undefined while not known: the backend was unreachable, or was surveyed only once. */
  readonly orphans: readonly Orphan[] | undefined;
  /** The number of Deployments that block its deletion; undefined unless it is being deleted. */
  readonly waitsFor: number | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Reasons that retrying cannot resolve: somebody has to correct the resource, its Secret, or rights in the backend. */
const NEEDS_PERSON: ReadonlySet<Reason> = new Set([
  'ReactorMissing',
  'ReactorCredentialsMissing',
  'CloudStackUnauthorized',
  'CloudStackForbidden',
  'ClusterForbidden',
  'HelmUnavailable',
]);

/** Why a probe failed. An error that is not one of ours is reported as a defect of the operator. */
export function failedProbe(error: unknown, timedOut: boolean): Probe {
  const ours = findDinfraError(error);
  if (ours !== undefined) {
    const needsPerson = ours.family === 'terminal' || NEEDS_PERSON.has(ours.code);
    return { ok: false, reason: ours.code, message: withHint(ours), needsPerson };
  }
  if (timedOut) {
    return {
      ok: false,
      reason: 'ReconcileTimeout',
      message: 'The backend does not answer in time.',
      needsPerson: false,
    };
  }
  const message = `The operator failed: ${error instanceof Error ? error.message : String(error)}`;
  return { ok: false, reason: 'UnexpectedError', message, needsPerson: false };
}

/** The status of a Reactor. Pure. */
export function reactorStatus({ metadata, status }: Reactor, facts: ReactorFacts): ReactorStatus {
  const { probe, orphans, waitsFor, now } = facts;
  const reason = probe.ok ? 'ReactorReachable' : probe.reason;
  const { message } = probe;
  const stalled = !probe.ok && probe.needsPerson;
  const reconciling: Statement =
    waitsFor === undefined
      ? { type: 'Reconciling', status: probe.ok || stalled ? undefined : 'True', reason, message }
      : { type: 'Reconciling', status: 'True', reason: 'InUse', message: waitingFor(waitsFor) };
  const statements: readonly Statement[] = [
    { type: 'Ready', status: probe.ok ? 'True' : 'False', reason, message },
    reconciling,
    { type: 'Stalled', status: stalled ? 'True' : undefined, reason, message },
    // Unchanged while it could not be surveyed.
    ...(orphans === undefined ? [] : [orphanStatement(orphans)]),
  ];
  const requested = metadata.annotations?.[RECONCILE_ANNOTATION] ?? status.lastHandledReconcileAt;
  return {
    observedGeneration: metadata.generation,
    conditions: conditionsAfter(status.conditions, statements, metadata.generation, now),
    ...(requested !== undefined && { lastHandledReconcileAt: requested.slice(0, 256) }),
  };
}

/** The message of a Reactor that is being deleted and still has Deployments. */
function waitingFor(deployments: number): string {
  const tenants = deployments === 1 ? '1 Deployment depends' : `${deployments} Deployments depend`;
  return `The Reactor is being deleted and stays until no tenant needs it: ${tenants} on it.`;
}

function orphanStatement(orphans: readonly Orphan[]): Statement {
  const status = orphans.length > 0 ? 'True' : undefined;
  return { type: 'OrphansFound', status, reason: 'OrphansFound', message: describeOrphans(orphans) };
}
