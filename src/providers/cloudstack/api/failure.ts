import { type DinfraError, RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';

/** Why CloudStack refused or failed, by its own codes. The text is for people: its ids are random on every call. */
export interface Failure {
  readonly command: string;
  /** CloudStack's `errorcode`; for a failed job, its `jobresultcode`. */
  readonly code: number;
  /** CloudStack's `cserrorcode`; jobs have none. */
  readonly csCode: number | undefined;
  readonly text: string;
  readonly kind: FailureKind;
}

export type FailureKind =
  /** Too many calls; wait as long as the server says. */
  | 'RateLimited'
  /** Wrong keys, clock or signature. A misspelt command looks the same. */
  | 'Unauthorized'
  /** The role does not allow the command, or the resource belongs to another account. */
  | 'Forbidden'
  /** The account has reached a limit. */
  | 'Limit'
  /** No host, address or storage is free. */
  | 'Capacity'
  /** Maintenance, or a resource it needs is unavailable or in use. */
  | 'Unavailable'
  /** An equal rule exists, which may be our own. */
  | 'Conflict'
  /** A parameter is wrong, or names something that does not exist. */
  | 'Rejected'
  /** Everything else on the server's side, including some faults of the caller. */
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

/**
 * The kind of a failed job. The role allowed it to start, so 432 means something else here: a VM snapshot is in the
 * way.
 */
export function kindOfJob(code: number): FailureKind {
  return code === 432 ? 'Unavailable' : kindOf(code);
}

/** The wait the server asks for, in milliseconds. It is only in the text: `please retry after [27944] ms.` */
export function retryAfterOf({ kind, text }: Failure): number | undefined {
  if (kind !== 'RateLimited') return undefined;
  const asked = Number(/\[(\d{1,9})\] ?ms/.exec(text)?.[1] ?? Number.NaN);
  return Number.isFinite(asked) ? Math.min(asked, MAX_WAIT_MS) : 1_000;
}

const MAX_WAIT_MS = 10 * 60_000;
/** A person has to act before these can succeed: retry rarely. */
const PEOPLE_MS = 60_000;

/** The failure as an error of the catalogue. `path` is the field of the descriptor at fault, if the caller knows it. */
export function errorOf(failure: Failure, path?: string): DinfraError {
  const at = path === undefined ? {} : { path };
  const detail = { message: describe(failure), ...at };
  switch (failure.kind) {
    case 'RateLimited':
      return new RetryableError('CloudStackRateLimited', { ...detail, retryAfterMs: retryAfterOf(failure) ?? 1_000 });
    case 'Unauthorized':
      // CloudStack's text is the same in all these cases.
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
