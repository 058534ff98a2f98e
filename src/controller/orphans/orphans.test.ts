import { describe, expect, it } from 'vitest';
import { identityOf } from '../../award/identity.ts';
import { describeOrphans, lasting, unknownTenures } from './orphans.ts';

const genesis = `0x${'45'.repeat(32)}`;
const identity = (subscription: bigint) => identityOf({ genesis, subscription, tenure: 1 });
const vm = (subscription: bigint) => ({
  marker: identity(subscription).marker,
  what: `VM ${identity(subscription).name} (Running)`,
});

describe('orphans', () => {
  it('orphans are tenures with resources but without a Deployment, each listed once', () => {
    const network = { marker: vm(2n).marker, what: 'network n' };
    const orphans = unknownTenures([vm(1n), vm(2n), network], new Set([vm(1n).marker]));
    expect(orphans).toEqual([{ identity: identity(2n), what: [vm(2n).what, 'network n'] }]);
  });

  it('resources without our marker are never orphans', () => {
    expect(unknownTenures([{ marker: 'dinfra:mine', what: 'VM mine' }], new Set())).toEqual([]);
  });

  it('orphans are reported only when the previous survey found them too', () => {
    const [first, second] = [unknownTenures([vm(1n)], new Set()), unknownTenures([vm(1n), vm(2n)], new Set())];
    expect(lasting(first, [])).toEqual([]);
    expect(lasting(second, first)).toEqual(first);
    expect(lasting([], first)).toEqual([]);
  });

  it('orphans are reported in one line, however many there are', () => {
    const many = unknownTenures([1n, 2n, 3n, 4n, 5n, 6n, 7n].map(vm), new Set());
    expect(describeOrphans(many)).toMatch(/^Of 7 tenures without a Deployment there is still: VM .*; and 2 more\.$/);
    expect(describeOrphans(many.slice(0, 1))).toMatch(/^Of a tenure without a Deployment there is still: VM [^;]*\.$/);
  });
});
