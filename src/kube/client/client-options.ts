import type { Clock } from '../../base/clock.ts';
import type { TokenBucket } from '../../base/token-bucket.ts';
import type { Connections } from './connections.ts';
import type { ReplyListener } from './transport.ts';

export interface KubeClientOptions {
  /** Name of this writer in managedFields of what is not applied. Default dinfra-operator. */
  readonly fieldManager?: string;
  /** How long one call may take with all its retries, in milliseconds; for a list, one page. Default 30 s. */
  readonly deadlineMs?: number;
  /** Largest reply that is held, in bytes. Default 32 MiB. */
  readonly maxReplyBytes?: number;
  /** Limits all calls together. Default: none, the API server has its own priority and fairness. */
  readonly rateLimit?: TokenBucket;
  /** Told of every attempt: for metrics. */
  readonly onReply?: ReplyListener;
  /** Shared with other clients, and closed by whoever made them. Default: the client's own. */
  readonly connections?: Connections;
  readonly clock?: Clock;
  readonly random?: () => number;
}
