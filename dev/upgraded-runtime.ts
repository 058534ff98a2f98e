import { readFileSync } from 'node:fs';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { runtimePath } from './chain-spec.ts';

/** What precedes a compressed runtime (sp-maybe-compressed-blob). */
const MAGIC = Buffer.from([82, 188, 83, 118, 70, 219, 142, 5]);
const VERSION_SECTION = 'runtime_version';

/**
 * The committed runtime with a higher `spec_version`, as an upgrade to a chain that runs it: no Rust is needed to try
 * one. `renamed` replaces names in its metadata by others of the same length: a client meets a variant it does not know.
 */
export function upgradedRuntime(renamed: ReadonlyMap<string, string> = new Map()): Buffer {
  const wasm = zstdDecompressSync(readFileSync(runtimePath).subarray(MAGIC.length));
  raiseSpecVersion(wasm);
  for (const [from, to] of renamed) rename(wasm, from, to);
  const frame = zstdCompressSync(wasm, {
    params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_contentSizeFlag]: 1 },
  });
  return Buffer.concat([MAGIC, frame]);
}

/** In the custom section, which nodes read, and in the constant, which the runtime answers with. */
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
  // What signatures cover: CheckSpecVersion and CheckTxVersion, stored side by side by one instruction.
  replaceOnce(wasm, i64Const(spec, transaction), i64Const(spec + 1, transaction));
}

/** The WebAssembly instruction `i64.const` of two 32-bit numbers, its operand in signed LEB128. */
function i64Const(low: number, high: number): Buffer {
  const bytes = [0x42];
  for (let rest = (BigInt(high) << 32n) | BigInt(low); ; rest >>= 7n) {
    const isLast = rest < 64n;
    bytes.push(Number(rest & 127n) | (isLast ? 0 : 128));
    if (isLast) return Buffer.from(bytes);
  }
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
  let found = false;
  for (let at = wasm.indexOf(from); at >= 0; at = wasm.indexOf(from, at + 1)) {
    wasm.write(to, at);
    found = true;
  }
  if (!found) throw new Error(`the runtime has no name ${from}`);
}
