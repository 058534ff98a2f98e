import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setupWithServer } from '@acala-network/chopsticks';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { ProviderInterface } from '@polkadot/rpc-provider/types';
import type { Codec } from '@polkadot/types/types';
import { hexToU8a, u8aToHex } from '@polkadot/util';
import { blake2AsHex, xxhashAsHex } from '@polkadot/util-crypto';
import { merkleizeMetadata } from '@polkadot-api/merkleize-metadata';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rawChainSpec } from './chain-spec.ts';

vi.hoisted(() => {
  process.env['LOG_LEVEL'] = 'fatal';
});

it.each([
  ['development', 'Development', 1],
  ['local', 'Local', 2],
] as const)('the preset %s is of type %s and has as many block producers: %i', async (preset, chainType, producers) => {
  const spec = (await rawChainSpec(preset)) as Spec;
  expect(spec.chainType).toBe(chainType);
  const authorities = spec.genesis.raw.top[`${xxhashAsHex('Aura', 128)}${xxhashAsHex('Authorities', 128).slice(2)}`];
  // A vector of keys of 32 bytes, whose number is in the first byte, times four.
  expect(hexToU8a(authorities)).toHaveLength(1 + 32 * producers);
  expect(hexToU8a(authorities)[0]).toBe(4 * producers);
});

interface Spec {
  readonly chainType: string;
  readonly genesis: { readonly raw: { readonly top: Readonly<Record<string, string>> } };
}

describe('the committed runtime under chopsticks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dinfra-chain-spec-'));
  let chain: Awaited<ReturnType<typeof setupWithServer>>;
  let api: ApiPromise;
  let provider: KeyringPair;
  let consumer: KeyringPair;

  beforeAll(async () => {
    const path = join(folder, 'spec.json');
    writeFileSync(path, JSON.stringify(await rawChainSpec('development')));
    chain = await setupWithServer({ genesis: path, port: 0, 'build-block-mode': 'Instant' } as never);
    api = await ApiPromise.create({
      provider: new WsProvider(`ws://${chain.addr}`) as ProviderInterface,
      noInitWarn: true,
    });
    const keyring = new Keyring({ type: 'sr25519' });
    provider = keyring.addFromUri('//Bob');
    consumer = keyring.addFromUri('//Charlie');
  }, 60_000);

  afterAll(async () => {
    await api?.disconnect();
    await chain?.close();
    rmSync(folder, { recursive: true });
  });

  // Counted here: right after a block, chopsticks still answers with the nonce before it.
  const nonces = new Map<string, number>();

  /** Sends a transaction and returns the events of its block once it is in; throws the name of its error. */
  const send = (tx: SubmittableExtrinsic<'promise'>, signer: KeyringPair) =>
    new Promise<string[]>((resolve, reject) => {
      const nonce = nonces.get(signer.address) ?? 0;
      nonces.set(signer.address, nonce + 1);
      tx.signAndSend(signer, { nonce }, ({ status, events, dispatchError }) => {
        if (!status.isInBlock) return;
        if (dispatchError?.isModule) reject(new Error(api.registry.findMetaError(dispatchError.asModule).name));
        else if (dispatchError !== undefined) reject(new Error(dispatchError.toString()));
        else resolve(events.map(({ event }) => `${event.section}.${event.method}`));
      }).catch(reject);
    });

  const noted = async (json: object, signer: KeyringPair) => {
    const bytes = JSON.stringify(json);
    await send(call('preimage', 'notePreimage', `0x${Buffer.from(bytes).toString('hex')}`), signer);
    return { hash: blake2AsHex(bytes, 256), len: bytes.length, source: 'Preimage' };
  };

  const call = (pallet: string, name: string, ...args: unknown[]) => {
    const found = api.tx[pallet]?.[name];
    if (found === undefined) throw new Error(`the runtime has no call ${pallet}.${name}`);
    return found(...args);
  };

  const ask = async (name: string, ...args: unknown[]) => {
    type Apis = Readonly<Record<string, ((...args: unknown[]) => Promise<Codec>) | undefined>>;
    const apis = api.call.subscriptionApi as unknown as Apis;
    const found = apis[name];
    if (found === undefined) throw new Error(`the runtime has no api ${name}`);
    return (await found(...args)).toJSON();
  };

  it('takes a subscription from the award to the removal', async () => {
    const schema = await noted({ type: 'object' }, provider);
    await send(call('provider', 'registerType', 'helm/v1', schema), provider);
    await send(call('provider', 'registerProvider', provider.address, `0x${'01'.repeat(32)}`, '', 'Open'), provider);
    await send(call('provider', 'setOffer', 'helm/v1', 1_000_000n, 5, 63), provider);
    await send(call('provider', 'heartbeat'), provider);

    const terms = { strategy: 'RoundRobin', maxPrice: 2_000_000n, grace: 10, minReputation: 0 };
    expect(await ask('eligibleProviders', 'helm/v1', consumer.address, terms, 10n ** 12n)).toEqual([
      { provider: 0, price: 1_000_000, excluded: null },
    ]);

    const descriptor = await noted({ chart: 'node' }, consumer);
    const subscribe = call(
      'subscription',
      'subscribe',
      'helm/v1',
      descriptor,
      `0x${'02'.repeat(32)}`,
      10n ** 12n,
      terms,
    );
    expect(await send(subscribe, consumer)).toEqual(
      expect.arrayContaining(['subscription.Subscribed', 'subscription.Awarded']),
    );
    expect(await ask('desiredSet', 0, null, 100)).toMatchObject({
      rows: [{ id: 0, tenure: 1, state: 'Awarded', consumer: consumer.address, content: descriptor, price: 1_000_000 }],
      next: null,
    });

    await send(call('subscription', 'accept', 0, 1), provider);
    await send(call('subscription', 'ready', 0, 1, { format: 1, bytes: '0xaabb' }), provider);
    expect(await ask('subscription', 0)).toMatchObject({ state: 'Active', provider: 0 });
    expect(await send(call('subscription', 'settle', 0), consumer)).toContain('subscription.Paid');
    expect(await ask('cost', 0)).toMatchObject({ spent: 1_000_000, owed: 0 });

    await send(call('subscription', 'cancel', 0), consumer);
    expect(await ask('desiredSet', 0, null, 100)).toMatchObject({ rows: [{ id: 0, state: 'Ended', reason: 1 }] });
    expect(await send(call('subscription', 'released', 0, 1), provider)).toContain('subscription.Removed');
    expect(await ask('subscription', 0)).toBeNull();
  }, 60_000);

  it('moves a subscription on when a deadline passes', async () => {
    const terms = { strategy: 'RoundRobin', maxPrice: 2_000_000n, grace: 10, minReputation: 0 };
    const descriptor = await noted({ chart: 'slow' }, consumer);
    await send(call('provider', 'heartbeat'), provider);
    await send(
      call('subscription', 'subscribe', 'helm/v1', descriptor, `0x${'02'.repeat(32)}`, 10n ** 12n, terms),
      consumer,
    );
    expect(await ask('subscription', 1)).toMatchObject({ state: 'Awarded', tenure: 1 });
    await new WsProvider(`ws://${chain.addr}`).isReady.then(async (rpc) => {
      await rpc.send('dev_newBlock', [{ count: 51 }]);
      await rpc.disconnect();
    });
    expect(await ask('subscription', 1)).toMatchObject({
      state: 'Pending',
      failed: [{ provider: 0, tenure: 1, reason: 20_001 }],
    });
  }, 60_000);

  it('takes a transaction signed with the hash of its metadata, as hardware wallets do, and no other hash', async () => {
    const metadata = await api.call.metadata.metadataAtVersion(15);
    const hash = u8aToHex(
      merkleizeMetadata(metadata.unwrap().toU8a(true), { decimals: 12, tokenSymbol: 'UNIT' }).digest(),
    );
    const nonce = nonces.get(provider.address) ?? 0;
    const signed = (metadataHash: string) =>
      call('provider', 'heartbeat').signAsync(provider, { nonce, mode: 1, metadataHash } as never);
    await expect((await signed(`0x${'00'.repeat(32)}`)).send()).rejects.toThrow('badProof');
    await (await signed(hash)).send();
    nonces.set(provider.address, nonce + 1);
  });

  it('answers a bad call with a named error', async () => {
    await expect(send(call('provider', 'setOffer', 'helm/v1', 0n, 5, 63), provider)).rejects.toThrow('PriceZero');
  });
});
