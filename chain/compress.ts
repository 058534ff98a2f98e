// Compresses a runtime the way Substrate expects it (sp-maybe-compressed-blob): a magic number, then one zstd frame.
// Usage: node compress.ts runtime.wasm runtime.compact.compressed.wasm
import { readFileSync, writeFileSync } from 'node:fs';
import { constants, zstdCompressSync } from 'node:zlib';

const MAGIC = Buffer.from([82, 188, 83, 118, 70, 219, 142, 5]);
const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error('usage: node compress.ts FROM TO');

const wasm = readFileSync(from);
const frame = zstdCompressSync(wasm, {
  params: { [constants.ZSTD_c_compressionLevel]: 19, [constants.ZSTD_c_contentSizeFlag]: 1 },
});
writeFileSync(to, Buffer.concat([MAGIC, frame]));
