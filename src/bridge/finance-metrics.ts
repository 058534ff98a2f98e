import { Counter, Gauge, type Registry } from 'prom-client';
import type { Finances } from '../award/source.ts';
import { inUnits, type ProviderLabels } from './desired-metrics.ts';

/** The balances of each Provider as last read, in whole units of its chain. */
export class FinanceMetrics {
  private readonly free: Gauge<'namespace' | 'provider'>;
  private readonly owed: Gauge<'namespace' | 'provider'>;
  private readonly withdrawable: Gauge<'namespace' | 'provider'>;
  private readonly earned: Counter<'namespace' | 'provider'>;
  /** What could be withdrawn at the previous reading. */
  private readonly before = new Map<string, bigint>();

  constructor(registry: Registry) {
    const labelNames = ['namespace', 'provider'] as const;
    const registers = [registry];
    const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers });
    this.free = gauge(
      'dinfra_account_free',
      'Balance that the account that signs can pay fees from, in whole units of the chain. Read every five minutes, like all amounts.',
    );
    this.owed = gauge(
      'dinfra_owed',
      'Earnings of Active tenures since their last settlement, in whole units: price times covered blocks, limited by the consumer’s funds. Suspended tenures are not included.',
    );
    this.withdrawable = gauge(
      'dinfra_withdrawable',
      'Amount paid to the owner and not withdrawn yet, in whole units. The same for all Providers of one owner.',
    );
    this.earned = new Counter({
      name: 'dinfra_earned_total',
      help: 'Amount paid to the owner while this operator led, in whole units: the growth of dinfra_withdrawable between readings. Amounts paid and withdrawn between two readings are not included.',
      labelNames,
      registers,
    });
  }

  note(labels: ProviderLabels, { free, owed, withdrawable, decimals }: Finances): void {
    const key = `${labels.namespace}/${labels.provider}`;
    this.free.set({ ...labels }, inUnits(free, decimals));
    this.owed.set({ ...labels }, inUnits(owed, decimals));
    this.withdrawable.set({ ...labels }, inUnits(withdrawable, decimals));
    const before = this.before.get(key) ?? withdrawable;
    // A withdrawal takes the whole balance: what is there after one was paid since then.
    const paid = withdrawable >= before ? withdrawable - before : withdrawable;
    this.earned.inc({ ...labels }, inUnits(paid, decimals));
    this.before.set(key, withdrawable);
  }

  /** Drops the gauges of a Provider that was deleted. The counter of its earnings stays. */
  forget({ namespace, provider }: ProviderLabels): void {
    for (const gauge of [this.free, this.owed, this.withdrawable]) gauge.remove({ namespace, provider });
    this.before.delete(`${namespace}/${provider}`);
  }
}
