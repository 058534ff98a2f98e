import { compressedRuntime, i64Const, placesOf, runtimeWasm } from './runtime-wasm.ts';

const VERSION_SECTION = 'runtime_version';

/**
 * The committed runtime with a higher `spec_version`, to upgrade a chain that runs it without Rust. `renamed` replaces
 * names in its metadata by others of the same length, so that a client meets an unknown variant.
 */
export function upgradedRuntime(renamed: ReadonlyMap<string, string> = new Map()): Buffer {
  const wasm = runtimeWasm();
  raiseSpecVersion(wasm);
  for (const [from, to] of renamed) rename(wasm, from, to);
  return compressedRuntime(wasm);
}

/** The version is in the custom section, which nodes read, and in the constant, which the runtime returns. */
function raiseSpecVersion(wasm: Buffer): void {
  const section = sectionAt(wasm);
  const spec = wasm.readUInt32LE(section.spec);
  // RuntimeVersion in memory: authoring, spec, implementation and transaction version, one after the other.
  const { authoring, implementation, transaction } = section;
  const constant = Buffer.alloc(16);
  for (const [index, value] of [authoring, spec, implementation, transaction].entries()) {
    constant.writeUInt32LE(value, 4 * index);
  }
  const at = wasm.indexOf(constant);
  if (at < 0 || wasm.indexOf(constant, at + 1) >= 0) throw new Error('the runtime has not one constant of its version');
  wasm.writeUInt32LE(spec + 1, at + 4);
  wasm.writeUInt32LE(spec + 1, section.spec);
  // Signatures cover CheckSpecVersion and CheckTxVersion, which one instruction stores side by side.
  replaceOnce(wasm, pair(spec, transaction), pair(spec + 1, transaction));
}

/** Two 32-bit numbers that one instruction stores. */
function pair(low: number, high: number): Buffer {
  return i64Const((BigInt(high) << 32n) | BigInt(low));
}

function replaceOnce(wasm: Buffer, from: Buffer, to: Buffer): void {
  const at = wasm.indexOf(from);
  if (at < 0 || wasm.indexOf(from, at + 1) >= 0) throw new Error('the runtime has not one instruction for its version');
  to.copy(wasm, at);
}

/** The SCALE-encoded version: two names, authoring, spec and implementation version, APIs, transaction version. */
function sectionAt(wasm: Buffer) {
  const name = wasm.lastIndexOf(VERSION_SECTION);
  if (name < 0) throw new Error(`the runtime has no section ${VERSION_SECTION}`);
  let at = name + VERSION_SECTION.length;
  for (let names = 0; names < 2; names++) at += 1 + (wasm.readUInt8(at) >> 2);
  if (wasm.readUInt8(at + 12) !== 0) throw new Error('the APIs are in a section of their own');
  return {
    authoring: wasm.readUInt32LE(at),
    spec: at + 4,
    implementation: wasm.readUInt32LE(at + 8),
    transaction: wasm.readUInt32LE(at + 13),
  };
}

function rename(wasm: Buffer, from: string, to: string): void {
  if (from.length !== to.length) throw new Error(`${from} and ${to} are of different lengths`);
  const places = placesOf(wasm, Buffer.from(from));
  if (places.length === 0) throw new Error(`the runtime has no name ${from}`);
  for (const at of places) wasm.write(to, at);
}
