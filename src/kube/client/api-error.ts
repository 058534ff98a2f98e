import type { Reason } from '../../errors/catalogue.ts';
import { DinfraError, RetryableError, TerminalError } from '../../errors/dinfra-error.ts';
import type { ApiStatus } from './api-status.ts';

/** The API server's own message, kept as the cause of our error. */
class ApiRefusal extends Error {
  readonly status: ApiStatus;

  constructor(status: ApiStatus) {
    super(status.message);
    this.name = 'ApiRefusal';
    this.status = status;
  }
}

/**
 * The error for a request the API server rejected. `attempted` says what was asked, e.g. `patch deployments.dinfra.io
 * prod/web`; the server's message follows it unchanged.
 */
export function apiError(attempted: string, status: ApiStatus): RetryableError | TerminalError {
  const [first] = status.causes;
  const detail = {
    message: `cannot ${attempted}: ${status.message}`,
    cause: new ApiRefusal(status),
    ...(first !== undefined && first.field !== '' ? { path: first.field } : {}),
    ...(status.retryAfterMs === undefined ? {} : { retryAfterMs: status.retryAfterMs }),
  };
  // A version from the future: etcd was restored to an earlier state that does not contain ours.
  if (status.causes.some(({ reason }) => reason === 'ResourceVersionTooLarge')) {
    return new RetryableError('ClusterExpired', detail);
  }
  switch (status.code) {
    case 401:
      return new RetryableError('ClusterUnauthorized', detail);
    case 403:
      return new RetryableError('ClusterForbidden', detail);
    case 404:
      // An API server that does not serve the type also answers 404, and so does anything else at that address: neither
      // proves that the object does not exist.
      return new RetryableError(isAboutAnObject(status) ? 'ClusterNotFound' : 'ClusterTypeMissing', detail);
    case 409:
      return new RetryableError(status.reason === 'AlreadyExists' ? 'ClusterAlreadyExists' : 'ClusterConflict', detail);
    case 410:
      return new RetryableError('ClusterExpired', detail);
    case 408:
    case 429:
      return new RetryableError('ClusterBusy', detail);
    default:
      if (status.code < 400) return new RetryableError('ClusterUndecodable', detail);
      return status.code < 500
        ? new TerminalError('ClusterInvalid', detail)
        : new RetryableError('ClusterBusy', detail);
  }
}

function isAboutAnObject({ reason, objectName }: ApiStatus): boolean {
  return reason === 'NotFound' && objectName !== '';
}

/** The API server's status, when the error is a request it rejected. */
export function apiStatusOf(error: unknown): ApiStatus | undefined {
  return error instanceof DinfraError && error.cause instanceof ApiRefusal ? error.cause.status : undefined;
}

/** The object does not exist, or the namespace it was to be created in. */
export function isNotFound(error: unknown): boolean {
  return hasCode(error, 'ClusterNotFound');
}

/** The object changed since it was read, or another manager owns a field that was applied without force. */
export function isConflict(error: unknown): boolean {
  return hasCode(error, 'ClusterConflict');
}

/** An object of that name already exists. */
export function isAlreadyExists(error: unknown): boolean {
  return hasCode(error, 'ClusterAlreadyExists');
}

/** The API server does not have the state at that resourceVersion, or no longer has it. */
export function isExpired(error: unknown): boolean {
  return hasCode(error, 'ClusterExpired');
}

function hasCode(error: unknown, code: Reason): boolean {
  return error instanceof DinfraError && error.code === code;
}
