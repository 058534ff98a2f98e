import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../simulator/cloudstack/simulator.ts';
import { orderFor, quickSimulator } from '../../test/support/cloud.ts';
import { accessTo, hastyClient } from '../../test/support/fake-cluster-access.ts';
import { type LogLine, recordingLogger } from '../../test/support/recording-logger.ts';
import type { Reactor as ReactorResource } from '../api/reactor.ts';
import { onBehalfOf } from '../award/tenure-log.ts';
import { openFence } from '../base/fence.ts';
import { silentLogger } from '../base/logger.ts';
import { blueprints } from '../blueprints/registry.ts';
import type { MadeReactor } from '../controller/reactor/reactor-reconciler.ts';
import { BuiltInReactors } from './reactor-factory.ts';

/** An unused cluster: CloudStack needs none. */
const nowhere = 'http://127.0.0.1:1';
const soon = () => AbortSignal.timeout(10_000);

const cloudStackAt = (endpoint: string): NonNullable<ReactorResource['spec']['cloudStack']> => ({
  endpoint,
  credentialsSecretRef: { name: 'keys' },
  zones: ['zone-1'],
  sizes: [{ cpu: 1, memoryMiB: 1_024, offering: 'small' }],
  images: [{ name: 'debian-12', template: 'debian-12' }],
  network: { mode: 'Isolated' },
});

let simulator: Simulator;
let made: MadeReactor;
const lines: LogLine[] = [];

beforeAll(async () => {
  simulator = await quickSimulator();
  const factory = new BuiltInReactors({
    client: hastyClient(nowhere),
    access: accessTo(nowhere),
    config: { helm: 'helm', helmConcurrency: 1 },
    fence: openFence,
    log: recordingLogger(lines),
  });
  const spec: ReactorResource['spec'] = { cloudStack: cloudStackAt(simulator.endpoint) };
  const { apiKey, secretKey } = simulator.accounts.user;
  const resource = { metadata: { name: 'cloud', namespace: 'acme' }, spec } as ReactorResource;
  made = await factory.make(
    resource,
    new Map([
      ['apiKey', apiKey],
      ['secretKey', `${secretKey}\n`],
    ]),
  );
});

afterAll(async () => {
  await made?.close?.();
  await simulator?.stop();
});

describe('two Reactors of one account of one cloud', () => {
  it('two Reactors of one CloudStack account share its rate limit', async () => {
    let inFlight = 0;
    let most = 0;
    let calls = 0;
    const server = createServer((_request, response) => {
      calls++;
      most = Math.max(most, ++inFlight);
      setTimeout(() => {
        inFlight--;
        response.end('{"listresponse":{}}');
      }, 20);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const factory = new BuiltInReactors({
      client: hastyClient(nowhere),
      access: accessTo(nowhere),
      config: { helm: 'helm', helmConcurrency: 1 },
      fence: openFence,
      log: silentLogger,
    });
    const backend = {
      ...cloudStackAt(`http://127.0.0.1:${port}/client/api`),
      limits: { concurrency: 2, callsPerSecond: 1_000 },
    };
    const keys = new Map([
      ['apiKey', 'a'],
      ['secretKey', 'b'],
    ]);
    const two = await Promise.all(
      ['one', 'two'].map((name) =>
        factory.make({ metadata: { name }, spec: { cloudStack: backend } } as ReactorResource, keys),
      ),
    );
    await Promise.all(two.map(({ reactor }) => reactor.listManaged(soon())));
    expect(calls).toBe(6);
    expect(most).toBe(2);
    await Promise.all(two.map((one) => one.close?.()));
    await new Promise((done) => server.close(done));
  });
});

describe('a Reactor with cloudStack', () => {
  it('the probe of a CloudStack Reactor reports what it found', async () => {
    expect(await made.probe(soon())).toMatch(/^CloudStack answers and takes the keys; \d zones\.$/);
  });

  it('a CloudStack Reactor realises vm/v1 directly and compose/v1 through its blueprint', async () => {
    await made.reactor.check(orderFor(), soon());
    expect(made.reactor.types.has(blueprints.becomes('compose/v1'))).toBe(true);
  });

  it('a call that changes the cloud is logged with the tenure it is made for, though all tenures share a client', async () => {
    const orders = [orderFor(), orderFor(), orderFor()];
    const from = lines.length;
    await Promise.all(
      orders.map((order) => onBehalfOf(order.identity, () => made.reactor.create(order, undefined, soon()))),
    );
    const calls = lines.slice(from).map(({ message, command, tenure }) => ({ message, command, tenure }));
    for (const { identity } of orders) {
      expect(calls).toContainEqual({
        message: 'CloudStack was called',
        command: 'createNetwork',
        tenure: identity.name,
      });
    }
    expect(new Set(calls.map(({ tenure }) => tenure))).toEqual(new Set(orders.map(({ identity }) => identity.name)));
    expect(calls.filter(({ command }) => /^(list|query|get)/.test(`${command}`))).toEqual([]);
  });

  it('a CloudStack Reactor lists the tenures its cloud has, so that orphans are found', async () => {
    const order = orderFor();
    await made.reactor.create(order, undefined, soon());
    expect((await made.reactor.listManaged(soon())).map(({ marker }) => marker)).toContain(order.identity.marker);
  });
});
