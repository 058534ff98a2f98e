import { xxhashAsU8a } from '@polkadot/util-crypto';
import { compressedRuntime, i64Const, placesOf, runtimeWasm } from './runtime-wasm.ts';

/**
 * The names of our two pallets in the runtime's binary: one after the other, followed by the name of the next pallet.
 */
const NAMES = ['Subscription', 'Provider', 'Proxy'] as const;

/** `i32.const 42` and `i32.store16`, which write the address prefix into the metadata. */
const SS58_PREFIX = Buffer.from([0x41, 42, 0x3b, 1]);

interface Renaming {
  readonly provider: string;
  readonly subscription: string;
  /** Address prefix; below 64. */
  readonly ss58Prefix: number;
}

/**
 * The committed runtime like that of another team: with other names of our two pallets, of the same lengths, in the
 * metadata and in their storage prefixes, and with another address prefix.
 */
export function renamedRuntime({ ss58Prefix, ...pallets }: Renaming): Buffer {
  const wasm = runtimeWasm();
  const [subscription, provider, next] = NAMES;
  if (pallets.subscription.length !== subscription.length || pallets.provider.length !== provider.length) {
    throw new Error(`the names have to be as long as ${subscription} and ${provider}`);
  }
  const [at, ...others] = placesOf(wasm, Buffer.from(NAMES.join('')));
  if (at === undefined || others.length > 0) throw new Error('the runtime does not have the names in one place');
  wasm.write(`${pallets.subscription}${pallets.provider}${next}`, at);
  replacePrefix(wasm, subscription, pallets.subscription);
  replacePrefix(wasm, provider, pallets.provider);
  const [prefix, ...more] = placesOf(wasm, SS58_PREFIX);
  if (prefix === undefined || more.length > 0) throw new Error('the runtime does not have its prefix in one place');
  wasm.writeUInt8(ss58Prefix, prefix + 1);
  return compressedRuntime(wasm);
}

/** The hash of a pallet's name is computed when the runtime is compiled: both halves are operands of instructions. */
function replacePrefix(wasm: Buffer, from: string, to: string): void {
  const [old, now] = [halvesOf(from), halvesOf(to)];
  for (const half of [0, 1] as const) {
    const instruction = i64Const(old[half]);
    const replacement = i64Const(now[half], instruction.length);
    if (replacement.length !== instruction.length)
      throw new Error(`the hash of ${to} takes more bytes: choose another`);
    const places = placesOf(wasm, instruction);
    if (places.length === 0) throw new Error(`the runtime has no prefix of ${from}`);
    for (const at of places) replacement.copy(wasm, at);
  }
}

function halvesOf(name: string): readonly [bigint, bigint] {
  const hash = Buffer.from(xxhashAsU8a(name, 128));
  return [hash.readBigInt64LE(0), hash.readBigInt64LE(8)];
}
