import type { Provider } from '../api/provider.ts';
import type { Tenure } from '../award/identity.ts';
import type { SubmitResult } from '../award/report.ts';
import type { AwardSource, Standing, Submission } from '../award/source.ts';
import type { Logger } from '../base/logger.ts';
import { Wake } from '../base/wake.ts';
import { type ContentSource, preimageSource } from '../descriptors/content/content-source.ts';
import { ipfsGateway } from '../descriptors/content/ipfs-gateway.ts';
import type { BridgeContext, SessionClaims } from './bridge-context.ts';
import { Comparison } from './comparison.ts';
import { watchFinances } from './finance-watch.ts';
import type { ProviderKeys } from './provider-keys.ts';
import { ReportedConditions } from './report/reported-condition.ts';
import { SourceMonitor } from './source-monitor.ts';

/** How often the session compares when nothing wakes it, in milliseconds. */
const COMPARE_MS = 15_000;
const RETRY_MS = 2_000;
/**
 * Minimum pause between two comparisons, in milliseconds, because events come in bursts. It is at least twice the
 * duration of the last comparison.
 */
const MIN_GAP_MS = 100;
const MAX_GAP_MS = 3_000;
/**
 * One provider and the source of its awards, for as long as the session lasts: follows the source and compares it with
 * the cluster whenever either of them has changed, and every 15 seconds.
 */
export class ProviderSession {
  readonly key: string;
  private readonly context: BridgeContext;
  private readonly namespace: string;
  private readonly name: string;
  private readonly log: Logger;
  private readonly source: AwardSource;
  private readonly comparison: Comparison;
  private readonly reported: ReportedConditions;
  private readonly wake = new Wake();

  constructor(provider: Provider, keys: ProviderKeys, context: BridgeContext, claims: SessionClaims, log: Logger) {
    this.context = context;
    this.namespace = provider.metadata.namespace ?? '';
    this.name = provider.metadata.name;
    this.key = `${this.namespace}/${this.name}`;
    this.log = log;
    this.reported = new ReportedConditions(context, log);
    const monitor = new SourceMonitor(context, this.labels, log);
    const { endpoints, genesisHash, pallets, finalityTimeoutSeconds } = provider.spec.chain;
    const seen = provider.status.chain;
    this.source = context.openSource(
      {
        endpoints,
        genesis: genesisHash ?? seen?.genesisHash,
        pallets,
        stallMs: finalityTimeoutSeconds === undefined ? undefined : finalityTimeoutSeconds * 1_000,
        cursor: seen?.finalized,
        keys,
        canReport: () => this.comparison.isOurs && context.canReport(),
      },
      {
        onWake: () => this.wake.call(),
        onState: (state) => {
          monitor.noteState(state);
          this.wake.call();
        },
        onSubmitted: (submission, result) => this.noteSubmitted(submission, result),
      },
    );
    this.comparison = new Comparison(provider, context, {
      source: this.source,
      monitor,
      claims,
      provider: () => this.provider(),
      contentSources: () => this.contentSources(),
      wake: () => this.wake.call(),
      account: keys.account.address,
      log,
    });
  }

  /** Resolves once the source was reached for the first time, or was found to be unreachable. */
  get settled(): Promise<void> {
    return this.source.settled;
  }

  /** Genesis of the chain, once known. */
  get genesis(): string | undefined {
    return this.comparison.genesis;
  }

  /** Called when an object of this provider has changed in the cluster. `asked`: a person requested a full read. */
  enqueue(asked = false): void {
    if (asked) this.comparison.requestFullRead();
    this.wake.call();
  }

  /** Where the descriptors of this provider's tenures can be fetched. */
  contentSources(): readonly ContentSource[] {
    const gateways = this.provider()?.spec.ipfsGateways ?? [];
    const preimages = preimageSource((hash, length, signal) => this.source.preimage(hash, length, signal));
    return [preimages, ...gateways.map((url) => ipfsGateway(url))];
  }

  /** The state of a tenure at the source now. `Unknown` unless the source is known to describe this provider. */
  async standing(tenure: Tenure, signal: AbortSignal): Promise<Standing> {
    return this.comparison.isOurs ? this.source.standing(tenure, signal) : 'Unknown';
  }

  /** Runs until `signal` is aborted; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const following = this.source.run(signal);
    const { clock, metrics } = this.context;
    const money = watchFinances(
      this.labels,
      { source: this.source, metrics: metrics.finances, clock, log: this.log },
      signal,
    );
    while (!signal.aborted) {
      const began = this.context.clock.monotonic();
      const isWell = await this.compare(signal).catch(() => false);
      const tookMs = this.context.clock.monotonic() - began;
      await new Wake().wait(Math.min(Math.max(2 * tookMs, MIN_GAP_MS), MAX_GAP_MS), signal);
      await this.wake.wait(isWell ? COMPARE_MS : RETRY_MS, signal);
    }
    await Promise.all([following, money]);
    this.context.metrics.forget(this.namespace, this.name);
  }

  /** Compares the source with the cluster once. True if every stage succeeded. */
  async compare(signal: AbortSignal): Promise<boolean> {
    return this.comparison.run(signal);
  }

  private noteSubmitted(submission: Submission, result: SubmitResult): void {
    const { tenure, name } = submission;
    this.reported.note(submission, result, tenure === undefined ? [] : this.comparison.deploymentsOf(tenure));
    this.context.metrics.calls.inc({ ...this.labels, call: name, result: result.kind });
    this.wake.call();
  }

  private provider(): Provider | undefined {
    return this.context.providers.get(this.key);
  }

  private get labels() {
    return { namespace: this.namespace, provider: this.name };
  }
}
