import type { Clock } from '../../base/clock.ts';
import type { Fence } from '../../base/fence.ts';
import type { Connections } from './connections.ts';
import type { ReplyListener } from './transport.ts';

export interface KubeClientOptions {
  /** How long one call may take with all its retries, in milliseconds; for a list, one page. Default 30 s. */
  readonly deadlineMs?: number;
  /** Largest reply that is held, in bytes. Default 32 MiB. */
  readonly maxReplyBytes?: number;
  /** Asked before the bytes of each request that may change something are sent. Default: open. */
  readonly fence?: Fence;
  /** Told of every attempt: for metrics. */
  readonly onReply?: ReplyListener;
  /** Shared with other clients, and closed by whoever made them. Default: the client's own. */
  readonly connections?: Connections;
  readonly clock?: Clock;
  readonly random?: () => number;
}
