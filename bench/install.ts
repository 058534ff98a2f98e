import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { findBinaries } from '../dev/binaries.ts';
import { bundle, startCommand } from '../dev/build/bundle.ts';
import { DevChain } from '../dev/chain.ts';
import { ControlPlane } from '../dev/control-plane.ts';
import { alerts } from '../dev/monitoring/alerts.ts';
import { untestedAlerts } from '../dev/monitoring/untested-alerts.ts';
import { OperatorProcess } from '../dev/operator-process.ts';
import { OperatorRelease } from '../dev/operator-release.ts';
import { ImageTree } from '../test/support/image-tree.ts';
import { judge } from '../test/support/judge.ts';
import { setup as setupJudges } from '../test/support/judges.setup.ts';
import { RestingTenants } from '../test/support/resting-tenants.ts';
import { playForRights } from '../test/support/rights-story.ts';
import { median } from './numbers.ts';
import type { Figure } from './report.ts';

const STARTS = 5;
const NAMESPACE = 'acme';
const TENANTS = { charts: 10, vms: 2 };

/** What installing takes, what an upgrade does to tenants, and what the chart's rights are needed for. */
export async function measure(say: (line: string) => void): Promise<readonly Figure[]> {
  return [...(await start(say)), ...(await upgrade(say)), ...(await rights(say)), ...(await alertsTested(say))];
}

/** The chart on an empty cluster, the operator from the bundle and from the sources, and the image. */
async function start(say: (line: string) => void): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'dinfra-bench-install-'));
  const binaries = findBinaries();
  say('starting API server and chain, and bundling …');
  const dist = join(folder, 'dist');
  await bundle(dist);
  const plane = await ControlPlane.start(join(folder, 'plane'), binaries);
  const chain = await DevChain.start(join(folder, 'chain'));
  try {
    chain.tick(1_000);
    const env = { KUBECONFIG: plane.kubeconfig };
    const kubectl = (...args: string[]) => execa(binaries.kubectl, ['-n', NAMESPACE, ...args], { env });
    await kubectl('create', 'namespace', NAMESPACE);
    await kubectl('create', 'secret', 'generic', 'account', '--from-literal=suri=//Bob');
    const fromBundle = startCommand(dist);
    const begun = performance.now();
    const release = await OperatorRelease.install(
      { binaries, kubeconfig: plane.kubeconfig, namespace: NAMESPACE, folder, secrets: [] },
      {
        set: ['provider.accountSecret=account', `provider.endpoints={${chain.endpoint}}`, 'reactors.helm.enabled=true'],
      },
    );
    const run = (command?: readonly [string, ...string[]]) =>
      OperatorProcess.start({
        kubeconfig: release.kubeconfig,
        flags: release.flags,
        namespace: NAMESPACE,
        helm: binaries.helm,
        logFile: join(folder, 'operator.log'),
        ...(command !== undefined && { command }),
      });
    const first = await run(fromBundle);
    await kubectl('wait', '--for=condition=Ready', 'provider/dinfra-operator', '--timeout=120s');
    const installed = (performance.now() - begun) / 1_000;
    await first.stop();
    say(`in business after ${installed.toFixed(1)} s`);

    const timesOf = async (command?: readonly [string, ...string[]]) => {
      const times: number[] = [];
      for (let round = 0; round < STARTS; round++) {
        const from = performance.now();
        const operator = await run(command);
        times.push(performance.now() - from);
        await operator.stop();
      }
      return median(times);
    };
    const bundled = await timesOf(fromBundle);
    const sources = await timesOf();
    say(`starts in ${Math.round(bundled)} ms from the bundle, in ${Math.round(sources)} ms from the sources`);

    return [
      {
        name: 'install.seconds',
        value: installed,
        unit: 's',
        runs: 1,
        method:
          'From `helm install` with four values on an API server that has never heard of us until the Provider is Ready on a chain with a block each second, the two or three blocks that takes included. No image is pulled.',
      },
      {
        name: 'operator.start_ms',
        value: bundled,
        unit: 'ms',
        runs: STARTS,
        method: 'From the start of the process to /healthz, the bundle of `make build`; median.',
      },
      {
        name: 'operator.start_from_sources_ms',
        value: sources,
        unit: 'ms',
        runs: STARTS,
        method: 'The same with the sources, whose types Node strips.',
      },
      ...(await imageSize(folder, say)),
    ];
  } finally {
    await Promise.all([plane.stop(), chain.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function upgrade(say: (line: string) => void): Promise<readonly Figure[]> {
  say(`upgrading beside ${TENANTS.charts} charts and ${TENANTS.vms} VMs …`);
  const tenants = await RestingTenants.open(TENANTS);
  try {
    const { writes } = await tenants.during((release) => release.upgrade({ set: ['operator.concurrency=3'] }));
    const method = `Writes of the operator and of helm to the namespaces of ${TENANTS.charts} charts, of the audit log, from a \`helm upgrade\` of the operator until the new process has looked at each tenant twice; ${TENANTS.vms} VMs run beside.`;
    return [
      { name: 'upgrade.tenant_writes', value: writes.length, unit: 'writes', runs: 1, bound: { atMost: 0 }, method },
    ];
  } finally {
    await tenants.close();
  }
}

async function rights(say: (line: string) => void): Promise<readonly Figure[]> {
  say('playing the demo with an audit log …');
  const { granted, unneeded } = await playForRights();
  const value = unneeded.length;
  const method = `Of ${granted.length} rights, a verb on a kind each, that the chart gives to the operator, those without which no request of the demo would have been refused.`;
  return [{ name: 'rbac.unused_rules', value, unit: 'rights', runs: 1, bound: { atMost: 0 }, method }];
}

async function alertsTested(say: (line: string) => void): Promise<readonly Figure[]> {
  await setupJudges();
  if (process.env['DINFRA_JUDGES'] === '') return [];
  say('trying every alert …');
  const file = fileURLToPath(new URL('../charts/dinfra-operator/files/alerts.yaml', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'dinfra-bench-alerts-'));
  try {
    const untested = await untestedAlerts({ file, text: readFileSync(file, 'utf8') }, alerts, async (tests) => {
      writeFileSync(join(folder, 'tests.yaml'), tests);
      return (await judge('promtool', ['test', 'rules', join(folder, 'tests.yaml')])).ok;
    });
    const method = `Of ${alerts.length} alerts of the chart, those whose tests with promtool do not prove both that they fire when they should and that they do not on a similar series.`;
    return [
      { name: 'alerts.without_test', value: untested.length, unit: 'alerts', runs: 1, bound: { atMost: 0 }, method },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function imageSize(folder: string, say: (line: string) => void): Promise<readonly Figure[]> {
  const image = await ImageTree.make(folder);
  if (typeof image === 'string') {
    say(`the image is left out: ${image}`);
    return [];
  }
  const value = await image.mebibytes();
  const method =
    'Sum of the files of `make image-tree`: Node, libraries, bundle, helm. A registry holds it compressed.';
  return [{ name: 'image.mib', value, unit: 'MiB', runs: 1, method }];
}
