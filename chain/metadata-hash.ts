// Prints the hash of a runtime's metadata (RFC 78): what hardware wallets put under their signature.
// Usage: node metadata-hash.ts runtime.wasm TOKEN DECIMALS
import { readFileSync } from 'node:fs';
import { run_task as runTask } from '@acala-network/chopsticks-executor';
import { compactStripLength, hexToU8a, u8aToHex } from '@polkadot/util';
import { merkleizeMetadata } from '@polkadot-api/merkleize-metadata';

const [wasm, tokenSymbol, decimals] = process.argv.slice(2);
if (wasm === undefined || tokenSymbol === undefined || decimals === undefined) {
  throw new Error('usage: node metadata-hash.ts WASM TOKEN DECIMALS');
}

const nothing = async () => undefined;
const task = {
  wasm: u8aToHex(readFileSync(wasm)),
  // u32: version 15, the one the hash is defined for.
  calls: [['Metadata_metadata_at_version', ['0x0f000000']]],
  id: 0,
  mockSignatureHost: 0,
  allowUnresolvedImports: false,
  runtimeLogLevel: 0,
  storageProofSize: 0,
};
const response = await runTask(task, {
  getStorage: nothing,
  getNextKey: nothing,
  offchainGetStorage: nothing,
  offchainTimestamp: async () => 0,
  offchainRandomSeed: async () => `0x${'00'.repeat(32)}`,
  offchainSubmitTransaction: async () => false,
});
if (response.Call === undefined) throw new Error(`the runtime failed: ${response.Error}`);
// Option<Vec<u8>>
const [, metadata] = compactStripLength(hexToU8a(response.Call.result).subarray(1));
process.stdout.write(
  `${u8aToHex(merkleizeMetadata(metadata, { tokenSymbol, decimals: Number(decimals) }).digest())}\n`,
);
