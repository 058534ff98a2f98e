import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReconcilerBench, UP } from '../../../test/support/reconciler-bench.ts';
import type { DeploymentSpec } from '../../api/deployment.ts';
import { RetryableError, TerminalError } from '../../errors/dinfra-error.ts';
import type { Present } from '../../providers/port.ts';

/** An external event of a tenure. */
type Event =
  | { readonly spec: Partial<DeploymentSpec> }
  | { readonly vm: Present | undefined }
  | { readonly backend: 'away' | 'broken' | 'refusing' | 'well' }
  | { readonly order: 'lost' | 'there' }
  | { readonly process: 'restart' }
  | { readonly wait: number };

const event = fc.oneof(
  fc.record({
    spec: fc.record({
      state: fc.constantFrom<DeploymentSpec['state']>('Accepted', 'Active', 'Degraded', 'Suspended'),
      suspend: fc.boolean(),
    }),
  }),
  fc.record({
    vm: fc.constantFrom<Present | undefined>(
      undefined,
      UP,
      { ...UP, healthy: false },
      { ...UP, phase: 'Stopped', healthy: false },
      { ...UP, phase: 'Broken', healthy: false },
      { ...UP, phase: 'Partial', healthy: false },
      { ...UP, differences: [{ what: 'VM offering', detail: 'small, expected large' }] },
    ),
  }),
  fc.record({ backend: fc.constantFrom('away' as const, 'broken' as const, 'refusing' as const, 'well' as const) }),
  fc.record({ order: fc.constantFrom('lost' as const, 'there' as const) }),
  fc.record({ process: fc.constant('restart' as const) }),
  fc.record({ wait: fc.integer({ min: 100, max: 120_000 }) }),
);

const answers = {
  away: () => Promise.reject(new RetryableError('CloudStackUnreachable', { message: 'no answer' })),
  broken: () => Promise.reject(new TypeError('undefined is not a function')),
  refusing: (method: string) =>
    method === 'observe'
      ? Promise.resolve()
      : Promise.reject(new TerminalError('CloudStackRejected', { message: 'it does not like it' })),
  well: () => Promise.resolve(),
};

async function happen(bench: ReconcilerBench, one: Event, orders: ReconcilerBench['orders']): Promise<void> {
  if ('spec' in one) bench.cluster.changeSpec(bench.key, one.spec);
  if ('vm' in one) bench.reactor.vm = one.vm;
  if ('backend' in one) bench.reactor.before = answers[one.backend];
  if ('order' in one) {
    const lost = () => Promise.reject(new RetryableError('DescriptorUnreachable', { message: 'no gateway answers' }));
    bench.orders = one.order === 'lost' ? { ...orders, accepted: lost } : orders;
  }
  if ('process' in one) bench.restart();
  await bench.live('wait' in one ? one.wait : 1_000);
}

/** A status without its times. */
function saidOf({ status, conditions }: ReconcilerBench): object {
  const { facts, endpoints, realisation } = status;
  const { order, workload, reasonCode, released } = facts ?? {};
  const { since: _, ...made } = realisation ?? {};
  return { conditions, endpoints, made, order, workload, reasonCode, released };
}

describe('after any sequence of events', () => {
  it('a tenure returns to its earlier status, and a second reconcile writes nothing', async () => {
    const calm = new ReconcilerBench({ state: 'Active', suspend: false });
    await calm.live(60_000);
    expect(calm.conditions).toMatchObject({ Ready: 'True Running' });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        const bench = new ReconcilerBench({ state: 'Active', suspend: false });
        const { orders } = bench;
        for (const one of events) await happen(bench, one, orders);
        bench.cluster.changeSpec(bench.key, { state: 'Active', suspend: false });
        bench.reactor.before = answers.well;
        bench.orders = orders;
        bench.retryNow();
        // A workload that became unhealthy by itself recovers by itself.
        if (bench.reactor.vm?.phase === 'Running') bench.reactor.vm = { ...bench.reactor.vm, healthy: true };
        await bench.live(600_000);
        expect(saidOf(bench)).toEqual(saidOf(calm));
        const { length } = bench.cluster.writes;
        await bench.live(600_000);
        expect(bench.cluster.writes).toHaveLength(length);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('a tenure whose end is confirmed is always removed, and never before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        const bench = new ReconcilerBench({ state: 'Active' });
        const { orders } = bench;
        for (const one of events) await happen(bench, one, orders);
        const replaced = bench.reactor.steps.filter((step) => step === 'delete').length;
        bench.reactor.before = answers.well;
        bench.cluster.changeSpec(bench.key, { state: 'Ended', suspend: false });
        bench.retryNow();
        await bench.live(60_000);
        expect(bench.reactor.steps.filter((step) => step === 'delete')).toHaveLength(replaced);
        bench.standing = 'Ended';
        bench.retryNow();
        await bench.live(60_000);
        expect(bench.reactor.vm).toBeUndefined();
        expect(bench.status.facts).toMatchObject({ released: true });
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
