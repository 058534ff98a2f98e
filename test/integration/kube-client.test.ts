import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describePermission, missingPermissions } from '../../src/kube/client/access-review.ts';
import { apiStatusOf, isConflict, isNotFound } from '../../src/kube/client/api-error.ts';
import { addFinalizer, removeFinalizer } from '../../src/kube/client/finalizers.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import { configMaps, freshNamespace, namespaces, serviceAccounts } from '../support/kube-objects.ts';

const { signal } = new AbortController();
let client: KubeClient;
let namespace: string;
let dropNamespace: () => Promise<void>;

beforeAll(async () => {
  client = new KubeClient(loadClusterAccess());
  [namespace, dropNamespace] = await freshNamespace(client);
});
afterAll(async () => {
  await dropNamespace();
  await client.close();
});

/** A client of a service account without rights. */
async function powerlessClient(): Promise<KubeClient> {
  await client.apply(serviceAccounts, { metadata: { namespace, name: 'nobody' } }, { fieldManager: 'test' }, signal);
  const reply = await client.request(
    {
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/nobody/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } },
      attempt: 'get a token for nobody',
    },
    signal,
  );
  const { token } = (reply as { status: { token: string } }).status;
  return clientWithToken(token);
}

function clientWithToken(token: string): KubeClient {
  const access = loadClusterAccess();
  return new KubeClient({
    ...access,
    credentials: async () => {
      const { cert: _cert, key: _key, ...tls } = (await access.credentials()).tls;
      return { headers: { Authorization: `Bearer ${token}` }, tls };
    },
  });
}

describe('server-side apply', () => {
  test('server-side apply creates an object and later changes only the fields its manager owns', async () => {
    const ref = { namespace, name: 'shared' };
    await client.apply(configMaps, { metadata: ref, data: { ours: '1', old: '1' } }, { fieldManager: 'us' }, signal);
    await client.apply(configMaps, { metadata: ref, data: { theirs: '1' } }, { fieldManager: 'them' }, signal);
    const found = await client.apply(
      configMaps,
      { metadata: ref, data: { ours: '2' } },
      { fieldManager: 'us' },
      signal,
    );
    expect(found.data).toEqual({ ours: '2', theirs: '1' });
  });

  test('an apply without force is refused for fields of another manager, which the error names', async () => {
    const ref = { namespace, name: 'disputed' };
    await client.apply(configMaps, { metadata: ref, data: { x: '1' } }, { fieldManager: 'them' }, signal);
    const options = { fieldManager: 'us', force: false };
    const error = await client
      .apply(configMaps, { metadata: ref, data: { x: '2' } }, options, signal)
      .catch((e: unknown) => e);
    expect(isConflict(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining('conflict with "them"'), path: '.data.x' });
    const taken = await client.apply(configMaps, { metadata: ref, data: { x: '2' } }, { fieldManager: 'us' }, signal);
    expect(taken.data).toEqual({ x: '2' });
  });

  test('an apply as a dry run changes nothing', async () => {
    const ref = { namespace, name: 'imagined' };
    await client.apply(configMaps, { metadata: ref, data: {} }, { fieldManager: 'us', dryRun: true }, signal);
    expect(await client.find(configMaps, ref, signal)).toBeUndefined();
  });

  test('an apply of a status changes the status and not the spec', async () => {
    const conditions = [{ type: 'Tested', status: 'True', lastTransitionTime: null, reason: 'T', message: 'm' }];
    const manifest = { metadata: { name: namespace }, status: { conditions } };
    const found = await client.apply(namespaces, manifest, { fieldManager: 'us', subresource: 'status' }, signal);
    expect(found).toMatchObject({ status: { conditions: [expect.objectContaining({ type: 'Tested' })] } });
  });
});

test('a replace of something that has changed since is a conflict', async () => {
  const made = await client.create(configMaps, { metadata: { namespace, name: 'raced' }, data: { x: '1' } }, signal);
  await client.mergePatch(configMaps, made.metadata, { data: { x: '2' } }, signal);
  const error = await client.replace(configMaps, { ...made, data: { x: '3' } }, signal).catch((e: unknown) => e);
  expect(isConflict(error)).toBe(true);
});

test('a validation error has the message and the path of its field', async () => {
  const error = await client
    .create(configMaps, { metadata: { namespace, name: 'keys' }, data: { 'not a key': '' } }, signal)
    .catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'ClusterInvalid', path: 'data[not a key]' });
  expect(apiStatusOf(error)).toMatchObject({ code: 422, reason: 'Invalid' });
});

test('a delete with a uid deletes only that object', async () => {
  const made = await client.create(configMaps, { metadata: { namespace, name: 'remade' } }, signal);
  const other = { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } };
  await expect(client.delete(configMaps, made.metadata, signal, other)).rejects.toMatchObject({
    code: 'ClusterConflict',
  });
  const { uid, resourceVersion } = made.metadata;
  expect(await client.delete(configMaps, made.metadata, signal, { preconditions: { uid, resourceVersion } })).toBe(
    'Accepted',
  );
  expect(await client.delete(configMaps, made.metadata, signal)).toBe('Absent');
});

test('a list of many pages is one consistent state, and can be read again at its version', async () => {
  const label = { pages: 'many' };
  const names = Array.from({ length: 620 }, (_, i) => `page-${i}`);
  for (let from = 0; from < names.length; from += 40) {
    const batch = names.slice(from, from + 40);
    await Promise.all(
      batch.map((name) => client.create(configMaps, { metadata: { namespace, name, labels: label } }, signal)),
    );
  }
  const selection = { namespace, labelSelector: 'pages=many' };
  const { items, resourceVersion } = await client.list(configMaps, selection, signal);
  expect(items).toHaveLength(620);
  expect(items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
  await client.delete(configMaps, { namespace, name: 'page-0' }, signal);
  expect((await client.list(configMaps, { ...selection, resourceVersion }, signal)).items).toHaveLength(620);
  expect((await client.list(configMaps, selection, signal)).items).toHaveLength(619);
});

test('a watch delivers the changes of the objects it selects', async () => {
  const { resourceVersion } = await client.list(configMaps, { namespace, labelSelector: 'watched=yes' }, signal);
  const selection = { namespace, labelSelector: 'watched=yes', resourceVersion, timeoutSeconds: 4 };
  const made = await client.create(
    configMaps,
    { metadata: { namespace, name: 'w', labels: { watched: 'yes' } } },
    signal,
  );
  await client.mergePatch(configMaps, made.metadata, { metadata: { labels: { watched: null } } }, signal);
  const types: string[] = [];
  for await (const event of client.watch(configMaps, selection, signal)) types.push(event.type);
  // Leaving the selection looks like a deletion.
  expect(types.filter((type) => type !== 'BOOKMARK')).toEqual(['ADDED', 'DELETED']);
});

test('the proxy of a kubeconfig is used, by a CONNECT tunnel', async () => {
  const tunnels: (string | undefined)[] = [];
  const target = new URL(loadClusterAccess().server);
  const proxy = createServer().on('connect', (request, near: Socket) => {
    tunnels.push(request.url);
    const far = connect(Number(target.port), target.hostname, () => near.write('HTTP/1.1 200 OK\r\n\r\n'));
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const proxied = new KubeClient({ ...loadClusterAccess(), proxyUrl: `http://127.0.0.1:${port}` });
  expect(await proxied.get(namespaces, { name: namespace }, signal)).toMatchObject({ metadata: { name: namespace } });
  expect(tunnels).toEqual([target.host]);
  await proxied.close();
  proxy.close();
});

test('a type that is not installed is distinguished from an object that does not exist', async () => {
  const type = { group: 'dinfra.io', version: 'v9', plural: 'unicorns', kind: 'Unicorn', namespaced: true };
  await expect(client.list(type, {}, signal)).rejects.toMatchObject({ code: 'ClusterTypeMissing' });
  await expect(client.find(type, { namespace, name: 'a' }, signal)).rejects.toMatchObject({
    code: 'ClusterTypeMissing',
  });
  expect(await client.find(configMaps, { namespace, name: 'a' }, signal)).toBeUndefined();
  expect(await client.find(configMaps, { namespace: 'nowhere', name: 'a' }, signal)).toBeUndefined();
  const homeless = client.create(configMaps, { metadata: { namespace: 'nowhere', name: 'a' } }, signal);
  expect(isNotFound(await homeless.catch((e: unknown) => e))).toBe(true);
});

describe('a client without rights', () => {
  test('a client without permissions gets an error that names them', async () => {
    const powerless = await powerlessClient();
    const error = await powerless.list(configMaps, { namespace }, signal).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'ClusterForbidden',
      message: expect.stringMatching(
        /cannot list configmaps in .* configmaps is forbidden: User "system:serviceaccount:/,
      ),
    });
    const wanted = [
      { verb: 'patch', group: 'dinfra.io', resource: 'deployments/status', namespace },
      { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
    ];
    const missing = await missingPermissions(powerless, wanted, signal);
    expect(missing.map(describePermission)).toEqual([`patch deployments.dinfra.io/status in ${namespace}`]);
    expect(await missingPermissions(client, wanted, signal)).toEqual([]);
    await powerless.close();
  });

  test('a client without a valid token is unauthorized', async () => {
    const stranger = clientWithToken('not-a-token');
    await expect(stranger.get(namespaces, { name: 'default' }, signal)).rejects.toMatchObject({
      code: 'ClusterUnauthorized',
    });
    await stranger.close();
  });
});

describe('finalizers', () => {
  const make = (name: string) => client.create(configMaps, { metadata: { namespace, name } }, signal);

  test('a finalizer is added beside those of others, from however stale a cache', async () => {
    const made = await make('crowded');
    const names = ['a', 'b', 'c', 'd'].map((letter) => `dinfra.io/${letter}`);
    await Promise.all(names.map((name) => addFinalizer(client, configMaps, made, name, signal)));
    const found = await client.get(configMaps, made.metadata, signal);
    expect([...(found.metadata.finalizers ?? [])].sort()).toEqual(names);
    expect(await addFinalizer(client, configMaps, made, 'dinfra.io/a', signal)).toEqual(found);
    await Promise.all(names.slice(1).map((name) => removeFinalizer(client, configMaps, found, name, signal)));
    expect((await client.get(configMaps, made.metadata, signal)).metadata.finalizers).toEqual(['dinfra.io/a']);
    await removeFinalizer(client, configMaps, found, 'dinfra.io/a', signal);
    expect((await client.get(configMaps, made.metadata, signal)).metadata.finalizers).toBeUndefined();
  });

  test('a finalizer keeps an object until it is removed, and cannot be added to one that is being deleted', async () => {
    const made = await make('kept');
    const held = await addFinalizer(client, configMaps, made, 'dinfra.io/teardown', signal);
    await client.delete(configMaps, made.metadata, signal);
    expect(await addFinalizer(client, configMaps, made, 'dinfra.io/late', signal)).toBeUndefined();
    await removeFinalizer(client, configMaps, held ?? made, 'dinfra.io/teardown', signal);
    expect(await client.find(configMaps, made.metadata, signal)).toBeUndefined();
    expect(await removeFinalizer(client, configMaps, held ?? made, 'dinfra.io/teardown', signal)).toBeUndefined();
  });

  test('a finalizer is never added to or removed from another object of the same name', async () => {
    const first = await make('twin');
    await client.delete(configMaps, first.metadata, signal);
    const second = await make('twin');
    await addFinalizer(client, configMaps, second, 'dinfra.io/teardown', signal);
    expect(
      await removeFinalizer(
        client,
        configMaps,
        { ...first, metadata: { ...first.metadata, finalizers: ['dinfra.io/teardown'] } },
        'dinfra.io/teardown',
        signal,
      ),
    ).toBeUndefined();
    expect(await addFinalizer(client, configMaps, first, 'dinfra.io/other', signal)).toBeUndefined();
    const found = await client.get(configMaps, second.metadata, signal);
    expect(found.metadata.finalizers).toEqual(['dinfra.io/teardown']);
    await removeFinalizer(client, configMaps, second, 'dinfra.io/teardown', signal);
  });
});
