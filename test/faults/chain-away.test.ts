/**
 * The chain becomes unreachable in every possible way while workloads run: they are not touched, the outage is reported
 * everywhere, and the operator recovers by itself. Runs in the cluster of KUBECONFIG or else an embedded one; its nodes
 * have to run a pause container.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DevChain } from '../../dev/chain.ts';
import type { Fingerprint } from '../../dev/demo/world.ts';
import type { OperatorProcess } from '../../dev/operator-process.ts';
import type { Reason } from '../../src/errors/catalogue.ts';
import { chartArchive, WEB_CHART } from '../support/chart-archives.ts';
import { wishFor } from '../support/consumer.ts';
import { type HttpHost, startHttpHost } from '../support/http-host.ts';
import { Stage } from '../support/stage.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

let stage: Stage;
let operator: OperatorProcess;
/** The proxy between the operator and the chain. */
let way: TcpProxy;
let chainPort: number;
let webServer: HttpHost;
let wiped: DevChain | undefined;

beforeAll(async () => {
  stage = await Stage.open('chain-away');
  const { environment } = stage;
  chainPort = portOf(environment.chain.endpoint);
  way = await TcpProxy.to(chainPort);
  webServer = await startHttpHost((_, reply) => reply.writeHead(200).end('<h1>It works!</h1>'));
  await way.down();
  operator = await environment.startOperator();
  await environment.applySamples({ chain: `ws://127.0.0.1:${way.port}` });
});

afterAll(async () => {
  await stage?.close();
  await wiped?.stop();
  await way?.close();
  await webServer?.close();
});

test('an endpoint that is down at the start is reported, and used as soon as it is up', async () => {
  await isSaid('ChainUnreachable', 'does not answer');
  await way.up();
  await isWellAgain();
  await stage.until('three types are for sale', 60, () => stage.world.sells(3));
});

describe('while a chart and a VM run', () => {
  let ids: readonly bigint[];
  let names: readonly string[];
  let before: Fingerprint;

  beforeAll(async () => {
    const archive = (await chartArchive(WEB_CHART)).toString('base64');
    ids = await stage.consumer.subscribe([
      wishFor('helm/v1', { chart: { archive } }),
      wishFor('vm/v1', { image: 'debian-12', cpu: 1, memoryMiB: 1024 }),
    ]);
    for (const id of ids) {
      await stage.until(`subscription ${id} is Active`, 90, async () => (await stage.world.state(id)) === 'Active');
    }
    names = await Promise.all(ids.map(async (id) => (await stage.world.deploymentOf(id)) ?? ''));
    before = await stage.baseline(names);
    expect(before).toMatchObject({ vms: expect.stringContaining('Running'), pods: expect.stringContaining('web') });
  });

  const nothingWasTouched = async () => {
    expect(await stage.world.fingerprint(names)).toEqual(before);
    expect(await operator.liveness()).toBe(true);
    for (const name of names) expect(await stage.world.ready(name)).toMatchObject({ status: 'True' });
  };

  test('a web server in place of the chain endpoint is reported, and nothing is touched', async () => {
    way.leadTo(portOf(webServer.origin));
    await isSaid('ChainUnreachable', 'answers 200 OK instead of opening a WebSocket');
    await nothingWasTouched();
    way.leadTo(chainPort);
    await isWellAgain();
  });

  test('a node of another genesis is reported, and nothing is touched', async () => {
    const { genesisHash } = stage.consumer.api;
    const ours = Buffer.from(genesisHash.toHex().slice(2));
    const other = Buffer.from('77'.repeat(32));
    way.leadTo(chainPort, (sent) => replaceAll(sent, ours, other));
    await isSaid('ChainGenesisMismatch', `0x${other}`);
    await nothingWasTouched();
    way.leadTo(chainPort);
    await isWellAgain();
  });

  test('a chain that was wiped and restarted at the same endpoint is reported, and nothing is touched', async () => {
    wiped = await DevChain.start(`${stage.environment.folder}/wiped`);
    const block = await stage.world.block();
    way.leadTo(portOf(wiped.endpoint));
    await wiped.build(block + 3);
    await isSaid('ChainDiverged', 'nothing is touched');
    await nothingWasTouched();
    way.leadTo(chainPort);
    await isWellAgain();
  });

  test('an operator that starts against a wiped chain reports it and touches nothing', async () => {
    await stage.environment.stopOperator();
    way.leadTo(portOf(wiped?.endpoint ?? ''));
    operator = await stage.environment.startOperator();
    await isSaid('ChainDiverged', 'nothing is touched');
    expect(await stage.world.fingerprint(names)).toEqual(before);
    way.leadTo(chainPort);
    await isWellAgain();
  });

  test('a chain connection that is open but silent is reported, and nothing is touched', async () => {
    way.freeze();
    await isSaid('ChainUnreachable', '');
    await nothingWasTouched();
    way.thaw();
    await isWellAgain();
  });

  test('tenures that ended while the chain was away are torn down when it is back', async () => {
    await way.down();
    for (const id of ids) await stage.consumer.cancel(id);
    await isSaid('ChainUnreachable', '');
    await nothingWasTouched();
    await way.up();
    await stage.until('nothing is left', 120, async () => {
      const { capacityUsed, ...left } = await stage.world.remains(names);
      return capacityUsed === 0 && Object.values(left).every((list) => list.length === 0);
    });
    await isWellAgain();
  });
});

/** Waits until the Provider, an event, /readyz and the metrics all report it. */
async function isSaid(reason: Reason, message: string): Promise<void> {
  await stage.until(`Provider acme says ${reason}`, 90, async () => {
    const ready = await readyOfProvider();
    return ready?.status === 'False' && ready.reason === reason && ready.message.includes(message);
  });
  await stage.until(`an event says ${reason}`, 15, async () => {
    const args = [
      'get',
      'events.events.k8s.io',
      '--field-selector',
      `reason=${reason}`,
      '-o',
      'jsonpath={.items[*].regarding.name}',
    ];
    return (await stage.environment.kubectl(args)).includes('acme');
  });
  expect((await operator.readiness()).ok).toBe(true);
  await stage.until('the metric says so', 15, async () => (await chainUp()) === 0);
}

async function isWellAgain(): Promise<void> {
  await stage.until('Provider acme is Ready', 90, async () => (await readyOfProvider())?.status === 'True');
  await stage.until('the metric says so', 15, async () => (await chainUp()) === 1);
}

async function readyOfProvider() {
  const { status } = await stage.object<{
    status?: { conditions?: { type: string; status: string; reason: string; message: string }[] };
  }>('provider', 'acme');
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

async function chainUp(): Promise<number> {
  const [, value] = /^dinfra_chain_up\{.*\} (\d)$/m.exec(await operator.metrics()) ?? [];
  return Number(value);
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** Compares two byte strings of the same length. */
function replaceAll(whole: Buffer, from: Buffer, to: Buffer): Buffer {
  const copy = Buffer.from(whole);
  for (let at = copy.indexOf(from); at !== -1; at = copy.indexOf(from, at)) to.copy(copy, at);
  return copy;
}
