import type { Json } from '../../../base/json.ts';
import type { Memo } from '../../port.ts';
import { type Failure, kindOfJob } from '../api/failure.ts';
import type { StartedJob } from '../api/jobs.ts';

/**
 * The port's memo as this reactor uses it. It may be lost: it only saves calls and explains failures. Its times may
 * come from the wall clock of another host: every reader bounds their effect.
 */
export interface TenureMemo {
  /** Id of the VM, once known; kept while the VM cannot be seen. */
  readonly vm?: string;
  /** Id of the tenure's own network. */
  readonly network?: string;
  /** Name of the SSH key pair the VM is created with. Other tenures may use it, too. */
  readonly keyPair?: string;
  /** Jobs that were started and whose end was not seen yet. */
  readonly jobs: readonly StartedJob[];
  /** Why the last job failed, while that is relevant. */
  readonly failure?: LastFailure;
  /** A change that failed although the VM was stopped for it. */
  readonly failedChange?: FailedChange;
  /** When an expunge was refused, in Unix milliseconds: removal then works without it. */
  readonly expungeRefusedAt?: number;
  /** The VM was destroyed and not expunged. */
  readonly destroyed?: DestroyedVm;
  /** A transitional state of the VM, and since when it was seen in it. */
  readonly transition?: { readonly state: string; readonly since: number };
  /** True if others have attached disks: they are looked for each time, until they are gone. */
  readonly foreignDisks?: true;
  /**
   * The state of the VM if everything was as ordered at the last observation: the next one may use a shared listing.
   */
  readonly settled: 'Running' | 'Stopped' | undefined;
}

/** A destroyed VM, which keeps its name, disk and network until CloudStack expunges it. */
export interface DestroyedVm {
  readonly id: string;
  readonly name: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** A change for which the VM was stopped and which CloudStack did not make. */
export interface FailedChange {
  /** Hash of the descriptor that requires it. */
  readonly order: string;
  readonly why: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** How often in a row. */
  readonly count: number;
}

export interface LastFailure {
  readonly what: string;
  /** The command whose job failed. */
  readonly command: string;
  readonly code: number;
  readonly text: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** How often in a row. */
  readonly count: number;
  readonly removing: boolean;
}

export const emptyMemo: TenureMemo = { jobs: [], settled: undefined };

/** More than the jobs of one step. */
const MAX_JOBS = 64;

/** Parses a memo. Fields that are not valid are left out, because the memo is only an aid. */
export function readMemo(memo: Memo | undefined): TenureMemo {
  if (memo === undefined) return emptyMemo;
  const { settled } = memo;
  return {
    ...optional('vm', string(memo['vm'])),
    ...optional('network', string(memo['network'])),
    ...optional('keyPair', string(memo['keyPair'])),
    jobs: list(memo['jobs']).flatMap(jobOf).slice(0, MAX_JOBS),
    ...optional('failure', failureOf(memo['failure'])),
    ...optional('failedChange', failedChangeOf(memo['failedChange'])),
    ...optional('expungeRefusedAt', number(memo['expungeRefusedAt'])),
    ...optional('destroyed', destroyedOf(memo['destroyed'])),
    ...optional('transition', transitionOf(memo['transition'])),
    ...(memo['foreignDisks'] === true ? { foreignDisks: true } : {}),
    settled: settled === 'Running' || settled === 'Stopped' ? settled : undefined,
  };
}

/** Writes a memo. */
export function writeMemo({ jobs, settled, failure, failedChange, destroyed, transition, ...plain }: TenureMemo): Memo {
  return {
    ...plain,
    ...(jobs.length === 0 ? {} : { jobs: jobs.map((job) => ({ ...job })) }),
    ...optional('failure', failure && { ...failure }),
    ...optional('failedChange', failedChange && { ...failedChange }),
    ...optional('destroyed', destroyed && { ...destroyed }),
    ...optional('transition', transition && { ...transition }),
    ...optional('settled', settled),
  };
}

/** The failed job as the client would have reported it. */
export function asFailure({ what, code, text }: LastFailure): Failure {
  return { command: what, code, csCode: undefined, text, kind: kindOfJob(code) };
}

function jobOf(value: Json): StartedJob[] {
  const id = string(field(value, 'id'));
  if (id === undefined) return [];
  return [
    {
      id,
      what: string(field(value, 'what')) ?? 'an earlier step',
      command: string(field(value, 'command')) ?? '',
      removing: field(value, 'removing') === true,
      ...optional('removes', string(field(value, 'removes'))),
      ...optional('stoppedFor', string(field(value, 'stoppedFor'))),
      ...(field(value, 'expunges') === true ? { expunges: true } : {}),
    },
  ];
}

function failureOf(value: Json | undefined): LastFailure | undefined {
  const [code, at, count] = [number(field(value, 'code')), number(field(value, 'at')), number(field(value, 'count'))];
  if (code === undefined || at === undefined || count === undefined) return undefined;
  return {
    what: string(field(value, 'what')) ?? 'an earlier step',
    command: string(field(value, 'command')) ?? '',
    code,
    text: string(field(value, 'text')) ?? '',
    at,
    count,
    removing: field(value, 'removing') === true,
  };
}

function failedChangeOf(value: Json | undefined): FailedChange | undefined {
  const order = string(field(value, 'order'));
  const [at, count] = [number(field(value, 'at')), number(field(value, 'count'))];
  if (order === undefined || at === undefined || count === undefined) return undefined;
  return { order, why: string(field(value, 'why')) ?? 'it failed', at, count };
}

function destroyedOf(value: Json | undefined): DestroyedVm | undefined {
  const [id, at] = [string(field(value, 'id')), number(field(value, 'at'))];
  if (id === undefined || at === undefined) return undefined;
  return { id, name: string(field(value, 'name')) ?? id, at };
}

function transitionOf(value: Json | undefined): TenureMemo['transition'] {
  const [state, since] = [string(field(value, 'state')), number(field(value, 'since'))];
  return state === undefined || since === undefined ? undefined : { state, since };
}

function optional<K extends string, T>(name: K, value: T | undefined): { readonly [key in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in K]?: T };
}

function field(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [key: string]: Json })[name];
}

function string(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
