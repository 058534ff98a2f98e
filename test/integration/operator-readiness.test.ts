import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OperatorProcess } from '../../dev/operator-process.ts';
import { providers } from '../../src/api/provider.ts';
import { reactors } from '../../src/api/reactor.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import type { KubeObject, ResourceType } from '../../src/kube/client/resource-type.ts';
import { freshNamespace } from '../support/kube-objects.ts';

const { signal } = new AbortController();
let client: KubeClient;
let namespace: string;
let dropNamespace: () => Promise<void>;
let folder: string;
const operators: OperatorProcess[] = [];

interface Secret extends KubeObject {
  readonly stringData?: Readonly<Record<string, string>>;
}
const secrets: ResourceType<Secret> = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };

beforeAll(async () => {
  client = new KubeClient(loadClusterAccess());
  [namespace, dropNamespace] = await freshNamespace(client);
  folder = mkdtempSync(join(tmpdir(), 'dinfra-readiness-'));
});

afterAll(async () => {
  await Promise.all(operators.map((operator) => operator.stop()));
  await dropNamespace();
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(name: string): Promise<OperatorProcess> {
  const operator = await OperatorProcess.start({
    kubeconfig: process.env['KUBECONFIG'] ?? '',
    namespace,
    helm: 'helm',
    logFile: join(folder, `${name}.log`),
  });
  operators.push(operator);
  return operator;
}

const isReady = (operator: OperatorProcess) =>
  expect.poll(async () => (await operator.readiness()).ok, { timeout: 20_000 }).toBe(true);

interface Conditions {
  readonly status: { readonly conditions?: readonly { type: string; status: string; reason: string }[] };
}

/** The conditions of one object, as `Ready: 'False CloudStackUnreachable'`. */
async function conditions(of: 'reactor' | 'provider', name: string): Promise<Record<string, string>> {
  const ref = { name, namespace };
  const found: Conditions =
    of === 'reactor' ? await client.get(reactors, ref, signal) : await client.get(providers, ref, signal);
  return Object.fromEntries((found.status.conditions ?? []).map((one) => [one.type, `${one.status} ${one.reason}`]));
}

test('leader and standby are ready while chain and cloud are down, so that a rollout completes', async () => {
  const own = { fieldManager: 'test' };
  const keys = { apiKey: 'a', secretKey: 'b' };
  await client.apply(secrets, { metadata: { name: 'keys', namespace }, stringData: keys }, own, signal);
  await client.apply(
    secrets,
    { metadata: { name: 'account', namespace }, stringData: { seed: '//Alice' } },
    own,
    signal,
  );
  const spec = { chain: { endpoints: ['ws://127.0.0.1:9'] }, accountSecretRef: { name: 'account' } };
  await client.apply(providers, { metadata: { name: 'acme', namespace }, spec }, own, signal);
  for (const [name, secret] of [
    ['cloud', 'keys'],
    ['keyless', 'no-such-secret'],
  ] as const) {
    const cloudStack = {
      endpoint: 'http://127.0.0.1:9/client/api',
      credentialsSecretRef: { name: secret },
      zones: ['zone-1'],
      sizes: [{ cpu: 1, memoryMiB: 1_024, offering: 'small' }],
      images: [{ name: 'debian-12', template: 'debian-12' }],
      network: { mode: 'Isolated' },
    } as const;
    await client.apply(reactors, { metadata: { name, namespace }, spec: { cloudStack } }, own, signal);
  }
  const leader = await start('leader');
  await isReady(leader);
  await expect.poll(() => leader.leads(), { timeout: 20_000 }).toBe(true);
  const standby = await start('standby');
  await isReady(standby);
  expect(await standby.leads()).toBe(false);

  // External problems are in conditions and metrics, and those a person has to fix are Stalled.
  await expect
    .poll(() => conditions('reactor', 'cloud'), { timeout: 30_000 })
    .toEqual({ Ready: 'False CloudStackUnreachable', Reconciling: 'True CloudStackUnreachable' });
  await expect
    .poll(() => conditions('reactor', 'keyless'), { timeout: 30_000 })
    .toEqual({ Ready: 'False ReactorCredentialsMissing', Stalled: 'True ReactorCredentialsMissing' });
  await expect
    .poll(async () => (await conditions('provider', 'acme'))['Ready'], { timeout: 30_000 })
    .toMatch(/^False /);
  for (const operator of [leader, standby]) {
    const { ok, text } = await operator.readiness();
    expect(text).not.toContain('[-]');
    expect(ok).toBe(true);
    expect(await operator.liveness()).toBe(true);
  }

  await client.delete(reactors, { name: 'cloud', namespace }, signal);
  await expect.poll(() => client.find(reactors, { name: 'cloud', namespace }, signal)).toBeUndefined();
  await client.delete(reactors, { name: 'keyless', namespace }, signal);
  await client.delete(providers, { name: 'acme', namespace }, signal);
  await expect.poll(() => client.find(reactors, { name: 'keyless', namespace }, signal)).toBeUndefined();
}, 120_000);
