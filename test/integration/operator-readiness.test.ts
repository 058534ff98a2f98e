import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OperatorProcess } from '../../dev/operator-process.ts';
import { providers } from '../../src/api/provider.ts';
import { reactors } from '../../src/api/reactor.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import { freshNamespace } from '../support/kube-objects.ts';

const { signal } = new AbortController();
let client: KubeClient;
let namespace: string;
let dropNamespace: () => Promise<void>;
let folder: string;
let operator: OperatorProcess;

beforeAll(async () => {
  client = new KubeClient(loadClusterAccess());
  [namespace, dropNamespace] = await freshNamespace(client);
  folder = mkdtempSync(join(tmpdir(), 'dinfra-readiness-'));
  const kubeconfig = process.env['KUBECONFIG'] ?? '';
  operator = await OperatorProcess.start({ kubeconfig, namespace, helm: 'helm', logFile: join(folder, 'log') });
});

afterAll(async () => {
  await operator?.stop();
  await dropNamespace();
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

const says = (line: RegExp) =>
  expect.poll(async () => (await operator.readiness()).text, { timeout: 20_000 }).toMatch(line);

test('/readyz has a line for a Provider and a Reactor that lack their Secrets, until they are gone', async () => {
  await expect.poll(async () => (await operator.readiness()).ok, { timeout: 20_000 }).toBe(true);
  const own = { fieldManager: 'test' };
  const provider = { name: 'acme', namespace };
  const chain = { endpoints: ['ws://127.0.0.1:9'] };
  const spec = { chain, accountSecretRef: { name: 'no-account' } };
  await client.apply(providers, { metadata: provider, spec }, own, signal);
  const reactor = { name: 'cloud', namespace };
  const cloudStack = {
    endpoint: 'http://127.0.0.1:9/client/api',
    credentialsSecretRef: { name: 'no-keys' },
    zones: ['zone-1'],
    sizes: [{ cpu: 1, memoryMiB: 1_024, offering: 'small' }],
    images: [{ name: 'debian-12', template: 'debian-12' }],
    network: { mode: 'Isolated' },
  } as const;
  await client.apply(reactors, { metadata: reactor, spec: { cloudStack } }, own, signal);
  await says(new RegExp(`^\\[-\\]provider ${namespace}/acme: there is no Secret no-account`, 'm'));
  await says(new RegExp(`^\\[-\\]reactor ${namespace}/cloud: there is no Secret no-keys`, 'm'));
  await client.delete(providers, provider, signal);
  await client.delete(reactors, reactor, signal);
  await expect.poll(async () => (await operator.readiness()).ok, { timeout: 20_000 }).toBe(true);
  expect((await operator.readiness()).text).not.toContain(namespace);
});
