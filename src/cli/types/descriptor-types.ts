import { u8aToHex } from '@polkadot/util';
import { Descriptors } from '../../descriptors/descriptors.ts';
import { SchemaChecker } from '../../descriptors/schema/schema-checker.ts';
import { readPreimage } from '../../sources/dinfra/consumer-reader.ts';
import type { Account } from '../account/account.ts';
import { type ContentFile, readContentFile } from '../command/content-file.ts';
import { columns } from '../command/output.ts';
import type { Market } from '../market/market.ts';

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
export async function readTypes({ pallets }: Market): Promise<ListedType[]> {
  const entries = await pallets.provider.descriptorTypes.entries();
  const types = await Promise.all(
    entries.map(async ([{ args }, found]) => {
      const { version, owner, retired } = found.unwrap();
      const providers = await pallets.provider.typeProviders(args[0]);
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
    ['NAME', 'VERSION', 'OFFERED BY', 'OWNER'],
    types.map(({ name, version, owner, retired, providers }) => [
      retired ? `${name} (retired)` : name,
      `${version}`,
      providers.length === 0 ? 'nobody' : `provider ${providers.join(', ')}`,
      owner,
    ]),
  );
}

/**
 * Registers a type, with its schema as a preimage. Returns the number of the block.
 *
 * @throws UserError, or a TerminalError of the descriptor codes when no operator could use the schema.
 */
export async function registerType(market: Market, account: Account, name: string, path: string): Promise<number> {
  const { api, calls } = market;
  const file = await readContentFile(path, 'schema');
  await demandUsable(name, file);
  const { hash, length, source } = file.ref;
  const noted = await readPreimage(api, hash, length);
  const register = calls.provider.registerType(name, { hash_: hash, len: length, source });
  return market.send(
    account,
    noted === undefined
      ? api.tx.utility.batchAll([api.tx.preimage.notePreimage(u8aToHex(file.bytes)), register])
      : register,
  );
}

/** Every operator's own check, made before the deposit is paid. */
async function demandUsable(name: string, { ref, source }: ContentFile): Promise<void> {
  const checker = new SchemaChecker();
  try {
    await new Descriptors(checker).schema(name, ref, [source], AbortSignal.timeout(60_000));
  } finally {
    await checker.close();
  }
}
