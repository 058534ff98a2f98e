import { Registry } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import { awardOf, GENESIS } from '../../test/support/memory-source.ts';
import { awardReasons } from '../award/reasons.ts';
import type { Desired, RegisteredProvider } from '../award/source.ts';
import { DesiredMetrics } from './desired-metrics.ts';

const MAIN = { namespace: 'acme', provider: 'main' };
const offer = { price: 5n, capacity: 3, used: 1, withdrawn: false };
const provider: RegisteredProvider = {
  id: 3,
  owner: 'o',
  operator: 'o',
  status: 'Active',
  offers: new Map([['vm/v1', offer]]),
  freshUntil: 150,
  inStep: true,
};

/** A state at a block. */
function at(block: number, more: Partial<Desired> = {}): Desired {
  return {
    point: { number: block, hash: `0x${block}` },
    genesis: GENESIS,
    provider,
    awards: [],
    unreadable: [],
    types: new Map(),
    acceptPeriod: 30,
    heartbeatPeriod: 40,
    decimals: 2,
    blockMs: 6_000,
    ...more,
  };
}

let registry: Registry;
let metrics: DesiredMetrics;

beforeEach(() => {
  registry = new Registry();
  metrics = new DesiredMetrics(registry);
});

async function shown(name: string): Promise<readonly string[]> {
  const lines = (await registry.getSingleMetricAsString(name)).split('\n').filter((line) => !line.startsWith('#'));
  return lines.map((line) => line.replace('namespace="acme",provider="main"', 'main'));
}

test('the blocks that the heartbeat still covers count down, and below zero once it has lapsed', async () => {
  metrics.note(MAIN, at(140));
  expect(await shown('dinfra_heartbeat_blocks_left')).toEqual(['dinfra_heartbeat_blocks_left{main} 10']);
  expect(await shown('dinfra_heartbeat_period_blocks')).toEqual(['dinfra_heartbeat_period_blocks{main} 40']);
  metrics.note(MAIN, at(153));
  expect(await shown('dinfra_heartbeat_blocks_left')).toEqual(['dinfra_heartbeat_blocks_left{main} -3']);
  metrics.note(MAIN, at(153, { provider: { ...provider, freshUntil: undefined } }));
  expect(await shown('dinfra_heartbeat_blocks_left')).toEqual(['dinfra_heartbeat_blocks_left{main} 0']);
});

test('a provider that offers and serves nothing has no heartbeat series', async () => {
  metrics.note(MAIN, at(500, { provider: { ...provider, offers: new Map() } }));
  expect(await shown('dinfra_heartbeat_blocks_left')).toEqual([]);
  metrics.note(MAIN, at(500, { provider: { ...provider, offers: new Map() }, awards: [awardOf(1n)] }));
  expect(await shown('dinfra_heartbeat_blocks_left')).toEqual(['dinfra_heartbeat_blocks_left{main} -350']);
});

test('the nearest deadline of each state is exported', async () => {
  const awards = [
    awardOf(1n, { state: 'Awarded', deadline: 130 }),
    awardOf(2n, { state: 'Awarded', deadline: 112 }),
    awardOf(3n, { state: 'Degraded', deadline: 105 }),
    awardOf(4n),
  ];
  metrics.note(MAIN, at(100, { awards }));
  expect(await shown('dinfra_award_deadline_blocks_left')).toEqual([
    'dinfra_award_deadline_blocks_left{main,state="Awarded"} 12',
    'dinfra_award_deadline_blocks_left{main,state="Degraded"} 5',
  ]);
  metrics.note(MAIN, at(101, { awards: awards.slice(3) }));
  expect(await shown('dinfra_award_deadline_blocks_left')).toEqual([]);
});

test('the income per block is the sum of the prices, in whole units', async () => {
  const awards = [awardOf(1n, { price: 150n }), awardOf(2n, { price: 75n }), awardOf(3n, { state: 'Degraded' })];
  metrics.note(MAIN, at(100, { awards }));
  expect(await shown('dinfra_price_per_block')).toEqual([
    'dinfra_price_per_block{main,state="Active"} 2.25',
    'dinfra_price_per_block{main,state="Degraded"} 0.05',
  ]);
});

test('a withdrawn offer has no free capacity', async () => {
  const offers = new Map([
    ['vm/v1', offer],
    ['helm/v1', { ...offer, withdrawn: true }],
  ]);
  metrics.note(MAIN, at(100, { provider: { ...provider, offers } }));
  expect(await shown('dinfra_offer_capacity')).toEqual([
    'dinfra_offer_capacity{main,type="vm/v1",share="used"} 1',
    'dinfra_offer_capacity{main,type="vm/v1",share="free"} 2',
    'dinfra_offer_capacity{main,type="helm/v1",share="used"} 1',
    'dinfra_offer_capacity{main,type="helm/v1",share="free"} 0',
  ]);
});

test('unpaid blocks are counted by reason, from one comparison to the next', async () => {
  const awards = [
    awardOf(1n, { state: 'Degraded', reason: awardReasons.WorkloadDown.chainCode }),
    awardOf(2n),
    awardOf(3n),
    awardOf(4n, { state: 'Suspended' }),
  ];
  metrics.note(MAIN, at(100, { awards }));
  expect(await shown('dinfra_blocks_unpaid_total')).toEqual([]);
  metrics.note(MAIN, at(110, { awards }));
  expect(await shown('dinfra_blocks_unpaid_total')).toEqual([
    'dinfra_blocks_unpaid_total{main,reason="WorkloadDown"} 10',
  ]);
  // The heartbeat covers block 150 and no later one: 4 blocks of two tenures.
  metrics.note(MAIN, at(154, { awards: awards.slice(1) }));
  metrics.note(MAIN, at(155, { awards: awards.slice(1) }));
  expect(await shown('dinfra_blocks_unpaid_total')).toEqual([
    'dinfra_blocks_unpaid_total{main,reason="WorkloadDown"} 10',
    'dinfra_blocks_unpaid_total{main,reason="HeartbeatLapsed"} 10',
  ]);
});

test('a comparison at the same block, or with another chain, counts no unpaid blocks', async () => {
  const awards = [awardOf(1n, { state: 'Degraded', reason: awardReasons.WorkloadDown.chainCode })];
  metrics.note(MAIN, at(100, { awards }));
  metrics.note(MAIN, at(100, { awards }));
  metrics.note(MAIN, at(900, { awards, genesis: `0x${'99'.repeat(32)}` }));
  expect(await shown('dinfra_blocks_unpaid_total')).toEqual([]);
});

test('the gauges of a deleted Provider are dropped', async () => {
  metrics.note(MAIN, at(100, { awards: [awardOf(1n)] }));
  metrics.forget(MAIN);
  for (const name of ['dinfra_heartbeat_blocks_left', 'dinfra_accept_period_blocks', 'dinfra_price_per_block']) {
    expect(await shown(name)).toEqual([]);
  }
});
