import { RetryableError } from '../../../errors/dinfra-error.ts';
import type { Done } from '../act/workshop.ts';
import type { CloudStackClient } from './client.ts';
import { errorOf } from './failure.ts';
import { text } from './reply.ts';
import type { Parameters } from './signing.ts';

/** Starts a job. Of a rule that is there already (537) nothing is started: the next look sees it. */
export async function startJob(
  client: CloudStackClient,
  what: string,
  command: string,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<Done> {
  const reply = await client.attempt(command, parameters, signal);
  if (reply.kind === 'Failed') {
    if (reply.failure.kind === 'Conflict') return { message: `${what}: it is there already` };
    throw staleOr(errorOf(reply.failure), reply.failure.kind);
  }
  const id = text(reply.body['jobid']);
  return id === undefined ? { message: what } : { message: `${what} (job ${id})`, job: { id, what, removing: false } };
}

/**
 * A change of something that was there at the last look is refused with 431 when it has gone since: not the order's
 * fault. The next look tells.
 */
export function staleOr(error: Error, kind: string): Error {
  if (kind !== 'Rejected') return error;
  return new RetryableError('CloudStackFailed', { message: error.message, cause: error });
}
