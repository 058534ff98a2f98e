import { expect, test } from 'vitest';
import { heldSpec, type Lease, mayTake, observe, releasedSpec } from './lease-record.ts';

const lease = (resourceVersion: string, spec: Lease['spec']): Lease => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'l', namespace: 'n', uid: 'u', resourceVersion, creationTimestamp: '' },
  ...(spec === undefined ? {} : { spec }),
});
const heldBy = (holderIdentity: string, resourceVersion = '1') =>
  lease(resourceVersion, { holderIdentity, leaseDurationSeconds: 15, renewTime: '1970-01-01T00:00:00.000000Z' });

test('a Lease of another holder is free only after we have seen it unchanged for its whole duration', () => {
  const first = observe(undefined, heldBy('other'), 1_000);
  expect(mayTake(first, 'me', 15_999)).toBe(false);
  expect(mayTake(observe(first, heldBy('other'), 15_000), 'me', 16_000)).toBe(true);
  expect(mayTake(observe(first, heldBy('other', '2'), 15_000), 'me', 16_000)).toBe(false);
});

test('the times written in a Lease are ignored, because clocks differ', () => {
  const longAgo = observe(undefined, heldBy('other'), 0);
  expect(mayTake(longAgo, 'me', 1)).toBe(false);
});

test('a Lease without a holder, or held by us, may be taken at once', () => {
  expect(mayTake(observe(undefined, heldBy(''), 0), 'me', 0)).toBe(true);
  expect(mayTake(observe(undefined, heldBy('me'), 0), 'me', 0)).toBe(true);
  expect(mayTake(observe(undefined, lease('1', undefined), 0), 'me', 0)).toBe(true);
});

test('a recreated Lease is a different one', () => {
  const first = observe(undefined, heldBy('other'), 0);
  const remade = { ...heldBy('other'), metadata: { ...heldBy('other').metadata, uid: 'v' } };
  expect(observe(first, remade, 15_000).since).toBe(15_000);
});

test('renewing a Lease keeps its acquire time; taking it over counts a transition', () => {
  const taken = heldSpec(undefined, 'me', 15_000, 0);
  expect(taken).toEqual({
    holderIdentity: 'me',
    leaseDurationSeconds: 15,
    acquireTime: '1970-01-01T00:00:00.000000Z',
    renewTime: '1970-01-01T00:00:00.000000Z',
    leaseTransitions: 0,
  });
  const renewed = heldSpec(taken, 'me', 15_000, 2_345);
  expect(renewed).toEqual({ ...taken, renewTime: '1970-01-01T00:00:02.345000Z' });
  expect(heldSpec(renewed, 'other', 15_000, 9_000)).toMatchObject({
    holderIdentity: 'other',
    acquireTime: '1970-01-01T00:00:09.000000Z',
    leaseTransitions: 1,
  });
  expect(releasedSpec(renewed, 5_000)).toMatchObject({ holderIdentity: '', leaseTransitions: 0 });
});
