import { readFileSync } from 'node:fs';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { runtimePath } from './chain-spec.ts';

/** The prefix of a compressed runtime (sp-maybe-compressed-blob). */
const MAGIC = Buffer.from([82, 188, 83, 118, 70, 219, 142, 5]);

/** The committed runtime, decompressed. Patching it allows tests of other runtimes without Rust. */
export function runtimeWasm(): Buffer {
  return zstdDecompressSync(readFileSync(runtimePath).subarray(MAGIC.length));
}

/** A runtime in the form in which chains store it. */
export function compressedRuntime(wasm: Buffer): Buffer {
  const frame = zstdCompressSync(wasm, {
    params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_contentSizeFlag]: 1 },
  });
  return Buffer.concat([MAGIC, frame]);
}

/** The WebAssembly instruction `i64.const` with a signed LEB128 number, padded to `length` bytes if it is shorter. */
export function i64Const(value: bigint, length = 0): Buffer {
  const bytes = [0x42];
  for (let rest = value; ; rest >>= 7n) {
    const isLast = rest >= -64n && rest < 64n && bytes.length + 1 >= length;
    bytes.push(Number(rest & 127n) | (isLast ? 0 : 128));
    if (isLast) return Buffer.from(bytes);
  }
}

/** The positions of bytes in a runtime. */
export function placesOf(wasm: Buffer, bytes: Buffer): readonly number[] {
  const places: number[] = [];
  for (let at = wasm.indexOf(bytes); at >= 0; at = wasm.indexOf(bytes, at + 1)) places.push(at);
  return places;
}
