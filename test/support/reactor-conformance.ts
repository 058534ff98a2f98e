import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RefusedError, RetryableError, TerminalError } from '../../src/errors/dinfra-error.ts';
import type { Order, Present, Reactor } from '../../src/providers/port.ts';
import { type PassingTime, TenureDriver } from './tenure-driver.ts';

/** A backend under test: everything the suite needs from it. */
export interface ConformanceHarness {
  /** A new instance without memory, as after a restart of the operator. */
  reactor(): Reactor;
  readonly time: PassingTime;
  /** An order for a new tenure. */
  order(): Order;
  /**
   * The same tenure with a descriptor that can be applied in place. Undefined if nothing can be changed: then skipped.
   */
  changed?(order: Order): Order;
  /** Orders that can never be realised here, with the reason and the field `check` has to name. */
  impossible(): readonly { readonly order: Order; readonly code: string; readonly path: string }[];
  /** The resources of a tenure, in words, read from the backend itself. Empty if nothing is left. */
  holdings(order: Order): Promise<readonly string[]>;
  /** Number of changes to the backend so far, which must not grow at rest. */
  writes(): number;
  /** Removes or stops the workload outside of the operator. */
  sabotage(order: Order, how: 'Remove' | 'Stop'): Promise<void>;
  /** Makes the backend unreachable, or reachable again. */
  outage(on: boolean): Promise<void>;
  /** Creates a resource with the tenure's name that is not marked as ours. Returns a check that it was not touched. */
  stranger(order: Order): Promise<() => Promise<boolean>>;
  close(): Promise<void>;
}

/** The conformance suite of the reactor port. `timeoutMs` is per test. */
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

    /** A running tenure. */
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

    it('a tenure that was never created is absent, and its order can be checked without creating it', async () => {
      const order = harness.order();
      const before = harness.writes();
      await harness.reactor().check(order, soon());
      expect(await harness.reactor().observe(order.identity, order, undefined, soon())).toEqual({ kind: 'Absent' });
      expect(harness.writes()).toBe(before);
    });

    it('an order that can never be realised is refused with its field', async () => {
      const impossible = harness.impossible();
      expect(impossible).not.toEqual([]);
      for (const { order, code, path } of impossible) {
        const error = await rejection(harness.reactor().check(order, soon()));
        expect(error).toBeInstanceOf(TerminalError);
        expect(error).toMatchObject({ code, path });
      }
    });

    it('a tenure is created as ordered, reports its endpoints, and leaves nothing when it ends', async () => {
      const driver = await running();
      const found = present(driver);
      expect(found).toMatchObject({ phase: 'Running', healthy: true, differences: [] });
      expect(found.endpoints.length).toBeGreaterThan(0);
      expect((await harness.holdings(driver.order)).length).toBeGreaterThan(0);
      await end(driver);
    });

    it('a tenure that runs as ordered is not changed', async () => {
      const driver = await running();
      await driver.reconcile();
      const before = harness.writes();
      for (let count = 0; count < 3; count++) expect((await driver.reconcile()).action).toBe('rest');
      expect(harness.writes()).toBe(before);
      await end(driver);
    });

    it('a tenure is found again without its memo and after a restart, and not created twice', async () => {
      const driver = await running();
      const before = await harness.holdings(driver.order);
      const again = drive(driver.order);
      const result = await again.settle();
      expect(result.found).toMatchObject({ phase: 'Running', differences: [] });
      expect(again.results.map(({ action }) => action)).not.toContain('create');
      expect(await harness.holdings(driver.order)).toEqual(before);
      await end(again);
    });

    it('a create repeated after a crash makes one realisation', async () => {
      const normal = await running();
      const usual = (await harness.holdings(normal.order)).length;
      const order = harness.order();
      await harness.reactor().create(order, undefined, soon());
      // The response was never stored; the restarted operator knows only its intent to create.
      await harness.reactor().create(order, undefined, soon()).catch(onlyOurs);
      const driver = drive(order);
      await driver.settle();
      expect(await harness.holdings(order)).toHaveLength(usual);
      await end(driver);
      await end(normal);
    });

    it('a create from a stale cache makes one realisation', async () => {
      const usual = await running();
      const driver = drive(harness.order());
      driver.cluster.lag = 1;
      for (let count = 0; count < 4; count++) await driver.reconcile();
      driver.cluster.lag = 0;
      await driver.settle();
      expect(await harness.holdings(driver.order)).toHaveLength((await harness.holdings(usual.order)).length);
      await end(driver);
      await end(usual);
    });

    it('a tenure that ends before it was ready is removed completely', async () => {
      const order = harness.order();
      await harness.reactor().create(order, undefined, soon());
      await end(drive(order));
    });

    it('a suspended tenure keeps its data and runs again afterwards', async () => {
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

    it('a tenure that ends while suspended is removed completely', async () => {
      const driver = await running();
      driver.wanted = 'Suspended';
      await driver.settle();
      await end(driver);
    });

    it('a tenure follows a changed order', async ({ skip }) => {
      if (harness.changed === undefined) return skip('nothing can be changed in place here');
      const driver = await running();
      driver.order = harness.changed(driver.order);
      const different = await driver.until(({ found }) => found?.kind === 'Present');
      expect((different.found as Present).differences.length).toBeGreaterThan(0);
      expect((await driver.settle()).found).toMatchObject({ phase: 'Running', differences: [] });
      await end(driver);
    });

    it('a workload that somebody removed is created again', async () => {
      const driver = await running();
      await harness.sabotage(driver.order, 'Remove');
      expect((await recover(driver)).found).toMatchObject({ phase: 'Running', differences: [] });
      await end(driver);
    });

    it('a workload that somebody stopped is started again', async () => {
      const driver = await running();
      await harness.sabotage(driver.order, 'Stop');
      expect((await recover(driver)).found).toMatchObject({ phase: 'Running', differences: [] });
      await end(driver);
    });

    it('a backend that does not answer is never taken for absence', async () => {
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

    it('nothing of another tenure is touched', async () => {
      const [one, other] = [await running(), await running()];
      const before = await harness.holdings(other.order);
      await end(one);
      expect(await harness.holdings(other.order)).toEqual(before);
      expect((await other.reconcile()).action).toBe('rest');
      await end(other);
    });

    it('a resource with the tenure’s name that is not ours is not touched', async () => {
      const order = harness.order();
      const untouched = await harness.stranger(order);
      const driver = drive(order);
      const refused = await driver.until(({ error }) => error instanceof RefusedError, 10);
      expect(refused.error?.message).toContain(order.identity.name);
      driver.wanted = 'Ended';
      await driver.until(({ action, error }) => action === 'confirmReleased' || error instanceof RefusedError, 20);
      expect(await untouched()).toBe(true);
    });

    it('a reactor call ends at once when its signal aborts', async () => {
      const driver = await running();
      const aborted = AbortSignal.abort(new Error('enough'));
      const { order } = driver;
      await expect(harness.reactor().observe(order.identity, order, undefined, aborted)).rejects.toThrow();
      await expect(harness.reactor().check(order, aborted)).rejects.toThrow();
      await end(driver);
    });

    /** At rest a shared view may be slightly old: outside changes are seen within a minute. */
    async function recover(driver: TenureDriver) {
      await harness.time.pass(60_000);
      await driver.until(({ action }) => action !== 'rest', 20);
      return driver.settle();
    }
  });
}

function present(driver: TenureDriver): Present {
  const found = driver.results.at(-1)?.found;
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

/** Errors that a reactor may throw; any other error is a bug in the reactor. */
function onlyOurs(error: unknown): void {
  const ours = error instanceof RetryableError || error instanceof RefusedError || error instanceof TerminalError;
  if (!ours) throw error;
}
