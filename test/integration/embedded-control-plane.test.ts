import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Binaries, findBinaries } from '../../dev/binaries.ts';
import { ControlPlane } from '../../dev/control-plane.ts';
import { isAlive } from '../../dev/is-alive.ts';
import { processes } from '../support/processes.ts';

const STATEFUL_SET = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'store' },
  spec: {
    serviceName: 'store',
    replicas: 2,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' },
    selector: { matchLabels: { app: 'store' } },
    template: {
      metadata: { labels: { app: 'store' } },
      spec: {
        containers: [{ name: 'store', image: 'store', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
  },
};

let folder: string;
let binaries: Binaries;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinfra-plane-'));
  binaries = findBinaries();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the embedded control plane', () => {
  const deaths: string[] = [];
  let plane: ControlPlane;

  async function kubectl(args: readonly string[], input?: unknown): Promise<string> {
    const { stdout } = await execa(binaries.kubectl, ['--kubeconfig', plane.kubeconfig, ...args], {
      ...(input !== undefined && { input: JSON.stringify(input) }),
    });
    return stdout;
  }

  beforeAll(async () => {
    plane = await ControlPlane.start(join(folder, 'plane'), binaries, {
      onDeath: (problem) => deaths.push(problem),
    });
  });
  afterAll(() => plane.stop());

  it('the embedded control plane writes an admin kubeconfig only its owner can read, for a server on loopback', async () => {
    expect(statSync(plane.kubeconfig).mode & 0o777).toBe(0o600);
    expect(plane.server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(readFileSync(plane.kubeconfig, 'utf8')).not.toContain('insecure-skip-tls-verify');
    expect(await kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'])).toBe('admin');
  });

  it('the embedded control plane uses loopback only, and so starts on a machine without a network', async () => {
    const { jwks_uri: keys } = JSON.parse(await kubectl(['get', '--raw', '/.well-known/openid-configuration'])) as {
      readonly jwks_uri: string;
    };
    expect(keys).toBe(`${plane.server}/openid/v1/jwks`);
  });

  it('the embedded control plane runs a StatefulSet with volumes and removes both', async () => {
    await kubectl(['create', 'namespace', 'volumes']);
    const inNamespace = ['-n', 'volumes'];
    await kubectl([...inNamespace, 'apply', '-f', '-'], STATEFUL_SET);
    await kubectl([...inNamespace, 'rollout', 'status', 'statefulset/store', '--timeout=60s']);
    expect(await kubectl([...inNamespace, 'get', 'pvc', '-o', 'jsonpath={.items[*].status.phase}'])).toBe(
      'Bound Bound',
    );
    await kubectl(['delete', 'namespace', 'volumes', '--timeout=60s']);
    await expect.poll(() => kubectl(['get', 'pv', '-o', 'name']), { timeout: 30_000 }).toBe('');
  });

  it('the embedded control plane enforces RBAC', async () => {
    const list = kubectl(['get', 'secrets', '-A', '--as', 'system:serviceaccount:default:default']);
    await expect(list).rejects.toThrow('cannot list resource "secrets"');
  });

  it('a restarted API server keeps its state and address', async () => {
    await kubectl(['create', 'configmap', 'kept', '--from-literal=a=b']);
    await plane.stopApiServer();
    await expect(kubectl(['get', 'configmap', 'kept', '--request-timeout=2s'])).rejects.toThrow('refused');
    await plane.startApiServer();
    expect(await kubectl(['get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}'])).toBe('b');
    // The controllers, the scheduler and the node have found it again.
    await kubectl(['create', 'deployment', 'late', '--image', 'late']);
    await kubectl(['rollout', 'status', 'deployment/late', '--timeout=90s']);
  });

  it('a component that dies is reported with its last lines', async () => {
    expect(deaths).toEqual([]);
    const [scheduler] = processesWith(join(folder, 'plane'), 'kube-scheduler');
    process.kill(Number(scheduler), 'SIGSEGV');
    await expect.poll(() => deaths, { timeout: 10_000 }).toHaveLength(1);
    expect(deaths[0]).toMatch(/^kube-scheduler ended \(.*\)\. Its last lines, of .*kube-scheduler\.log:\n/);
  });

  it('a stopped embedded control plane leaves no process', async () => {
    await plane.stop();
    expect(processesWith(join(folder, 'plane'))).toEqual([]);
  });
});

describe('an embedded control plane that goes wrong', () => {
  it('a component that does not start is reported at once with its last lines, and no process is left', async () => {
    const etcd = join(folder, 'broken-etcd');
    writeFileSync(etcd, `#!/bin/sh\necho $$ > ${folder}/pid\necho "no space left on device"\nexit 1\n`);
    chmodSync(etcd, 0o755);
    const started = performance.now();
    const start = ControlPlane.start(join(folder, 'broken'), { ...binaries, etcd });
    await expect(start).rejects.toThrow(/^etcd ended \(exit code 1\)\. Its last lines, .*:\nno space left on device$/);
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(processesWith(join(folder, 'broken'))).toEqual([]);
  });

  it('the embedded control plane ends with its parent process, even after SIGKILL', async () => {
    const dev = new URL('../../dev/', import.meta.url).href;
    const script = `
      import { ControlPlane } from '${dev}control-plane.ts';
      import { findBinaries } from '${dev}binaries.ts';
      await ControlPlane.start(${JSON.stringify(join(folder, 'orphan'))}, findBinaries());
      process.kill(process.pid, 'SIGKILL');`;
    const parent = promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script]);
    await expect(parent).rejects.toMatchObject({ signal: 'SIGKILL' });
    await expect.poll(() => processesWith(join(folder, 'orphan')), { timeout: 20_000 }).toEqual([]);
  });
});

/** Ids of the processes that have `path` in their arguments, and `name` if given. */
function processesWith(path: string, name = ''): readonly number[] {
  return processes()
    .filter(({ command }) => command.includes(path) && command.includes(name) && !command.includes('/bin/sh -c'))
    .map(({ pid }) => pid)
    .filter((pid) => isAlive(pid) && pid !== process.pid);
}
