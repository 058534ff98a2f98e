import { zstdDecompressSync } from 'node:zlib';
import { hexToU8a, u8aToHex } from '@polkadot/util';
import { expect, it } from 'vitest';
import { callRuntime } from './runtime-call.ts';
import { upgradedRuntime } from './upgraded-runtime.ts';

it('an upgraded runtime is the committed one, one version further', async () => {
  const wasm = zstdDecompressSync(upgradedRuntime().subarray(8));
  const { result } = await callRuntime(u8aToHex(wasm), 'Core_version', new Uint8Array());
  // Two names of six letters, and the authoring version.
  expect(Buffer.from(hexToU8a(result as `0x${string}`)).readUInt32LE(18)).toBe(101);
});

it('a name that the runtime does not have cannot be replaced', () => {
  expect(() => upgradedRuntime(new Map([['NoSuchState', 'AnotherName']]))).toThrow('no name NoSuchState');
});
