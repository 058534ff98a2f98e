import { readFileSync } from 'node:fs';
import {
  compactAddLength,
  compactStripLength,
  hexToU8a,
  stringToU8a,
  u8aConcat,
  u8aToHex,
  u8aToString,
} from '@polkadot/util';
import { callRuntime, type StorageDiff } from './runtime-call.ts';

/** The genesis presets of the runtime: one node with sudo Alice, or a test net of two. */
export type Preset = 'development' | 'local';

/** A raw chain spec, for `polkadot-omni-node --chain` and chopsticks' `genesis`. */
export interface RawChainSpec {
  readonly name: string;
  readonly id: string;
  readonly chainType: 'Development' | 'Local';
  readonly bootNodes: readonly string[];
  readonly telemetryEndpoints: null;
  readonly protocolId: null;
  readonly properties: { readonly tokenSymbol: string; readonly tokenDecimals: number; readonly ss58Format: number };
  readonly codeSubstitutes: Readonly<Record<string, string>>;
  /** The stock node requires these two even without a relay chain. */
  readonly relay_chain: string;
  readonly para_id: number;
  readonly genesis: {
    readonly raw: {
      readonly top: Readonly<Record<`0x${string}`, `0x${string}`>>;
      readonly childrenDefault: Readonly<Record<string, never>>;
    };
  };
}

/** The committed runtime, as built by chain/build. */
export const runtimePath = new URL('../chain/runtime/dinfra_runtime.compact.compressed.wasm', import.meta.url);

/** Storage key of the runtime: `:code`. */
const CODE = '0x3a636f6465';

/**
 * The raw chain spec of a genesis preset, built by the runtime itself (its `GenesisBuilder` API) without a node, which
 * takes about a second. Throws if the runtime does not know the preset or refuses it.
 *
 * @param wasm the runtime, compressed or not; by default the committed one.
 */
export async function rawChainSpec(
  preset: Preset,
  wasm: Uint8Array = readFileSync(runtimePath),
): Promise<RawChainSpec> {
  const code = u8aToHex(wasm);
  const top = new Map<`0x${string}`, `0x${string}`>([[CODE, code]]);
  for (const [key, value] of await genesisStorage(code, preset)) {
    if (value !== null) top.set(key, value);
  }
  return {
    name: preset === 'development' ? 'dinfra Development' : 'dinfra Local',
    id: preset === 'development' ? 'dinfra_dev' : 'dinfra_local',
    chainType: preset === 'development' ? 'Development' : 'Local',
    bootNodes: [],
    telemetryEndpoints: null,
    protocolId: null,
    properties: { tokenSymbol: 'UNIT', tokenDecimals: 12, ss58Format: 42 },
    codeSubstitutes: {},
    relay_chain: 'dinfra-none',
    para_id: 2000,
    genesis: { raw: { top: Object.fromEntries([...top].sort(([a], [b]) => (a < b ? -1 : 1))), childrenDefault: {} } },
  };
}

async function genesisStorage(code: `0x${string}`, preset: Preset): Promise<StorageDiff> {
  // Option<String> goes in, Option<Vec<u8>> comes out. Our presets are complete, so the output is the next input.
  const id = u8aConcat([1], compactAddLength(stringToU8a(preset)));
  const found = hexToU8a((await callRuntime(code, 'GenesisBuilder_get_preset', id)).result);
  if (found[0] !== 1) throw new Error(`the runtime has no genesis preset "${preset}"`);
  const built = await callRuntime(code, 'GenesisBuilder_build_state', found.subarray(1));
  // Result<(), String>
  if (built.result !== '0x00') {
    const reason = u8aToString(compactStripLength(hexToU8a(built.result).subarray(1))[1]);
    throw new Error(`the runtime refuses its genesis preset "${preset}": ${reason}`);
  }
  return built.storageDiff;
}
