import { readFile } from 'node:fs/promises';
import { u8aToHex } from '@polkadot/util';
import { readPreimage } from '../chain/chain-reader.ts';
import { contentHash } from '../descriptors/content-hash.ts';
import { parseJson } from '../descriptors/json.ts';
import type { Account } from './account.ts';
import type { Market } from './market.ts';
import { columns } from './output.ts';
import { UserError } from './user-error.ts';

/** A descriptor type, for a list. */
export interface ListedType {
  readonly name: string;
  readonly version: number;
  readonly owner: string;
  readonly retired: boolean;
  /** Numbers of the providers that offer it. */
  readonly providers: readonly number[];
}

/** The descriptor types of a chain, by name. */
export async function readTypes({ api }: Market): Promise<ListedType[]> {
  const entries = await api.query.provider.descriptorTypes.entries();
  const types = await Promise.all(
    entries.map(async ([{ args }, found]) => {
      const { version, owner, retired } = found.unwrap();
      const providers = await api.query.provider.typeProviders(args[0]);
      return {
        name: args[0].toUtf8(),
        version: version.toNumber(),
        owner: owner.toString(),
        retired: retired.isTrue,
        providers: providers.map((id) => id.toNumber()),
      };
    }),
  );
  return types.sort((a, b) => a.name.localeCompare(b.name));
}

export function typesText(types: readonly ListedType[]): string {
  if (types.length === 0) return 'The chain has no descriptor types.';
  return columns(
    ['NAME', 'VERSION', 'PROVIDERS', 'OWNER'],
    types.map(({ name, version, owner, retired, providers }) => [
      retired ? `${name} (retired)` : name,
      `${version}`,
      providers.length === 0 ? '-' : providers.join(','),
      owner,
    ]),
  );
}

/** Registers a type, its schema as a preimage. Returns the number of the block it is in. */
export async function registerType(market: Market, account: Account, name: string, path: string): Promise<number> {
  const { api } = market;
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`the schema ${path} cannot be read: ${error.code ?? 'unknown error'}`, 'Check the path.');
  });
  parseJson(bytes, path);
  const content = { hash_: contentHash(bytes), len: bytes.length, source: 'Preimage' };
  const noted = await readPreimage(api, content.hash_, content.len);
  const register = api.tx.provider.registerType(name, content);
  return market.send(
    account,
    noted === undefined ? api.tx.utility.batchAll([api.tx.preimage.notePreimage(u8aToHex(bytes)), register]) : register,
  );
}
