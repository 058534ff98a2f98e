import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeApiServer, refuse, respond } from '../../../test/support/fake-api-server.ts';
import { accessTo, hastyClient } from '../../../test/support/fake-cluster-access.ts';
import { LeadershipLostError } from '../../base/fence.ts';
import { apiStatusOf, isAlreadyExists, isConflict, isNotFound } from './api-error.ts';
import { Connections } from './connections.ts';
import { KubeClient } from './kube-client.ts';
import type { AnyObject, ResourceType } from './resource-type.ts';

const configMaps: ResourceType<AnyObject> = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const nodes: ResourceType<AnyObject> = {
  ...configMaps,
  group: 'example.org',
  plural: 'nodes',
  kind: 'Node',
  namespaced: false,
};
const ref = { namespace: 'default', name: 'a' };
const aConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
const { signal } = new AbortController();

let server: FakeApiServer;
let client: KubeClient;

beforeEach(async () => {
  server = await FakeApiServer.start();
  client = hastyClient(server.url);
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

/** Answers every request with one object. */
function answerWith(object: unknown): void {
  server.reply((_request, response) => {
    respond(response, 200, object);
    return true;
  });
}

describe('what goes over the wire', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

  test('a create and a merge patch name our field manager, or another, and are strict when asked to be', async () => {
    answerWith(object);
    await client.create(configMaps, { metadata: ref }, signal);
    await client.create(configMaps, { metadata: ref }, signal, { fieldManager: 'me', strict: true });
    await client.mergePatch(configMaps, ref, { data: null }, signal, { fieldManager: 'me', strict: true });
    expect(server.seen.map(({ method, url }) => `${method} ${url.search}`)).toEqual([
      'POST ?fieldManager=dinfra-operator',
      'POST ?fieldManager=me&fieldValidation=Strict',
      'PATCH ?fieldManager=me&fieldValidation=Strict',
    ]);
  });

  test('an apply names its field manager, forces conflicts, and fills in apiVersion and kind', async () => {
    answerWith(object);
    const manifest = { metadata: ref, data: { x: 'y' } };
    await client.apply(configMaps, manifest, { fieldManager: 'me', subresource: 'status', dryRun: true }, signal);
    const [seen] = server.seen;
    expect(seen?.method).toBe('PATCH');
    expect(`${seen?.url.pathname}${seen?.url.search}`).toBe(
      '/api/v1/namespaces/default/configmaps/a/status?fieldManager=me&force=true&dryRun=All',
    );
    expect(seen?.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(JSON.parse(seen?.body ?? '')).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', ...manifest });
  });

  test('patches carry their content type, and names are escaped in the path', async () => {
    answerWith({ ...object, kind: 'Node' });
    await client.jsonPatch(nodes, { name: '../a?b' }, [{ op: 'remove', path: '/x' }], signal);
    await client.mergePatch(nodes, { name: 'n' }, { x: null }, signal);
    expect(server.seen.map(({ url, headers }) => [url.pathname, headers['content-type']])).toEqual([
      ['/apis/example.org/v1/nodes/..%2Fa%3Fb', 'application/json-patch+json'],
      ['/apis/example.org/v1/nodes/n', 'application/merge-patch+json'],
    ]);
  });

  test('a delete carries its preconditions', async () => {
    answerWith(object);
    await client.delete(configMaps, ref, signal, { preconditions: { uid: 'u' }, propagationPolicy: 'Foreground' });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: 'u' },
      propagationPolicy: 'Foreground',
    });
  });

  test('a name that would address anything but one object is refused before anything is sent', async () => {
    await expect(client.get(configMaps, { name: 'a' }, signal)).rejects.toThrow(TypeError);
    await expect(client.delete(configMaps, { ...ref, name: '' }, signal)).rejects.toThrow(
      '"" is not a valid object name',
    );
    await expect(client.delete(configMaps, { ...ref, name: '..' }, signal)).rejects.toThrow(
      '".." is not a valid object name',
    );
    await expect(client.list(configMaps, { namespace: '' }, signal)).rejects.toThrow('"" is not a valid object name');
    await expect(client.create(configMaps, aConfigMap, signal)).rejects.toThrow(TypeError);
    expect(server.seen).toEqual([]);
  });

  test('many calls share one or two connections', async () => {
    answerWith(object);
    for (let i = 0; i < 20; i++) await client.get(configMaps, ref, signal);
    expect(new Set(server.seen.map(({ port }) => port)).size).toBeLessThanOrEqual(2);
  });
});

describe('refusals', () => {
  const refuseWith = (code: number, body: object) =>
    server.reply((_request, response) => {
      respond(response, code, { kind: 'Status', status: 'Failure', code, ...body });
      return true;
    });

  test('an error keeps the API server’s message and the invalid field', async () => {
    refuseWith(422, {
      reason: 'Invalid',
      message: 'ConfigMap "a" is invalid: data[x]: Invalid value: "y": must be z',
      details: {
        causes: [{ reason: 'FieldValueInvalid', field: 'data[x]', message: 'Invalid value: "y": must be z' }],
      },
    });
    const error = await client.create(configMaps, { metadata: ref }, signal).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'ClusterInvalid',
      family: 'terminal',
      path: 'data[x]',
      message: 'cannot create configmaps default/a: ConfigMap "a" is invalid: data[x]: Invalid value: "y": must be z',
    });
    expect(apiStatusOf(error)).toMatchObject({ code: 422, reason: 'Invalid', causes: [{ field: 'data[x]' }] });
  });

  test('not found, conflict and already exists are told apart', async () => {
    refuseWith(404, { reason: 'NotFound', message: 'no a', details: { name: 'a' } });
    expect(isNotFound(await client.get(configMaps, ref, signal).catch((e: unknown) => e))).toBe(true);
    expect(await client.find(configMaps, ref, signal)).toBeUndefined();
    expect(await client.delete(configMaps, ref, signal)).toBe('Absent');
    refuseWith(409, { reason: 'Conflict', message: 'changed' });
    expect(isConflict(await client.replace(configMaps, { metadata: ref }, signal).catch((e: unknown) => e))).toBe(true);
    refuseWith(409, { reason: 'AlreadyExists', message: 'there is a' });
    expect(isAlreadyExists(await client.create(configMaps, { metadata: ref }, signal).catch((e: unknown) => e))).toBe(
      true,
    );
  });

  test.each([
    ['a type that is not served', { reason: 'NotFound', details: {} }],
    ['another object', { reason: 'NotFound', details: { name: 'b' } }],
    ['something that is not an API server', {}],
  ])('a 404 about %s does not prove that the object does not exist', async (_what, body) => {
    refuseWith(404, { message: 'the server could not find the requested resource', ...body });
    await expect(client.find(configMaps, ref, signal)).rejects.toMatchObject({ family: 'retryable' });
    await expect(client.delete(configMaps, ref, signal)).rejects.toMatchObject({ family: 'retryable' });
  });

  test.each([
    [302, 'ClusterUndecodable'],
    [400, 'ClusterInvalid'],
    [401, 'ClusterUnauthorized'],
    [403, 'ClusterForbidden'],
    [404, 'ClusterTypeMissing'],
    [410, 'ClusterExpired'],
    [413, 'ClusterInvalid'],
    [500, 'ClusterBusy'],
    [504, 'ClusterBusy'],
  ])('HTTP %i becomes %s', async (code, reason) => {
    refuseWith(code, { reason: 'X', message: 'x' });
    await expect(client.create(configMaps, { metadata: ref }, signal)).rejects.toMatchObject({ code: reason });
  });

  test('a response that is not from an API server is reported as such, without its text', async () => {
    server.failNext('any', { kind: 'garbage' });
    const error = await client.create(configMaps, { metadata: ref }, signal).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'ClusterUndecodable' });
    expect(String(error)).not.toContain('html');
  });

  test.each([
    ['get', () => client.get(configMaps, ref, signal), { kind: 'Secret', metadata: { name: 'a' } }],
    ['get', () => client.get(configMaps, ref, signal), { kind: 'ConfigMap' }],
    ['list', () => client.list(configMaps, {}, signal), { kind: 'ConfigMapList', metadata: {}, items: [] }],
    ['list', () => client.list(configMaps, {}, signal), { kind: 'ConfigMapList', metadata: { resourceVersion: '1' } }],
    ['list', () => client.list(configMaps, {}, signal), { metadata: { resourceVersion: '1' }, items: [] }],
  ])('a %s answered with JSON of another kind is an error, never an empty result', async (_verb, call, reply) => {
    answerWith(reply);
    await expect(call()).rejects.toMatchObject({ code: 'ClusterUndecodable' });
  });

  test('the error for a non-JSON rejection contains its text', async () => {
    server.failNext('any', { kind: 'status', code: 502, body: 'Bad Gateway\n' }, 9);
    await expect(client.create(configMaps, { metadata: ref }, signal)).rejects.toMatchObject({
      code: 'ClusterBusy',
      message: 'cannot create configmaps default/a: Bad Gateway',
    });
  });
});

describe('credentials', () => {
  test('rejected credentials are fetched again, once', async () => {
    client = hastyClient(server.url, {}, ['old', 'new']);
    server.reply((request, response) => {
      if (request.headers.authorization === 'Bearer new') respond(response, 200, aConfigMap);
      else refuse(response, 401, 'Unauthorized');
      return true;
    });
    await client.create(configMaps, { metadata: ref }, signal);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  test('credentials that stay rejected are an error that does not contain them', async () => {
    client = hastyClient(server.url, {}, ['old', 'sesame']);
    server.failNext('any', { kind: 'status', code: 401 }, 9);
    const error = await client.get(configMaps, ref, signal).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'ClusterUnauthorized' });
    expect(JSON.stringify([error, String(error)])).not.toContain('sesame');
    expect(server.seen).toHaveLength(2);
  });
});

describe('connections', () => {
  test('a rotated client certificate opens new connections, an unchanged one does not', async () => {
    answerWith(aConfigMap);
    let ca = 'first';
    const access = accessTo(server.url);
    const credentials = async () => ({ headers: {}, tls: { ca, rejectUnauthorized: true } });
    const rotating = new KubeClient({ ...access, credentials });
    const ports = async () => {
      server.seen.length = 0;
      for (let i = 0; i < 5; i++) await rotating.get(configMaps, ref, signal);
      return new Set(server.seen.map(({ port }) => port));
    };
    const before = await ports();
    ca = 'second';
    const after = await ports();
    expect([...before].filter((port) => after.has(port))).toEqual([]);
    expect([...(await ports())].filter((port) => after.has(port))).not.toEqual([]);
    await rotating.close();
  });

  test('shared connections stay open when one of their clients is closed', async () => {
    answerWith(aConfigMap);
    const connections = new Connections(undefined);
    const tenants = Array.from({ length: 12 }, (_, n) => hastyClient(server.url, { connections }, [`token-${n}`]));
    for (const tenant of tenants) await tenant.get(configMaps, ref, signal);
    expect(new Set(server.seen.map(({ headers }) => headers.authorization)).size).toBe(12);
    // Not exactly one: the previous response may not have left its connection yet.
    expect(new Set(server.seen.map(({ port }) => port)).size).toBeLessThan(6);
    const [first, second] = tenants;
    await first?.close();
    await second?.get(configMaps, ref, signal);
    await connections.close();
    await expect(second?.get(configMaps, ref, signal)).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  });
});

describe('bounds', () => {
  test('a call without a response ends at its deadline', async () => {
    client = hastyClient(server.url, { deadlineMs: 100 });
    server.failNext('any', { kind: 'hang' });
    await expect(client.get(configMaps, ref, signal)).rejects.toMatchObject({
      code: 'ClusterUnreachable',
      message: expect.stringContaining('no answer in time'),
    });
  });

  test('an aborted call ends at once with the reason of its signal', async () => {
    const stop = new AbortController();
    server.failNext('any', { kind: 'hang' });
    const call = client.get(configMaps, ref, stop.signal);
    const reason = new Error('shutting down');
    setTimeout(() => stop.abort(reason), 20);
    await expect(call).rejects.toBe(reason);
    await expect(client.get(configMaps, ref, stop.signal)).rejects.toBe(reason);
  });

  test('a response that is too large is rejected', async () => {
    client = hastyClient(server.url, { maxReplyBytes: 1000 });
    answerWith({ metadata: { name: 'a' }, data: 'x'.repeat(2000) });
    await expect(client.get(configMaps, ref, signal)).rejects.toMatchObject({ code: 'ClusterReplyTooLarge' });
  });

  test('the error for an unreachable server names the server and the cause', async () => {
    const url = server.url;
    await server.stop();
    await expect(client.create(configMaps, { metadata: ref }, signal)).rejects.toMatchObject({
      code: 'ClusterUnreachable',
      message: expect.stringMatching(new RegExp(`${url} does not answer: connect ECONNREFUSED`)),
    });
    await server.listen(0);
  });
});

describe('a client whose fence has closed', () => {
  const closable = () => {
    let held = true;
    return {
      close: () => {
        held = false;
      },
      assertHeld: () => {
        if (!held) throw new LeadershipLostError();
      },
      remainingMs: () => (held ? 1_000 : 0),
    };
  };

  test('a client whose fence is closed still reads but does not write', async () => {
    const fence = closable();
    client = hastyClient(server.url, { fence });
    answerWith(aConfigMap);
    await client.create(configMaps, { metadata: ref }, signal);
    fence.close();
    const before = server.seen.length;
    await expect(client.create(configMaps, { metadata: ref }, signal)).rejects.toThrow(LeadershipLostError);
    await expect(client.delete(configMaps, ref, signal)).rejects.toThrow(LeadershipLostError);
    expect(server.seen.length).toBe(before);
    await client.get(configMaps, ref, signal);
  });

  test('a write the server was too busy for is not retried once the fence is closed', async () => {
    const fence = closable();
    client = hastyClient(server.url, { fence });
    server.reply((_request, response) => {
      fence.close();
      refuse(response, 429, 'TooManyRequests');
      return true;
    });
    await expect(client.create(configMaps, { metadata: ref }, signal)).rejects.toThrow(LeadershipLostError);
    expect(server.seen).toHaveLength(1);
  });

  test('a write is not sent when the fence closes while the connection is being opened', async () => {
    const fence = closable();
    client = hastyClient(server.url, { fence });
    answerWith(aConfigMap);
    const write = client.create(configMaps, { metadata: ref }, signal);
    // Connecting takes at least one turn of the event loop; the fence closes before that.
    fence.close();
    await expect(write).rejects.toThrow(LeadershipLostError);
    expect(server.seen).toEqual([]);
  });
});

test('a call on a closed client fails with an error that says so', async () => {
  answerWith(aConfigMap);
  await client.get(configMaps, ref, signal);
  await client.close();
  await expect(client.get(configMaps, ref, signal)).rejects.toThrow(/closed/);
});
