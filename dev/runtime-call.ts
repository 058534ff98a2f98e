import { run_task as runTask } from '@acala-network/chopsticks-executor';
import { isHex, u8aToHex } from '@polkadot/util';

/** The storage changes of a call: keys and new values, null for removed keys. */
export type StorageDiff = readonly (readonly [`0x${string}`, `0x${string}` | null])[];

/** A runtime without storage and without external functions. */
const empty = {
  getStorage: async () => undefined,
  getNextKey: async () => undefined,
  offchainGetStorage: async () => undefined,
  offchainTimestamp: async () => 0,
  offchainRandomSeed: async () => `0x${'00'.repeat(32)}` as const,
  offchainSubmitTransaction: async () => false,
};

/**
 * Calls a runtime API of a wasm blob on empty storage, without a node. `input` is the SCALE-encoded arguments. Throws
 * if the runtime traps or does not have the method.
 */
export async function callRuntime(
  wasm: `0x${string}`,
  method: string,
  input: Uint8Array,
): Promise<{ result: string; storageDiff: StorageDiff }> {
  const task = {
    wasm,
    calls: [[method, [u8aToHex(input)]]],
    id: 0,
    mockSignatureHost: 0,
    allowUnresolvedImports: false,
    runtimeLogLevel: 0,
    storageProofSize: 0,
  };
  const response: { Call?: { result: string; storageDiff: StorageDiff }; Error?: string } = await runTask(task, empty);
  if (response.Call === undefined || !isHex(response.Call.result)) {
    throw new Error(`the runtime failed in ${method}: ${response.Error ?? 'no result'}`);
  }
  return response.Call;
}
