import type { SourceState } from '../award/source.ts';
import type { Logger } from '../base/logger.ts';
import type { BridgeContext } from './bridge-context.ts';

/** Reports the connection to the source of one Provider to logs, metrics and the rest of the operator. */
export class SourceMonitor {
  private readonly context: Pick<BridgeContext, 'metrics' | 'clock' | 'onReachable'>;
  private readonly labels: { readonly namespace: string; readonly provider: string };
  private readonly log: Logger;
  private isFollowing = false;
  private lastBlock = -1;

  constructor(
    context: Pick<BridgeContext, 'metrics' | 'clock' | 'onReachable'>,
    labels: { readonly namespace: string; readonly provider: string },
    log: Logger,
  ) {
    this.context = context;
    this.labels = labels;
    this.log = log;
  }

  noteState(state: SourceState): void {
    const wasFollowing = this.isFollowing;
    this.isFollowing = state.kind === 'Following';
    this.context.metrics.chainUp.set(this.labels, this.isFollowing ? 1 : 0);
    if (state.kind === 'Following') {
      this.noteBlock(state.point.number);
      if (wasFollowing) return;
      this.log.info({ endpoint: state.endpoint, block: state.point.number }, 'following the chain');
      this.context.onReachable(`${this.labels.namespace}/${this.labels.provider}`);
    }
    if (state.kind === 'Stalled' || state.kind === 'Disconnected') {
      const { code, message } = state.error;
      this.log.warn({ endpoint: state.endpoint, reason: code, err: message }, 'the chain cannot be followed');
    }
  }

  /** Records that a finalised block was seen. */
  noteBlock(block: number): void {
    if (block <= this.lastBlock) return;
    const { metrics, clock } = this.context;
    this.lastBlock = block;
    metrics.finalisedBlock.set(this.labels, block);
    metrics.lastHeadSeconds.set(this.labels, clock.wallTime() / 1000);
  }
}
