import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { apiObject } from '../../../../test/support/api-objects.ts';
import { identityOf } from '../../../award/identity.ts';
import { type DinfraError, RetryableError } from '../../../errors/dinfra-error.ts';
import type { Address, ApiObject, Cluster, TenantCluster } from '../cluster.ts';
import { settingsOf } from '../config.ts';
import { NETWORK_POLICY } from '../confine/kinds.ts';
import { namespaceFor, wallsFor } from '../confine/walls.ts';
import { TenantAccess } from '../release/tenant-access.ts';
import { HelmWorkers } from '../worker/helm-workers.ts';
import { TenantReader } from './tenant-reader.ts';

const identity = identityOf({ genesis: `0x${'a'.repeat(64)}`, subscription: 1n, tenure: 1 });
const { name } = identity;
const signal = new AbortController().signal;
const marks = { 'dinfra.io/marker': identity.marker, 'dinfra.io/reactor-namespace': 'acme' };

/** A cluster in memory. A plural in `failing` cannot be read. */
const workers = new HelmWorkers();
afterAll(() => workers.close());

class MemoryCluster implements Cluster {
  readonly objects = new Map<string, ApiObject>();
  readonly failing = new Map<string, DinfraError>();
  readonly asked: string[] = [];

  put({ plural }: Pick<Address, 'plural'>, object: ApiObject): void {
    this.objects.set(`${plural}/${object.metadata.name}`, object);
  }

  async find({ plural }: Address, ref: { readonly name: string }): Promise<ApiObject | undefined> {
    this.ask(plural);
    return this.objects.get(`${plural}/${ref.name}`);
  }

  async list({ plural }: Address): Promise<{ readonly items: readonly ApiObject[] }> {
    this.ask(plural);
    const items = [...this.objects].flatMap(([key, object]) => (key.startsWith(`${plural}/`) ? [object] : []));
    return { items };
  }

  async apply(address: Address, manifest: { readonly metadata: { readonly name: string } }): Promise<ApiObject> {
    const found = await this.find(address, manifest.metadata);
    if (found === undefined) throw new Error(`nothing to compare ${manifest.metadata.name} with`);
    return found;
  }

  async request(): Promise<unknown> {
    return { status: { token: 'token' } };
  }

  create = unexpected;
  mergePatch = unexpected;
  delete = unexpected;

  private ask(plural: string): void {
    this.asked.push(plural);
    const error = this.failing.get(plural);
    if (error !== undefined) throw error;
  }
}

async function unexpected(): Promise<never> {
  throw new Error('a reader writes nothing');
}

const failure = (code: 'ClusterUnreachable' | 'ClusterTypeMissing' | 'ClusterReplyTooLarge' | 'ClusterForbidden') =>
  new RetryableError(code, { message: `it is ${code}` });

/** A tenant with a release that has a Service and a Deployment that is up. */
function tenant(annotations: Readonly<Record<string, string>> = marks, more: readonly string[] = []) {
  const cluster = new MemoryCluster();
  const manifest = [
    ...more,
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}',
    'apiVersion: v1\nkind: Service\nmetadata: {name: web}',
  ].join('\n---\n');
  const release = gzipSync(JSON.stringify({ info: { status: 'deployed' }, manifest })).toString('base64');
  const data = { release: Buffer.from(release).toString('base64') };
  cluster.put({ plural: 'namespaces' }, apiObject({}, { name, annotations }));
  cluster.put({ plural: 'secrets' }, apiObject({ data }, { name: `sh.helm.release.v1.${name}.v1`, uid: 'record' }));
  const status = { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  cluster.put({ plural: 'deployments' }, apiObject({ spec: { replicas: 1 }, status }, { name: 'web', uid: 'd' }));
  cluster.put({ plural: 'services' }, apiObject({ spec: { ports: [{ port: 80 }] } }, { name: 'web', uid: 's' }));
  // The watches show the cluster's state without any request that counts as a read.
  const follow = ({ plural }: Address) => ({
    isCurrent: () => true,
    versionOf: (key: string) => cluster.objects.get(`${plural}/${key.replace(/^.*\//, '')}`)?.metadata.resourceVersion,
  });
  const tenants = { operator: cluster, as: () => cluster, follow } as unknown as TenantCluster;
  const settings = settingsOf({}, 'acme');
  const now = () => 0;
  const reader = new TenantReader(tenants, new TenantAccess(tenants, now), settings, now, workers, {}, signal);
  return { cluster, reader, read: () => reader.read(identity, signal) };
}

/** Creates the confining objects like the reactor does. */
function putWalls(cluster: MemoryCluster): void {
  const settings = settingsOf({}, 'acme');
  cluster.put({ plural: 'namespaces' }, apiObject({}, namespaceFor(identity, settings).manifest.metadata));
  for (const { address, manifest } of wallsFor(identity, settings, false)) {
    const { metadata, ...fields } = manifest;
    cluster.put(address, apiObject(fields, { ...metadata, uid: `${address.plural}/${metadata.name}` }));
  }
}

describe('a tenant at rest', () => {
  test('an unchanged tenant is not read again', async () => {
    const { cluster, read } = tenant();
    putWalls(cluster);
    await read();
    cluster.asked.length = 0;
    expect(await read()).toMatchObject({ walls: [], inside: { objects: [{ readiness: { state: 'Ready' } }, {}] } });
    expect(cluster.asked).toEqual([]);
    cluster.put({ plural: 'deployments' }, apiObject({ spec: { replicas: 1 } }, { name: 'web', resourceVersion: '2' }));
    expect(await read()).toMatchObject({ inside: { objects: [{ readiness: { state: 'Progressing' } }, {}] } });
    expect(cluster.asked).toContain('deployments');
    expect(cluster.asked).not.toContain('services');
    expect(cluster.asked).not.toContain('networkpolicies');
  });

  test('only the wall that has changed is read again', async () => {
    const { cluster, read } = tenant();
    putWalls(cluster);
    await read();
    cluster.asked.length = 0;
    const spec = { podSelector: {}, ingress: [{}] };
    cluster.put(NETWORK_POLICY, apiObject({ spec }, { name: 'dinfra-confinement', resourceVersion: '2' }));
    expect(await read()).toMatchObject({ walls: [{ what: 'NetworkPolicy dinfra-confinement' }] });
    expect(cluster.asked).toContain('networkpolicies');
    expect(cluster.asked).not.toContain('resourcequotas');
  });

  test('a tenant that is not up or lacks a wall is read every time', async () => {
    const { cluster, read } = tenant();
    expect(await read()).toMatchObject({ walls: [{}, {}, {}, {}, {}, {}, {}, {}] });
    cluster.asked.length = 0;
    await read();
    expect(cluster.asked).not.toEqual([]);
  });

  test('a bare pod is read every time', async () => {
    const { cluster, read } = tenant(marks, ['apiVersion: v1\nkind: Pod\nmetadata: {name: alone}']);
    putWalls(cluster);
    const pod = (phase: string) =>
      apiObject({ status: { phase } }, { name: 'alone', uid: 'p', resourceVersion: phase });
    cluster.put({ plural: 'pods' }, pod('Succeeded'));
    await read();
    cluster.put({ plural: 'pods' }, pod('Failed'));
    expect(await read()).toMatchObject({ inside: { objects: [{ readiness: { state: 'Failed' } }, {}, {}] } });
  });
});

describe('reading a tenant', () => {
  test('reading a tenant finds all of its objects', async () => {
    const found = await tenant().read();
    expect(found).toMatchObject({
      found: 'Namespace',
      stopped: false,
      inside: {
        kind: 'Seen',
        objects: [
          { state: 'Seen', what: 'Deployment web', readiness: { state: 'Ready' }, drift: { kind: 'None' } },
          { state: 'Seen', what: 'Service web', reach: { ports: [{ number: 80 }] } },
        ],
      },
    });
  });

  test('an API server that stops answering midway proves nothing absent', async () => {
    for (const plural of ['namespaces', 'secrets', 'deployments']) {
      const { cluster, read } = tenant();
      cluster.failing.set(plural, failure('ClusterUnreachable'));
      await expect(read()).rejects.toMatchObject({ code: 'ClusterUnreachable' });
    }
  });

  test('a kind that is no longer served is unseen, and the others are read', async () => {
    const { cluster, read } = tenant();
    cluster.failing.set('services', failure('ClusterTypeMissing'));
    expect(await read()).toMatchObject({
      inside: {
        objects: [
          { state: 'Seen', what: 'Deployment web' },
          { state: 'Unseen', what: 'Service web', why: 'it is ClusterTypeMissing' },
        ],
      },
    });
  });

  test('a tenant whose release records are too large to read is present with unseen objects', async () => {
    const { cluster, read } = tenant();
    cluster.failing.set('secrets', failure('ClusterReplyTooLarge'));
    expect(await read()).toMatchObject({
      found: 'Namespace',
      inside: { kind: 'Unseen', why: 'it is ClusterReplyTooLarge' },
    });
  });

  test('a namespace whose account has no rights yet counts as unfinished', async () => {
    const { cluster, read } = tenant();
    cluster.failing.set('secrets', failure('ClusterForbidden'));
    expect(await read()).toMatchObject({ found: 'Namespace', inside: { kind: 'NoAccess' } });
  });

  test('only the pods of a stopped tenant are read, whatever its release looks like', async () => {
    const { cluster, read } = tenant({ ...marks, 'dinfra.io/stopped': 'true' });
    cluster.failing.set('secrets', failure('ClusterReplyTooLarge'));
    cluster.put({ plural: 'pods' }, apiObject({}, { name: 'web-1' }));
    expect(await read()).toMatchObject({ stopped: true, inside: { kind: 'Seen', pods: [{}] } });
    expect(cluster.asked).not.toContain('secrets');
    expect(cluster.asked).not.toContain('deployments');
  });

  test.each([
    ['without a marker', {}],
    ['of another tenure', { ...marks, 'dinfra.io/marker': `${identity.marker}0` }],
    ['of another operator', { ...marks, 'dinfra.io/reactor-namespace': 'other' }],
  ])('a tenant namespace %s is refused', async (_, annotations) => {
    await expect(tenant(annotations).read()).rejects.toMatchObject({ code: 'NotOurs', family: 'refused' });
  });
});
