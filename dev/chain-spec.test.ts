import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { hexToU8a, u8aToHex } from '@polkadot/util';
import { xxhashAsHex } from '@polkadot/util-crypto';
import { merkleizeMetadata } from '@polkadot-api/merkleize-metadata';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, connect } from '../src/substrate/connection.ts';
import { DevChain } from './chain.ts';
import { rawChainSpec } from './chain-spec.ts';

interface Spec {
  readonly chainType: string;
  readonly genesis: { readonly raw: { readonly top: Readonly<Record<string, string>> } };
}

const folder = mkdtempSync(join(tmpdir(), 'dinfra-chain-spec-'));
let chain: DevChain;
let connection: Connection;

beforeAll(async () => {
  chain = await DevChain.start(folder);
  await chain.build(1);
  connection = await connect(chain.endpoint, AbortSignal.timeout(60_000));
}, 120_000);
afterAll(async () => {
  await connection?.close();
  await chain?.stop();
  rmSync(folder, { recursive: true });
});

it.each([
  ['development', 'Development', 1],
  ['local', 'Local', 2],
] as const)('the preset %s is of type %s and has as many block producers: %i', async (preset, chainType, producers) => {
  const spec = (await rawChainSpec(preset)) as Spec;
  expect(spec.chainType).toBe(chainType);
  const authorities = spec.genesis.raw.top[`${xxhashAsHex('Aura', 128)}${xxhashAsHex('Authorities', 128).slice(2)}`];
  // A vector of 32-byte keys; the first byte is four times their number.
  expect(hexToU8a(authorities)).toHaveLength(1 + 32 * producers);
  expect(hexToU8a(authorities)[0]).toBe(4 * producers);
});

it('the committed runtime accepts a transaction signed with the hash of its metadata, like hardware wallets do, and no other hash', async () => {
  const { api } = connection;
  const metadata = await api.call.metadata.metadataAtVersion(15);
  const hash = u8aToHex(
    merkleizeMetadata(metadata.unwrap().toU8a(true), { decimals: 12, tokenSymbol: 'UNIT' }).digest(),
  );
  const bob = new Keyring({ type: 'sr25519' }).addFromUri('//Bob');
  const signed = (metadataHash: string) =>
    api.tx.system.remark('0x').signAsync(bob, { nonce: 0, mode: 1, metadataHash } as never);
  await expect((await signed(`0x${'00'.repeat(32)}`)).send()).rejects.toThrow('badProof');
  await (await signed(hash)).send();
});
