import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { configFor, emptyHoldings, orderFor, quickSimulator } from '../../../test/support/cloud.ts';
import { SkewedClock } from '../../../test/support/skewed-clock.ts';
import { TenureDriver } from '../../../test/support/tenure-driver.ts';
import type { Simulator } from '../../dev/cloudstack/simulator.ts';
import type { TenureState } from '../../tenure/state.ts';
import { CloudStackReactor } from './reactor.ts';

const stages: readonly TenureState[] = ['Accepted', 'Suspended', 'Active', 'Ended'];
/** Passes after which the server is restarted, in a life of its own each. */
const POINTS = Array.from({ length: 16 }, (_, index) => 1 + 3 * index);

/** Every management server of one life: each takes over what the one before it has kept. */
class Cloud {
  readonly #stateFile: string;
  #simulator: Simulator | undefined;

  constructor(folder: string) {
    this.#stateFile = join(folder, 'state.json');
  }

  /** Ends the server, if there is one, in the middle of its jobs, and starts the next at the same address. */
  async start(): Promise<Simulator> {
    const port = this.#simulator === undefined ? 0 : Number(new URL(this.#simulator.endpoint).port);
    await this.#simulator?.stop();
    // Slower than a pass: jobs are on their way when it ends.
    const delays = { queue: 5, vm: 40, other: 10 };
    this.#simulator = await quickSimulator({ stateFile: this.#stateFile, port, delays });
    return this.#simulator;
  }

  get held() {
    return this.#simulator?.books().accounts['dinfra'];
  }

  async stop(): Promise<void> {
    await this.#simulator?.stop();
  }
}

describe('a management server that is restarted in the middle of it', () => {
  it('changes nothing of what becomes of a tenure, after whichever pass', { timeout: 120_000 }, async () => {
    const turn = pLimit(6);
    await Promise.all(POINTS.map((point) => turn(() => live(point))));
  });
});

/** One life of a tenure, whose server is restarted after its `point`th pass. */
async function live(point: number): Promise<void> {
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
        const { action } = await driver.pass();
        isSettled = action === 'rest' || action === 'confirmReleased';
        if (driver.passes.length === point) {
          await cloud.start();
          isSettled = false;
        }
        expect(driver.passes.length).toBeLessThan(400);
      }
      const { vms = [], volumes = [] } = cloud.held ?? {};
      seen.push([...vms.map(({ state }) => state), volumes.length]);
    }
    expect({ point, seen }).toEqual({ point, seen: [['Running', 2], ['Stopped', 2], ['Running', 2], [0]] });
    expect(driver.passes.length).toBeGreaterThan(point);
    expect(cloud.held).toEqual(emptyHoldings);
  } finally {
    await reactor.close();
    await cloud.stop();
    rmSync(folder, { recursive: true });
  }
}
