/**
 * The API server stops for a while under a busy operator. Always on a separate embedded cluster, even if KUBECONFIG
 * names one, because the API server of others must not be stopped.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OperatorProcess } from '../../dev/operator-process.ts';
import { chartArchive, WEB_CHART } from '../support/chart-archives.ts';
import { type Wish, wishFor, withoutNote } from '../support/consumer.ts';
import { Stage } from '../support/stage.ts';

let stage: Stage;
let operator: OperatorProcess;
let chart: Wish;
const vm = wishFor('vm/v1', { image: 'debian-12', cpu: 1, memoryMiB: 1024 });

beforeAll(async () => {
  stage = await Stage.open('api-away', { cluster: 'own' });
  chart = wishFor('helm/v1', { chart: { archive: (await chartArchive(WEB_CHART)).toString('base64') } });
  operator = await stage.environment.startOperator();
  await stage.environment.applySamples();
  await stage.until('three types are for sale', 60, () => stage.world.sells(3));
});

afterAll(() => stage?.close());

test('awards and ends during an API server outage are each handled once when it is back', async () => {
  const { environment, consumer, world } = stage;
  const { plane } = environment;
  const early = await consumer.subscribe([chart, vm, withoutNote(vm)]);
  for (const id of early) await isActive(id);
  const [keptChart = -1n, keptVm = -1n, leaving = -1n] = early;
  const kept = await Promise.all([keptChart, keptVm].map(async (id) => (await world.deploymentOf(id)) ?? ''));
  const before = await stage.baseline(kept);

  const leader = operator.pid;
  await plane?.stopApiServer();
  const late = await consumer.subscribe([chart, vm].map(withoutNote));
  await consumer.cancel(leaving);
  // It can no longer prove that it leads, and exits; the next one waits for the API server.
  await stage.until('the leader has ended', 30, async () => operator.pid !== leader);
  // The duration of an upgrade of a small control plane.
  await sleep(8_000);
  expect(vmNames()).toHaveLength(2);
  await plane?.startApiServer();

  for (const id of late) await isActive(id);
  await stage.until('the cancelled VM is gone', 90, async () => (await world.state(leaving)) === undefined);
  expect(await world.fingerprint(kept)).toEqual(before);
  for (const id of early.slice(0, 2)) expect(await world.state(id)).toBe('Active');
  expect(vmNames()).toHaveLength(2);
  expect(new Set(vmNames()).size).toBe(2);
  for (const id of late) {
    const told = (await consumer.heard(id)).map(({ event }) => event).filter((event) => event !== 'Paid');
    expect(told).toEqual(['Subscribed', 'Awarded', 'Accepted', 'Activated']);
  }
  await stage.until('the operator is ready', 60, async () => (await operator.readiness()).ok);
});

async function isActive(id: bigint): Promise<void> {
  await stage.until(`subscription ${id} is Active`, 90, async () => (await stage.world.state(id)) === 'Active');
}

function vmNames(): string[] {
  return (stage.environment.cloud.books().accounts['dinfra']?.vms ?? []).map(({ name }) => name);
}
