import type { KeyringPair } from '@polkadot/keyring/types';
import type { Tenure } from '../../award/identity.ts';
import type { SubmitResult, TenureReport } from '../../award/report.ts';
import type {
  AwardSource,
  Desired,
  Finances,
  RegisteredProvider,
  SourceListener,
  SourceState,
  Standing,
  Submission,
  WantedRegistration,
} from '../../award/source.ts';
import type { Clock } from '../../base/clock.ts';
import type { Fence } from '../../base/fence.ts';
import { type DinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import { AccountSender } from '../../substrate/account-sender.ts';
import type { BlockRef } from '../../substrate/block-ref.ts';
import type { ChainClient } from '../../substrate/chain-client.ts';
import type { ChainLease } from '../../substrate/chain-lease.ts';
import type { ChainState as FollowingState } from '../../substrate/chain-node.ts';
import type { Connection } from '../../substrate/connection.ts';
import { Extrinsics } from '../../substrate/extrinsics.ts';
import { registrationCall, reportCall, type SourceCall } from './calls.ts';
import { ChainState } from './chain-state.ts';
import { readFinances } from './finance-reader.ts';
import { HeartbeatLoop } from './heartbeat-loop.ts';
import type { OnChainProvider } from './model.ts';
import { Outbox } from './outbox.ts';
import { defaultPallets, type PalletNames } from './pallets.ts';
import { concernsProvider, type ProviderReading, readHeartbeat, readProvider } from './provider-reader.ts';
import { accountsOf, planRegistration, type RegistrationBounds } from './registration-plan.ts';
import { readPreimageAt, readStanding } from './tenure-reader.ts';

export interface DinfraSourceOptions {
  /** Shared with the other Providers of the chain. */
  readonly chain: ChainClient<Connection>;
  /** The last finalised block whose effects are in the cluster; a node with another history is not followed. */
  readonly cursor: BlockRef | undefined;
  /** Signs transactions. */
  readonly account: KeyringPair;
  /** Public part of the ed25519 key consumers seal secrets to, hex. */
  readonly accessKey: string;
  /** Whether the operator knows what runs; while it does not, no heartbeat is sent. */
  readonly mayReport: () => boolean;
  readonly fence: Fence;
  readonly clock: Clock;
  readonly listener: SourceListener;
  /** Names of the two pallets in the runtime. Default `Provider` and `Subscription`. */
  readonly pallets?: PalletNames | undefined;
}

/** Awards of pallet-dinfra-subscription on a Substrate chain, for the provider that one account owns or operates. */
export class DinfraSource implements AwardSource {
  readonly capabilities = { registration: true, acceptance: true, updates: true, heartbeat: true };
  readonly settled: Promise<void>;
  private readonly options: DinfraSourceOptions;
  private readonly pallets: PalletNames;
  private readonly reading: ChainState<Connection>;
  private readonly sender: AccountSender<SourceCall>;
  private readonly outbox: Outbox<SourceCall>;
  private readonly heartbeat: HeartbeatLoop<SourceCall>;
  private readonly settle: () => void;
  private lease: ChainLease<Connection> | undefined;
  /** The reading behind each returned `Desired`: submissions are compared with it. */
  private readonly readings = new WeakMap<Desired, ProviderReading>();
  private registration: WantedRegistration | undefined;

  constructor(options: DinfraSourceOptions) {
    this.options = options;
    this.pallets = options.pallets ?? defaultPallets;
    const { clock, fence, account } = options;
    const settled = Promise.withResolvers<void>();
    this.settled = settled.promise;
    this.settle = settled.resolve;
    this.reading = new ChainState({
      read: ({ node, block }, types) => readProvider(node, block, account.address, types, this.pallets),
      concerns: ({ node, block }, provider) => concernsProvider(node, block, provider, this.pallets),
    });
    this.sender = new AccountSender<SourceCall>({
      node: () => new Extrinsics(this.node(), account),
      fence,
      onResult: (call, result) => this.onResult(call, result),
    });
    this.outbox = new Outbox(this.sender);
    this.heartbeat = new HeartbeatLoop<SourceCall>({
      best: () => new Extrinsics(this.node(), account).bestHeader(),
      read: (block) => readHeartbeat(this.node(), block, account.address, this.pallets),
      mayReport: options.mayReport,
      call: () => registrationCall({ call: 'heartbeat' }, this.pallets),
      send: (call, instead) => this.sender.sendUrgent(call, instead),
      blockMs: () => this.lease?.head?.node.blockMs ?? 0,
      clock,
    });
  }

  get state(): SourceState {
    return sourceState(this.lease?.state ?? { kind: 'Connecting' });
  }

  get problem(): DinfraError | undefined {
    return this.sender.problem ?? this.heartbeat.problem;
  }

  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const lease = this.options.chain.open(
      {
        onHead: (head) => {
          this.reading.advance(head);
          this.sender.follow(head.block);
          this.heartbeat.onFinalised(head.block.number);
          this.options.listener.onWake();
        },
        onState: (state) => {
          if (state.kind !== 'Connecting') this.settle();
          this.options.listener.onState(sourceState(state));
        },
      },
      this.options.cursor,
    );
    this.lease = lease;
    await this.heartbeat.run(signal);
    await lease.close();
    this.settle();
  }

  async desired(types: readonly string[], signal: AbortSignal): Promise<Desired | undefined> {
    signal.throwIfAborted();
    const head = this.lease?.head;
    if (head === undefined) return undefined;
    const reading = await this.reading.refresh(types, this.options.clock.monotonic());
    if (reading === undefined) return undefined;
    this.heartbeat.noteServing((reading.provider?.offers.size ?? 0) > 0 || reading.awards.length > 0);
    const desired: Desired = {
      point: reading.block,
      genesis: head.genesis,
      provider: this.registered(reading),
      awards: reading.awards,
      unreadable: reading.unreadable.map(({ subscription, tenure, error }) => ({
        tenure: { genesis: head.genesis, subscription, tenure },
        error,
      })),
      types: reading.types,
      acceptPeriod: reading.acceptPeriod,
      heartbeatPeriod: reading.heartbeatPeriod,
      decimals: head.node.decimals,
      blockMs: head.node.blockMs,
    };
    this.readings.set(desired, reading);
    return desired;
  }

  invalidate(): void {
    this.reading.invalidate();
  }

  submit(
    desired: Desired,
    registration: WantedRegistration | undefined,
    reports: readonly TenureReport[],
  ): readonly Submission[] {
    const reading = this.readings.get(desired);
    if (reading === undefined) throw new Error('the submitted state was not read from this source');
    this.registration = registration;
    const calls = [
      ...(registration === undefined ? [] : this.registrationCalls(registration, reading)),
      ...reports.map((report) => reportCall(report, this.pallets)),
    ];
    this.outbox.post(calls, desired.point.number, this.options.clock.monotonic());
    return calls;
  }

  refusal(key: string): string | undefined {
    return this.outbox.refusal(key);
  }

  async standing(tenure: Tenure, signal: AbortSignal): Promise<Standing> {
    const head = this.lease?.head;
    if (signal.aborted || head === undefined || head.genesis !== tenure.genesis) return 'Unknown';
    try {
      return await readStanding(this.node(), head.block, this.options.account.address, tenure, this.pallets);
    } catch (error) {
      if (error instanceof RetryableError) return 'Unknown';
      throw error;
    }
  }

  async preimage(hash: string, length: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    signal.throwIfAborted();
    const node = this.node();
    const head = this.lease?.head;
    if (head === undefined) throw new RetryableError('ChainUnreachable', { message: 'no block is final yet' });
    return readPreimageAt(node, head.block, hash, length);
  }

  async finances(signal: AbortSignal): Promise<Finances | undefined> {
    signal.throwIfAborted();
    const head = this.lease?.head;
    if (head === undefined) return undefined;
    return readFinances(this.node(), head.block, this.options.account.address, this.pallets);
  }

  /** @throws RetryableError ChainUnreachable while there is no node whose history was accepted. */
  private node(): Connection {
    if (this.lease === undefined)
      throw new RetryableError('ChainUnreachable', { message: 'the chain is not followed' });
    return this.lease.node;
  }

  private registered({ provider, bounds }: ProviderReading): RegisteredProvider | undefined {
    if (provider === undefined) return undefined;
    const { id, owner, operator, status, offers, freshUntil } = provider;
    return { id, owner, operator, status, offers, freshUntil, inStep: this.isInStep(provider, bounds) };
  }

  /** Whether the provider on chain is as last wanted, apart from its offers. */
  private isInStep(provider: OnChainProvider, bounds: RegistrationBounds): boolean {
    if (this.registration === undefined) return true;
    return planRegistration(this.wantedProvider(this.registration), provider, bounds).every(
      ({ call }) => call === 'setOffer' || call === 'removeOffer',
    );
  }

  private registrationCalls(registration: WantedRegistration, { provider, types, bounds }: ProviderReading) {
    const wanted = this.wantedProvider(registration);
    // The chain refuses an offer of an unknown type or without capacity.
    const offers = wanted.offers.filter(({ type, capacity }) => types.has(type) && capacity > 0);
    return planRegistration({ ...wanted, offers }, provider, bounds).map((call) =>
      registrationCall(call, this.pallets),
    );
  }

  private wantedProvider({ metadata, policy, consumers, paused, offers }: WantedRegistration) {
    const { account, accessKey } = this.options;
    return { account: account.address, accessKey, metadata, policy, consumers: accountsOf(consumers), paused, offers };
  }

  private onResult(call: SourceCall, result: SubmitResult): void {
    if (call.about === 'heartbeat') {
      this.heartbeat.settle(call, result);
    } else {
      this.outbox.settle(call, result, this.options.clock.monotonic());
      // A provider that was registered or offers something needs a heartbeat.
      if (call.about !== 'tenure') this.heartbeat.lookAgain();
    }
    // An applied call changed the state, and a refused one was based on an outdated state.
    this.reading.invalidate();
    this.options.listener.onSubmitted(call, result);
    this.options.listener.onWake();
  }
}

function sourceState(state: FollowingState): SourceState {
  if (state.kind !== 'Following') return state;
  return { kind: 'Following', endpoint: state.endpoint, point: state.block };
}
