import { microTime } from '../client/micro-time.ts';
import type { KubeObject, ResourceType } from '../client/resource-type.ts';

/** coordination.k8s.io/v1 Lease, as far as an election needs it. */
export interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** MicroTime. Written for people; nobody's clock is compared with it. */
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

/** A Lease, and when this process first saw it as it is, on its own monotonic clock. */
export interface ObservedLease {
  readonly lease: Lease;
  readonly since: number;
}

/** What is known after reading a Lease once more. */
export function observe(known: ObservedLease | undefined, lease: Lease, now: number): ObservedLease {
  const unchanged =
    known?.lease.metadata.uid === lease.metadata.uid &&
    known.lease.metadata.resourceVersion === lease.metadata.resourceVersion;
  return unchanged ? known : { lease, since: now };
}

/**
 * Whether we may take a Lease: nobody holds it, we do, or its holder has let it lie unchanged for its whole duration
 * while we were looking. Never judged by the times written in it: clocks differ between machines.
 */
export function mayTake({ lease, since }: ObservedLease, identity: string, now: number): boolean {
  return lease.spec?.holderIdentity === identity || msUntilFree({ lease, since }, now) === 0;
}

/** Milliseconds until a Lease that stays as it is may be taken by others; 0 when nobody holds it. */
export function msUntilFree({ lease, since }: ObservedLease, now: number): number {
  const { holderIdentity = '', leaseDurationSeconds = 0 } = lease.spec ?? {};
  return holderIdentity === '' ? 0 : Math.max(0, since + leaseDurationSeconds * 1000 - now);
}

/** The record of us holding the Lease, following on what it was before. */
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

/** The record of nobody holding the Lease. */
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
