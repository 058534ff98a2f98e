import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BridgeWorld } from '../../test/support/bridge-world.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { GENESIS } from '../../test/support/memory-source.ts';
import { IN_USE_FINALIZER } from '../api/labels.ts';
import { providers } from '../api/provider.ts';
import { silentLogger } from '../base/logger.ts';
import { RetryableError } from '../errors/dinfra-error.ts';
import type { ProviderSessions } from './provider-sessions.ts';

const TENURE = { genesis: GENESIS, subscription: 1n, tenure: 1 };

let world: BridgeWorld;
let sessions: ProviderSessions;
let queued: Set<string>;

beforeEach(() => {
  world = new BridgeWorld();
  ({ sessions, queued } = world.sessions());
});
afterEach(async () => {
  world.end();
  await sessions.ended();
});

async function reconcile(...names: readonly string[]): Promise<void> {
  for (const name of names)
    await sessions.reconcile(`acme/${name}`, world.stop.signal, silentLogger, world.stop.signal);
}

/** Reconciles what is queued and lets the sessions compare, until both are idle. */
async function converge(): Promise<void> {
  for (let quiet = 0, round = 0; quiet < 3 && round < 40; round++) {
    const before = world.cluster.writes.length + world.submitted.length;
    const keys = [...queued];
    queued.clear();
    for (const key of keys) await sessions.reconcile(key, world.stop.signal, silentLogger, world.stop.signal);
    world.ledger.finalise();
    await new Promise((resolve) => setTimeout(resolve, 120));
    quiet = world.cluster.writes.length + world.submitted.length === before && queued.size === 0 ? quiet + 1 : 0;
  }
}

const later = { creationTimestamp: '2026-11-25T11:00:00Z' };
const onChain = { chain: { endpoints: ['ws://127.0.0.1:9944'], genesisHash: GENESIS } };

describe('two Providers that name one account', () => {
  it('the older of two Providers of one account is served; the other is Stalled, names it, and has no session', async () => {
    world.provider('zeta');
    world.provider('alpha', { metadata: later, spec: onChain });
    await reconcile('zeta');
    await converge();
    await reconcile('alpha');
    await converge();
    expect(world.sources.map(({ provider }) => provider)).toHaveLength(1);
    expect(world.readyOf(world.providerNow('zeta'))).toMatchObject({ status: 'True' });
    expect(world.condition(world.providerNow('alpha'), 'Stalled')).toMatchObject({
      status: 'True',
      reason: 'AccountInUse',
      message: expect.stringContaining('Provider acme/zeta already serves account'),
    });
  });

  it('two Providers of one account are never both served, even if the chain of the second is known only once it is reached', async () => {
    world.provider('zeta');
    await reconcile('zeta');
    await converge();
    world.ledger.award(1n);
    await converge();
    world.provider('alpha', { metadata: later });
    await reconcile('alpha');
    await converge();
    expect(world.sources).toHaveLength(2);
    expect(world.sources[1]?.canReport()).toBe(false);
    expect(world.sources[1]?.source.submitted).toEqual([]);
    expect(world.condition(world.providerNow('alpha'), 'Stalled')).toMatchObject({ reason: 'AccountInUse' });
    expect(world.deployments()).toMatchObject([{ spec: { providerRef: { name: 'zeta' } } }]);
  });

  it('the second of two Providers of one account is deleted immediately, because it has no tenants', async () => {
    world.provider('zeta');
    world.provider('alpha', { metadata: { ...later, finalizers: [IN_USE_FINALIZER] }, spec: onChain });
    await reconcile('zeta');
    await converge();
    world.cluster.remove(providers, { namespace: 'acme', name: 'alpha' });
    await reconcile('alpha');
    expect(world.providerNow('alpha')).toBeUndefined();
    expect(world.providerNow('zeta')).toBeDefined();
  });
});

describe('a Provider that is renamed', () => {
  it('a renamed Provider hands its tenants over: nothing is created twice, nothing is ended', async () => {
    world.offer();
    world.provider('acme');
    await reconcile('acme');
    world.ledger.award(1n);
    await converge();
    world.controllerSays(world.ledger.award(1n), {});
    await converge();
    const [before] = world.deployments();
    world.provider('acme-2', { metadata: later, spec: onChain });
    world.offer('web-2', { providerRef: { name: 'acme-2' } });
    await reconcile('acme-2');
    await converge();
    expect(before?.spec.providerRef.name).toBe('acme');
    world.cluster.remove(providers, { namespace: 'acme', name: 'acme' });
    await reconcile('acme');
    await converge();
    expect(world.providerNow('acme')).toBeUndefined();
    expect(world.deployments()).toMatchObject([
      {
        metadata: { uid: before?.metadata.uid, labels: { 'dinfra.io/provider': 'acme-2' } },
        spec: { state: 'Active', providerRef: { name: 'acme-2' } },
      },
    ]);
    expect(world.context.subscriptions.list()).toMatchObject([{ spec: { providerRef: { name: 'acme-2' } } }]);
    expect(world.readyOf(world.providerNow('acme-2'))).toMatchObject({ status: 'True' });
  });
});

describe('a Provider that takes over from one that is being deleted', () => {
  it('the successor of a Provider waits until the old session has ended, even if its chain is known only once it is reached', async () => {
    world.provider('acme');
    await reconcile('acme');
    world.ledger.award(1n);
    await converge();
    world.cluster.remove(providers, { namespace: 'acme', name: 'acme' });
    // The old session still runs: its own reconcile has not been made yet.
    world.provider('acme-2', { metadata: later });
    await reconcile('acme-2');
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(world.sources[1]?.source.submitted).toEqual([]);
    expect(world.sources[1]?.canReport()).toBe(false);
    expect(queued).toContain('acme/acme');
    await converge();
    expect(world.providerNow('acme')).toBeUndefined();
    expect(world.deployments()).toMatchObject([{ spec: { state: 'Active', providerRef: { name: 'acme-2' } } }]);
    expect(world.sources[1]?.canReport()).toBe(true);
  });
});

describe('a Provider whose runtime has other pallet names', () => {
  const endpoints = ['ws://127.0.0.1:9944'];
  const pallets = { provider: 'Hosting', subscription: 'Entitlements' };

  it('pallet names and finality timeout are handed to the source, and a change of them starts a new session', async () => {
    world.provider('acme', { spec: { chain: { endpoints } } });
    await reconcile('acme');
    await converge();
    world.provider('acme', { spec: { chain: { endpoints, pallets } } });
    await reconcile('acme', 'acme');
    world.provider('acme', { spec: { chain: { endpoints, pallets, finalityTimeoutSeconds: 300 } } });
    await reconcile('acme', 'acme');
    expect(world.sources.map(({ request }) => [request.pallets, request.stallMs])).toEqual([
      [undefined, undefined],
      [pallets, undefined],
      [pallets, 300_000],
    ]);
  });

  it('a Provider with wrong pallet names is Stalled, and the message lists the existing ones', async () => {
    world.provider('acme');
    await reconcile('acme');
    await converge();
    const message = 'the runtime has no pallet-dinfra-provider under the name "Provider"; its pallets are hosting';
    world.ledger.readError = new RetryableError('ChainPalletMissing', { message });
    await converge();
    expect(world.condition(world.providerNow(), 'Stalled')).toMatchObject({ reason: 'ChainPalletMissing', message });
    world.ledger.readError = undefined;
    await converge();
    expect(world.readyOf(world.providerNow())).toMatchObject({ status: 'True' });
  });
});

describe('a Provider whose Secret is missing', () => {
  it('a Provider whose Secret is missing is Stalled, names the Secret, and can be deleted', async () => {
    world.provider('acme', {
      spec: { accountSecretRef: { name: 'nowhere', key: 'suri' } },
      metadata: { finalizers: [IN_USE_FINALIZER] },
    });
    await reconcile('acme');
    expect(world.condition(world.providerNow(), 'Stalled')).toMatchObject({
      reason: 'AccountSecretMissing',
      message: 'there is no Secret nowhere in namespace acme',
    });
    world.cluster.remove(providers, { namespace: 'acme', name: 'acme' });
    await reconcile('acme');
    expect(world.providerNow()).toBeUndefined();
  });
});

describe('a Provider whose Secret is not as it says', () => {
  it('a key that the Secret does not have is named, and the Provider is Stalled', async () => {
    world.provider('acme', { spec: { accountSecretRef: { name: 'account', key: 'seed' } } });
    await reconcile('acme');
    expect(world.condition(world.providerNow(), 'Stalled')).toMatchObject({
      reason: 'AccountSecretMissing',
      message: 'Secret account has no key seed in namespace acme',
    });
  });

  it.each(['hunter2', 'hunter2 '.repeat(12)])('a value that is no key is reported without it: %s', async (value) => {
    world.secret('account', value);
    world.provider('acme');
    await reconcile('acme');
    const stalled = world.condition(world.providerNow(), 'Stalled');
    expect(stalled).toMatchObject({
      reason: 'AccountSecretInvalid',
      message: 'Secret account, key suri is not a mnemonic, a 32-byte hex seed or a derivation path',
    });
    expect(JSON.stringify([world.providerNow(), world.lines, world.events])).not.toContain('hunter2');
  });
});

describe('an Offer that no session serves', () => {
  it('an Offer whose Provider is missing is Stalled', async () => {
    world.offer('web', { providerRef: { name: 'nobody' } });
    await sessions.reconcileOffer('acme/web', world.stop.signal, silentLogger, world.stop.signal);
    expect(world.condition(world.offerNow(), 'Stalled')).toMatchObject({
      reason: 'ProviderMissing',
      message: 'spec.providerRef names Provider nobody; there is none.',
    });
    const writes = world.cluster.writes.length;
    await sessions.reconcileOffer('acme/web', world.stop.signal, silentLogger, world.stop.signal);
    expect(world.cluster.writes).toHaveLength(writes);
  });

  it('an Offer whose Provider is Stalled gives the reason', async () => {
    world.provider('acme', { spec: { accountSecretRef: { name: 'nowhere', key: 'suri' } } });
    world.offer();
    await reconcile('acme');
    await sessions.reconcileOffer('acme/web', world.stop.signal, silentLogger, world.stop.signal);
    expect(world.condition(world.offerNow(), 'Stalled')).toMatchObject({
      reason: 'AccountSecretMissing',
      message: 'Provider acme: there is no Secret nowhere in namespace acme',
    });
  });
});

describe('the state of a tenure at its source', () => {
  it('the standing of a tenure is Unknown while no session serves its chain', async () => {
    expect(await sessions.standing(TENURE, world.stop.signal)).toBe('Unknown');
  });

  it('the standing of a tenure follows the finalised state, whatever its resource says', async () => {
    world.provider('acme');
    world.ledger.award(1n);
    await reconcile('acme');
    await converge();
    expect(await sessions.standing(TENURE, world.stop.signal)).toBe('Live');
    world.ledger.award(1n, { state: 'Ended' });
    expect(await sessions.standing(TENURE, world.stop.signal)).toBe('Ended');
    world.ledger.remove(1n);
    expect(await sessions.standing(TENURE, world.stop.signal)).toBe('Gone');
    expect(await sessions.standing({ ...TENURE, genesis: `0x${'77'.repeat(32)}` }, world.stop.signal)).toBe('Unknown');
    world.ledger.reachable = false;
    expect(await sessions.standing(TENURE, world.stop.signal)).toBe('Unknown');
    await settle();
  });
});
