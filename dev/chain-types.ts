import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  generateDefaultConsts,
  generateDefaultErrors,
  generateDefaultEvents,
  generateDefaultLookup,
  generateDefaultQuery,
  generateDefaultRuntime,
  generateDefaultTx,
} from '@polkadot/typegen/generate';
import type { Definitions } from '@polkadot/types/types';
import { compactStripLength, hexToU8a, u8aToHex } from '@polkadot/util';
import { runtimePath } from './chain-spec.ts';
import { callRuntime } from './runtime-call.ts';

/** The folder of the types of the committed runtime. */
export const generatedPath = fileURLToPath(new URL('../src/sources/dinfra/generated', import.meta.url));

/** Metadata version that has the runtime APIs and that @polkadot/typegen 16 reads. */
const METADATA_VERSION = 15;

/** The metadata of a runtime, in hex, like `state_getMetadata`. */
export async function runtimeMetadata(wasm: Uint8Array = readFileSync(runtimePath)): Promise<`0x${string}`> {
  const version = new Uint8Array([METADATA_VERSION, 0, 0, 0]);
  const { result } = await callRuntime(u8aToHex(wasm), 'Metadata_metadata_at_version', version);
  const found = hexToU8a(result);
  if (found[0] !== 1) throw new Error(`the runtime has no metadata of version ${METADATA_VERSION}`);
  return u8aToHex(compactStripLength(found.subarray(1))[1]);
}

/** Writes the types of @polkadot/api for a runtime into a folder, which is emptied first. */
export async function writeChainTypes(folder: string, metadata: `0x${string}`): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // The output of the generator is not useful.
  const log = console.log;
  console.log = () => {};
  try {
    generateDefaultLookup(folder, metadata);
    const { default: lookup } = (await import(join(folder, 'lookup.ts'))) as { default: Definitions['types'] };
    const definitions = { rpc: {}, types: lookup };
    generateDefaultConsts(join(folder, 'augment-api-consts.ts'), metadata, {}, true, definitions);
    generateDefaultErrors(join(folder, 'augment-api-errors.ts'), metadata, {}, true);
    generateDefaultEvents(join(folder, 'augment-api-events.ts'), metadata, {}, true, definitions);
    generateDefaultQuery(join(folder, 'augment-api-query.ts'), metadata, {}, true, definitions);
    generateDefaultRuntime(join(folder, 'augment-api-runtime.ts'), metadata, {}, true, definitions);
    generateDefaultTx(join(folder, 'augment-api-tx.ts'), metadata, {}, true, definitions);
  } finally {
    console.log = log;
  }
  // Only types are needed: the generator's own definitions are removed, and the rest become declarations.
  for (const name of ['index.ts', 'lookup.ts']) rmSync(join(folder, name));
  for (const name of readdirSync(folder)) renameSync(join(folder, name), join(folder, name.replace(/\.ts$/, '.d.ts')));
}

if (import.meta.main) {
  await writeChainTypes(generatedPath, await runtimeMetadata());
  console.log(`wrote ${readdirSync(generatedPath).length} files to ${generatedPath}`);
}
