import type { Deployment } from '../api/deployment.ts';
import type { DescriptorType } from '../api/descriptor-type.ts';
import { IN_USE_FINALIZER } from '../api/labels.ts';
import type { Offer } from '../api/offer.ts';
import { type Provider, providers } from '../api/provider.ts';
import type { Subscription } from '../api/subscription.ts';
import type { Tenure } from '../award/identity.ts';
import type { Standing } from '../award/source.ts';
import type { Logger } from '../base/logger.ts';
import type { ContentSource } from '../descriptors/content/content-source.ts';
import { findDinfraError } from '../errors/dinfra-error.ts';
import { removeFinalizer } from '../kube/client/finalizers.ts';
import { keyOf } from '../kube/client/resource-type.ts';
import { done, type Next, type Reconcile } from '../kube/queue/controller.ts';
import { AccountClaims } from './account-claims.ts';
import type { BridgeContext } from './bridge-context.ts';
import { concernsSession } from './deployment-change.ts';
import { type Problem, problemOf } from './failures.ts';
import { writeUnserved } from './offers/unserved-offer.ts';
import { type ProviderKeys, readProviderKeys } from './provider-keys.ts';
import { ProviderSession } from './provider-session.ts';
import { problemStatus } from './status/provider-status.ts';
import { isRequested } from './status/readiness.ts';
import { writeStatus } from './status/status-writer.ts';

/** How often the Secrets of a provider are read, in milliseconds: a rotated key is used within that time. */
const SECRETS_MS = 5 * 60_000;
/** The same while they cannot be read, or while another Provider serves the account. */
const RETRY_MS = 10_000;

interface Running {
  readonly session: ProviderSession;
  /** What the session was started with: a change of chain or keys starts a new session. */
  readonly startedWith: string;
  readonly stop: () => Promise<void>;
}

/** A change of an object, as a cache reports it. */
interface ObjectChange<T> {
  readonly old: T | undefined;
  readonly now: T | undefined;
}

/** Runs one session for each account on a chain, for the Provider resource that serves it. */
export class ProviderSessions {
  private readonly context: BridgeContext;
  private readonly log: Logger;
  private readonly stopAll: AbortSignal;
  /** Enqueues a Provider. */
  private readonly enqueueProvider: (key: string) => void;
  private readonly running = new Map<string, Running>();
  private readonly claims: AccountClaims;
  /** For each Provider: resolved once it is known whether its source can be reached. */
  private readonly firstContacts = new Map<string, PromiseWithResolvers<void>>();

  /** All sessions end when `signal` is aborted. */
  constructor(context: BridgeContext, enqueueProvider: (key: string) => void, log: Logger, signal: AbortSignal) {
    this.context = context;
    this.claims = new AccountClaims(context.providers);
    this.enqueueProvider = enqueueProvider;
    this.log = log;
    this.stopAll = signal;
  }

  readonly reconcile: Reconcile = async (key, signal, _log, writeSignal) => {
    const provider = this.context.providers.get(key);
    if (provider === undefined) {
      this.firstContact(key).resolve();
      this.firstContacts.delete(key);
      await this.stop(key);
      this.claims.forget(key);
      this.enqueueRivals(key);
      return done;
    }
    try {
      const keys = await readProviderKeys(this.context.cluster, provider, signal);
      this.claims.note(key, keys.account.address, undefined);
      return await this.serve(key, provider, keys, writeSignal);
    } catch (error) {
      return this.afterFailure(key, provider, error, writeSignal);
    }
  };

  /** Writes the status of an Offer whose Provider is missing or not served. The session writes those of all others. */
  readonly reconcileOffer: Reconcile = async (key, _signal, _log, writeSignal) => {
    const offer = this.context.offers.get(key);
    if (offer === undefined || offer.metadata.deletionTimestamp !== undefined) return done;
    if (this.running.has(`${offer.metadata.namespace}/${offer.spec.providerRef.name}`)) return done;
    await writeUnserved(this.context, offer, writeSignal);
    return { requeueAfterMs: RETRY_MS };
  };

  /** Resolves once it is known for each existing Provider whether its source can be reached. */
  async settled(): Promise<void> {
    await Promise.all(this.context.providers.list().map(({ metadata }) => this.firstContact(keyOf(metadata)).promise));
  }

  /** Called when a Provider has changed. A status written by the session triggers nothing. */
  noteProvider(key: string, { old, now }: ObjectChange<Provider>): void {
    if (old !== undefined && now !== undefined && isSameButStatus(old, now) && !isRequested(now)) return;
    this.enqueueProvider(key);
  }

  /** Called when a Deployment has changed. Changes that affect neither reports nor the mirror trigger nothing. */
  noteDeployment({ old, now }: ObjectChange<Deployment>): void {
    const object = now ?? old;
    if (object !== undefined && concernsSession(old, now)) this.sessionOf(object)?.enqueue();
  }

  /** Called when an Offer has changed. Its own reconcile writes the status if no session does. */
  noteOffer({ old, now }: ObjectChange<Offer>): void {
    const object = now ?? old;
    if (object === undefined) return;
    const isAsked = now !== undefined && isRequested(now);
    // A status written by the session triggers nothing.
    if (old !== undefined && now !== undefined && !isAsked && isSameButStatus(old, now)) return;
    const key = `${object.metadata.namespace}/${object.spec.providerRef.name}`;
    this.running.get(key)?.session.enqueue(isAsked);
  }

  /** Called when a mirrored Subscription has changed: by hand, or to request a reconcile. */
  noteSubscription({ old, now }: ObjectChange<Subscription>): void {
    const object = now ?? old;
    if (object === undefined) return;
    const isAsked = now !== undefined && isRequested(now);
    const isEdited = now === undefined || old?.metadata.generation !== now.metadata.generation;
    const isRelabelled = JSON.stringify(old?.metadata.labels) !== JSON.stringify(now?.metadata.labels);
    if (isAsked || isEdited || isRelabelled) this.sessionOf(object)?.enqueue(isAsked);
  }

  /** Called when a DescriptorType has changed: any session of its chain can correct it. */
  noteType({ old, now }: ObjectChange<DescriptorType>): void {
    const genesis = (now ?? old)?.spec.genesisHash;
    const isAsked = now !== undefined && isRequested(now);
    for (const { session } of this.running.values()) if (session.genesis === genesis) session.enqueue(isAsked);
  }

  /** Called when a Reactor has changed: that may change which Offers can be sold. */
  noteReactor(): void {
    for (const { session } of this.running.values()) session.enqueue();
  }

  /** Where the descriptors of a Provider's tenures can be fetched; undefined while it has no session. */
  sourcesOf(key: string): readonly ContentSource[] {
    return this.running.get(key)?.session.contentSources() ?? [];
  }

  /** The state of a tenure at its source now. `Unknown` if no session serves it, or its source cannot be reached. */
  async standing(tenure: Tenure, signal: AbortSignal): Promise<Standing> {
    const asked = [...this.running.values()]
      .filter(({ session }) => session.genesis === tenure.genesis)
      .map(({ session }) => session.standing(tenure, signal));
    const answers = await Promise.all(asked);
    // One session that says Live is enough; every session that knows the tenure has to agree that it is over.
    if (answers.includes('Live')) return 'Live';
    return answers.find((answer) => answer !== 'Unknown') ?? 'Unknown';
  }

  /** Resolves when every session has ended, after the signal was aborted. */
  async ended(): Promise<void> {
    await Promise.all([...this.running.keys()].map((key) => this.stop(key)));
  }

  private async serve(key: string, provider: Provider, keys: ProviderKeys, signal: AbortSignal): Promise<Next> {
    const { address } = keys.account;
    const claim = { provider, account: address, genesis: this.claims.genesisOf(key) };
    if (this.claims.isHandedOver(claim)) {
      await this.stop(key);
      this.firstContact(key).resolve();
      this.log.info({ provider: key }, 'the Provider is deleted: another one serves its account');
      await this.release(provider, signal);
      this.enqueueRivals(key);
      return done;
    }
    const rival = claim.genesis === undefined ? undefined : this.claims.rivalOf(key, address, claim.genesis);
    if (rival !== undefined) {
      await this.stop(key);
      this.firstContact(key).resolve();
      if (isLeaving(provider) && !this.hasTenants(provider)) {
        await this.release(provider, signal);
        return done;
      }
      const message = `Provider ${rival} already serves account ${address} on this chain; delete one of the two.`;
      await this.writeProblem(provider, { reason: 'AccountInUse', message }, signal);
      return { requeueAfterMs: RETRY_MS };
    }
    if (isLeaving(provider) && (await this.neverServed(key, provider, signal))) return done;
    await this.stopRivals(key, address, claim.genesis);
    await this.keepRunning(key, provider, keys);
    return { requeueAfterMs: SECRETS_MS };
  }

  private async keepRunning(key: string, provider: Provider, keys: ProviderKeys): Promise<void> {
    const startedWith = JSON.stringify([provider.metadata.uid, provider.spec.chain, keys.version]);
    const known = this.running.get(key);
    if (known?.startedWith === startedWith) return known.session.enqueue(isRequested(provider));
    await this.stop(key);
    if (this.stopAll.aborted) return;
    const claims = { rivalOn: (genesis: string) => this.learn(key, keys.account.address, genesis) };
    const session = new ProviderSession(provider, keys, this.context, claims, this.log.child({ provider: key }));
    void session.settled.then(() => this.firstContact(key).resolve());
    const end = new AbortController();
    const onStop = () => end.abort(this.stopAll.reason);
    this.stopAll.addEventListener('abort', onStop, { once: true });
    const ended = session.run(end.signal);
    this.running.set(key, {
      session,
      startedWith,
      stop: async () => {
        end.abort();
        this.stopAll.removeEventListener('abort', onStop);
        await ended;
      },
    });
  }

  /**
   * Records the chain of a Provider, which may be unknown until it was reached. Returns the Provider that serves, or
   * still serves, the account there instead of this one.
   */
  private learn(key: string, account: string, genesis: string): string | undefined {
    this.claims.note(key, account, genesis);
    const server = this.claims.rivalOf(key, account, genesis);
    if (server !== undefined) {
      this.enqueueProvider(key);
      return server;
    }
    const [rival] = this.runningRivals(key, account, genesis);
    if (rival !== undefined) this.enqueueProvider(rival);
    return rival;
  }

  private runningRivals(key: string, account: string, genesis: string): readonly string[] {
    return [...this.running.keys()].filter(
      (other) => other !== key && this.claims.accountOf(other) === account && this.claims.genesisOf(other) === genesis,
    );
  }

  /** Ends the sessions that this Provider takes over from. */
  private async stopRivals(key: string, account: string, genesis: string | undefined): Promise<void> {
    if (genesis === undefined) return;
    for (const other of this.runningRivals(key, account, genesis)) {
      await this.stop(other);
      this.enqueueProvider(other);
    }
  }

  private enqueueRivals(key: string): void {
    for (const { metadata } of this.context.providers.list()) {
      const other = keyOf(metadata);
      if (other !== key) this.enqueueProvider(other);
    }
  }

  /**
   * Removes the finalizer of a Provider that was never registered and has no tenants, whatever is wrong with its chain
   * or keys.
   */
  private async neverServed(key: string, provider: Provider, signal: AbortSignal): Promise<boolean> {
    if (this.hasTenants(provider) || provider.status.providerId !== undefined) return false;
    await this.stop(key);
    this.firstContact(key).resolve();
    await this.release(provider, signal);
    return true;
  }

  private hasTenants({ metadata: { namespace, name } }: Provider): boolean {
    return this.context.deployments
      .list()
      .some(({ metadata, spec }) => metadata.namespace === namespace && spec.providerRef.name === name);
  }

  private async release(provider: Provider, signal: AbortSignal): Promise<void> {
    await removeFinalizer(this.context.cluster, providers, provider, IN_USE_FINALIZER, signal);
  }

  private async afterFailure(key: string, provider: Provider, error: unknown, signal: AbortSignal): Promise<Next> {
    const ours = findDinfraError(error);
    this.firstContact(key).resolve();
    if (ours === undefined) throw error;
    if (isLeaving(provider) && (await this.neverServed(key, provider, signal))) return done;
    // A running session does not end because its Secret cannot be read at the moment.
    if (!this.running.has(key)) await this.writeProblem(provider, problemOf(ours), signal);
    return { requeueAfterMs: RETRY_MS };
  }

  private async writeProblem(provider: Provider, problem: Problem, signal: AbortSignal): Promise<void> {
    const account = this.claims.accountOf(keyOf(provider.metadata));
    const status = problemStatus(provider, problem, account, this.context.clock.wallTime());
    if (!(await writeStatus(this.context.cluster, providers, { object: provider, status }, signal))) return;
    const { reason, message } = problem;
    this.context.events.record(provider, { type: 'Warning', reason, action: 'Follow', note: message });
  }

  private sessionOf({ metadata, spec }: Deployment | Subscription): ProviderSession | undefined {
    return this.running.get(`${metadata.namespace}/${spec.providerRef.name}`)?.session;
  }

  private firstContact(key: string): PromiseWithResolvers<void> {
    const known = this.firstContacts.get(key) ?? Promise.withResolvers<void>();
    this.firstContacts.set(key, known);
    return known;
  }

  private async stop(key: string): Promise<void> {
    const known = this.running.get(key);
    if (known === undefined) return;
    this.running.delete(key);
    await known.stop();
  }
}

function isSameButStatus({ metadata: a }: Offer | Provider, { metadata: b }: Offer | Provider): boolean {
  return a.generation === b.generation && a.deletionTimestamp === b.deletionTimestamp;
}

function isLeaving({ metadata }: Provider): boolean {
  return metadata.deletionTimestamp !== undefined;
}
