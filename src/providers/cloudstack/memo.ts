import type { Json, Memo } from '../reactor.ts';
import type { Failure } from './failure.ts';
import { kindOf } from './failure.ts';

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
  /** The VM's state when everything was as ordered at the last look: the next look may be at a shared listing. */
  readonly settled: 'Running' | 'Stopped' | undefined;
}

export interface StartedJob {
  readonly id: string;
  /** What it does, in words: `deploying the VM`. */
  readonly what: string;
  /** Part of taking away, not of making. */
  readonly removing: boolean;
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
  return {
    ...(vm === undefined ? {} : { vm }),
    ...(network === undefined ? {} : { network }),
    jobs: list(memo['jobs']).flatMap(jobOf).slice(0, MAX_JOBS),
    ...(failure === undefined ? {} : { failure }),
    settled: memo['settled'] === 'Running' || memo['settled'] === 'Stopped' ? memo['settled'] : undefined,
  };
}

/** Writes a memo. */
export function memoOf({ vm, network, jobs, failure, settled }: Notes): Memo {
  return {
    ...(vm === undefined ? {} : { vm }),
    ...(network === undefined ? {} : { network }),
    ...(jobs.length === 0 ? {} : { jobs: jobs.map((job) => ({ ...job })) }),
    ...(failure === undefined ? {} : { failure: { ...failure } }),
    ...(settled === undefined ? {} : { settled }),
  };
}

/** The failure as the client would have told it. */
export function asFailure({ what, code, text }: LastFailure): Failure {
  return { command: what, code, csCode: undefined, text, kind: kindOf(code) };
}

function jobOf(value: Json): StartedJob[] {
  const id = string(field(value, 'id'));
  const what = string(field(value, 'what')) ?? 'an earlier step';
  return id === undefined ? [] : [{ id, what, removing: field(value, 'removing') === true }];
}

function failureOf(value: Json | undefined): LastFailure | undefined {
  const [code, at, count] = [field(value, 'code'), field(value, 'at'), field(value, 'count')];
  if (typeof code !== 'number' || typeof at !== 'number' || typeof count !== 'number') return undefined;
  const what = string(field(value, 'what')) ?? 'an earlier step';
  const removing = field(value, 'removing') === true;
  return { what, code, text: string(field(value, 'text')) ?? '', at, count, removing };
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
