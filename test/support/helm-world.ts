import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, type TenureIdentity } from '../../src/award/identity.ts';
import type { Json } from '../../src/base/json.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import type { ApiObject, Cluster, TenantCluster } from '../../src/providers/helm/cluster.ts';
import type { HelmConfig } from '../../src/providers/helm/config.ts';
import { DEPLOYMENT, NAMESPACE, SECRET } from '../../src/providers/helm/confine/kinds.ts';
import { HelmReactor, type HelmReactorOptions } from '../../src/providers/helm/helm-reactor.ts';
import { at } from '../../src/providers/helm/json-fields.ts';
import { HelmCommand } from '../../src/providers/helm/release/helm-command.ts';
import { decodeRelease } from '../../src/providers/helm/release/release-content.ts';
import type { Observation, Order, Present, Reactor } from '../../src/providers/port.ts';
import { chartArchive, WEB_CHART } from './chart-archives.ts';

const SETTLES_MS = 90_000;

/** The cluster of KUBECONFIG, connected to the reactor as in the operator. */
export async function tenantCluster(
  access = loadClusterAccess(),
  options: ConstructorParameters<typeof KubeClient>[1] = {},
) {
  // A client certificate would win over the token.
  const { cert: _cert, key: _key, ...tls } = (await access.credentials()).tls;
  const as = (token: string) => {
    const credentials = async () => ({ headers: { authorization: `Bearer ${token}` }, tls });
    return new KubeClient({ ...access, credentials }, options);
  };
  return {
    operator: new KubeClient(access, options),
    as,
    server: access.server,
    ca: tls.ca,
    serverName: tls.servername,
    insecure: !tls.rejectUnauthorized,
    proxyUrl: access.proxyUrl,
  };
}

/**
 * The cluster of KUBECONFIG with a Helm reactor, and a unique genesis, so that its names collide with no other test.
 */
export class HelmWorld {
  readonly signal = new AbortController().signal;
  readonly client: KubeClient;
  readonly cluster: TenantCluster;
  private readonly genesis = `0x${randomBytes(32).toString('hex')}`;
  private readonly made: { close(): Promise<void> }[] = [];
  private subscriptions = 0n;

  private constructor(client: KubeClient, cluster: TenantCluster) {
    this.client = client;
    this.cluster = cluster;
  }

  static async open(given?: Awaited<ReturnType<typeof tenantCluster>>): Promise<HelmWorld> {
    const cluster = given ?? (await tenantCluster());
    return new HelmWorld(cluster.operator, cluster);
  }

  /** Removes every namespace of this world. */
  async close(): Promise<void> {
    for (const { metadata } of await this.namespaces()) {
      await this.client.delete(NAMESPACE, { name: metadata.name }, this.signal);
    }
    for (const thing of this.made) await thing.close();
    await this.client.close();
  }

  /** A new reactor without memory, as after a start of the operator. It observes everything each time. */
  reactor(config: HelmConfig = {}, options: Partial<HelmReactorOptions> = {}): HelmReactor {
    const reactor = new HelmReactor({
      config,
      owner: 'default',
      cluster: this.cluster,
      helm: new HelmCommand(),
      auditEveryMs: 0,
      patienceMs: SETTLES_MS,
      ...options,
    });
    this.made.push(reactor);
    return reactor;
  }

  /** The identity of a new tenure. */
  identity(): TenureIdentity {
    this.subscriptions += 1n;
    return identityOf({ genesis: this.genesis, subscription: this.subscriptions, tenure: 1 });
  }

  /** An order for a chart. */
  order(descriptor: Json, identity = this.identity()): Order {
    const descriptorHash = `0x${createHash('sha256').update(JSON.stringify(descriptor)).digest('hex')}`;
    return {
      identity,
      type: 'helm/v1',
      descriptor,
      descriptorHash,
      consumer: 'somebody',
      accessKey: `0x${'00'.repeat(32)}`,
    };
  }

  /** An order for the web chart, or for a chart of these files. */
  async web(values: Json = {}, identity = this.identity(), files = WEB_CHART): Promise<Order> {
    const archive = await chartArchive(files);
    return this.order({ chart: { archive: archive.toString('base64') }, values }, identity);
  }

  observe(reactor: Reactor, order: Order): Promise<Observation> {
    return reactor.observe(order.identity, order, undefined, this.signal);
  }

  /** The observation of a tenure; throws if nothing of it exists. */
  async present(reactor: Reactor, order: Order): Promise<Present> {
    const found = await this.observe(reactor, order);
    if (found.kind === 'Present') return found;
    throw new Error(`${order.identity.name} is ${found.kind}`);
  }

  /** Observes until the condition is met. */
  async until(reactor: Reactor, order: Order, isSo: (found: Observation) => boolean): Promise<Observation> {
    const end = Date.now() + SETTLES_MS;
    for (;;) {
      const found = await this.observe(reactor, order);
      if (isSo(found)) return found;
      if (Date.now() > end) throw new Error(`still ${JSON.stringify(found)}`);
      await sleep(200);
    }
  }

  /** Acts like the controller until the workload is as ordered, and up. */
  async settle(reactor: Reactor, order: Order): Promise<Present> {
    const end = Date.now() + SETTLES_MS;
    for (;;) {
      const found = await this.observe(reactor, order);
      if (found.kind === 'Absent') await reactor.create(order, undefined, this.signal);
      else if (found.kind === 'Present') {
        if (found.phase === 'Stopped') await reactor.start(order, found, this.signal);
        else if (found.phase === 'Partial' || found.differences.length > 0)
          await reactor.update(order, found, this.signal);
        else if (found.healthy) return found;
      }
      if (Date.now() > end) throw new Error(`still ${JSON.stringify(found)}`);
      await sleep(100);
    }
  }

  /** Acts like the controller until nothing is left. */
  async remove(reactor: Reactor, order: Order): Promise<void> {
    await this.until(reactor, order, () => true);
    const end = Date.now() + SETTLES_MS;
    for (;;) {
      const found = await this.observe(reactor, order);
      if (found.kind === 'Absent') return;
      if (found.kind === 'Present') await reactor.delete(order.identity, found, this.signal);
      if (Date.now() > end) throw new Error(`still ${JSON.stringify(found)}`);
      await sleep(200);
    }
  }

  /** All namespaces with a marker of this world. */
  async namespaces(): Promise<readonly ApiObject[]> {
    const { items } = await this.client.list(NAMESPACE, {}, this.signal);
    return items.filter(({ metadata }) => metadata.annotations?.['dinfra.io/marker']?.includes(this.genesis));
  }

  /** The revisions of a release, oldest first, with their status. */
  async revisions({ identity: { name } }: Order): Promise<readonly string[]> {
    const { items } = await this.client.list(SECRET, { namespace: name, labelSelector: 'owner=helm' }, this.signal);
    const records = await Promise.all(
      items.map(async (secret) => ({
        revision: Number(secret.metadata.name.replace(/^.*\.v/, '')),
        status: (await decodeRelease(String(at(secret, 'data', 'release'))))?.status ?? 'unreadable',
      })),
    );
    return records.sort((a, b) => a.revision - b.revision).map(({ revision, status }) => `${revision} ${status}`);
  }

  /** The desired replicas of the Deployment `web` of a tenure. */
  async replicas({ identity: { name } }: Order): Promise<unknown> {
    return at(await this.client.get(DEPLOYMENT, { namespace: name, name: 'web' }, this.signal), 'spec', 'replicas');
  }

  /** A client with the rights of a tenant. */
  async asTenant({ identity: { name } }: Order): Promise<Cluster> {
    return this.cluster.as(await this.token(name, 'dinfra-tenant'));
  }

  /** A token of a service account. */
  async token(namespace: string, account: string): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const reply = await this.client.request({ method: 'POST', path, body, attempt: 'get a token' }, this.signal);
    return String(at(reply, 'status', 'token'));
  }
}
