import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigMapServer } from '../../../test/support/config-map-server.ts';
import { deploymentFor } from '../../../test/support/deployment-for.ts';
import { FakeReactor, ORDER } from '../../../test/support/reconciler-bench.ts';
import type { Deployment, DeploymentSpec } from '../../api/deployment.ts';
import type { DescriptorType } from '../../api/descriptor-type.ts';
import { descriptorTypeName } from '../../award/identity.ts';
import type { ContentRef } from '../../base/content-ref.ts';
import { silentLogger } from '../../base/logger.ts';
import { Blueprints } from '../../blueprints/blueprints.ts';
import { contentHash } from '../../descriptors/content/content-hash.ts';
import type { ContentSource } from '../../descriptors/content/content-source.ts';
import { Descriptors } from '../../descriptors/descriptors.ts';
import { SchemaChecker } from '../../descriptors/schema/schema-checker.ts';
import { TerminalError } from '../../errors/dinfra-error.ts';
import { Store } from '../../kube/cache/store.ts';
import { ConfigMapPins, pinOf } from '../content/content-pins.ts';
import { PinSweeper } from '../content/pin-sweeper.ts';
import { DescriptorOrders } from './orders.ts';

const bytes = Buffer.from('{"cpu":1}');
const ref: ContentRef = { hash: contentHash(bytes), length: bytes.length, source: 'Ipfs' };
const { signal } = new AbortController();
const { genesis } = ORDER.identity.tenure;

let cluster: ConfigMapServer;
let checker: SchemaChecker;
/** The contents of the gateway; undefined if it is dead. */
let published: Uint8Array | undefined;
let asked: number;
let types: Store<DescriptorType>;

beforeEach(async () => {
  cluster = await ConfigMapServer.start();
  checker = new SchemaChecker();
  published = bytes;
  asked = 0;
  types = new Store<DescriptorType>();
  publish('vm/v1', 1, { properties: { cpu: { type: 'integer' } } });
  publish('shop/v1', 1, {});
});
afterEach(async () => {
  await cluster.stop();
  await checker.close();
});

const gateway: ContentSource = {
  name: 'gateway.example',
  kind: 'Ipfs',
  ask: async () => {
    asked += 1;
    return published === undefined
      ? { kind: 'Unreachable', detail: 'does not answer' }
      : { kind: 'Bytes', bytes: published };
  },
};

/** The owner of a type publishes a schema. */
function publish(name: string, version: number, schema: object): void {
  const metadata = {
    name: descriptorTypeName(genesis, name),
    uid: name,
    resourceVersion: `${version}`,
    generation: version,
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  const spec = {
    genesisHash: genesis,
    name,
    owner: ORDER.consumer,
    version,
    schemaHash: genesis,
    schema: JSON.stringify(schema),
    retired: false,
  };
  types.put({
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'DescriptorType',
    metadata,
    spec,
    status: { observedGeneration: 1 },
  });
}

/** A process that just started, without any memory. */
function started(translate: (descriptor: unknown) => string = () => 'first'): DescriptorOrders {
  const shop = { type: 'vm/v1', translate, origins: { '/userData': '/shelves' } };
  return new DescriptorOrders({
    descriptors: new Descriptors(checker),
    types,
    blueprints: new Blueprints(new Map([['shop/v1', shop]])),
    pins: new ConfigMapPins(cluster.client),
    sourcesOf: () => [gateway],
  });
}

function deployment(spec: Partial<DeploymentSpec> = {}): Deployment {
  const whole = deploymentFor(ORDER);
  return { ...whole, spec: { ...whole.spec, descriptor: ref, state: 'Awarded', ...spec } };
}

describe('an order that was accepted', () => {
  it('an accepted descriptor is stored in the cluster byte for byte, under a name derived from its hash and type', async () => {
    const record = await started().accept(deployment(), ref, new FakeReactor(), signal);
    expect(record).toMatchObject({ hash: ref.hash, schemaVersion: 1 });
    const kept = cluster.objects.get(`acme/${record.contentRef.name}`);
    expect(kept).toMatchObject({ immutable: true, metadata: { labels: { 'dinfra.io/content': 'descriptor' } } });
    expect(Buffer.from(kept?.binaryData?.['descriptor'] ?? '', 'base64')).toEqual(bytes);
  });

  it('a stricter schema published later changes nothing for an accepted tenure', async () => {
    const record = await started().accept(deployment(), ref, new FakeReactor(), signal);
    publish('vm/v1', 2, { properties: { cpu: { minimum: 64 } } });
    const active = deployment({ state: 'Active', accepted: record });
    const read = await started().accepted(active, signal);
    expect(read.order.descriptor).toEqual({ cpu: 1 });
    expect(read.record).toEqual(record);
    // A new award is validated against the stricter schema.
    await expect(started().accept(deployment(), ref, new FakeReactor(), signal)).rejects.toBeInstanceOf(TerminalError);
  });

  it('an unpinned descriptor or a dead gateway changes nothing for an accepted tenure', async () => {
    await started().accept(deployment(), ref, new FakeReactor(), signal);
    published = undefined;
    const before = asked;
    const read = await started().accepted(deployment({ state: 'Active' }), signal);
    expect(read.order).toMatchObject({ type: 'vm/v1', descriptor: { cpu: 1 }, descriptorHash: ref.hash });
    expect(asked).toBe(before);
  });

  it('an accepted descriptor is read from the cluster once per process, and then from memory', async () => {
    await started().accept(deployment(), ref, new FakeReactor(), signal);
    const orders = started();
    cluster.requests.length = 0;
    for (let times = 0; times < 3; times++) await orders.accepted(deployment({ state: 'Active' }), signal);
    expect(cluster.requests).toHaveLength(1);
  });

  it('an accepted order keeps its translation when the blueprint changes later', async () => {
    const shop = deployment({ descriptorType: 'shop/v1' });
    await started(() => 'first').accept(shop, ref, new FakeReactor(), signal);
    const read = await started(() => 'second').accepted({ ...shop, spec: { ...shop.spec, state: 'Active' } }, signal);
    expect(read.order).toMatchObject({ type: 'vm/v1', descriptor: 'first' });
  });

  it('the descriptor of a ConfigMap deleted by hand is fetched and stored again, but not validated again', async () => {
    const { contentRef } = await started().accept(deployment(), ref, new FakeReactor(), signal);
    cluster.objects.clear();
    publish('vm/v1', 2, { properties: { cpu: { minimum: 64 } } });
    const read = await started().accepted(deployment({ state: 'Active' }), signal);
    expect(read.order.descriptor).toEqual({ cpu: 1 });
    expect([...cluster.objects.keys()]).toEqual([`acme/${contentRef.name}`]);
  });

  it('a ConfigMap replaced with other bytes is ignored', async () => {
    const { contentRef } = await started().accept(deployment(), ref, new FakeReactor(), signal);
    const key = `acme/${contentRef.name}`;
    const kept = cluster.objects.get(key);
    if (kept === undefined) throw new Error('nothing was stored');
    cluster.objects.set(key, { ...kept, binaryData: { descriptor: Buffer.from('{"cpu":9}').toString('base64') } });
    const read = await started().accepted(deployment({ state: 'Active' }), signal);
    expect(read.order.descriptor).toEqual({ cpu: 1 });
    expect(Buffer.from(cluster.objects.get(key)?.binaryData?.['descriptor'] ?? '', 'base64')).toEqual(bytes);
  });

  it('a lost ConfigMap is reported as unreachable while no source answers, never as impossible', async () => {
    published = undefined;
    await expect(started().accepted(deployment({ state: 'Active' }), signal)).rejects.toMatchObject({
      code: 'DescriptorUnreachable',
    });
  });

  it('an order the reactor refuses is not stored, and the error names the field the consumer wrote', async () => {
    const reactor = new FakeReactor();
    reactor.before = () =>
      Promise.reject(new TerminalError('VmUserDataTooLarge', { message: 'too large', path: '/userData' }));
    const shop = deployment({ descriptorType: 'shop/v1' });
    await expect(started().accept(shop, ref, reactor, signal)).rejects.toMatchObject({ path: '/shelves' });
    expect(cluster.objects.size).toBe(0);
  });
});

describe('stored descriptors', () => {
  it('five hundred awards of one descriptor store it with one request', async () => {
    const orders = started();
    for (let id = 0; id < 500; id++) await orders.accept(deployment(), ref, new FakeReactor(), signal);
    expect(cluster.requests).toEqual(['POST']);
  });

  it('a descriptor that was swept is stored again by the next award, however soon it comes', async () => {
    const pins = new ConfigMapPins(cluster.client);
    const pin = pinOf('acme', ref.hash, 'vm/v1');
    const content = { bytes, translated: undefined };
    await pins.put(pin, content, signal);
    const options = { client: cluster.client, pins, deployments: new Store<Deployment>(), namespace: 'acme' };
    const sweeper = new PinSweeper({ ...options, log: silentLogger });
    await sweeper.sweep(signal);
    await sweeper.sweep(signal);
    expect(cluster.objects.size).toBe(0);
    await pins.put(pin, content, signal);
    expect([...cluster.objects.keys()]).toEqual([`acme/${pin.name}`]);
  });

  it('stored descriptors are deleted only when two sweeps in a row find no Deployment that refers to them', async () => {
    const one = deployment();
    await started().accept(one, ref, new FakeReactor(), signal);
    const deployments = new Store<Deployment>();
    deployments.put(one);
    const pins = new ConfigMapPins(cluster.client);
    const options = { client: cluster.client, pins, deployments, namespace: 'acme', log: silentLogger };
    const sweeper = new PinSweeper(options);
    for (let times = 0; times < 3; times++) await sweeper.sweep(signal);
    expect(cluster.objects.size).toBe(1);
    deployments.remove(`acme/${one.metadata.name}`);
    await sweeper.sweep(signal);
    expect(cluster.objects.size).toBe(1);
    deployments.put(one);
    await sweeper.sweep(signal);
    deployments.remove(`acme/${one.metadata.name}`);
    await sweeper.sweep(signal);
    expect(cluster.objects.size).toBe(1);
    await sweeper.sweep(signal);
    expect(cluster.objects.size).toBe(0);
  });
});
