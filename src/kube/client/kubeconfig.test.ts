import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadClusterAccess } from './kubeconfig.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  path = join(folder, 'config');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

async function write({ cluster, user, context }: Parts, to = path): Promise<void> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://api.example:6443/', ...cluster } }],
    users: [{ name: 'u', user: { ...user } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
    'current-context': 'x',
  };
  await writeFile(to, JSON.stringify(config));
}

test('the server, CA, namespace and token of the current context are used', async () => {
  const ca = '-----BEGIN CERTIFICATE-----\n…';
  await write({
    cluster: { 'certificate-authority-data': Buffer.from(ca).toString('base64'), 'tls-server-name': 'kube' },
    user: { token: 'sesame' },
    context: { namespace: 'prod' },
  });
  const access = loadClusterAccess(path);
  expect(access).toMatchObject({ server: 'https://api.example:6443', namespace: 'prod', proxyUrl: undefined });
  expect(await access.credentials()).toEqual({
    headers: { Authorization: 'Bearer sesame' },
    tls: { ca, servername: 'kube', rejectUnauthorized: true },
  });
});

test('client certificates, passwords and insecure-skip-tls-verify of a kubeconfig are used', async () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  await write({
    cluster: { 'insecure-skip-tls-verify': true },
    user: {
      'client-certificate-data': base64('CERT'),
      'client-key-data': base64('KEY'),
      username: 'me',
      password: 'sesame',
    },
  });
  expect(await loadClusterAccess(path).credentials()).toEqual({
    headers: { Authorization: `Basic ${base64('me:sesame')}` },
    tls: { cert: 'CERT', key: 'KEY', rejectUnauthorized: false },
  });
});

test('a plain http server is used when the kubeconfig sets insecure-skip-tls-verify', async () => {
  await write({
    cluster: { server: 'http://127.0.0.1:8001', 'insecure-skip-tls-verify': true },
    user: { token: 'sesame' },
  });
  expect(await loadClusterAccess(path).credentials()).toMatchObject({ headers: { Authorization: 'Bearer sesame' } });
});

test('KUBECONFIG is used when no path is given', async () => {
  await write({ cluster: { server: 'https://from-env:1' } });
  vi.stubEnv('KUBECONFIG', path);
  expect(loadClusterAccess().server).toBe('https://from-env:1');
});

test('credentials are read from the file again only after they were rejected', async () => {
  await write({ user: { token: 'old' } });
  const access = loadClusterAccess(path);
  const token = async () => (await access.credentials()).headers['Authorization'];
  expect(await token()).toBe('Bearer old');
  await write({ user: { token: 'new' } });
  expect(await token()).toBe('Bearer old');
  access.invalidate();
  expect(await token()).toBe('Bearer new');
});

test('a half-written kubeconfig does not replace the current configuration', async () => {
  await write({ user: { token: 'old' } });
  const access = loadClusterAccess(path);
  await writeFile(path, '{"clus');
  access.invalidate();
  expect((await access.credentials()).headers['Authorization']).toBe('Bearer old');
});

test('an exec credential plugin runs once, again after its credentials were rejected, and its failure is reported', async () => {
  const script = join(folder, 'token.mjs');
  const credential = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'+process.pid+'"}}`;
  await writeFile(script, `process.stdout.write('${credential}')`);
  await write({
    user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [script] } },
  });
  const access = loadClusterAccess(path);
  const first = await access.credentials();
  expect(first.headers['Authorization']).toMatch(/^Bearer \d+$/);
  expect(await access.credentials()).toEqual(first);
  access.invalidate();
  expect(await access.credentials()).not.toEqual(first);
  await writeFile(script, 'console.error("please log in"); process.exit(1)');
  access.invalidate();
  await expect(access.credentials()).rejects.toMatchObject({
    code: 'ClusterUnauthorized',
    message: 'cannot get credentials for the cluster: please log in',
  });
});

describe('a kubeconfig that cannot be used is refused in one line that names it', () => {
  test('a kubeconfig that does not exist is refused with its path', () => {
    expect(() => loadClusterAccess('/nowhere/config')).toThrow(
      expect.objectContaining({ code: 'KubeconfigInvalid', message: expect.stringContaining('/nowhere/config') }),
    );
  });

  test('a kubeconfig that is not YAML is refused', async () => {
    await writeFile(path, '{"clus');
    expect(() => loadClusterAccess(path)).toThrow(expect.objectContaining({ code: 'KubeconfigInvalid' }));
  });

  test('an empty kubeconfig is refused', async () => {
    await writeFile(path, '');
    expect(() => loadClusterAccess(path)).toThrow(expect.objectContaining({ code: 'KubeconfigInvalid' }));
  });

  test('a kubeconfig whose context has no cluster is refused', async () => {
    await write({ context: { cluster: 'other' } });
    expect(() => loadClusterAccess(path)).toThrow('context "x" names no cluster');
  });

  test('a kubeconfig whose server is not a URL is refused', async () => {
    await write({ cluster: { server: 'api.example' } });
    expect(() => loadClusterAccess(path)).toThrow('not a URL: "api.example"');
  });

  test('a plain http server without insecure-skip-tls-verify is refused', async () => {
    await write({ cluster: { server: 'http://127.0.0.1:8001' } });
    expect(() => loadClusterAccess(path)).toThrow('only with insecure-skip-tls-verify: true');
  });

  test('a missing cluster configuration is an error that names --kubeconfig and KUBECONFIG', () => {
    vi.stubEnv('KUBECONFIG', '');
    vi.stubEnv('HOME', folder);
    expect(() => loadClusterAccess()).toThrow('no cluster: neither --kubeconfig nor KUBECONFIG is given');
  });

  test('a kubeconfig with an unsupported proxy protocol is refused', async () => {
    await write({ cluster: { 'proxy-url': 'socks5://p:1' } });
    expect(() => loadClusterAccess(path)).toThrow('"socks5://p:1"; http:// and https:// proxies are supported');
  });
});

test('the error for a kubeconfig that cannot be parsed quotes nothing from it', async () => {
  await writeFile(path, 'users:\n- name: a\n  user:\n    token: of-secrets\n   oops: x\n');
  const message = expect.stringMatching(/^cannot read \S+: [^\n]*\(\d+:\d+\)$/);
  expect(() => loadClusterAccess(path)).toThrow(expect.objectContaining({ message }));
});
