import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Keyring } from '@polkadot/keyring';
import { u8aToHex } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { contentHash } from '../src/descriptors/content/content-hash.ts';
import { connect } from '../src/substrate/connection.ts';
import { until } from './until.ts';

const CONNECT_MS = 60_000;

/**
 * Registers descriptor types of config/descriptor-types, e.g. `helm/v1`, on a development chain, all in one transaction.
 * Returns when they are in a block; the chain has to build blocks, and to have one.
 */
export async function registerTypes(endpoint: string, names: readonly string[]): Promise<void> {
  await cryptoWaitReady();
  const connection = await connect(endpoint, AbortSignal.timeout(CONNECT_MS));
  const { api } = connection;
  try {
    const calls = names.flatMap((name) => {
      const schema = readFileSync(schemaFile(name));
      const content = { hash_: contentHash(schema), len: schema.length, source: 'Preimage' };
      return [api.tx.preimage.notePreimage(u8aToHex(schema)), api.tx.provider.registerType(name, content)];
    });
    await api.tx.utility.batchAll(calls).signAndSend(new Keyring({ type: 'sr25519' }).addFromUri('//Alice'));
    await until('the descriptor types are on chain', 30, async () => {
      const found = await Promise.all(names.map((name) => api.query.provider.descriptorTypes(name)));
      return found.every(({ isSome }) => isSome);
    });
  } finally {
    await connection.close();
  }
}

function schemaFile(name: string): string {
  const file = `config/descriptor-types/${name.replace('/', '-')}.schema.json`;
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}
