import type { Step } from '../../port.ts';
import { POLL_MS } from '../observe/observation.ts';
import { memoOf, type Notes } from '../plan/memo.ts';
import type { Done } from './workshop.ts';

/** What was done as a step: its jobs go into the memo, in the same write. `idle` is said when there was nothing to do. */
export function stepOf(dones: readonly Done[], notes: Notes, idle: string): Step {
  const jobs = dones.flatMap((done) => done.job ?? []);
  const messages = dones.flatMap((done) => done.message ?? []);
  const vm = dones.find((done) => done.vm !== undefined)?.vm ?? notes.vm;
  const network = dones.find((done) => done.network !== undefined)?.network ?? notes.network;
  const next: Notes = {
    ...(vm === undefined ? {} : { vm }),
    ...(network === undefined ? {} : { network }),
    ...(notes.failure === undefined ? {} : { failure: notes.failure }),
    ...(notes.stuck === undefined ? {} : { stuck: notes.stuck }),
    jobs,
    settled: undefined,
  };
  return {
    message: messages.length === 0 ? idle : messages.join('; ').slice(0, 500),
    // What answered at once is to be seen at once.
    pollAfterMs: jobs.length > 0 || messages.length === 0 ? POLL_MS : 0,
    memo: memoOf(next),
  };
}
