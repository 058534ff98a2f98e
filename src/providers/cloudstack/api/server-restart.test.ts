import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../../simulator/cloudstack/simulator.ts';
import type { Settings } from '../../../../simulator/cloudstack/world.ts';
import { configFor, emptyHoldings, orderFor, quickSimulator } from '../../../../test/support/cloud.ts';
import { SkewedClock } from '../../../../test/support/skewed-clock.ts';
import { TenureDriver } from '../../../../test/support/tenure-driver.ts';
import type { TenureState } from '../../../award/award.ts';
import { CloudStackReactor } from '../reactor.ts';

const stages: readonly TenureState[] = ['Accepted', 'Suspended', 'Active', 'Ended'];
/** Reconciles after which the server is restarted, each in a life of its own. */
const POINTS = Array.from({ length: 16 }, (_, index) => 1 + index);

/** The management servers of one life: each takes over the database of the previous one. */
class Cloud {
  readonly #stateFile: string;
  readonly #settings: Settings;
  #simulator: Simulator | undefined;

  constructor(folder: string, settings: Settings = { 'allow.user.expunge.recover.vm': 'true' }) {
    this.#stateFile = join(folder, 'state.json');
    this.#settings = settings;
  }

  /** Stops the running server, if any, in the middle of its jobs, and starts the next one at the same address. */
  async start(): Promise<Simulator> {
    const port = this.#simulator === undefined ? 0 : Number(new URL(this.#simulator.endpoint).port);
    await this.#simulator?.stop();
    // Slower than a reconcile, so that jobs are still running when the server stops.
    const delays = { queue: 5, vm: 40, other: 10 };
    this.#simulator = await quickSimulator({ stateFile: this.#stateFile, port, delays, settings: this.#settings });
    return this.#simulator;
  }

  get held() {
    return this.#simulator?.books().accounts['dinfra'];
  }

  async stop(): Promise<void> {
    await this.#simulator?.stop();
  }
}

describe('a management server that is restarted while tenures change', () => {
  it('a restart of the management server after any reconcile does not change the outcome of a tenure', {
    timeout: 120_000,
  }, async () => {
    const turn = pLimit(6);
    const restarted = await Promise.all(POINTS.map((point) => turn(() => live(point))));
    expect(restarted.filter(Boolean).length).toBeGreaterThan(10);
  });

  it('a VM destroyed before a restart of the management server is expunged when it is due', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dinfra-restart-'));
    const settings = { 'allow.user.expunge.recover.vm': 'false', 'expunge.delay': '1' };
    const cloud = new Cloud(folder, settings);
    const simulator = await cloud.start();
    const clock = new SkewedClock();
    const config = configFor(simulator);
    const reactor = new CloudStackReactor({ config, credentials: simulator.accounts.user, clock });
    const driver = new TenureDriver(reactor, orderFor(), clock);
    try {
      await driver.settle(100);
      driver.wanted = 'Ended';
      await driver.until(({ error }) => error?.code === 'CloudStackExpungeForbidden', 100);
      await cloud.start();
      expect(cloud.held?.vms).toMatchObject([{ state: 'Destroyed' }]);
      await expect.poll(() => cloud.held?.vms, { timeout: 5_000 }).toEqual([]);
      await driver.settle(100);
      expect(cloud.held).toEqual(emptyHoldings);
    } finally {
      await reactor.close();
      await cloud.stop();
      rmSync(folder, { recursive: true });
    }
  });
});

/** One life of a tenure whose server is restarted after the `point`th reconcile, if there are that many. */
async function live(point: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'dinfra-restart-'));
  const cloud = new Cloud(folder);
  const simulator = await cloud.start();
  const clock = new SkewedClock();
  const reactor = new CloudStackReactor({
    config: configFor(simulator),
    credentials: simulator.accounts.user,
    clock,
  });
  const order = orderFor({
    network: { ports: [{ name: 'ssh', port: 22 }] },
    dataDisks: [{ name: 'data', sizeGiB: 3 }],
  });
  const driver = new TenureDriver(reactor, order, clock);
  const seen: object[] = [];
  try {
    for (const stage of stages) {
      driver.wanted = stage;
      for (let isSettled = false; !isSettled; ) {
        const { action } = await driver.reconcile();
        isSettled = action === 'rest' || action === 'confirmReleased';
        if (driver.results.length === point) {
          await cloud.start();
          isSettled = false;
        }
        expect(driver.results.length).toBeLessThan(400);
      }
      const { vms = [], volumes = [] } = cloud.held ?? {};
      seen.push([...vms.map(({ state }) => state), volumes.length]);
    }
    expect({ point, seen }).toEqual({ point, seen: [['Running', 2], ['Stopped', 2], ['Running', 2], [0]] });
    expect(cloud.held).toEqual(emptyHoldings);
    return driver.results.length > point;
  } finally {
    await reactor.close();
    await cloud.stop();
    rmSync(folder, { recursive: true });
  }
}
