/**
 * CloudStack becomes unreachable in every possible way while VMs run and others are ordered: nothing counts as gone,
 * the outage is reported everywhere, Helm tenants are not affected, and the operator recovers by itself. Runs in the
 * cluster of KUBECONFIG or else an embedded one; its nodes have to run a pause container.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fingerprint } from '../../dev/demo/world.ts';
import type { OperatorProcess } from '../../dev/operator-process.ts';
import type { Reason } from '../../src/errors/catalogue.ts';
import { chartArchive, WEB_CHART } from '../support/chart-archives.ts';
import { type Wish, wishFor, withoutNote } from '../support/consumer.ts';
import { Stage } from '../support/stage.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

let stage: Stage;
let operator: OperatorProcess;
/** The proxy between the operator and the cloud. */
let way: TcpProxy;
let chart: Wish;

const vm = wishFor('vm/v1', { image: 'debian-12', cpu: 1, memoryMiB: 1024 });

interface Outage {
  readonly what: string;
  readonly begin: () => void | Promise<void>;
  readonly end: () => void | Promise<void>;
  readonly reason: Reason;
}

const faults = () => stage.environment.cloud.faults;
const clear = () => faults().clear();

const outages: readonly Outage[] = [
  {
    what: 'it refuses the keys',
    begin: () => faults().set([{ command: '*', kind: 'Error', code: 401, text: 'unable to verify user credentials' }]),
    end: clear,
    reason: 'CloudStackUnauthorized',
  },
  {
    what: 'it is in maintenance',
    begin: () => faults().set([{ command: '*', kind: 'Maintenance' }]),
    end: clear,
    reason: 'CloudStackFailed',
  },
  {
    what: 'a proxy answers in its place',
    begin: () => faults().set([{ command: '*', kind: 'Html' }]),
    end: clear,
    reason: 'CloudStackBadReply',
  },
];

beforeAll(async () => {
  stage = await Stage.open('cloud-away');
  const { environment } = stage;
  const { port } = new URL(environment.cloud.endpoint);
  way = await TcpProxy.to(Number(port));
  chart = wishFor('helm/v1', { chart: { archive: (await chartArchive(WEB_CHART)).toString('base64') } });
  operator = await environment.startOperator({ resyncSeconds: 3 });
  await environment.applySamples({ cloud: `http://127.0.0.1:${way.port}/client/api` });
  await stage.patch('offer', 'vm', { spec: { capacity: 20 } });
  await stage.until('charts and VMs are for sale', 60, async () => {
    const offers = await stage.world.offers();
    return offers.has('helm/v1') && offers.get('vm/v1')?.capacity === 20 && (await stage.world.isFresh());
  });
});

afterAll(async () => {
  await stage?.close();
  await way?.close();
});

describe('while VMs run', () => {
  let running: bigint;
  let leaving: bigint;
  let name: string;
  let before: Fingerprint;

  beforeAll(async () => {
    const ids = await stage.consumer.subscribe([vm, withoutNote(vm)]);
    for (const id of ids) await isActive(id);
    [running = -1n, leaving = -1n] = ids;
    name = (await stage.world.deploymentOf(running)) ?? '';
    before = await stage.baseline([name]);
  });

  const isSaid = async (reason: Reason) => {
    await stage.until(
      `Reactor cloud says ${reason}`,
      60,
      async () => (await readyOf('reactor', 'cloud'))?.reason === reason,
    );
    await stage.until(`an event says ${reason}`, 15, async () => {
      const args = ['get', 'events.events.k8s.io', '--field-selector', `reason=${reason}`];
      const template = 'jsonpath={.items[*].regarding.kind}';
      return (await stage.environment.kubectl([...args, '-o', template])).includes('Reactor');
    });
    expect((await operator.readiness()).ok).toBe(true);
    await stage.until('the Deployment says that nobody knows', 30, async () => {
      const ready = await readyOf('deployments.dinfra.io', name);
      return ready?.status === 'Unknown' && ready.reason === reason;
    });
    const counted = new RegExp(`^dinfra_reactor_errors_total\\{[^}]*reason="${reason}"[^}]*\\} [1-9]`, 'm');
    expect(await operator.metrics()).toMatch(counted);
    expect(await operator.liveness()).toBe(true);
    expect(await stage.world.fingerprint([name])).toEqual(before);
    expect(await stage.world.state(running)).toBe('Active');
  };

  const isWellAgain = async () => {
    await stage.until('the Reactor is Ready', 60, async () => (await readyOf('reactor', 'cloud'))?.status === 'True');
    await stage.until(`${name} is Ready`, 30, async () => (await stage.world.ready(name)).status === 'True');
    expect(await stage.world.fingerprint([name])).toEqual(before);
  };

  test.each(outages)(
    'during an outage of the cloud it is reported and nothing is touched: $what',
    async ({ begin, end, reason }) => {
      await begin();
      await isSaid(reason);
      await end();
      await isWellAgain();
    },
  );

  test('while the cloud is unreachable, charts are created and removed as usual and no VM is reported as gone', async () => {
    await way.down();
    await isSaid('CloudStackUnreachable');
    const [chartId = -1n] = await stage.consumer.subscribe([chart]);
    await stage.consumer.cancel(leaving);
    await isActive(chartId);
    await stage.consumer.cancel(chartId);
    await isGone(chartId);
    const ended = (await stage.world.deploymentOf(leaving)) ?? '';
    expect(await readyOf('deployments.dinfra.io', ended)).toMatchObject({ status: 'Unknown' });
    expect(await stage.world.state(leaving)).toBe('Ended');

    // An award that cannot be decided is declined before its deadline, and not awarded to the same provider again.
    const [vmId = -1n] = await stage.consumer.subscribe([withoutNote(vm)]);
    await stage.until('the award is mirrored', 30, async () => (await stage.world.deploymentOf(vmId)) !== undefined);
    await way.up();
    await isActive(vmId);
    await isGone(leaving);
    await isWellAgain();
    expect(vms()).toHaveLength(2);
    for (const id of [running, vmId]) await stage.consumer.cancel(id);
    for (const id of [running, vmId]) await isGone(id);
    expect(stage.environment.cloud.books().accounts['dinfra']).toMatchObject({ vms: [], networks: [], addresses: [] });
  });
});

function vms() {
  return stage.environment.cloud.books().accounts['dinfra']?.vms ?? [];
}

async function isActive(id: bigint): Promise<void> {
  await stage.until(`subscription ${id} is Active`, 90, async () => (await stage.world.state(id)) === 'Active');
}

async function isGone(id: bigint): Promise<void> {
  await stage.until(`subscription ${id} is gone`, 90, async () => (await stage.world.state(id)) === undefined);
}

async function readyOf(type: string, name: string) {
  const { status } = await stage.object<{
    status?: { conditions?: { type: string; status: string; reason: string }[] };
  }>(type, name);
  return status?.conditions?.find((condition) => condition.type === 'Ready');
}
