import { microTime } from '../client/micro-time.ts';
import type { KubeObject, ResourceType } from '../client/resource-type.ts';

/** coordination.k8s.io/v1 Lease: the fields an election uses. */
export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** MicroTime. Informational: never compared with a clock. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export const leases: ResourceType<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

/** A Lease, and when this process first saw this version of it, on its own monotonic clock. */
export interface ObservedLease {
  readonly lease: Lease;
  readonly since: number;
}

/** Updates the observation after another read of the Lease. */
export function observe(known: ObservedLease | undefined, lease: Lease, now: number): ObservedLease {
  const unchanged =
    known?.lease.metadata.uid === lease.metadata.uid &&
    known.lease.metadata.resourceVersion === lease.metadata.resourceVersion;
  return unchanged ? known : { lease, since: now };
}

/**
 * Whether we may acquire a Lease: nobody holds it, we hold it, or we have watched it stay unchanged for its whole
 * duration. Never judged by the times written in it: clocks differ between machines.
 */
export function mayTake({ lease, since }: ObservedLease, identity: string, now: number): boolean {
  return lease.spec?.holderIdentity === identity || msUntilFree({ lease, since }, now) === 0;
}

/** Milliseconds until a Lease that stays unchanged may be acquired by others; 0 when nobody holds it. */
export function msUntilFree({ lease, since }: ObservedLease, now: number): number {
  const { holderIdentity = '', leaseDurationSeconds = 0 } = lease.spec ?? {};
  return holderIdentity === '' ? 0 : Math.max(0, since + leaseDurationSeconds * 1000 - now);
}

/** The spec that names us as holder, based on the previous one. */
export function heldSpec(
  previous: LeaseSpec | undefined,
  identity: string,
  durationMs: number,
  wallTimeMs: number,
): LeaseSpec {
  const isRenewal = previous?.holderIdentity === identity && previous.acquireTime !== undefined;
  const now = microTime(wallTimeMs);
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(durationMs / 1000),
    acquireTime: isRenewal ? previous.acquireTime : now,
    renewTime: now,
    leaseTransitions: previous === undefined ? 0 : (previous.leaseTransitions ?? 0) + (isRenewal ? 0 : 1),
  };
}

/** The spec of a released Lease. */
export function releasedSpec(previous: LeaseSpec, wallTimeMs: number): LeaseSpec {
  const now = microTime(wallTimeMs);
  return {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: previous.leaseTransitions ?? 0,
  };
}
