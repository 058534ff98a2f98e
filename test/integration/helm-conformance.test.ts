import { setTimeout as sleep } from 'node:timers/promises';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import type { Cluster, TenantCluster } from '../../src/providers/helm/cluster.ts';
import { DEPLOYMENT, NAMESPACE, SECRET, SERVICE } from '../../src/providers/helm/confine/kinds.ts';
import { HelmCommand, type HelmOutcome, type HelmRun } from '../../src/providers/helm/release/helm-command.ts';
import { chartArchive, WEB_CHART } from '../support/chart-archives.ts';
import { startChartRepository } from '../support/chart-repository.ts';
import { HelmWorld, tenantCluster } from '../support/helm-world.ts';
import { type ConformanceHarness, reactorConformance } from '../support/reactor-conformance.ts';

/** The writes to the cluster, and whether it can be reached. */
class Line {
  writes = 0;
  isDown = false;

  /** The API server that requests go to: the real one, or an address where nobody listens. */
  lead(alive: Cluster, dead: Cluster): Cluster {
    const end = () => (this.isDown ? dead : alive);
    const written = () => {
      this.writes += 1;
      return end();
    };
    return {
      find: (...args) => end().find(...args),
      list: (...args) => end().list(...args),
      // Tokens and access reviews are not stored.
      request: (...args) => end().request(...args),
      create: (...args) => written().create(...args),
      apply: (...args) => (args[2].dryRun === true ? end() : written()).apply(...args),
      mergePatch: (...args) => written().mergePatch(...args),
      delete: (...args) => written().delete(...args),
    };
  }
}

class CountedHelm extends HelmCommand {
  private readonly line: Line;

  constructor(line: Line) {
    super();
    this.line = line;
  }

  override run(run: HelmRun, signal: AbortSignal): Promise<HelmOutcome> {
    if (run.kubeconfig !== undefined) this.line.writes += 1;
    return super.run(run, signal);
  }
}

async function harness(): Promise<ConformanceHarness> {
  const world = await HelmWorld.open();
  const { client, signal } = world;
  const line = new Line();
  const nowhere = await tenantCluster({ ...loadClusterAccess(), server: 'https://127.0.0.1:9' }, { deadlineMs: 500 });
  const cluster: TenantCluster = {
    ...world.cluster,
    operator: line.lead(world.cluster.operator, nowhere.operator),
    as: (token) => line.lead(world.cluster.as(token), nowhere.as(token)),
  };
  const archive = await chartArchive(WEB_CHART, { name: 'web', version: '1.2.3' });
  const repository = await startChartRepository([{ name: 'web', version: '1.2.3', archive }]);
  const greedy = await chartArchive({ 'templates/a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: x}' });
  const config = { charts: { plainHttpHosts: [repository.host], privateAddresses: true } };
  const carrying = (chart: Buffer, values = {}) => ({ chart: { archive: chart.toString('base64') }, values });
  const from = (more: object) => ({
    chart: { repository: `${repository.origin}/charts`, name: 'web', version: '1.2.3', ...more },
  });
  let ahead = 0;
  return {
    reactor: () => world.reactor(config, { cluster, helm: new CountedHelm(line), auditEveryMs: 300_000 }),
    time: {
      now: () => Date.now() + ahead,
      // Pods start and stop in real time; only backoff and settling times are skipped.
      pass: async (ms) => {
        const slept = Math.min(ms, 400);
        await sleep(slept);
        ahead += ms - slept;
      },
    },
    order: () => world.order(carrying(archive)),
    changed: ({ identity }) => world.order(carrying(archive, { replicas: 2 }), identity),
    impossible: () => [
      { order: world.order(carrying(archive, { replicas: 'three' })), code: 'ChartValuesInvalid', path: '/values' },
      { order: world.order(carrying(greedy)), code: 'ChartForbiddenKind', path: '/chart' },
      { order: world.order(carrying(Buffer.from('no chart'))), code: 'ChartInvalid', path: '/chart' },
      { order: world.order(from({ version: '9.9.9' })), code: 'ChartNotFound', path: '/chart/version' },
      { order: world.order(from({ name: 'nope' })), code: 'ChartNotFound', path: '/chart/name' },
      {
        order: world.order(from({ repository: 'http://example.org/' })),
        code: 'RepositoryForbidden',
        path: '/chart/repository',
      },
      { order: world.order({ chart: {} }), code: 'DescriptorSchema', path: '/chart' },
    ],
    holdings: async ({ identity: { name } }) => {
      const namespace = await client.find(NAMESPACE, { name }, signal);
      if (namespace === undefined) return [];
      const kinds = [DEPLOYMENT, SERVICE, SECRET];
      const lists = await Promise.all(kinds.map((kind) => client.list(kind, { namespace: name }, signal)));
      const objects = lists.flatMap(({ items }, index) =>
        items.map(({ metadata }) => `${kinds[index]?.kind} ${metadata.name}`),
      );
      return [`Namespace ${namespace.metadata.uid}`, ...objects.sort()];
    },
    writes: () => line.writes,
    sabotage: async ({ identity: { name } }, how) => {
      const web = { namespace: name, name: 'web' };
      if (how === 'Remove') await client.delete(DEPLOYMENT, web, signal);
      else await client.mergePatch(DEPLOYMENT, web, { spec: { replicas: 0 } }, signal);
    },
    outage: async (on) => {
      line.isDown = on;
    },
    stranger: async ({ identity: { name } }) => {
      const before = await client.create(NAMESPACE, { metadata: { name } }, signal);
      return async () => {
        const after = await client.find(NAMESPACE, { name }, signal);
        await client.delete(NAMESPACE, { name }, signal);
        return after?.metadata.resourceVersion === before.metadata.resourceVersion;
      };
    },
    close: async () => {
      await repository.close();
      await world.close();
    },
  };
}

reactorConformance('Helm', harness, 120_000);
