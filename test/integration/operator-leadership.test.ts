import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OperatorProcess } from '../../dev/operator-process.ts';
import { RECONCILE_ANNOTATION } from '../../src/api/labels.ts';
import { reactors } from '../../src/api/reactor.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import { AuditProxy, type Write } from '../support/audit-proxy.ts';
import { freshNamespace } from '../support/kube-objects.ts';

const { signal } = new AbortController();
const access = loadClusterAccess();
let client: KubeClient;
let namespace: string;
let dropNamespace: () => Promise<void>;
let folder: string;
/** While false, the operator is triggered to write all the time. */
let quiet = false;
let asking: Promise<void>;
const names = ['one', 'two', 'three'];
const started: Audited[] = [];

/** An operator process whose writes are all recorded. */
interface Audited {
  readonly operator: OperatorProcess;
  readonly proxy: AuditProxy;
}

beforeAll(async () => {
  client = new KubeClient(access);
  [namespace, dropNamespace] = await freshNamespace(client);
  folder = mkdtempSync(join(tmpdir(), 'dinfra-leadership-'));
  // They lack their Secrets, so every requested reconcile writes their status, and no backend is needed.
  const cloudStack = {
    endpoint: 'http://127.0.0.1:9/client/api',
    credentialsSecretRef: { name: 'none' },
    zones: ['zone-1'],
    sizes: [{ cpu: 1, memoryMiB: 1_024, offering: 'small' }],
    images: [{ name: 'debian-12', template: 'debian-12' }],
    network: { mode: 'Isolated' },
  } as const;
  for (const name of names) {
    await client.apply(
      reactors,
      { metadata: { name, namespace }, spec: { cloudStack } },
      { fieldManager: 'test' },
      signal,
    );
  }
  asking = askForWrites();
});

afterAll(async () => {
  quiet = true;
  await asking;
  for (const { operator, proxy } of started) {
    operator.thaw();
    await operator.kill();
    await proxy.close();
  }
  for (const name of names) {
    await client.mergePatch(reactors, { name, namespace }, { metadata: { finalizers: null } }, signal);
  }
  await dropNamespace();
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

async function askForWrites(): Promise<void> {
  for (let count = 0; !quiet; count++) {
    const annotations = { [RECONCILE_ANNOTATION]: `${count}` };
    await Promise.all(
      names.map((name) => client.mergePatch(reactors, { name, namespace }, { metadata: { annotations } }, signal)),
    );
    await sleep(50);
  }
}

async function start(name: string): Promise<Audited> {
  const proxy = await AuditProxy.to(access);
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  writeFileSync(kubeconfig, proxy.kubeconfig());
  const operator = await OperatorProcess.start({
    kubeconfig,
    namespace,
    helm: 'helm',
    logFile: join(folder, `${name}.log`),
  });
  const audited = { operator, proxy };
  started.push(audited);
  return audited;
}

async function leaderAndStandby(name: string): Promise<readonly [Audited, Audited]> {
  const leader = await start(`${name}-leader`);
  await expect.poll(() => leader.operator.leads(), { timeout: 20_000 }).toBe(true);
  const standby = await start(`${name}-standby`);
  await expect.poll(async () => (await standby.operator.readiness()).ok, { timeout: 20_000 }).toBe(true);
  await expect.poll(() => acts(leader).length, { timeout: 20_000 }).toBeGreaterThan(20);
  expect(acts(standby)).toEqual([]);
  return [leader, standby];
}

/** Everything except the Lease. */
const acts = ({ proxy }: Audited): readonly Write[] => proxy.writes.filter(({ path }) => !path.includes('/leases'));

const actsWithin = (one: Audited, ms: number) =>
  expect.poll(() => acts(one).length, { timeout: ms, interval: 20 }).toBeGreaterThan(0);

test('a leader that is paused past its lease and resumed writes nothing more and exits', async () => {
  const [leader, standby] = await leaderAndStandby('stopped');
  leader.operator.freeze();
  await actsWithin(standby, 20_000);
  const takenOverAt = acts(standby)[0]?.at ?? 0;
  // Long enough to trigger many writes meanwhile.
  await sleep(1_000);
  const before = leader.proxy.writes.length;
  const { exited } = leader.operator;
  leader.operator.thaw();
  expect(await exited).toBe('exit code 1');
  await sleep(300);
  expect(leader.proxy.writes.slice(before)).toEqual([]);
  expect(leader.proxy.writes.filter(({ at }) => at >= takenOverAt)).toEqual([]);
  await Promise.all([leader.operator.kill(), standby.operator.stop()]);
}, 120_000);

test('a leader that is killed is followed within five seconds by one that acts', async () => {
  const [leader, standby] = await leaderAndStandby('killed');
  const killedAt = performance.now();
  await leader.operator.kill();
  await actsWithin(standby, 20_000);
  expect((acts(standby)[0]?.at ?? Number.POSITIVE_INFINITY) - killedAt).toBeLessThan(5_000);
  await standby.operator.stop();
}, 120_000);

test('a leader that gets SIGTERM stops in order, and the next one acts at once', async () => {
  const [leader, standby] = await leaderAndStandby('terminated');
  const { exited } = leader.operator;
  const toldAt = performance.now();
  await leader.operator.stop();
  expect(await exited).toBe('exit code 0');
  await actsWithin(standby, 20_000);
  const first = acts(standby)[0]?.at ?? 0;
  expect(first - toldAt).toBeLessThan(3_000);
  expect(acts(leader).filter(({ at }) => at >= first)).toEqual([]);
  await standby.operator.stop();
}, 120_000);
