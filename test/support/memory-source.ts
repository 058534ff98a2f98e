import { createHash } from 'node:crypto';
import type { Award } from '../../src/award/award.ts';
import type { Tenure } from '../../src/award/identity.ts';
import type { SubmitResult, TenureReport } from '../../src/award/report.ts';
import type {
  AwardSource,
  Desired,
  Finances,
  Point,
  PublishedType,
  RegisteredProvider,
  SourceCapabilities,
  SourceListener,
  SourceState,
  Standing,
  Submission,
  WantedRegistration,
} from '../../src/award/source.ts';
import type { ContentRef } from '../../src/base/content-ref.ts';
import { type DinfraError, RetryableError } from '../../src/errors/dinfra-error.ts';

export const GENESIS = `0x${'45'.repeat(32)}`;
export const HASH = `0x${'11'.repeat(32)}`;
const CONSUMER = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty';

/** An award as created by a subscription. */
export function awardOf(subscription: bigint, more: Partial<Award> = {}): Award {
  return {
    subscription,
    tenure: 1,
    state: 'Active',
    consumer: CONSUMER,
    accessKey: HASH,
    type: 'helm/v1',
    content: { hash: HASH, length: 10, source: 'Preimage' },
    update: undefined,
    price: 5n,
    paidUntil: undefined,
    deadline: undefined,
    reason: undefined,
    ...more,
  };
}

interface Pending {
  readonly submission: Submission;
  readonly apply: () => string | undefined;
}

/** An in-memory ledger of awards with one provider, which finalises blocks on demand. */
export class MemoryLedger {
  readonly awards = new Map<string, Award>();
  readonly types = new Map<string, PublishedType>();
  readonly preimages = new Map<string, Uint8Array>();
  readonly unreadable: { tenure: Tenure | undefined; error: DinfraError }[] = [];
  genesis = GENESIS;
  acceptPeriod = 30;
  heartbeatPeriod = 40;
  money = { free: 0n, owed: 0n, withdrawable: 0n };
  provider: RegisteredProvider | undefined;
  /** The text of the last registration. */
  registration: string | undefined;
  /** Errors with which submissions are refused, by their key. */
  readonly refusals = new Map<string, string>();
  reachable = true;
  /** Error of every read while it is set. */
  readError: RetryableError | undefined;
  block = 100;
  private readonly sources = new Set<MemorySource>();

  /** Registers the provider; its offers follow from the first registration that is wanted. */
  registered(id = 3): this {
    const freshUntil = this.block + this.heartbeatPeriod;
    this.provider = { id, owner: 'o', operator: 'o', status: 'Active', offers: new Map(), freshUntil, inStep: true };
    return this;
  }

  publish(name: string, version = 1, hash = HASH): this {
    const schema: ContentRef = { hash, length: 10, source: 'Preimage' };
    this.types.set(name, { name, owner: CONSUMER, schema, version, retired: false });
    return this;
  }

  /** Adds an award, or changes the state of one. */
  award(subscription: bigint, more: Partial<Award> = {}): Award {
    const award = awardOf(subscription, more);
    this.awards.set(`${award.subscription}/${award.tenure}`, award);
    return award;
  }

  remove(subscription: bigint, tenure = 1): void {
    this.awards.delete(`${subscription}/${tenure}`);
  }

  get point(): Point {
    return { number: this.block, hash: `0x${this.block.toString(16).padStart(64, '0')}` };
  }

  /** Finalises the next blocks: submissions are applied and all sources are woken. */
  finalise(blocks = 1): void {
    for (let count = 0; count < blocks; count++) {
      this.block += 1;
      for (const source of this.sources) source.settlePending();
    }
    for (const source of this.sources) source.wake();
  }

  stall(error = new RetryableError('ChainStalled', { message: 'no new finalised block for 60 s' })): void {
    for (const source of this.sources) source.enter({ kind: 'Stalled', endpoint: 'memory', error });
  }

  attach(source: MemorySource): () => void {
    this.sources.add(source);
    return () => this.sources.delete(source);
  }

  /** Applies a report. Returns the ledger's error if it is refused. */
  apply(report: TenureReport): string | undefined {
    const key = `${report.subscription}/${report.tenure}`;
    const award = this.awards.get(key);
    if (award === undefined) return 'UnknownTenure';
    const next = (state: Award['state'], more: Partial<Award> = {}) => {
      this.awards.set(key, { ...award, deadline: undefined, ...more, state });
      return undefined;
    };
    switch (`${award.state} ${report.report}`) {
      case 'Awarded accept':
        return next('Accepted');
      case 'Accepted ready':
      case 'Degraded recovered':
        return next('Active');
      case 'Active degraded':
        return next('Degraded');
      case 'Awarded decline':
      case 'Accepted decline':
      case 'Ended released':
        this.awards.delete(key);
        return undefined;
    }
    if (award.update !== undefined && report.report === 'acceptUpdate') {
      return next(award.state, { content: award.update, update: undefined });
    }
    if (award.update !== undefined && report.report === 'declineUpdate')
      return next(award.state, { update: undefined });
    return 'WrongState';
  }

  /** Applies the wanted registration to the provider. */
  register(wanted: WantedRegistration): void {
    const before = this.provider;
    const offers = new Map(
      [...(before?.offers ?? [])].map(([type, offer]) => [type, { ...offer, withdrawn: true as boolean }] as const),
    );
    for (const { type, price, capacity } of wanted.offers)
      offers.set(type, { price, capacity, used: 0, withdrawn: false });
    this.registration = textOf(wanted);
    this.provider = {
      id: before?.id ?? 3,
      owner: 'o',
      operator: 'o',
      status: wanted.paused ? 'Paused' : 'Active',
      offers,
      freshUntil: before?.freshUntil ?? this.block + this.heartbeatPeriod,
      inStep: true,
    };
  }
}

/** An award source on an in-memory ledger. */
export class MemorySource implements AwardSource {
  readonly capabilities: SourceCapabilities = { registration: true, acceptance: true, updates: true, heartbeat: true };
  readonly settled: Promise<void>;
  problem: DinfraError | undefined;
  /** All submissions in order, each once until it is settled. */
  readonly submitted: Submission[] = [];
  /** How often the desired state was read, and invalidated. */
  readonly reads = { desired: 0, invalidated: 0 };
  private readonly ledger: MemoryLedger;
  private readonly listener: SourceListener;
  private readonly pending = new Map<string, Pending>();
  private readonly refused = new Map<string, string>();
  private readonly settle: () => void;
  private current: SourceState = { kind: 'Connecting' };
  private readonly detach: () => void;

  constructor(ledger: MemoryLedger, listener: SourceListener) {
    this.ledger = ledger;
    this.listener = listener;
    const settled = Promise.withResolvers<void>();
    this.settled = settled.promise;
    this.settle = settled.resolve;
    this.detach = ledger.attach(this);
    this.current = { kind: 'Following', endpoint: 'memory', point: ledger.point };
  }

  get state(): SourceState {
    return this.current;
  }

  enter(state: SourceState): void {
    this.current = state;
    this.listener.onState(state);
  }

  wake(): void {
    if (!this.ledger.reachable) return;
    this.enter({ kind: 'Following', endpoint: 'memory', point: this.ledger.point });
    this.listener.onWake();
  }

  async run(signal: AbortSignal): Promise<void> {
    this.wake();
    this.settle();
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.detach();
  }

  async desired(types: readonly string[], _signal: AbortSignal): Promise<Desired | undefined> {
    this.demandReachable();
    if (this.ledger.readError !== undefined) throw this.ledger.readError;
    this.reads.desired += 1;
    const { ledger } = this;
    const awards = [...ledger.awards.values()];
    const wanted = new Set([...types, ...awards.map(({ type }) => type)]);
    return {
      point: ledger.point,
      genesis: ledger.genesis,
      provider: ledger.provider,
      awards,
      unreadable: [...ledger.unreadable],
      types: new Map([...ledger.types].filter(([name]) => wanted.has(name))),
      acceptPeriod: ledger.acceptPeriod,
      heartbeatPeriod: ledger.heartbeatPeriod,
      decimals: 2,
      blockMs: 6_000,
    };
  }

  invalidate(): void {
    this.reads.invalidated += 1;
  }

  submit(
    _desired: Desired,
    registration: WantedRegistration | undefined,
    reports: readonly TenureReport[],
  ): readonly Submission[] {
    const wanted = [...this.registrationCalls(registration), ...reports.map((report) => this.reportCall(report))];
    for (const one of wanted) {
      const { key } = one.submission;
      if (this.pending.has(key) || this.refused.has(key)) continue;
      this.pending.set(key, one);
      this.submitted.push(one.submission);
    }
    return wanted.map(({ submission }) => submission);
  }

  refusal(key: string): string | undefined {
    return this.refused.get(key);
  }

  async standing(tenure: Tenure, _signal: AbortSignal): Promise<Standing> {
    if (!this.ledger.reachable || tenure.genesis !== this.ledger.genesis) return 'Unknown';
    const award = this.ledger.awards.get(`${tenure.subscription}/${tenure.tenure}`);
    if (award === undefined) return 'Gone';
    return award.state === 'Ended' ? 'Ended' : 'Live';
  }

  async preimage(hash: string, length: number, _signal: AbortSignal): Promise<Uint8Array | undefined> {
    this.demandReachable();
    const bytes = this.ledger.preimages.get(hash);
    return bytes?.length === length ? bytes : undefined;
  }

  async finances(_signal: AbortSignal): Promise<Finances | undefined> {
    this.demandReachable();
    return { point: this.ledger.point, decimals: 2, ...this.ledger.money };
  }

  /** Settles the submissions, which are in a finalised block now. */
  settlePending(): void {
    const pending = [...this.pending];
    this.pending.clear();
    for (const [key, { submission, apply }] of pending) {
      const error = this.ledger.refusals.get(key) ?? apply();
      const { block } = this.ledger;
      if (error !== undefined) this.refused.set(key, error);
      const result: SubmitResult = error === undefined ? { kind: 'Applied', block } : { kind: 'Refused', error, block };
      this.listener.onSubmitted(submission, result);
    }
  }

  private registrationCalls(wanted: WantedRegistration | undefined): readonly Pending[] {
    if (wanted === undefined || this.ledger.registration === textOf(wanted)) return [];
    const submission = { key: `register ${textOf(wanted)}`, name: 'register', text: 'register', about: 'provider' };
    return [
      {
        submission: { ...submission, tenure: undefined },
        apply: () => {
          this.ledger.register(wanted);
          return undefined;
        },
      },
    ];
  }

  private reportCall(report: TenureReport): Pending {
    const { subscription, tenure, genesis } = report;
    const reason = 'reason' in report ? ` with ${report.reason}` : '';
    return {
      submission: {
        key: `${report.report}/${subscription}/${tenure}`,
        name: report.report,
        text: `${report.report}${reason}`,
        about: 'tenure',
        tenure: { genesis, subscription, tenure },
      },
      apply: () => this.ledger.apply(report),
    };
  }

  private demandReachable(): void {
    if (this.ledger.reachable) return;
    throw new RetryableError('ChainUnreachable', { message: 'the chain at memory does not answer' });
  }
}

/** Any hash function will do here, not only blake2. */
export function hashOf(bytes: Uint8Array): string {
  return `0x${createHash('sha256').update(bytes).digest('hex')}`;
}

function textOf(wanted: WantedRegistration): string {
  return JSON.stringify(wanted, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}
