import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RefusedError, RetryableError, TerminalError } from '../../src/errors/dinfra-error.ts';
import type { Order, Present, Reactor } from '../../src/providers/port.ts';
import { type PassingTime, TenureDriver } from './tenure-driver.ts';

/** One backend, ready to be worked on. Everything the suite needs to know of it. */
export interface ConformanceHarness {
  /** A new instance, as a restarted operator has: it remembers nothing. */
  reactor(): Reactor;
  readonly time: PassingTime;
  /** An order of a tenure nobody else has. */
  order(): Order;
  /** The same tenure with a descriptor that can be changed to in place. Left out where nothing can be: skipped then. */
  changed?(order: Order): Order;
  /** Orders that can never be realised here, with the reason and the field `check` has to name. */
  impossible(): readonly { readonly order: Order; readonly code: string; readonly path: string }[];
  /** Everything the backend holds of a tenure, in words, read from the backend itself. Empty when nothing is left. */
  holdings(order: Order): Promise<readonly string[]>;
  /** How often the backend was changed so far: at rest it must not be. */
  writes(): number;
  /** Somebody removes, or stops, the workload behind our back. */
  sabotage(order: Order, how: 'Remove' | 'Stop'): Promise<void>;
  /** The backend does not answer, or does again. */
  outage(on: boolean): Promise<void>;
  /** Something of the tenure's name is there and is somebody else's. Returns a check that it was not touched. */
  stranger(order: Order): Promise<() => Promise<boolean>>;
  close(): Promise<void>;
}

/** What every reactor promises. `timeoutMs` is for one test. */
export function reactorConformance(
  name: string,
  makeHarness: () => Promise<ConformanceHarness>,
  timeoutMs = 60_000,
): void {
  describe(`${name}, as every reactor`, { timeout: timeoutMs }, () => {
    let harness: ConformanceHarness;
    beforeAll(async () => {
      harness = await makeHarness();
    }, timeoutMs);
    afterAll(() => harness.close(), timeoutMs);

    const soon = () => AbortSignal.timeout(timeoutMs);
    const drive = (order: Order, reactor = harness.reactor()) => new TenureDriver(reactor, order, harness.time);

    /** A tenure that runs. */
    async function running(order = harness.order()): Promise<TenureDriver> {
      const driver = drive(order);
      await driver.settle();
      return driver;
    }

    async function end(driver: TenureDriver): Promise<void> {
      driver.wanted = 'Ended';
      await driver.settle();
      expect(await harness.holdings(driver.order)).toEqual([]);
    }

    it('finds nothing of a tenure that was never made, and making it can be checked without making it', async () => {
      const order = harness.order();
      const before = harness.writes();
      await harness.reactor().check(order, soon());
      expect(await harness.reactor().observe(order.identity, order, undefined, soon())).toEqual({ kind: 'Absent' });
      expect(harness.writes()).toBe(before);
    });

    it('names the field of what can never be realised', async () => {
      const impossible = harness.impossible();
      expect(impossible).not.toEqual([]);
      for (const { order, code, path } of impossible) {
        const error = await rejection(harness.reactor().check(order, soon()));
        expect(error).toBeInstanceOf(TerminalError);
        expect(error).toMatchObject({ code, path });
      }
    });

    it('makes what was ordered, tells where it is, and leaves nothing when it ends', async () => {
      const driver = await running();
      const found = present(driver);
      expect(found).toMatchObject({ phase: 'Running', healthy: true, differences: [] });
      expect(found.endpoints.length).toBeGreaterThan(0);
      expect((await harness.holdings(driver.order)).length).toBeGreaterThan(0);
      await end(driver);
    });

    it('changes nothing while what runs is what was ordered', async () => {
      const driver = await running();
      await driver.pass();
      const before = harness.writes();
      for (let count = 0; count < 3; count++) expect((await driver.pass()).action).toBe('rest');
      expect(harness.writes()).toBe(before);
      await end(driver);
    });

    it('finds it again without its memo and after a restart, and makes no second one', async () => {
      const driver = await running();
      const before = await harness.holdings(driver.order);
      const again = drive(driver.order);
      const pass = await again.settle();
      expect(pass.found).toMatchObject({ phase: 'Running', differences: [] });
      expect(again.passes.map(({ action }) => action)).not.toContain('create');
      expect(await harness.holdings(driver.order)).toEqual(before);
      await end(again);
    });

    it('comes to one realisation when a create is repeated after a crash', async () => {
      const normal = await running();
      const usual = (await harness.holdings(normal.order)).length;
      const order = harness.order();
      await harness.reactor().create(order, undefined, soon());
      // The reply was never written down; the operator starts again and knows only that it intended to create.
      await harness.reactor().create(order, undefined, soon()).catch(onlyOurs);
      const driver = drive(order);
      await driver.settle();
      expect(await harness.holdings(order)).toHaveLength(usual);
      await end(driver);
      await end(normal);
    });

    it('comes to one realisation when the operator sees the cluster as it was a moment ago', async () => {
      const usual = await running();
      const driver = drive(harness.order());
      driver.cluster.lag = 1;
      for (let count = 0; count < 4; count++) await driver.pass();
      driver.cluster.lag = 0;
      await driver.settle();
      expect(await harness.holdings(driver.order)).toHaveLength((await harness.holdings(usual.order)).length);
      await end(driver);
      await end(usual);
    });

    it('is removed completely when it ends before it was ready', async () => {
      const order = harness.order();
      await harness.reactor().create(order, undefined, soon());
      await end(drive(order));
    });

    it('keeps its data while it is suspended, and runs again afterwards', async () => {
      const driver = await running();
      const before = (await harness.holdings(driver.order)).length;
      driver.wanted = 'Suspended';
      const down = await driver.settle();
      expect(down.found).toMatchObject({ kind: 'Present', phase: 'Stopped' });
      expect(await harness.holdings(driver.order)).toHaveLength(before);
      driver.wanted = 'Active';
      expect((await driver.settle()).found).toMatchObject({ phase: 'Running', healthy: true });
      await end(driver);
    });

    it('is removed completely while it is suspended', async () => {
      const driver = await running();
      driver.wanted = 'Suspended';
      await driver.settle();
      await end(driver);
    });

    it('becomes what a changed order says', async ({ skip }) => {
      if (harness.changed === undefined) return skip('nothing can be changed in place here');
      const driver = await running();
      driver.order = harness.changed(driver.order);
      const different = await driver.until(({ found }) => found?.kind === 'Present');
      expect((different.found as Present).differences.length).toBeGreaterThan(0);
      expect((await driver.settle()).found).toMatchObject({ phase: 'Running', differences: [] });
      await end(driver);
    });

    it('is made again when somebody removed it', async () => {
      const driver = await running();
      await harness.sabotage(driver.order, 'Remove');
      expect((await recover(driver)).found).toMatchObject({ phase: 'Running', differences: [] });
      await end(driver);
    });

    it('is started again when somebody stopped it', async () => {
      const driver = await running();
      await harness.sabotage(driver.order, 'Stop');
      expect((await recover(driver)).found).toMatchObject({ phase: 'Running', differences: [] });
      await end(driver);
    });

    it('never takes silence for absence', async () => {
      const driver = await running();
      await harness.outage(true);
      try {
        for (const order of [driver.order, undefined]) {
          const error = await rejection(harness.reactor().observe(driver.order.identity, order, undefined, soon()));
          expect(error).toBeInstanceOf(RetryableError);
        }
        expect(await rejection(harness.reactor().check(driver.order, soon()))).toBeInstanceOf(RetryableError);
      } finally {
        await harness.outage(false);
      }
      await driver.settle();
      await end(driver);
    });

    it('touches nothing of another tenure', async () => {
      const [one, other] = [await running(), await running()];
      const before = await harness.holdings(other.order);
      await end(one);
      expect(await harness.holdings(other.order)).toEqual(before);
      expect((await other.pass()).action).toBe('rest');
      await end(other);
    });

    it('refuses to touch what has its name and is not ours', async () => {
      const order = harness.order();
      const untouched = await harness.stranger(order);
      const driver = drive(order);
      const refused = await driver.until(({ error }) => error instanceof RefusedError, 10);
      expect(refused.error?.message).toContain(order.identity.name);
      driver.wanted = 'Ended';
      await driver.until(({ action, error }) => action === 'confirmReleased' || error instanceof RefusedError, 20);
      expect(await untouched()).toBe(true);
    });

    it('stops at once when it is told to', async () => {
      const driver = await running();
      const aborted = AbortSignal.abort(new Error('enough'));
      const { order } = driver;
      await expect(harness.reactor().observe(order.identity, order, undefined, aborted)).rejects.toThrow();
      await expect(harness.reactor().check(order, aborted)).rejects.toThrow();
      await end(driver);
    });

    /** At rest a shared view may be a little old: what somebody did is seen within a minute. */
    async function recover(driver: TenureDriver) {
      await harness.time.pass(60_000);
      await driver.until(({ action }) => action !== 'rest', 20);
      return driver.settle();
    }
  });
}

function present(driver: TenureDriver): Present {
  const found = driver.passes.at(-1)?.found;
  if (found?.kind !== 'Present') throw new Error(`expected something present, found ${found?.kind}`);
  return found;
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** Errors a reactor raises on purpose; anything else is a fault of the reactor. */
function onlyOurs(error: unknown): void {
  const ours = error instanceof RetryableError || error instanceof RefusedError || error instanceof TerminalError;
  if (!ours) throw error;
}
