import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderFor, quickSimulator } from '../test/support/cloud.ts';
import { accessTo, hastyClient } from '../test/support/fake-cluster-access.ts';
import type { Reactor as ReactorResource } from './api/reactor.ts';
import type { MadeReactor } from './controller/reactor-reconciler.ts';
import type { Simulator } from './dev/cloudstack/simulator.ts';
import type { Json, Order } from './providers/reactor.ts';
import { BuiltInReactors } from './reactor-factory.ts';

/** A cluster nobody asks: CloudStack needs none. */
const nowhere = 'http://127.0.0.1:1';
const soon = () => AbortSignal.timeout(10_000);

let simulator: Simulator;
let made: MadeReactor;

beforeAll(async () => {
  simulator = await quickSimulator();
  const factory = new BuiltInReactors(hastyClient(nowhere), accessTo(nowhere), { helm: 'helm', helmConcurrency: 1 });
  const spec: ReactorResource['spec'] = {
    cloudStack: {
      endpoint: simulator.endpoint,
      credentialsSecretRef: { name: 'keys' },
      zones: ['zone-1'],
      sizes: [{ cpu: 1, memoryMiB: 1_024, offering: 'small' }],
      images: [{ name: 'debian-12', template: 'debian-12' }],
      network: { mode: 'Isolated' },
    },
  };
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

describe('a Reactor with cloudStack', () => {
  const composeOrder = (compose: Json): Order => {
    const { descriptor, ...order } = orderFor();
    return { ...order, type: 'compose/v1', descriptor: { ...(descriptor as object), compose } };
  };

  it('has a probe that says what it found', async () => {
    expect(await made.probe(soon())).toMatch(/^CloudStack answers and takes the keys; \d zones\.$/);
  });

  it('takes orders of vm/v1 and of compose/v1', async () => {
    await made.reactor.check(orderFor(), soon());
    await made.reactor.check(composeOrder('services: {web: {image: nginx, ports: ["80:80"]}}'), soon());
  });

  it('tells what there is of tenures, so that what nobody knows of is found', async () => {
    const order = orderFor();
    await made.reactor.create(order, undefined, soon());
    expect((await made.reactor.survey(soon())).map(({ marker }) => marker)).toContain(order.identity.marker);
  });

  it('tells what is wrong with a compose file by its place in it', async () => {
    await expect(made.reactor.check(composeOrder('services: {web: {build: .}}'), soon())).rejects.toMatchObject({
      code: 'ComposeUnsupported',
      path: '/compose/services/web/build',
    });
  });
});
