import { type Provider, providers } from '../api/provider.ts';
import type { Logger } from '../base/logger.ts';
import type { ContentSource } from '../descriptors/content/content-source.ts';
import { type DinfraError, findDinfraError } from '../errors/dinfra-error.ts';
import { keyOf } from '../kube/client/resource-type.ts';
import { done, type Next, type Reconcile } from '../kube/queue/controller.ts';
import type { Health } from '../server/health.ts';
import { type ProviderKeys, readProviderKeys } from './provider-keys.ts';
import { type BridgeContext, ProviderSession } from './provider-session.ts';
import { problemStatus } from './status/provider-status.ts';
import { writeStatus } from './status/write-status.ts';

/** How often the Secrets of a provider are read again, in milliseconds: a rotated key is taken up within that time. */
const SECRETS_MS = 5 * 60_000;
/** The same while they cannot be read. */
const RETRY_MS = 10_000;

interface Running {
  readonly session: ProviderSession;
  /** What the session was started with: a change of chain or keys starts another. */
  readonly startedWith: string;
  readonly stop: () => Promise<void>;
}

/** Keeps a session for each Provider resource. */
export class ProviderSessions {
  private readonly context: BridgeContext;
  private readonly health: Health;
  private readonly log: Logger;
  private readonly stopAll: AbortSignal;
  private readonly running = new Map<string, Running>();
  /** Of each Provider whose keys cannot be read, and that has no session: why. */
  private readonly keyProblems = new Map<string, string>();
  /** Of each Provider: what takes its line from /readyz. */
  private readonly healthLines = new Map<string, () => void>();
  /** Of each Provider: resolved once it is known whether its chain can be reached. */
  private readonly firstWords = new Map<string, PromiseWithResolvers<void>>();

  /** All sessions end when `signal` is aborted. */
  constructor(context: BridgeContext, health: Health, log: Logger, signal: AbortSignal) {
    this.context = context;
    this.health = health;
    this.log = log;
    this.stopAll = signal;
  }

  readonly reconcile: Reconcile = async (key, signal) => {
    const provider = this.context.providers.get(key);
    if (provider === undefined || provider.metadata.deletionTimestamp !== undefined) {
      this.firstWord(key).resolve();
      this.hideHealth(key);
      await this.stop(key);
      return done;
    }
    this.showHealth(key);
    try {
      const keys = await readProviderKeys(this.context.client, provider, signal);
      this.keyProblems.delete(key);
      await this.keepRunning(key, provider, keys);
      return { requeueAfterMs: SECRETS_MS };
    } catch (error) {
      return this.afterFailure(key, provider, error, signal);
    }
  };

  /** Resolves when it is known of each Provider there is whether its chain can be reached. */
  async settled(): Promise<void> {
    await Promise.all(this.context.providers.list().map(({ metadata }) => this.firstWord(keyOf(metadata)).promise));
  }

  /** Tells the session of a Provider, if there is one, that something of it has changed. */
  nudge(key: string): void {
    this.running.get(key)?.session.nudge();
  }

  /** Where the descriptors of a Provider's tenures may be had; nowhere while it has no session. */
  sourcesOf(key: string): readonly ContentSource[] {
    return this.running.get(key)?.session.sources() ?? [];
  }

  /**
   * Whether a subscription is over for good, as the chain of one of the Providers says. False when none of them is of that
   * chain, or none can say.
   *
   * @throws RetryableError when a chain cannot be asked.
   */
  async isGone(genesis: string, subscription: bigint): Promise<boolean> {
    const said = [...this.running.values()].map(({ session }) => session.isGone(genesis, subscription));
    return (await Promise.all(said)).includes(true);
  }

  /** Resolves when every session has ended, after the signal was aborted. */
  async ended(): Promise<void> {
    await Promise.all([...this.running.keys()].map((key) => this.stop(key)));
  }

  private async keepRunning(key: string, provider: Provider, keys: ProviderKeys): Promise<void> {
    const { endpoints, genesisHash } = provider.spec.chain;
    const startedWith = JSON.stringify([provider.metadata.uid, endpoints, genesisHash, keys.version]);
    const known = this.running.get(key);
    if (known?.startedWith === startedWith) return known.session.nudge();
    await this.stop(key);
    if (this.stopAll.aborted) return;
    const session = new ProviderSession(provider, keys, this.context, this.log.child({ provider: key }));
    void session.settled.then(() => this.firstWord(key).resolve());
    const end = new AbortController();
    const ended = session.run(AbortSignal.any([this.stopAll, end.signal]));
    this.running.set(key, {
      session,
      startedWith,
      stop: async () => {
        end.abort();
        await ended;
      },
    });
  }

  private async afterFailure(key: string, provider: Provider, error: unknown, signal: AbortSignal): Promise<Next> {
    const ours = findDinfraError(error);
    this.firstWord(key).resolve();
    if (ours === undefined) throw error;
    // A session that runs is not ended because its Secret cannot be read just now.
    if (!this.running.has(key)) {
      this.keyProblems.set(key, ours.message);
      await this.writeProblem(provider, ours, signal);
    }
    return { requeueAfterMs: RETRY_MS };
  }

  private async writeProblem(provider: Provider, problem: DinfraError, signal: AbortSignal): Promise<void> {
    const status = problemStatus(provider, problem, undefined, Date.now());
    if (await writeStatus(this.context.client, providers, provider, status, signal)) {
      const { code, message } = problem;
      this.context.events.record(provider, { type: 'Warning', reason: code, action: 'ReadKeys', note: message });
    }
  }

  private showHealth(key: string): void {
    if (this.healthLines.has(key)) return;
    const check = () => this.keyProblems.get(key) ?? this.running.get(key)?.session.problem();
    this.healthLines.set(key, this.health.addReady(`provider ${key}`, check));
  }

  private hideHealth(key: string): void {
    this.healthLines.get(key)?.();
    this.healthLines.delete(key);
    this.keyProblems.delete(key);
  }

  private firstWord(key: string): PromiseWithResolvers<void> {
    const known = this.firstWords.get(key) ?? Promise.withResolvers<void>();
    this.firstWords.set(key, known);
    return known;
  }

  private async stop(key: string): Promise<void> {
    const known = this.running.get(key);
    if (known === undefined) return;
    this.running.delete(key);
    await known.stop();
  }
}
