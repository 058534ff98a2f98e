import type { Json } from '../../../base/json.ts';
import type { Memo } from '../../port.ts';
import type { Failure } from '../api/failure.ts';
import { kindOfJob } from '../api/failure.ts';

/** What the reactor writes down between passes. All of it can be lost: it saves calls and tells why, no more. */
export interface Notes {
  /** The VM, once its id was known. */
  readonly vm?: string;
  /** The tenure's own network. */
  readonly network?: string;
  /** Jobs started and not seen to end. */
  readonly jobs: readonly StartedJob[];
  /** Why the last job failed, while it still matters. */
  readonly failure?: LastFailure;
  /** A change the VM was stopped for, in vain. */
  readonly stuck?: Stuck;
  /** The VM's state when everything was as ordered at the last look: the next look may be at a shared listing. */
  readonly settled: 'Running' | 'Stopped' | undefined;
}

export interface StartedJob {
  readonly id: string;
  /** What it does, in words: `deploying the VM`. */
  readonly what: string;
  /** Part of taking away, not of making. */
  readonly removing: boolean;
  /** Hash of the descriptor for whose sake the VM stands still while it runs. */
  readonly standstill?: string;
}

/** A change for which the VM was stopped, and which CloudStack did not make. */
export interface Stuck {
  /** Hash of the descriptor that asks for it. */
  readonly order: string;
  readonly why: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** How often in a row. */
  readonly count: number;
}

export interface LastFailure {
  readonly what: string;
  readonly code: number;
  readonly text: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** How often in a row. */
  readonly count: number;
  readonly removing: boolean;
}

export const noNotes: Notes = { jobs: [], settled: undefined };

/** More jobs than one step starts. */
const MAX_JOBS = 64;

/** Reads a memo. What does not look like ours is left out: the memo is a help, not a source. */
export function notesOf(memo: Memo | undefined): Notes {
  if (memo === undefined) return noNotes;
  const vm = string(memo['vm']);
  const network = string(memo['network']);
  const failure = failureOf(memo['failure']);
  const stuck = stuckOf(memo['stuck']);
  return {
    ...(vm === undefined ? {} : { vm }),
    ...(network === undefined ? {} : { network }),
    jobs: list(memo['jobs']).flatMap(jobOf).slice(0, MAX_JOBS),
    ...(failure === undefined ? {} : { failure }),
    ...(stuck === undefined ? {} : { stuck }),
    settled: memo['settled'] === 'Running' || memo['settled'] === 'Stopped' ? memo['settled'] : undefined,
  };
}

/** Writes a memo. */
export function memoOf({ vm, network, jobs, failure, stuck, settled }: Notes): Memo {
  return {
    ...(vm === undefined ? {} : { vm }),
    ...(network === undefined ? {} : { network }),
    ...(jobs.length === 0 ? {} : { jobs: jobs.map((job) => ({ ...job })) }),
    ...(failure === undefined ? {} : { failure: { ...failure } }),
    ...(stuck === undefined ? {} : { stuck: { ...stuck } }),
    ...(settled === undefined ? {} : { settled }),
  };
}

/** The failure as the client would have told it. */
export function asFailure({ what, code, text }: LastFailure): Failure {
  return { command: what, code, csCode: undefined, text, kind: kindOfJob(code) };
}

function jobOf(value: Json): StartedJob[] {
  const id = string(field(value, 'id'));
  const what = string(field(value, 'what')) ?? 'an earlier step';
  const standstill = string(field(value, 'standstill'));
  const removing = field(value, 'removing') === true;
  return id === undefined ? [] : [{ id, what, removing, ...(standstill === undefined ? {} : { standstill }) }];
}

function failureOf(value: Json | undefined): LastFailure | undefined {
  const [code, at, count] = [field(value, 'code'), field(value, 'at'), field(value, 'count')];
  if (typeof code !== 'number' || typeof at !== 'number' || typeof count !== 'number') return undefined;
  const what = string(field(value, 'what')) ?? 'an earlier step';
  const removing = field(value, 'removing') === true;
  return { what, code, text: string(field(value, 'text')) ?? '', at, count, removing };
}

function stuckOf(value: Json | undefined): Stuck | undefined {
  const [order, at, count] = [string(field(value, 'order')), field(value, 'at'), field(value, 'count')];
  if (order === undefined || typeof at !== 'number' || typeof count !== 'number') return undefined;
  return { order, why: string(field(value, 'why')) ?? 'it failed', at, count };
}

function field(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [key: string]: Json })[name];
}

function string(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
