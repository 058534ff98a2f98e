import type { Difference } from '../../port.ts';
import type { ApiObject } from '../cluster.ts';
import { POD } from '../confine/kinds.ts';
import { Annotation } from '../names.ts';
import type { ReleaseHistory, ReleaseRecord } from '../release/release-record.ts';
import type { Drift } from './drift.ts';
import type { Reach } from './endpoints.ts';
import type { Version } from './metadata-views.ts';
import type { Readiness } from './readiness.ts';
import type { Warning } from './warnings.ts';

/** Everything that was read of one tenure, as plain data: decisions are made elsewhere. */
export type TenantState =
  | { readonly found: 'Nothing' }
  | { readonly found: 'Terminating'; readonly why: string | undefined }
  | TenantNamespace;

export interface TenantNamespace {
  readonly found: 'Namespace';
  /** Confining objects that are missing or changed. */
  readonly walls: readonly Difference[];
  readonly stopped: boolean;
  readonly inside: Inside;
}

/** The contents of the namespace. */
export type Inside =
  /** The tenant's account cannot be used yet, because the namespace is not complete. */
  | { readonly kind: 'NoAccess' }
  /** It cannot be read, for this reason. */
  | { readonly kind: 'Unseen'; readonly why: string }
  | InsideSeen;

export interface InsideSeen {
  readonly kind: 'Seen';
  readonly release: ReleaseHistory;
  /** The objects of the running revision, or what runs in the namespace if its manifest cannot be read. */
  readonly objects: readonly ObjectFinding[];
  /** The pods if something is down or stopped; otherwise they are not read. */
  readonly pods: readonly ApiObject[];
  /** Warnings of Kubernetes, the latest last, if something is down. */
  readonly warnings: readonly Warning[];
}

/** The state of one object. Small, because it is cached while nothing changes. */
export type ObjectFinding =
  /** `what` is the object in words: `Deployment web`. */
  | { readonly state: 'Missing'; readonly what: string }
  /** It has been removed as intended by its chart. */
  | { readonly state: 'Finished'; readonly what: string }
  /** It could not be read, for this reason: it counts neither as up nor as down. */
  | { readonly state: 'Unseen'; readonly what: string; readonly why: string }
  | ObjectSeen;

export interface ObjectSeen {
  readonly state: 'Seen';
  readonly what: string;
  readonly uid: string;
  readonly version: Version;
  readonly readiness: Readiness;
  readonly drift: Drift;
  /** Its address, if it is a Service or an Ingress. */
  readonly reach: Reach | undefined;
}

/** True if applying the chart again would help: the object is missing, or not as in its chart. */
export function isOutOfPlace(finding: ObjectFinding): boolean {
  return finding.state === 'Missing' || (finding.state === 'Seen' && finding.drift.kind === 'Field');
}

/** True unless the object is known to be down. */
export function isObjectUp(finding: ObjectFinding): boolean {
  return finding.state === 'Seen' ? finding.readiness.state === 'Ready' : finding.state !== 'Missing';
}

/** True if there is nothing to do and nothing to wait for. */
export function isAtRest({ walls, stopped, inside }: TenantNamespace): boolean {
  if (walls.length > 0 || inside.kind !== 'Seen') return false;
  if (stopped) return inside.pods.length === 0;
  const { latest, good } = inside.release;
  return (
    good?.content?.status === 'deployed' &&
    latest?.revision === good.revision &&
    inside.objects.every((object) => isObjectUp(object) && object.state !== 'Unseen' && !isOutOfPlace(object)) &&
    !inside.objects.some((object) => isBarePod(object) || isContested(object))
  );
}

/** The state without the content of the manifest, which is not needed at rest. */
export function slim(state: TenantNamespace): TenantNamespace {
  if (state.inside.kind !== 'Seen') return state;
  const { release } = state.inside;
  const without = (record: ReleaseRecord | undefined): ReleaseRecord | undefined =>
    record?.content === undefined ? record : { ...record, content: { ...record.content, objects: undefined } };
  const inside = { ...state.inside, release: { latest: without(release.latest), good: without(release.good) } };
  return { ...state, inside };
}

/** A field that another writer keeps changing is corrected after a while, even if nothing changes meanwhile. */
function isContested(finding: ObjectFinding): boolean {
  return finding.state === 'Seen' && finding.drift.kind === 'Contested';
}

/** Pods are not watched, and a pod without a controller may end at any time. */
export function isBarePod(finding: ObjectFinding): boolean {
  return finding.state === 'Seen' && finding.version.address.kind === POD.kind;
}

/** The versions of all objects that were read. */
export function versionsIn(inside: Inside): readonly Version[] {
  if (inside.kind !== 'Seen') return [];
  return inside.objects.flatMap((finding) => (finding.state === 'Seen' ? [finding.version] : []));
}

/** True from the moment a tenure is stopped until it has been started again. */
export function isStopped(namespace: ApiObject): boolean {
  return namespace.metadata.annotations?.[Annotation.stopped] !== undefined;
}
