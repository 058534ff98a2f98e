import { conditionsAfter, type Statement } from '../../api/conditions.ts';
import { RECONCILE_ANNOTATION } from '../../api/labels.ts';
import type { Reactor, ReactorStatus } from '../../api/reactor.ts';
import type { Reason } from '../../errors/catalogue.ts';
import { findDinfraError, withHint } from '../../errors/dinfra-error.ts';
import { describeOrphans, type Orphan } from '../orphans/orphans.ts';

/** What the last probe of a backend has shown. */
export type Probe =
  | { readonly ok: true; readonly message: string }
  | { readonly ok: false; readonly reason: Reason; readonly message: string; readonly needsPerson: boolean };

export interface ReactorFacts {
  readonly probe: Probe;
  /** Undefined when it is not known: the backend could not be asked, or has been asked only once. */
  readonly orphans: readonly Orphan[] | undefined;
  /** Deployments that keep it from being deleted; undefined while nobody deletes it. */
  readonly waitsFor: number | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What trying again does not change: somebody has to correct the resource, its Secret, or rights outside. */
const NEEDS_PERSON: ReadonlySet<Reason> = new Set([
  'ReactorMissing',
  'ReactorCredentialsMissing',
  'CloudStackUnauthorized',
  'CloudStackForbidden',
  'ClusterForbidden',
  'HelmUnavailable',
]);

/** Why a probe failed. What is not one of our errors is a fault of the operator, and the status says so. */
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
    // What could not be looked at is as it was.
    ...(orphans === undefined ? [] : [orphanStatement(orphans)]),
  ];
  const requested = metadata.annotations?.[RECONCILE_ANNOTATION] ?? status.lastHandledReconcileAt;
  return {
    observedGeneration: metadata.generation,
    conditions: conditionsAfter(status.conditions, statements, metadata.generation, now),
    ...(requested !== undefined && { lastHandledReconcileAt: requested.slice(0, 256) }),
  };
}

/** What a Reactor that is being deleted waits for. */
function waitingFor(deployments: number): string {
  const tenants = deployments === 1 ? '1 Deployment depends' : `${deployments} Deployments depend`;
  return `It is being deleted and stays until no tenant needs it: ${tenants} on it.`;
}

function orphanStatement(orphans: readonly Orphan[]): Statement {
  const status = orphans.length > 0 ? 'True' : undefined;
  return { type: 'OrphansFound', status, reason: 'OrphansFound', message: describeOrphans(orphans) };
}
