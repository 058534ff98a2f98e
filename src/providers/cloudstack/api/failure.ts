import { type DinfraError, RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';

/** Why CloudStack did not do it, by its own codes. The text is for people: its ids are random on every call. */
export interface Failure {
  readonly command: string;
  /** CloudStack's `errorcode`; of a failed job, its `jobresultcode`. */
  readonly code: number;
  /** CloudStack's `cserrorcode`; jobs have none. */
  readonly csCode: number | undefined;
  readonly text: string;
  readonly kind: FailureKind;
}

export type FailureKind =
  /** Too many calls; wait what the server says. */
  | 'RateLimited'
  /** Wrong keys, clock or signature. Also what a misspelt command looks like. */
  | 'Unauthorized'
  /** The role lacks the command, or the thing belongs to somebody else. */
  | 'Forbidden'
  /** The account has used up what it may use. */
  | 'Limit'
  /** No host, address or storage is free. */
  | 'Capacity'
  /** Maintenance, or something it needs is unavailable or in use. */
  | 'Unavailable'
  /** An equal rule exists: it may be ours, read back. */
  | 'Conflict'
  /** A parameter is wrong, or what it names does not exist. */
  | 'Rejected'
  /** Everything else on the server's side; plain caller faults hide here too. */
  | 'Failed';

/** The kind of a failure, by code alone. */
export function kindOf(code: number): FailureKind {
  switch (code) {
    case 429:
      return 'RateLimited';
    case 401:
    case 411:
      return 'Unauthorized';
    case 432:
    case 531:
      return 'Forbidden';
    case 532:
    case 535:
      return 'Limit';
    case 533:
      return 'Capacity';
    case 503:
    case 534:
    case 536:
      return 'Unavailable';
    case 537:
      return 'Conflict';
    case 400:
    case 405:
    case 430:
    case 431:
      return 'Rejected';
    default:
      return 'Failed';
  }
}

/** The kind of a failed job. It was allowed to begin, so 432 is no matter of the role: a VM snapshot is in the way. */
export function kindOfJob(code: number): FailureKind {
  return code === 432 ? 'Unavailable' : kindOf(code);
}

/** Milliseconds the server asks for, which it says in the text only: `please retry after [27944] ms.` */
export function retryAfterOf({ kind, text }: Failure): number | undefined {
  if (kind !== 'RateLimited') return undefined;
  const asked = Number(/\[(\d{1,9})\] ?ms/.exec(text)?.[1] ?? Number.NaN);
  return Number.isFinite(asked) ? Math.min(asked, MAX_WAIT_MS) : 1_000;
}

const MAX_WAIT_MS = 10 * 60_000;
/** People have to act before these can work: do not ask often. */
const PEOPLE_MS = 60_000;

/** The failure as an error of the catalogue. `path` is the descriptor's field at fault, when the caller knows it. */
export function errorOf(failure: Failure, path?: string): DinfraError {
  const at = path === undefined ? {} : { path };
  const detail = { message: describe(failure), ...at };
  switch (failure.kind) {
    case 'RateLimited':
      return new RetryableError('CloudStackRateLimited', { ...detail, retryAfterMs: retryAfterOf(failure) ?? 1_000 });
    case 'Unauthorized':
      // It says the same whatever it was.
      return new RetryableError('CloudStackUnauthorized', {
        message: `${describe(failure)}: the keys are wrong or disabled, or the clock here or there is off by more than 10 minutes`,
        retryAfterMs: PEOPLE_MS,
      });
    case 'Forbidden':
      return new RetryableError('CloudStackForbidden', { ...detail, retryAfterMs: PEOPLE_MS });
    case 'Limit':
      return new RetryableError('CloudStackLimitReached', { ...detail, retryAfterMs: PEOPLE_MS });
    case 'Capacity':
      return new RetryableError('CloudStackNoCapacity', detail);
    case 'Rejected':
      return new TerminalError('CloudStackRejected', detail);
    case 'Unavailable':
    case 'Conflict':
    case 'Failed':
      return new RetryableError('CloudStackFailed', detail);
  }
}

/** One line for a person. */
export function describe({ command, code, csCode, text }: Failure): string {
  const codes = csCode === undefined ? `${code}` : `${code}/${csCode}`;
  return `CloudStack answered ${command} with ${codes}: ${text}`;
}
