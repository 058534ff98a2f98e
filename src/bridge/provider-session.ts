import type { Deployment } from '../api/deployment.ts';
import type { Offer } from '../api/offer.ts';
import type { Provider } from '../api/provider.ts';
import type { Subscription } from '../api/subscription.ts';
import type { Logger } from '../base/logger.ts';
import { Wake } from '../base/wake.ts';
import type { ContentSource } from '../descriptors/content/content-source.ts';
import { ipfsGateway } from '../descriptors/content/ipfs-gateway.ts';
import { preimageSource } from '../descriptors/content/preimage-source.ts';
import { type DinfraError, findDinfraError } from '../errors/dinfra-error.ts';
import type { StoreView } from '../kube/cache/store.ts';
import type { KubeClient } from '../kube/client/kube-client.ts';
import type { EventRecorder } from '../kube/events/event-recorder.ts';
import type { ProviderState } from '../sources/dinfra/model.ts';
import { isSubscriptionGone, readPreimage } from '../sources/dinfra/reader.ts';
import { ChainFollower } from '../substrate/follower.ts';
import type { FollowerState } from '../substrate/follower-state.ts';
import { TransactionQueue } from '../substrate/transaction-queue.ts';
import type { BridgeMetrics } from './bridge-metrics.ts';
import { ChainState } from './chain-state.ts';
import type { DescriptorTypeMirror } from './mirror/descriptor-type-mirror.ts';
import { applyMirror } from './mirror/mirror.ts';
import { type MirrorPlan, planMirror } from './mirror/mirror-plan.ts';
import type { ProviderKeys } from './provider-keys.ts';
import type { CallResult } from './report/call-ledger.ts';
import { consumerProblem } from './report/consumer-list.ts';
import { Outbox } from './report/outbox.ts';
import { Reports } from './report/reports.ts';
import { offersToSell, type WantedCall, wantedCalls } from './report/wanted-calls.ts';
import { demandSameProvider } from './safeguards/same-provider.ts';
import { TeardownBudget } from './safeguards/teardown-budget.ts';
import { StatusBoard } from './status/status-board.ts';

/** What the sessions of all providers share. */
export interface BridgeContext {
  readonly client: KubeClient;
  readonly providers: StoreView<Provider>;
  readonly offers: StoreView<Offer>;
  readonly deployments: StoreView<Deployment>;
  readonly subscriptions: StoreView<Subscription>;
  readonly types: DescriptorTypeMirror;
  readonly events: EventRecorder;
  readonly metrics: BridgeMetrics;
  /** Told when the chain of a Provider, by `namespace/name`, can be read: at first and after each time it could not. */
  readonly onReachable: (provider: string) => void;
  /** Whether the operator can speak for what runs: it sees its cluster. Without that no heartbeat is sent. */
  readonly canVouch: () => boolean;
}

/** A turn is taken that often even when nothing wakes it, in milliseconds. */
const TURN_MS = 15_000;
const RETRY_MS = 2_000;

/**
 * Keeps one provider and its chain in step, both ways, for as long as the session lasts: the desired set into the
 * cluster; what the resources say, and what runs, onto the chain. Each turn compares the two as they are, so it does
 * not matter what was missed before it.
 */
export class ProviderSession {
  readonly key: string;
  /** Resolves when the chain was reached for the first time, or was found to be out of reach. */
  readonly settled: Promise<void>;
  private readonly context: BridgeContext;
  private readonly namespace: string;
  private readonly name: string;
  private readonly keys: ProviderKeys;
  private readonly log: Logger;
  private readonly wake = new Wake();
  private readonly follower: ChainFollower;
  private readonly chain: ChainState;
  private readonly outbox: Outbox<WantedCall>;
  private readonly reports: Reports;
  private readonly board: StatusBoard;
  private readonly budget: TeardownBudget;
  private readonly settle: () => void;
  private following: FollowerState | undefined;
  private turnProblem: DinfraError | undefined;

  constructor(provider: Provider, keys: ProviderKeys, context: BridgeContext, log: Logger) {
    this.context = context;
    this.namespace = provider.metadata.namespace ?? '';
    this.name = provider.metadata.name;
    this.key = `${this.namespace}/${this.name}`;
    this.keys = keys;
    this.log = log;
    const settled = Promise.withResolvers<void>();
    this.settled = settled.promise;
    this.settle = settled.resolve;
    this.chain = new ChainState(keys.account.address);
    const { chain } = provider.status;
    this.follower = new ChainFollower(
      {
        endpoints: provider.spec.chain.endpoints,
        genesis: provider.spec.chain.genesisHash ?? chain?.genesisHash,
        cursor: chain?.finalized,
      },
      {
        onHead: (head) => {
          this.chain.advance(head);
          this.wake.call();
        },
        onState: (state) => this.noteFollowing(state),
      },
    );
    this.reports = new Reports(context, log);
    this.board = new StatusBoard(context, keys.account.address);
    const queue = new TransactionQueue(keys.account, () => this.follower.api);
    this.outbox = new Outbox(queue, (call: WantedCall, result) => this.onResult(call, result));
    // Of those that have ended, the ones for which something was made.
    const ending = this.mirrored().deployments.filter(
      ({ spec, status }) => spec.state === 'Ended' && (status.realisation?.since ?? status.realisation?.intent),
    );
    this.budget = new TeardownBudget(
      ending.map(({ metadata }) => metadata.name),
      Date.now(),
      provider.status.teardowns,
    );
  }

  /** Something of this provider has changed in the cluster. */
  nudge(): void {
    this.wake.call();
  }

  /** Where the descriptors of this provider's tenures may be had. */
  sources(): readonly ContentSource[] {
    const gateways = this.provider()?.spec.ipfsGateways ?? [];
    const preimages = preimageSource(async (hash, length) => readPreimage(this.follower.api, hash, length));
    return [preimages, ...gateways.map((url) => ipfsGateway(url))];
  }

  /**
   * Whether a subscription is over for good: true only when this provider's chain is the one named, is being followed, and
   * says so at a finalised block.
   *
   * @throws RetryableError when the chain cannot be asked.
   */
  async isGone(genesis: string, subscription: bigint): Promise<boolean> {
    const head = this.chain.finalised;
    if (head?.genesis !== genesis || this.following?.kind !== 'Following') return false;
    return isSubscriptionGone(this.follower.api, head.block, subscription);
  }

  /** Why the provider is not served as it should be, undefined when it is. */
  problem(): string | undefined {
    return this.currentProblem()?.message;
  }

  /** Runs until `signal` is aborted; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const following = this.follower.run(signal);
    while (!signal.aborted) {
      const ok = await this.turn(signal);
      await this.wake.wait(ok ? TURN_MS : RETRY_MS, signal);
    }
    await following;
    this.context.metrics.forget(this.namespace, this.name);
  }

  /** One comparison of the chain with the cluster. True when it went well. */
  private async turn(signal: AbortSignal): Promise<boolean> {
    const labels = { namespace: this.namespace, provider: this.name };
    try {
      await this.compare(signal);
      this.turnProblem = undefined;
      this.context.metrics.turns.inc({ ...labels, result: 'success' });
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      this.turnProblem = findDinfraError(error);
      this.chain.invalidate();
      const reason = this.turnProblem?.code ?? 'UnexpectedError';
      this.context.metrics.turns.inc({ ...labels, result: reason });
      this.log.warn({ err: error, reason }, 'comparing the chain with the cluster failed and is tried again');
      await this.writeProblem(signal).catch(() => undefined);
      return false;
    }
  }

  private async compare(signal: AbortSignal): Promise<void> {
    const provider = this.provider();
    if (provider === undefined) return;
    const now = Date.now();
    const selling = offersToSell(this.offersOfProvider());
    const state = await this.chain.refresh([...selling.keys()], now);
    const { genesis } = this.chain;
    if (state === undefined || genesis === undefined) return this.writeProblem(signal);
    demandSameProvider(provider.status, this.keys.account.address, state.provider);
    const typeProblems = await this.context.types.mirror(genesis, state.types.values(), this.sources(), signal);
    const plan = this.plan(provider, genesis, state, now);
    if (plan !== undefined) {
      // Before, because some may begin though others fail.
      this.budget.spend(plan.begins, now);
      await applyMirror(this.context.client, this.namespace, plan, signal);
    }
    const calls = wantedCalls({
      provider,
      offers: selling,
      keys: this.keys,
      state,
      genesis,
      deploymentNamed: (name) => this.context.deployments.get(`${this.namespace}/${name}`),
      vouch: this.context.canVouch(),
      now,
    });
    this.outbox.post(calls, state.block.number, now, signal);
    await this.board.write(
      {
        provider,
        genesis,
        state,
        plan,
        calls,
        typeProblems,
        selling,
        offers: this.offersOfProvider(),
        ...this.mirrored(genesis),
        problem: this.currentProblem() ?? consumerProblem(provider.spec.consumerPolicy.consumers),
        refusalOf: (key) => this.outbox.refusal(key),
        teardowns: this.budget.record(now),
        now,
      },
      signal,
    );
  }

  private plan(provider: Provider, genesis: string, state: ProviderState, now: number): MirrorPlan | undefined {
    if (state.provider === undefined) return undefined;
    const { maxPerHour, approvedUntil } = provider.spec.teardown;
    return planMirror({
      genesis,
      providerId: state.provider.id,
      providerName: this.name,
      rows: state.tenures,
      ...this.mirrored(genesis),
      teardownsLeft: this.budget.left(maxPerHour, approvedUntil, now),
      begun: this.budget.begun(now),
    });
  }

  /** Says in the Provider's status what is wrong, when there is no state to say more with. */
  private async writeProblem(signal: AbortSignal): Promise<void> {
    const provider = this.provider();
    const problem = this.currentProblem();
    if (provider !== undefined && problem !== undefined) await this.board.writeProblem(provider, problem, signal);
  }

  private onResult(call: WantedCall, result: CallResult): void {
    this.reports.settle(call, result);
    const labels = { namespace: this.namespace, provider: this.name };
    this.context.metrics.calls.inc({ ...labels, call: call.name, result: result.kind });
    // What was told shows in the state, and so does what was refused because the state is another one.
    this.chain.invalidate();
    this.wake.call();
  }

  private noteFollowing(state: FollowerState): void {
    const before = this.following;
    this.following = state;
    this.settle();
    const { metrics } = this.context;
    const labels = { namespace: this.namespace, provider: this.name };
    metrics.chainUp.set(labels, state.kind === 'Following' ? 1 : 0);
    if (state.kind === 'Following') {
      metrics.finalisedBlock.set(labels, state.block.number);
      metrics.lastHeadSeconds.set(labels, Date.now() / 1000);
      if (before?.kind === 'Following') return;
      this.log.info({ endpoint: state.endpoint, block: state.block.number }, 'following the chain');
      this.context.onReachable(this.key);
      return;
    }
    const { code, message } = state.error;
    this.log.warn({ endpoint: state.endpoint, reason: code, err: message }, 'the chain cannot be followed');
    this.wake.call();
  }

  private currentProblem(): DinfraError | undefined {
    if (this.following?.kind === 'Disconnected') return this.following.error;
    return this.turnProblem ?? this.outbox.problem;
  }

  private provider(): Provider | undefined {
    return this.context.providers.get(this.key);
  }

  private offersOfProvider(): readonly Offer[] {
    return this.context.offers
      .list()
      .filter(({ metadata, spec }) => metadata.namespace === this.namespace && spec.providerRef.name === this.name);
  }

  /** The mirrored objects of this provider, of one chain or of any. */
  private mirrored(genesis?: string) {
    const ours = <T extends Deployment | Subscription>({ metadata, spec }: T) =>
      metadata.namespace === this.namespace &&
      spec.providerRef.name === this.name &&
      (genesis === undefined || spec.genesisHash === genesis);
    return {
      deployments: this.context.deployments.list().filter(ours),
      subscriptions: this.context.subscriptions.list().filter(ours),
    };
  }
}
