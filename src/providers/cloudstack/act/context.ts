import type { Step } from '../../port.ts';
import type { CloudStackClient } from '../api/client.ts';
import type { JobTracker, Outcome } from '../api/jobs.ts';
import type { VirtualMachine } from '../api/resources.ts';
import type { Parameters } from '../api/signing.ts';
import { type TenureMemo, writeMemo } from '../observe/memo.ts';
import type { DirectReader } from '../observe/reader.ts';
import type { DeployInputs, Offering } from '../plan/deploy-inputs.ts';
import { POLL_MS } from '../plan/observation.ts';
import type { WantedVm } from '../plan/wanted-vm.ts';

/** What every action needs. */
export interface Tools {
  readonly client: CloudStackClient;
  readonly reader: DirectReader;
  /** Added to every call: the project, or empty. */
  readonly scope: Parameters;
  /** Whether VMs should and may be expunged. */
  readonly expunge: boolean;
  readonly exclusively: Exclusively;
}

/** What the actions of one tenure need. */
export interface ActionContext extends Tools {
  readonly wanted: WantedVm;
  /** Looked up only when needed: a running VM must not depend on the template it was deployed from. */
  readonly deployInputs: () => Promise<DeployInputs>;
  /** Clears the cached offerings, so that the next lookups ask CloudStack. */
  readonly forgetOffers: () => void;
  readonly offering: () => Promise<Offering>;
  readonly diskOffering: () => Promise<string | undefined>;
  /** Throws CloudStackLimitReached if the limits of the account do not allow the ordered VM. */
  readonly checkGrowth: (vm: VirtualMachine) => Promise<void>;
  /** Recorded id of a VM of the tenure that can no longer be seen: it may be destroyed and not expunged. */
  readonly unseenVm: string | undefined;
  /** Ids of the resources that the deploy uses: found, or created since. */
  readonly ids: { network?: string; securityGroup?: string; keyPair?: string };
}

/**
 * Serialises the calls that join affinity groups with those that remove unused ones: CloudStack allows a group to be
 * deleted even though a VM has just joined it.
 */
export type Exclusively = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Turns outcomes into a step. Their jobs go into the memo, in the same write. `idle` is the message if there was
 * nothing to do; `now` is Unix milliseconds.
 */
export function stepOf(
  outcomes: readonly Outcome[],
  memo: TenureMemo,
  jobTracker: JobTracker,
  now: number,
  idle = 'nothing to do',
): Step {
  const jobs = outcomes.flatMap((outcome) => outcome.job ?? []);
  const messages = outcomes.flatMap((outcome) => outcome.message ?? []);
  for (const job of jobs) jobTracker.noteStart(job);
  const { vm: before, destroyed: destroyedBefore, ...kept } = memo;
  const gone = new Set(outcomes.flatMap((outcome) => outcome.gone ?? []));
  const vm = outcomes.find((outcome) => outcome.vm !== undefined)?.vm ?? before;
  const network = outcomes.find((outcome) => outcome.network !== undefined)?.network?.id ?? memo.network;
  const keyPair = outcomes.find((outcome) => outcome.keyPair !== undefined)?.keyPair ?? memo.keyPair;
  const destroyedNow = outcomes.find((outcome) => outcome.destroyed !== undefined)?.destroyed;
  const destroyed = destroyedNow === undefined ? destroyedBefore : { ...destroyedNow, at: now };
  const next: TenureMemo = {
    ...kept,
    ...(vm === undefined || gone.has(vm) ? {} : { vm }),
    ...(network === undefined ? {} : { network }),
    ...(keyPair === undefined ? {} : { keyPair }),
    ...(destroyed === undefined || gone.has(destroyed.id) ? {} : { destroyed }),
    jobs,
    settled: undefined,
  };
  return {
    message: messages.length === 0 ? idle : messages.join('; ').slice(0, 500),
    pollAfterMs: pollAfterMs(outcomes, jobTracker),
    memo: writeMemo(next),
  };
}

function pollAfterMs(outcomes: readonly Outcome[], jobTracker: JobTracker): number {
  const jobs = outcomes.flatMap((outcome) => outcome.job ?? []);
  if (jobs.length > 0) return jobTracker.firstPollMs(jobs);
  // Synchronous calls have no job to wait for: observe again immediately.
  return outcomes.some((outcome) => outcome.message !== undefined) ? 0 : POLL_MS;
}
