import { RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';
import type { FetchReply } from '../chart/guarded-fetch.ts';
import { shown } from '../chart/host-policy.ts';

/**
 * Tells a clear no from an answer that may be another one tomorrow.
 *
 * @throws TerminalError ChartNotFound at `path`, or RetryableError RepositoryUnreachable; nothing for a 200.
 */
export function requireFound({ status, url, header }: FetchReply, whatIsMissing: string, path: string): void {
  if (status === 200) return;
  if (status === 404 || status === 410) {
    throw new TerminalError('ChartNotFound', { message: `${shown(url)} ${whatIsMissing} (HTTP ${status})`, path });
  }
  if (status === 401 || status === 403) {
    throw new TerminalError('ChartNotFound', {
      message: `${shown(url)} lets nobody read without credentials (HTTP ${status}); only public charts are fetched`,
      path,
    });
  }
  const seconds = Number(header('retry-after') ?? Number.NaN);
  throw new RetryableError('RepositoryUnreachable', {
    message: `${shown(url)} answers HTTP ${status}`,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: Math.min(seconds, 3600) * 1000 } : {}),
  });
}
