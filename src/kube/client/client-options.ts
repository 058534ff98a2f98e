import type { Clock } from '../../base/clock.ts';
import type { Fence } from '../../base/fence.ts';
import type { Connections } from './connections.ts';
import type { ReplyListener } from './transport.ts';

export interface KubeClientOptions {
  /** How long one call may take with all its retries, in milliseconds; for a list, one page. Default 30 s. */
  readonly deadlineMs?: number;
  /** Largest response accepted, in bytes. Default 32 MiB. */
  readonly maxReplyBytes?: number;
  /** Checked immediately before a request that may change something is sent. Default: open. */
  readonly fence?: Fence;
  /** Called after every attempt, for metrics. */
  readonly onReply?: ReplyListener;
  /** Connections shared with other clients, closed by their owner. Default: the client's own. */
  readonly connections?: Connections;
  readonly clock?: Clock;
  readonly random?: () => number;
}
