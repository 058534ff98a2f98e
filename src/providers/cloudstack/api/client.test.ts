import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../../../../simulator/cloudstack/simulator.ts';
import { quickSimulator } from '../../../../test/support/cloud.ts';
import { SkewedClock } from '../../../../test/support/skewed-clock.ts';
import { RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';
import { type CallReport, type ClientOptions, CloudStackClient } from './client.ts';
import { KeyRefusal } from './rate-limiter.ts';

const soon = () => AbortSignal.timeout(10_000);

describe('a call to CloudStack', () => {
  let simulator: Simulator;
  let clock: SkewedClock;
  let reports: CallReport[];
  const clients: CloudStackClient[] = [];

  beforeEach(async () => {
    simulator = await quickSimulator();
    clock = new SkewedClock();
    reports = [];
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await simulator.stop();
  });

  function client(more: Partial<ClientOptions> = {}) {
    const made = new CloudStackClient({
      endpoint: simulator.endpoint,
      credentials: simulator.accounts.user,
      clock,
      ...more,
      limits: { callsPerSecond: 10_000, ...more.limits },
      onCall: (report) => reports.push(report),
    });
    clients.push(made);
    return made;
  }

  it('a strict server accepts the signature of a call, whatever its parameters', async () => {
    simulator.world.settings['enforce.post.requests.and.timestamps'] = 'true';
    const name = "a~*+ %/:'()!ü&=[]{}";
    const { keypair } = await client().call('registerSSHKeyPair', { name, publickey: 'ssh-ed25519 AAAA~*+' }, soon());
    expect(keypair).toMatchObject({ name });
  });

  it('a list is read page by page, and an empty list has no items', async () => {
    const { tables } = simulator.world;
    const account = tables.accounts.find(({ name }) => name === 'dinfra')?.id ?? '';
    for (let count = 0; count < 1_203; count++) {
      tables.keyPairs.add({ created: 0, name: `key-${count}`, account, fingerprint: '', publicKey: '' });
    }
    const rows = await client().list('listSSHKeyPairs', {}, soon());
    expect(new Set(rows.map((row) => row['name'])).size).toBe(1_203);
    expect(simulator.calls.get('listSSHKeyPairs')).toBe(3);
    expect(await client().list('listSSHKeyPairs', { name: 'nobody' }, soon())).toEqual([]);
  });

  it('a list is read completely from a cloud with smaller pages, whose size is learnt once', async () => {
    simulator.world.settings['default.page.size'] = '100';
    const { tables } = simulator.world;
    const account = tables.accounts.find(({ name }) => name === 'dinfra')?.id ?? '';
    for (let count = 0; count < 250; count++) {
      tables.keyPairs.add({ created: 0, name: `key-${count}`, account, fingerprint: '', publicKey: '' });
    }
    const one = client();
    expect(await one.list('listSSHKeyPairs', {}, soon())).toHaveLength(250);
    expect(simulator.calls.get('listSSHKeyPairs')).toBe(4);
    expect(await one.list('listZones', {}, soon())).toHaveLength(2);
    expect(simulator.calls.get('listZones')).toBe(1);
  });

  it('an error in a list is reported as such and not as a page size', async () => {
    const error = await caught(client().list('listVirtualMachines', { id: 'nonsense' }, soon()));
    expect(error).toMatchObject({ code: 'CloudStackRejected' });
  });

  it('CloudStack’s errors are classified by code, not by text', async () => {
    const error = await caught(client().call('deployVirtualMachine', { zoneid: 'x' }, soon()));
    expect(error).toBeInstanceOf(TerminalError);
    expect(error).toMatchObject({ code: 'CloudStackRejected', message: expect.stringContaining('431/9999') });
    const reply = await client().attempt('listHosts', {}, soon());
    expect(reply).toMatchObject({ kind: 'Failed', failure: { code: 432, kind: 'Forbidden' } });
  });

  it.each([
    ['a proxy’s page', 'Html', 'CloudStackBadReply', 'HTTP 502'],
    ['an empty body', 'Empty', 'CloudStackBadReply', 'an empty body'],
    ['half an answer', 'Truncate', 'CloudStackUnreachable', 'did not answer'],
    ['a cut connection', 'Cut', 'CloudStackUnreachable', 'did not answer'],
    ['maintenance', 'Maintenance', 'CloudStackFailed', '503'],
  ] as const)('a call is retryable after %s', async (_name, kind, code, words) => {
    simulator.faults.set([{ command: 'listZones', kind, times: 1 }]);
    const error = await caught(client().call('listZones', {}, soon()));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(await client().list('listZones', {}, soon())).toHaveLength(2);
  });

  it('Retry-After delays the call and all others of the client', async () => {
    simulator.faults.set([{ command: 'listZones', kind: 'RateLimit', ms: 27_000, times: 1 }]);
    const one = client();
    expect(await caught(one.call('listZones', {}, soon()))).toMatchObject({
      code: 'CloudStackRateLimited',
      retryAfterMs: 27_000,
    });
    const refused = await caught(one.call('listNetworks', {}, soon()));
    expect(refused).toMatchObject({ code: 'CloudStackRateLimited' });
    expect(simulator.calls.get('listNetworks')).toBeUndefined();
    await clock.pass(27_000);
    await one.call('listNetworks', {}, soon());
  });

  it('rejected keys are not tried again and again', async () => {
    const wrong = client({ credentials: { apiKey: 'nobody', secretKey: 'nothing' } });
    for (let count = 0; count < 5; count++) {
      const error = await caught(wrong.call('listZones', {}, soon()));
      expect(error).toMatchObject({ code: 'CloudStackUnauthorized' });
      expect(String(error)).not.toContain('nothing');
    }
    expect(simulator.calls.get('listZones')).toBe(1);
    await clock.pass(30_000);
    await caught(wrong.call('listZones', {}, soon()));
    expect(simulator.calls.get('listZones')).toBe(2);
  });

  it('keys rejected for one client count as rejected for all clients with the same keys', async () => {
    const credentials = { apiKey: 'nobody', secretKey: 'nothing' };
    const refusal = new KeyRefusal(clock);
    await caught(client({ credentials, refusal }).call('listZones', {}, soon()));
    const other = client({ credentials, refusal });
    expect(await caught(other.call('listZones', {}, soon()))).toMatchObject({ code: 'CloudStackUnauthorized' });
    expect(simulator.calls.get('listZones')).toBe(1);
    await clock.pass(30_000);
    await caught(other.call('listZones', {}, soon()));
    expect(simulator.calls.get('listZones')).toBe(2);
  });

  it('a clock that is far behind is rejected like wrong keys', async () => {
    await clock.pass(-3_600_000);
    expect(await caught(client().call('listZones', {}, soon()))).toMatchObject({ code: 'CloudStackUnauthorized' });
  });

  it('a call ends when its signal aborts', async () => {
    simulator.faults.set([{ command: 'listZones', kind: 'Delay', ms: 5_000 }]);
    const reason = new Error('enough');
    const signal = AbortSignal.any([AbortSignal.timeout(10_000), abortSoon(reason)]);
    expect(await caught(client().call('listZones', {}, signal))).toBe(reason);
  });

  it('a call ends at its timeout', async () => {
    simulator.faults.set([{ command: 'listZones', kind: 'Delay', ms: 2_000 }]);
    const error = await caught(client({ limits: { timeoutMs: 50 } }).call('listZones', {}, soon()));
    expect(error).toMatchObject({ code: 'CloudStackUnreachable' });
  });

  it('calls keep to the limits of concurrency and rate', async () => {
    simulator.faults.set([{ command: 'listZones', kind: 'Delay', ms: 30 }]);
    const slow = client({ limits: { concurrency: 2 } });
    const started = performance.now();
    await Promise.all(Array.from({ length: 8 }, () => slow.call('listZones', {}, soon())));
    expect(performance.now() - started).toBeGreaterThan(4 * 28);
    const paced = client({ limits: { callsPerSecond: 20, concurrency: 64 } });
    const begun = performance.now();
    simulator.faults.clear();
    // A second's worth may go at once.
    await Promise.all(Array.from({ length: 30 }, () => paced.call('listZones', {}, soon())));
    expect(performance.now() - begun).toBeGreaterThan(400);
  });

  it('every call is reported to metrics with its result', async () => {
    simulator.faults.set([{ command: 'listZones', kind: 'Html', times: 1 }]);
    await caught(client().call('listZones', {}, soon()));
    await client().call('listZones', {}, soon());
    await caught(client().call('destroyVirtualMachine', { id: 'x' }, soon()));
    expect(reports.map(({ command, outcome }) => `${command} ${outcome}`)).toEqual([
      'listZones NotApi',
      'listZones Ok',
      'destroyVirtualMachine Rejected',
    ]);
  });
});

describe('a list of many pages', () => {
  let server: Server;
  afterEach(() => new Promise((done) => server.close(done)));

  const all = Array.from({ length: 1_200 }, (_, at) => ({ id: `vm-${at}` }));

  /** What a list comes to on a server that pages in its own way. */
  async function listed(bodyOf: (page: readonly object[]) => object, isPaging = true): Promise<readonly unknown[]> {
    server = createServer((request, response) => {
      let form = '';
      request.on('data', (part) => {
        form += part;
      });
      request.on('end', () => {
        const asked = new URLSearchParams(form);
        const size = Number(asked.get('pagesize'));
        const from = (Number(asked.get('page')) - 1) * size;
        const page = isPaging ? all.slice(from, from + size) : all.slice(0, 500);
        response.end(JSON.stringify({ listresponse: bodyOf(page) }));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const one = new CloudStackClient({
      endpoint: `http://127.0.0.1:${port}/client/api`,
      credentials: { apiKey: 'a', secretKey: 'b' },
      clock: new SkewedClock(),
    });
    const rows = await one.list('listThings', {}, soon());
    await one.close();
    return rows;
  }

  it.each([
    ['says how many there are', (page: readonly object[]) => ({ count: all.length, thing: page })],
    ['does not say how many there are', (page: readonly object[]) => ({ thing: page })],
    ['says how many are on the page', (page: readonly object[]) => ({ count: page.length, thing: page })],
    ['says it as text', (page: readonly object[]) => ({ count: String(all.length), thing: page })],
  ])('a list of many pages is read to its end from a server that %s', async (_what, bodyOf) => {
    expect(await listed(bodyOf)).toHaveLength(1_200);
  });

  it('reading a list ends on a server that always sends the same page', async () => {
    expect(await listed((page) => ({ count: 500, thing: page }), false)).toHaveLength(500);
  });
});

describe('an endpoint with a certificate of a CA of its own', () => {
  const file = (name: string) =>
    readFileSync(new URL(`../../../../test/fixtures/tls/${name}`, import.meta.url), 'utf8');
  let server: Server;

  beforeEach(async () => {
    server = createTlsServer({ cert: file('server.pem'), key: file('server.key') }, (_request, response) => {
      response.end('{"listzonesresponse":{}}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterEach(() => new Promise((done) => server.close(done)));

  async function answer(caBundle: string | undefined): Promise<unknown> {
    const { port } = server.address() as AddressInfo;
    const client = new CloudStackClient({
      endpoint: `https://127.0.0.1:${port}/client/api`,
      credentials: { apiKey: 'a', secretKey: 'b' },
      clock: new SkewedClock(),
      caBundle,
    });
    const said = await client.call('listZones', {}, soon()).catch((error: unknown) => error);
    await client.close();
    return said;
  }

  it('a certificate of a private CA is trusted only when the Reactor names that CA', async () => {
    expect(await answer(file('ca.pem'))).toEqual({});
    expect(await answer(`${file('other-ca.pem')}${file('ca.pem')}`)).toEqual({});
    for (const caBundle of [undefined, file('other-ca.pem')]) {
      expect(await answer(caBundle)).toMatchObject({
        code: 'CloudStackUnreachable',
        message: expect.stringMatching(/certificate.*caBundle/),
      });
    }
  });
});

describe('a proxy before CloudStack', () => {
  it.each([
    [429, '7', 7_000],
    [503, '7', 7_000],
    [503, '86400', 600_000],
  ])('a proxy that answers %i with Retry-After %s s gets no call for as long', async (status, retryAfter, ms) => {
    let calls = 0;
    const server = createServer((_request, response) => {
      calls++;
      response.writeHead(status, { 'retry-after': retryAfter, 'content-type': 'text/html' }).end('<h1>busy</h1>');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const clock = new SkewedClock();
    const client = new CloudStackClient({
      endpoint: `http://127.0.0.1:${port}/client/api`,
      credentials: { apiKey: 'a', secretKey: 'b' },
      clock,
    });
    const [first, second] = [
      await caught(client.call('listZones', {}, soon())),
      await caught(client.call('listZones', {}, AbortSignal.timeout(100))),
    ];
    expect(first).toMatchObject({ code: 'CloudStackRateLimited', retryAfterMs: ms });
    expect(second).toBeDefined();
    expect(calls).toBe(1);
    await clock.pass(ms);
    await caught(client.call('listZones', {}, soon()));
    expect(calls).toBe(2);
    await client.close();
    await new Promise((done) => server.close(done));
  });
});

describe('an endpoint that is not CloudStack', () => {
  let server: Server;
  let body = '';
  let status = 200;

  beforeEach(async () => {
    server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it.each([
    [200, '<html><head><title>Welcome to nginx!</title></head></html>', 'Welcome to nginx!'],
    [200, '{"a":1,"b":2}', '"{\\"a\\":1'],
    [200, '[1,2]', '[1,2]'],
    [200, 'null', 'null'],
    [404, '{"message":{"x":1}}', 'HTTP 404'],
    [200, '{"listzonesresponse":"text"}', 'listzonesresponse'],
  ])('an endpoint that answers %i %s is reported as not being CloudStack', async (code, text, excerpt) => {
    [status, body] = [code, text];
    const { port } = server.address() as AddressInfo;
    const client = new CloudStackClient({
      endpoint: `http://127.0.0.1:${port}/client/api`,
      credentials: { apiKey: 'a', secretKey: 'b' },
      clock: new SkewedClock(),
    });
    const error = await caught(client.call('listZones', {}, soon()));
    expect(error).toMatchObject({ code: 'CloudStackBadReply' });
    expect((error as Error).message).toContain(excerpt.replaceAll('\\"', '"'));
    await client.close();
  });

  it('an endpoint where nothing listens is unreachable', async () => {
    const client = new CloudStackClient({
      endpoint: 'http://127.0.0.1:1/client/api',
      credentials: { apiKey: 'a', secretKey: 'b' },
      clock: new SkewedClock(),
    });
    expect(await caught(client.call('listZones', {}, soon()))).toMatchObject({
      code: 'CloudStackUnreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await client.close();
  });
});

async function caught(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

function abortSoon(reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 20);
  return controller.signal;
}
