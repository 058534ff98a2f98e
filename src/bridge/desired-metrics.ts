import { Counter, Gauge, type Registry } from 'prom-client';
import type { Award } from '../award/award.ts';
import { reasonName } from '../award/reason-names.ts';
import type { Desired } from '../award/source.ts';

/** Names a Provider resource. */
export interface ProviderLabels {
  readonly namespace: string;
  readonly provider: string;
}

interface Seen {
  readonly labels: ProviderLabels;
  readonly desired: Desired;
}

/**
 * Metrics derived from the chain state that each Provider was last compared with. Gauges are computed at scrape time.
 */
export class DesiredMetrics {
  private readonly seen = new Map<string, Seen>();
  private readonly unpaid: Counter<'namespace' | 'provider' | 'reason'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const { seen } = this;
    /** A gauge with a series per Provider; a Provider without a value has no series. */
    const gauge = (name: string, help: string, value: (desired: Desired) => number | undefined) =>
      new Gauge({
        name,
        help,
        labelNames: ['namespace', 'provider'],
        registers,
        collect() {
          this.reset();
          for (const { labels, desired } of seen.values()) {
            const now = value(desired);
            if (now !== undefined) this.set({ ...labels }, now);
          }
        },
      });
    gauge(
      'dinfra_heartbeat_blocks_left',
      'Blocks the last heartbeat still covers, from the finalised block of the last comparison; 0 or less: nothing is earned. Absent while nothing is offered or served.',
      heartbeatBlocksLeft,
    );
    gauge(
      'dinfra_heartbeat_period_blocks',
      'Blocks that one heartbeat covers, from the chain.',
      ({ heartbeatPeriod }) => heartbeatPeriod,
    );
    gauge(
      'dinfra_accept_period_blocks',
      'Blocks within which an award has to be answered, from the chain.',
      ({ acceptPeriod }) => acceptPeriod,
    );
    new Gauge({
      name: 'dinfra_award_deadline_blocks_left',
      help: 'Blocks until the nearest deadline of the tenures in a state: Awarded, to be answered; Accepted, to be ready; Degraded, taken away; Suspended and Ended, over. At the finalised block of the last comparison.',
      labelNames: ['namespace', 'provider', 'state'],
      registers,
      collect() {
        this.reset();
        for (const { labels, desired } of seen.values()) {
          for (const [state, blocks] of deadlinesLeft(desired)) this.set({ ...labels, state }, blocks);
        }
      },
    });
    new Gauge({
      name: 'dinfra_price_per_block',
      help: 'Sum of the prices of one block, in whole units of the chain, of the tenures in a state: earned while Active, lost while Degraded. Suspended tenures pay a part of it.',
      labelNames: ['namespace', 'provider', 'state'],
      registers,
      collect() {
        this.reset();
        for (const { labels, desired } of seen.values()) {
          for (const [state, price] of pricesByState(desired)) {
            this.set({ ...labels, state }, inUnits(price, desired.decimals));
          }
        }
      },
    });
    new Gauge({
      name: 'dinfra_offer_capacity',
      help: 'Capacity of an offer on chain in tenures, by descriptor type: used, i.e. awarded and not released, and free.',
      labelNames: ['namespace', 'provider', 'type', 'share'],
      registers,
      collect() {
        this.reset();
        for (const { labels, desired } of seen.values()) {
          for (const [type, { capacity, used, withdrawn }] of desired.provider?.offers ?? []) {
            this.set({ ...labels, type, share: 'used' }, used);
            this.set({ ...labels, type, share: 'free' }, withdrawn ? 0 : Math.max(0, capacity - used));
          }
        }
      },
    });
    this.unpaid = new Counter({
      name: 'dinfra_blocks_unpaid_total',
      help: 'Blocks of tenures for which nothing was paid, an estimate: at each comparison the blocks since the one before, of each Degraded tenure by its reason on chain, and of each Active one beyond the last heartbeat as HeartbeatLapsed. The states at the end of an interval count for all of it; blocks while no operator ran are not counted.',
      labelNames: ['namespace', 'provider', 'reason'],
      registers,
    });
  }

  /** Records the state that a Provider was compared with. */
  note(labels: ProviderLabels, desired: Desired): void {
    const key = keyOf(labels);
    const before = this.seen.get(key)?.desired;
    this.seen.set(key, { labels, desired });
    if (before?.genesis !== desired.genesis) return;
    for (const [reason, blocks] of unpaidBlocks(desired, before.point.number)) {
      this.unpaid.inc({ ...labels, reason }, blocks);
    }
  }

  /** Drops the gauges of a Provider that was deleted. Its counters stay. */
  forget(labels: ProviderLabels): void {
    this.seen.delete(keyOf(labels));
  }
}

/** An amount in whole units, as a float: for display only. */
export function inUnits(amount: bigint, decimals: number): number {
  return Number(amount) / 10 ** decimals;
}

function keyOf({ namespace, provider }: ProviderLabels): string {
  return `${namespace}/${provider}`;
}

/** A provider that neither offers nor serves anything sends no heartbeat. */
function heartbeatBlocksLeft({ provider, awards, unreadable, point, heartbeatPeriod }: Desired): number | undefined {
  if (provider === undefined || heartbeatPeriod === undefined) return undefined;
  if (provider.offers.size + awards.length + unreadable.length === 0) return undefined;
  return provider.freshUntil === undefined ? 0 : provider.freshUntil - point.number;
}

function pricesByState({ awards }: Desired): ReadonlyMap<Award['state'], bigint> {
  const sums = new Map<Award['state'], bigint>();
  for (const { state, price } of awards) sums.set(state, (sums.get(state) ?? 0n) + price);
  return sums;
}

function deadlinesLeft({ awards, point }: Desired): ReadonlyMap<Award['state'], number> {
  const left = new Map<Award['state'], number>();
  for (const { state, deadline } of awards) {
    if (deadline === undefined) continue;
    left.set(state, Math.min(left.get(state) ?? Number.POSITIVE_INFINITY, deadline - point.number));
  }
  return left;
}

/** The blocks after `since`, up to the point of the state, for which a tenure is not paid, by reason. */
function unpaidBlocks({ awards, point, provider }: Desired, since: number): ReadonlyMap<string, number> {
  const lost = new Map<string, number>();
  const blocks = point.number - since;
  if (blocks <= 0) return lost;
  const lapsed = provider === undefined ? 0 : point.number - Math.max(since, provider.freshUntil ?? 0);
  const add = (reason: string, count: number) => lost.set(reason, (lost.get(reason) ?? 0) + count);
  for (const { state, reason } of awards) {
    if (state === 'Degraded') add(reason === undefined ? 'Unspecified' : reasonName(reason), blocks);
    else if (state === 'Active' && lapsed > 0) add('HeartbeatLapsed', lapsed);
  }
  return lost;
}
