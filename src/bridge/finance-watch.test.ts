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

test('balances are exported in whole units of the chain, and read every five minutes', async () => {
  expect(await amount('dinfra_account_free')).toBe(3.5);
  expect(await amount('dinfra_owed')).toBe(0.2);
  expect(await amount('dinfra_withdrawable')).toBe(10);
  ledger.money = { ...ledger.money, free: 50n };
  await clock.advance(4 * 60_000);
  expect(await amount('dinfra_account_free')).toBe(3.5);
  await clock.advance(60_000);
  expect(await amount('dinfra_account_free')).toBe(0.5);
});

test('payments count as earned, and the balance at the start does not', async () => {
  expect(await amount('dinfra_earned_total')).toBe(0);
  ledger.money = { ...ledger.money, withdrawable: 1_150n };
  await clock.advance(5 * 60_000);
  expect(await amount('dinfra_earned_total')).toBe(1.5);
});

test('a withdrawal does not reduce the earned total', async () => {
  ledger.money = { ...ledger.money, withdrawable: 25n };
  await clock.advance(5 * 60_000);
  expect(await amount('dinfra_withdrawable')).toBe(0.25);
  expect(await amount('dinfra_earned_total')).toBe(0.25);
});

test('a chain that does not answer leaves the last reading in place, and is read again soon', async () => {
  ledger.reachable = false;
  ledger.money = { ...ledger.money, free: 900n };
  await clock.advance(5 * 60_000);
  expect(await amount('dinfra_account_free')).toBe(3.5);
  ledger.reachable = true;
  await clock.advance(15_000);
  expect(await amount('dinfra_account_free')).toBe(9);
});

test('the balances of a Provider are dropped at the end of its session, and no timer is left', async () => {
  stop.abort();
  await ended;
  for (const name of ['dinfra_account_free', 'dinfra_owed', 'dinfra_withdrawable']) {
    expect(await amount(name)).toBeUndefined();
  }
  expect(clock.pending).toBe(0);
});
