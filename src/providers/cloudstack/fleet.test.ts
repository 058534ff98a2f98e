import { afterEach, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../../simulator/cloudstack/faults.ts';
import {
  type Bench,
  emptyHoldings,
  guardedNetwork,
  holdingsOf,
  orderFor,
  startBench,
} from '../../../test/support/cloud.ts';
import { TenureDriver } from '../../../test/support/tenure-driver.ts';
import type { CloudStackConfig } from '../../api/cloud-stack-backend.ts';
import type { TenureState } from '../../award/award.ts';

const TENURES = 50;

/** One call in ten fails, in each of these ways equally often. */
const kinds: readonly FaultKind[] = [
  'Error',
  'Delay',
  'LoseReply',
  'Cut',
  'Truncate',
  'RateLimit',
  'Maintenance',
  'Html',
  'Empty',
  'FailJob',
];

const networks: readonly (readonly [string, Partial<CloudStackConfig>])[] = [
  ['networks of their own', {}],
  ['security groups', guardedNetwork],
];

/** Pseudo-random numbers in [0, 1) from a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seed = Number(process.env['DINFRA_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let bench: Bench;
afterEach(() => bench.stop());

describe.each(networks)('fifty tenures at once on a cloud where one call in ten fails, with %s', (_name, config) => {
  it(`fifty tenures are each realised, suspended, resumed and destroyed, and nothing is left or lost (DINFRA_SEED=${seed})`, {
    timeout: 180_000,
  }, async () => {
    bench = await startBench({ random: seeded(seed), cloud: { hosts: 8 } }, config);
    bench.simulator.faults.set(kinds.map((kind) => ({ command: '*', kind, chance: 0.1 / kinds.length, ms: 20 })));
    const reactor = bench.reactor({ limits: { callsPerSecond: 100_000, concurrency: 64 } });
    const drivers = Array.from(
      { length: TENURES },
      () =>
        new TenureDriver(
          reactor,
          orderFor({ network: { ports: [{ name: 'ssh', port: 22 }] }, dataDisks: [{ name: 'data', sizeGiB: 1 }] }),
          bench.clock,
        ),
    );
    const names = drivers.map(({ order }) => order.identity.name).sort();
    const all = async (wanted: TenureState) => {
      await Promise.all(
        drivers.map(async (driver) => {
          driver.wanted = wanted;
          await driver.settle(600);
        }),
      );
      const { vms, volumes, keyPairs, rules } = holdingsOf(bench);
      return {
        names: vms.map(({ name }) => name).sort(),
        states: [...new Set(vms.map(({ state }) => state))],
        volumes: volumes.length,
        keyPairs: keyPairs.length,
        rules,
      };
    };
    const realised = await all('Accepted');
    expect(realised).toMatchObject({ names, states: ['Running'], volumes: 2 * TENURES, keyPairs: TENURES });
    expect(await all('Suspended')).toEqual({ ...realised, states: ['Stopped'] });
    expect(await all('Active')).toEqual(realised);
    expect(await all('Ended')).toMatchObject({ names: [] });
    bench.simulator.faults.clear();
    expect(holdingsOf(bench)).toEqual(emptyHoldings);
    expect(bench.simulator.books().used).toEqual({ cpuMHz: 0, memoryMiB: 0 });
  });
});
