import { readFile } from 'node:fs/promises';
import { metricSum } from '../../bench/numbers.ts';
import type { Fingerprint } from '../../dev/demo/world.ts';
import type { OperatorRelease } from '../../dev/operator-release.ts';
import { type Deployment, deployments } from '../../src/api/deployment.ts';
import { Label } from '../../src/api/labels.ts';
import { PINNED } from '../../src/controller/content/content-pins.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import { accountName, describeRequest, isWrite, type Request, readAuditLog } from './audit-log.ts';
import { wishFor, withoutNote } from './consumer.ts';
import { Stage } from './stage.ts';

/** What happened to the tenants while the operator was changed. */
export interface Outcome {
  readonly tenants: Fingerprint;
  /** The writes of the operator, and of helm with a tenant's account, to their namespaces. */
  readonly writes: readonly string[];
}

/** Tenants at rest in a cluster with an audit log, and an operator that is upgraded meanwhile. */
export class RestingTenants {
  readonly stage: Stage;
  /** The state before the change. */
  readonly before: Fingerprint;
  private readonly names: readonly string[];

  private constructor(stage: Stage, names: readonly string[], before: Fingerprint) {
    this.stage = stage;
    this.names = names;
    this.before = before;
  }

  /** Resolves when all of them are Active on chain and Ready. */
  static async open(counts: { readonly charts: number; readonly vms: number }): Promise<RestingTenants> {
    const stage = await Stage.open('upgrade', { cluster: 'own', audit: true });
    try {
      const { world, consumer, environment } = stage;
      await environment.startOperator();
      await environment.applySamples();
      await stage.until('charts and VMs are for sale', 60, () => world.sells(3));
      const ids = await consumer.subscribe([
        ...(await wishes('helm', counts.charts)),
        ...(await wishes('vm', counts.vms)),
      ]);
      await stage.until('all run', 120, async () => {
        const states = await Promise.all(ids.map((id) => world.state(id)));
        return states.every((state) => state === 'Active');
      });
      const names = await Promise.all(ids.map(async (id) => (await world.deploymentOf(id)) ?? ''));
      return new RestingTenants(stage, names, await stage.baseline(names));
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.stage.close();
  }

  fingerprint(): Promise<Fingerprint> {
    return this.stage.world.fingerprint(this.names);
  }

  /** Changes the release, and waits until the new operator has observed each tenant again. */
  async during(change: (release: OperatorRelease) => Promise<OperatorRelease>): Promise<Outcome> {
    const { environment, world } = this.stage;
    const seen = (await this.writes()).length;
    const release = await change(environment.release);
    await environment.stopOperator();
    environment.release = release;
    const operator = await environment.startOperator({ resyncSeconds: 3 });
    await this.stage.until('the operator has looked at each tenant twice', 60, async () => {
      const looks = metricSum(await operator.metrics(), 'dinfra_reactor_call_seconds_count', 'method="observe"');
      return looks >= 2 * this.names.length;
    });
    return { tenants: await world.fingerprint(this.names), writes: (await this.writes()).slice(seen) };
  }

  /**
   * Leaves of each tenant what the first version of the operator wrote, which kept neither the reactor, nor the descriptor
   * as it was accepted, nor facts. Nobody may be acting.
   */
  async forgetWhatTheFirstVersionDidNotKeep(): Promise<void> {
    const { environment } = this.stage;
    const { namespace } = environment;
    // Nobody else may write the spec of what is mirrored.
    const operator = new KubeClient(loadClusterAccess(environment.release.kubeconfig));
    const signal = AbortSignal.timeout(60_000);
    for (const name of this.names) {
      const ref = { name, namespace };
      const spec = { reactorRef: null, accepted: null };
      const { status } = await operator.mergePatch(deployments, ref, { spec }, signal);
      const { facts: _facts, accepted: _accepted, lastHandledReconcileAt: _handled, ...first } = status;
      const steps = [{ op: 'replace', path: '/status', value: first }] as const;
      await operator.jsonPatch(deployments, ref, steps, signal, { subresource: 'status' });
    }
    await environment.kubectl(['delete', 'configmaps', '-l', `${Label.content}=${PINNED}`]);
  }

  /** How many tenants have their reactor, their accepted descriptor with its bytes, and facts of a workload that is up. */
  async kept(): Promise<number> {
    const pins = await this.stage.environment.kubectl([
      'get',
      'configmaps',
      '-l',
      `${Label.content}=${PINNED}`,
      '-o',
      'name',
    ]);
    const pinned = new Set(pins.split('\n').map((line) => line.replace('configmap/', '')));
    return (await deploymentsOf(this.stage)).filter(
      ({ spec, status }) =>
        spec.reactorRef !== undefined &&
        pinned.has(spec.accepted?.contentRef.name ?? '') &&
        status.facts?.workload === 'Up',
    ).length;
  }

  /** All writes so far. */
  private async writes(): Promise<readonly string[]> {
    const { plane, namespace } = this.stage.environment;
    const accounts = new Set([
      accountName(namespace, 'dinfra-operator'),
      ...this.names.map((name) => accountName(name, 'dinfra-tenant')),
    ]);
    const requests = await readAuditLog(plane?.auditLog ?? '');
    const writes = requests.filter(
      (request) => accounts.has(request.user.username) && isWrite(request) && this.isOfTenant(request),
    );
    if (writes.length === 0) throw new Error('the audit log does not contain the writes that created the tenants');
    return writes.map(describeRequest);
  }

  private isOfTenant({ objectRef = {} }: Request): boolean {
    const { namespace = '', name = '', resource } = objectRef;
    return this.names.includes(namespace) || (resource === 'namespaces' && this.names.includes(name));
  }
}

async function deploymentsOf({ environment }: Stage): Promise<readonly Deployment[]> {
  const list = await environment.kubectl(['get', 'deployments.dinfra.io', '-o', 'json']);
  return (JSON.parse(list) as { readonly items: readonly Deployment[] }).items;
}

async function wishes(type: 'helm' | 'vm', count: number) {
  const file = new URL(`../../config/samples/descriptors/substrate-node-${type}.json`, import.meta.url);
  const wish = wishFor(`${type}/v1`, await readFile(file, 'utf8'), { funds: 10n ** 13n });
  return [wish, ...Array.from({ length: count - 1 }, () => withoutNote(wish))];
}
