import type { StartedJob } from '../plan/memo.ts';
import type { CloudStackClient } from './client.ts';
import { errorOf } from './failure.ts';
import { integer, isObject } from './reply.ts';
import { words } from './shapes.ts';

/** Jobs that were started, by how they stand. */
export interface JobStates {
  readonly pending: readonly StartedJob[];
  readonly failed: readonly FailedJob[];
}

/** A job that failed, with what CloudStack says. */
export interface FailedJob extends StartedJob {
  readonly code: number;
  readonly text: string;
}

/**
 * How started jobs stand. One that CloudStack no longer knows has ended: what it did is seen by looking. The VM in a
 * job's result has a `jobstatus` of its own, always 0; only the outer one counts.
 */
export async function jobStates(
  client: CloudStackClient,
  jobs: readonly StartedJob[],
  signal: AbortSignal,
): Promise<JobStates> {
  const pending: StartedJob[] = [];
  const failed: FailedJob[] = [];
  for (const job of jobs) {
    // In order of starting: while one is pending, those after it need not be asked for.
    if (pending.length > 0) {
      pending.push(job);
      continue;
    }
    const reply = await client.attempt('queryAsyncJobResult', { jobid: job.id }, signal);
    if (reply.kind === 'Failed') {
      if (reply.failure.kind === 'Rejected') continue;
      throw errorOf(reply.failure);
    }
    const { body } = reply;
    const status = integer(body['jobstatus']);
    if (status === 0) pending.push(job);
    if (status === 2 || status === 3) failed.push({ ...job, ...reasonOf(body['jobresult'], body['jobresultcode']) });
  }
  return { pending, failed };
}

function reasonOf(result: unknown, resultCode: unknown): { code: number; text: string } {
  // Old servers put the bare text there.
  if (!isObject(result)) return { code: integer(resultCode) ?? 530, text: words(result) };
  return { code: integer(result['errorcode']) ?? integer(resultCode) ?? 530, text: words(result['errortext']) };
}
