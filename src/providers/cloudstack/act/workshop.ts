import type { CloudStackClient } from '../api/client.ts';
import type { VirtualMachine } from '../api/shapes.ts';
import type { Parameters } from '../api/signing.ts';
import type { DirectSource } from '../observe/source.ts';
import type { Design } from '../plan/design.ts';
import type { StartedJob } from '../plan/memo.ts';
import type { Offering, Parts } from './parts.ts';

/** What the steps of one tenure work with. */
export interface Workshop {
  readonly client: CloudStackClient;
  readonly source: DirectSource;
  readonly design: Design;
  /** Looked up when they are needed: a VM that runs must not depend on the template it came from. */
  readonly parts: () => Promise<Parts>;
  /** Makes the next lookups ask CloudStack: what it offers is remembered for a while. */
  readonly lookAgain: () => void;
  readonly offering: () => Promise<Offering>;
  readonly diskOffering: () => Promise<string | undefined>;
  /** Throws CloudStackLimitReached when the account has not enough left for the VM to become what is ordered. */
  readonly checkGrowth: (vm: VirtualMachine) => Promise<void>;
  /** What every call carries: the project, or nothing. */
  readonly scope: Parameters;
  readonly expunge: boolean;
  readonly alone: Alone;
  /** Ids of what the deploy rests on: found by the look, or made since. */
  readonly ids: { network?: string; securityGroup?: string };
}

/**
 * Runs one at a time what joins affinity groups and what removes empty ones: CloudStack lets a group go together with
 * whoever joined it a moment ago.
 */
export type Alone = <T>(task: () => Promise<T>) => Promise<T>;

/** What came of an action. */
export interface Done {
  /** One line for a person; undefined when there was nothing to do after all. */
  readonly message: string | undefined;
  readonly job?: StartedJob;
  /** Ids learned on the way. */
  readonly vm?: string;
  readonly network?: string;
}
