import { describe, expect, it } from 'vitest';
import { BridgeWorld } from '../../test/support/bridge-world.ts';
import { GENESIS } from '../../test/support/memory-source.ts';
import { type Claim, isHandedOver, serverOf } from './account-claims.ts';

function claim(name: string, metadata: object = {}): Claim {
  return { provider: new BridgeWorld().provider(name, { metadata }), account: '5Acme', genesis: GENESIS };
}

const leaving = { deletionTimestamp: '2026-11-25T12:00:00Z' };
const serves = (...claims: readonly Claim[]) => serverOf(claims, '5Acme', GENESIS)?.metadata.name;

describe('Providers that claim the same account', () => {
  it('the oldest of the Providers that claim an account serves it, ties broken by name', () => {
    expect(serves(claim('b', { creationTimestamp: '2026-11-25T11:00:00Z' }), claim('c'))).toBe('c');
    expect(serves(claim('b'), claim('a'))).toBe('a');
  });

  it('a Provider of another account or chain makes no claim to this one', () => {
    const other = { ...claim('a'), account: '5Other' };
    const elsewhere = { ...claim('a'), genesis: `0x${'77'.repeat(32)}` };
    expect(serves(other, elsewhere, claim('b'))).toBe('b');
  });

  it('a Provider that is being deleted serves its account until another one in its namespace can', () => {
    expect(serves(claim('a', leaving))).toBe('a');
    expect(serves(claim('a', leaving), claim('b'))).toBe('b');
    expect(isHandedOver([claim('b')], claim('a', leaving))).toBe(true);
    expect(isHandedOver([claim('b', leaving)], claim('a', leaving))).toBe(false);
  });

  it('a Provider that is being deleted hands nothing over to another namespace', () => {
    const elsewhere = claim('b', { namespace: 'other' });
    expect(serves(claim('a', leaving), elsewhere)).toBe('a');
    expect(isHandedOver([elsewhere], claim('a', leaving))).toBe(false);
  });
});
