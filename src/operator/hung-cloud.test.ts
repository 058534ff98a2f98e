import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Bench, orderFor, startBench } from '../../test/support/cloud.ts';
import { deploymentFor } from '../../test/support/deployment-for.ts';
import type { Deployment } from '../api/deployment.ts';
import { Store } from '../kube/cache/store.ts';
import { keyOf } from '../kube/client/resource-type.ts';
import { Controller, done } from '../kube/queue/controller.ts';
import type { Order } from '../providers/port.ts';
import { laneOf } from './register-deployments.ts';

/** Two clouds behind one Deployment controller, as in the operator. */
let hung: Bench;
let well: Bench;
let stop: AbortController;
let orders: Map<string, { readonly order: Order; readonly cloud: 'hung' | 'well' }>;
let deployments: Store<Deployment>;
/** Resolves when a key has been reconciled. */
let reconciled: Map<string, () => void>;

beforeEach(async () => {
  [hung, well] = await Promise.all([startBench(), startBench()]);
  stop = new AbortController();
  [orders, deployments, reconciled] = [new Map(), new Store(), new Map()];
});
afterEach(async () => {
  stop.abort(new Error('test over'));
  hung.simulator.faults.clear();
  await Promise.all([hung.stop(), well.stop()]);
}, 30_000);

function add(cloud: 'hung' | 'well', state: Deployment['spec']['state']): string {
  const order = orderFor();
  const mirrored = deploymentFor(order);
  const deployment = { ...mirrored, spec: { ...mirrored.spec, reactorRef: { name: cloud }, state } };
  deployments.put(deployment);
  const key = keyOf(deployment.metadata);
  orders.set(key, { order, cloud });
  return key;
}

function startController(onBegin: (key: string) => void = () => undefined): Controller {
  const reactors = { hung: hung.reactor(), well: well.reactor() };
  const controller = new Controller({
    name: 'deployment',
    concurrency: 10,
    graceMs: 0,
    laneOf: (key) => laneOf(deployments.get(key)),
    reconcile: async (key, signal) => {
      onBegin(key);
      const known = orders.get(key);
      if (known === undefined) return done;
      await reactors[known.cloud].check(known.order, signal);
      reconciled.get(key)?.();
      return done;
    },
  });
  void controller.run(stop.signal);
  return controller;
}

/** How long a fresh award waits for its verdict, in milliseconds. */
async function verdictMs(controller: Controller, cloud: 'hung' | 'well'): Promise<number> {
  const key = add(cloud, 'Awarded');
  const verdict = new Promise<void>((resolve) => reconciled.set(key, resolve));
  const from = performance.now();
  controller.enqueue(key);
  await verdict;
  return performance.now() - from;
}

test('while one cloud hangs with 300 VMs, an award for another cloud is decided as fast as without it', async () => {
  const controller = startController();
  await verdictMs(controller, 'well');
  const without = await verdictMs(controller, 'well');
  // Accepts every call and answers none during the test.
  hung.simulator.faults.set([{ command: '*', kind: 'Delay', ms: 5_000 }]);
  for (let i = 0; i < 300; i++) controller.enqueue(add('hung', 'Active'));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await verdictMs(controller, 'well')).toBeLessThan(without + 1_000);
});

test('an award for a cloud that hangs waits for the cloud, not behind its 300 VMs', async () => {
  const begun = new Set<string>();
  const controller = startController((key) => begun.add(key));
  hung.simulator.faults.set([{ command: '*', kind: 'Delay', ms: 5_000 }]);
  for (let i = 0; i < 300; i++) controller.enqueue(add('hung', 'Active'));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(begun.size).toBe(10);
  const fresh = add('hung', 'Awarded');
  controller.enqueue(fresh);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(begun.has(fresh)).toBe(true);
});
