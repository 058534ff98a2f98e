import { readFile } from 'node:fs/promises';
import { metricSum } from '../../bench/numbers.ts';
import type { Fingerprint } from '../../dev/demo/world.ts';
import type { OperatorRelease } from '../../dev/operator-release.ts';
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

async function wishes(type: 'helm' | 'vm', count: number) {
  const file = new URL(`../../config/samples/descriptors/substrate-node-${type}.json`, import.meta.url);
  const wish = wishFor(`${type}/v1`, await readFile(file, 'utf8'), { funds: 10n ** 13n });
  return [wish, ...Array.from({ length: count - 1 }, () => withoutNote(wish))];
}
