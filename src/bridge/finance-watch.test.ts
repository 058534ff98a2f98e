import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock, settle } from '../../test/support/manual-clock.ts';
import { MemoryLedger, MemorySource } from '../../test/support/memory-source.ts';
import { silentLogger } from '../base/logger.ts';
import { FinanceMetrics } from './finance-metrics.ts';
import { watchFinances } from './finance-watch.ts';

const MAIN = { namespace: 'acme', provider: 'main' };

let clock: ManualClock;
let registry: Registry;
let ledger: MemoryLedger;
let stop: AbortController;
let ended: Promise<void>;

beforeEach(async () => {
  clock = new ManualClock();
  registry = new Registry();
  ledger = new MemoryLedger().registered();
  stop = new AbortController();
  const source = new MemorySource(ledger, {
    onWake: () => undefined,
    onState: () => undefined,
    onSubmitted: () => undefined,
  });
  const metrics = new FinanceMetrics(registry);
  ledger.money = { free: 350n, owed: 20n, withdrawable: 1_000n };
  ended = watchFinances(MAIN, { source, metrics, clock, log: silentLogger }, stop.signal);
  await settle();
});
afterEach(async () => {
  stop.abort();
  await ended;
});

async function amount(name: string): Promise<number | undefined> {
  return (await registry.getSingleMetric(name)?.get())?.values[0]?.value;
}

test('money is shown in whole units of the chain, and read again every five minutes', async () => {
  expect(await amount('dinfra_account_free')).toBe(3.5);
  expect(await amount('dinfra_owed')).toBe(0.2);
  expect(await amount('dinfra_withdrawable')).toBe(10);
  ledger.money = { ...ledger.money, free: 50n };
  await clock.advance(4 * 60_000);
  expect(await amount('dinfra_account_free')).toBe(3.5);
  await clock.advance(60_000);
  expect(await amount('dinfra_account_free')).toBe(0.5);
});

test('what is paid counts as earned, and what was there at the start does not', async () => {
  expect(await amount('dinfra_earned_total')).toBe(0);
  ledger.money = { ...ledger.money, withdrawable: 1_150n };
  await clock.advance(5 * 60_000);
  expect(await amount('dinfra_earned_total')).toBe(1.5);
});

test('a withdrawal takes nothing from what was earned', async () => {
  ledger.money = { ...ledger.money, withdrawable: 25n };
  await clock.advance(5 * 60_000);
  expect(await amount('dinfra_withdrawable')).toBe(0.25);
  expect(await amount('dinfra_earned_total')).toBe(0.25);
});

test('a chain that does not answer leaves what was read last, and is soon asked again', async () => {
  ledger.reachable = false;
  ledger.money = { ...ledger.money, free: 900n };
  await clock.advance(5 * 60_000);
  expect(await amount('dinfra_account_free')).toBe(3.5);
  ledger.reachable = true;
  await clock.advance(15_000);
  expect(await amount('dinfra_account_free')).toBe(9);
});

test('with its session the money of a Provider is gone from the gauges, and nothing is left to wait for', async () => {
  stop.abort();
  await ended;
  for (const name of ['dinfra_account_free', 'dinfra_owed', 'dinfra_withdrawable']) {
    expect(await amount(name)).toBeUndefined();
  }
  expect(clock.pending).toBe(0);
});
