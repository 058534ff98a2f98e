/** An injected fault for calls of a command. */
export interface Fault {
  /** Exact name, or `*` for every command, or `write` for those that are not list, get or query. */
  readonly command: string;
  readonly kind: FaultKind;
  /** How often it happens. Default: always. */
  readonly times?: number;
  /** Probability per call. Default: 1. */
  readonly chance?: number;
  /** Calls that succeed first. Default: none. */
  readonly after?: number;
  /** `Error` and `FailJob`: the code. Defaults to 530. */
  readonly code?: number;
  /** `Error` and `FailJob`: the text. */
  readonly text?: string;
  /** `Delay`: milliseconds. `RateLimit`: what the server asks to wait. */
  readonly ms?: number;
}

/** The kinds of faults. */
export const faultKinds = [
  /** Refused with `code`; nothing happens. */
  'Error',
  /** The response is delayed. */
  'Delay',
  /** Executed, but the connection is cut before the response. */
  'LoseReply',
  /** The connection is cut before execution. */
  'Cut',
  /** Executed, but only half of the response arrives. */
  'Truncate',
  /** 429 with a wait in its text. */
  'RateLimit',
  /** CloudStack's 503 for maintenance. */
  'Maintenance',
  /** A proxy's 502 page; nothing happens. */
  'Html',
  /** 200 and no body; nothing happens. */
  'Empty',
  /** Accepted, and the job fails with `code`. */
  'FailJob',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** The active faults and their counters. */
export class Faults {
  readonly #random: () => number;
  #active: { fault: Fault; seen: number; left: number }[] = [];

  /** `random` gives numbers in [0, 1). */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Replaces what was set. */
  set(faults: readonly Fault[]): void {
    this.#active = faults.map((fault) => ({ fault, seen: 0, left: fault.times ?? Number.POSITIVE_INFINITY }));
  }

  clear(): void {
    this.#active = [];
  }

  /** The fault for this call, if any. */
  next(command: string): Fault | undefined {
    for (const entry of this.#active) {
      const { fault } = entry;
      if (!concerns(fault, command) || entry.left <= 0) continue;
      entry.seen += 1;
      if (entry.seen <= (fault.after ?? 0)) continue;
      if (fault.chance !== undefined && this.#random() >= fault.chance) continue;
      entry.left -= 1;
      return fault;
    }
    return undefined;
  }
}

function concerns({ command }: Fault, called: string): boolean {
  if (command === '*') return true;
  return command === 'write' ? !/^(list|get|query|find)/.test(called) : command === called;
}
