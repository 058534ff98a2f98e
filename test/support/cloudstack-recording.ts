import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Fault } from '../../simulator/cloudstack/faults.ts';

/** One recorded exchange with a real CloudStack 4.22 management server, in order of recording. */
export interface Exchange {
  /** Number and name of the recording. */
  readonly n: string;
  /** Unix seconds. */
  readonly at: number;
  /** Command and parameters, which the replay signs again. A long run of one letter is stored as its length. */
  readonly c?: string;
  readonly p?: Readonly<Record<string, string | { readonly A: number }>>;
  /** Who called; `capi` is a plain user. */
  readonly u?: 'admin';
  readonly m?: 'POST';
  /** Method, path, query, body and content type, sent unchanged: this tests the wire format itself. */
  readonly wire?: readonly [string, string, string, string | null, string | null];
  readonly st?: number;
  /** The response: JSON or text. */
  readonly r?: { readonly [key: string]: unknown };
  readonly t?: string;
  /** Changes to the recorded server that were made outside the recording. */
  readonly setup?: Setup;
}

export interface Setup {
  readonly vm?: SetupVm;
  readonly vms?: readonly SetupVm[];
  readonly networks?: readonly { readonly id: string; readonly name: string; readonly cidr: string }[];
  readonly address?: { readonly ip: string; readonly network: string };
  readonly sourceNat?: { readonly ip: string; readonly network: string };
  readonly fault?: Fault;
  /** The remaining VMs of the plain user, by name: others had been removed. */
  readonly keepVms?: readonly string[];
  /** Detached volumes had been removed. */
  readonly noVolumes?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, number>>;
  /** All snapshots had been removed. */
  readonly noSnapshots?: boolean;
  /** A VM that had been destroyed and not expunged. */
  readonly destroyed?: string;
  /** A VM that an admin had expunged. */
  readonly expunge?: string;
  /** A service offering that had been deleted. */
  readonly deactivate?: string;
  /** A VM that had been changed back to its first size. */
  readonly resize?: string;
  /** A VM whose delete protection had been removed. */
  readonly unprotect?: string;
  /** A VM with a tag. */
  readonly tags?: { readonly vm: string; readonly [key: string]: string };
}

export interface SetupVm {
  readonly id: string;
  readonly name: string;
  readonly network: string;
  readonly ip?: string;
  readonly root?: string;
  readonly data?: string;
  readonly stopped?: boolean;
}

/** The recording, trimmed to the commands the simulator has. */
export function readRecording(): readonly Exchange[] {
  const packed = readFileSync(new URL('../fixtures/cloudstack/exchanges.jsonl.gz', import.meta.url));
  return gunzipSync(packed)
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange);
}

/** The keys of the recorded accounts. They were made for a server that listened on loopback and is gone. */
export const recordedKeys = {
  apiKey: 'fNDdNjS91iA9Xeqz5ev6oCPY2WN3QiwbzXBaBnD9ve9GcWaIgQvIVGF7fXJjVopwkN4zcARd0GV7VQQP6V8D5A',
  secretKey: 'VFBXLhdjpiZvrNf3uTd7OBjQZkxpzj__Nj-tk_Oj_dPT5cnb3gdkM2JLdX0TKJqWsbvw0spbqx9hKd8zU13VtQ',
};
