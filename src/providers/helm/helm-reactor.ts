import { setTimeout as sleep } from 'node:timers/promises';
import type { TenureIdentity } from '../../award/identity.ts';
import { BoundedCache } from '../../base/bounded-cache.ts';
import { DinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import type { Marked, Memo, Observation, Order, Present, Reactor, Step } from '../port.ts';
import { ChartSource } from './chart/chart-source.ts';
import { parseHelmDescriptor } from './chart/descriptor.ts';
import { ChartPreparation, orderDigest, type PreparedChart } from './chart/prepared-chart.ts';
import { type HelmConfig, type Settings, settingsOf } from './config.ts';
import { ensureCell, findNamespace } from './confine/cell.ts';
import { NAMESPACE, tenantKinds } from './confine/kinds.ts';
import { TenantAccess } from './confine/tenant-access.ts';
import type { TenantCluster } from './observe/cluster.ts';
import { at, textOf } from './observe/json-fields.ts';
import { markedNamespaces } from './observe/marked-namespaces.ts';
import { type Expectation, observationOf } from './observe/observation.ts';
import { isOutOfPlace, isStopped, Surveyor, type SurveyorOptions } from './observe/survey.ts';
import type { HelmCommand } from './release/helm-command.ts';
import { Annotation } from './release/names.ts';
import { startWorkloads, stopWorkloads } from './release/suspension.ts';
import { TenantReleases } from './release/tenant-release.ts';

export interface HelmReactorOptions extends SurveyorOptions {
  /** What the Reactor resource says. */
  readonly config: HelmConfig;
  /** Namespace of the Reactor resource. */
  readonly owner: string;
  readonly cluster: TenantCluster;
  readonly helm: HelmCommand;
  /** Milliseconds, never going back. Default: this machine's. */
  readonly now?: () => number;
}

/** When looking again is worth it after a release has been written. */
const POLL_AFTER_WRITE_MS = 2_000;
const VERSION_MS = 600_000;
/** How long the rights of a new account may take to reach the API server's authoriser. */
const RIGHTS_MS = 5_000;
const RIGHTS_POLL_MS = 100;

/** Realises `helm/v1` descriptors: one namespace and one Helm release for each tenure, both named after it. */
export class HelmReactor implements Reactor {
  readonly kind = 'helm';
  readonly types: ReadonlySet<string> = new Set(['helm/v1']);
  private readonly settings: Settings;
  private readonly cluster: TenantCluster;
  private readonly helm: HelmCommand;
  private readonly access: TenantAccess;
  private readonly source: ChartSource;
  private readonly charts: ChartPreparation;
  private readonly releases: TenantReleases;
  private readonly surveyor: Surveyor;
  private readonly now: () => number;
  private readonly versions: BoundedCache<{ readonly at: number; readonly version: string | undefined }>;

  constructor({ config, owner, cluster, helm, now = () => performance.now(), ...survey }: HelmReactorOptions) {
    this.settings = settingsOf(config, owner);
    this.cluster = cluster;
    this.helm = helm;
    this.now = now;
    this.access = new TenantAccess(cluster, now);
    this.source = new ChartSource(this.settings.charts);
    this.charts = new ChartPreparation(helm, this.settings, this.source);
    this.releases = new TenantReleases(helm, this.access);
    this.surveyor = new Surveyor(cluster, this.access, this.settings, now, survey);
    this.versions = new BoundedCache(1);
  }

  async check(order: Order, signal: AbortSignal): Promise<void> {
    await this.prepare(order, signal);
  }

  async observe(
    identity: TenureIdentity,
    order: Order | undefined,
    _memo: Memo | undefined,
    signal: AbortSignal,
  ): Promise<Observation> {
    return observationOf(await this.surveyor.survey(identity, signal), this.expectation(order));
  }

  async create(order: Order, _memo: Memo | undefined, signal: AbortSignal): Promise<Step> {
    // What cannot be rendered leaves no namespace behind.
    await this.prepare(order, signal);
    return this.realise(order, signal);
  }

  async update(order: Order, _found: Present, signal: AbortSignal): Promise<Step> {
    // Wanted after all: a stop that was under way is taken back first.
    const namespace = await findNamespace(this.cluster.operator, order.identity, signal);
    if (namespace !== undefined && isStopped(namespace)) return this.startAgain(order.identity, signal);
    return this.realise(order, signal);
  }

  async stop(identity: TenureIdentity, _found: Present, signal: AbortSignal): Promise<Step> {
    const { name } = identity;
    // The mark first: from here on it is a stop under way, to be finished or taken back.
    await this.markStopped(identity, 'true', signal);
    await ensureCell(this.cluster.operator, identity, this.settings, { stopped: true }, signal);
    const kinds = tenantKinds(this.settings.extraKinds);
    await this.access.use(name, ({ cluster }) => stopWorkloads(cluster, name, kinds, signal), signal);
    return { message: `Taking down the pods of ${name}`, pollAfterMs: POLL_AFTER_WRITE_MS };
  }

  async start({ identity }: Order, _found: Present, signal: AbortSignal): Promise<Step> {
    return this.startAgain(identity, signal);
  }

  async delete(identity: TenureIdentity, _found: Present, signal: AbortSignal): Promise<Step> {
    const namespace = await findNamespace(this.cluster.operator, identity, signal);
    const { name } = identity;
    if (namespace === undefined) return { message: `Namespace ${name} is gone`, pollAfterMs: 0 };
    if (namespace.metadata.deletionTimestamp !== undefined) {
      return { message: `Namespace ${name} is being removed`, pollAfterMs: POLL_AFTER_WRITE_MS };
    }
    const trouble = await this.uninstall(name, signal);
    const preconditions = { uid: namespace.metadata.uid };
    await this.cluster.operator.delete(NAMESPACE, { name }, signal, { preconditions });
    this.access.forget(name);
    return {
      message: `Removing namespace ${name}${trouble === undefined ? '' : ` (${trouble})`}`,
      pollAfterMs: POLL_AFTER_WRITE_MS,
    };
  }

  listManaged(signal: AbortSignal): Promise<readonly Marked[]> {
    return markedNamespaces(this.cluster.operator, this.settings.owner, signal);
  }

  /** Lets go of connections to chart repositories. */
  async close(): Promise<void> {
    await this.source.close();
  }

  private async realise(order: Order, signal: AbortSignal): Promise<Step> {
    const { identity } = order;
    await ensureCell(this.cluster.operator, identity, this.settings, { stopped: false }, signal);
    await this.awaitRights(identity.name, signal);
    const objects = await this.surveyor.objectsOf(identity, signal);
    const drifted = objects.some(isOutOfPlace);
    this.surveyor.correcting(objects);
    const message = await this.releases.bringTo(
      { name: identity.name, order: orderDigest(order), drifted, chart: () => this.prepare(order, signal) },
      signal,
    );
    return { message, pollAfterMs: POLL_AFTER_WRITE_MS };
  }

  private async startAgain(identity: TenureIdentity, signal: AbortSignal): Promise<Step> {
    const { name } = identity;
    await ensureCell(this.cluster.operator, identity, this.settings, { stopped: false }, signal);
    const kinds = tenantKinds(this.settings.extraKinds);
    await this.access.use(name, ({ cluster }) => startWorkloads(cluster, name, kinds, signal), signal);
    await this.markStopped(identity, null, signal);
    return { message: `Bringing back the pods of ${name}`, pollAfterMs: POLL_AFTER_WRITE_MS };
  }

  private async markStopped(identity: TenureIdentity, mark: 'true' | null, signal: AbortSignal): Promise<void> {
    const namespace = await findNamespace(this.cluster.operator, identity, signal);
    if (namespace === undefined) return;
    const { name, uid } = namespace.metadata;
    const metadata = { uid, annotations: { [Annotation.stopped]: mark } };
    await this.cluster.operator.mergePatch(NAMESPACE, { name }, { metadata }, signal);
  }

  /** The release goes with its namespace in any case; uninstalling first only lets things end in order. */
  private async uninstall(name: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      await this.releases.uninstall(name, signal);
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DinfraError) return `without uninstalling: ${error.message}`;
      throw error;
    }
  }

  private expectation(order: Order | undefined): Expectation {
    const { nodeAddress } = this.settings;
    if (order === undefined) return { order: undefined, hints: [], nodeAddress };
    const { endpoints } = parseHelmDescriptor(order.descriptor);
    return { order: orderDigest(order), hints: endpoints, nodeAddress };
  }

  private async prepare(order: Order, signal: AbortSignal): Promise<PreparedChart> {
    await this.helm.version(signal);
    return this.charts.prepare(order, await this.kubeVersion(signal), signal);
  }

  /** Charts ask for the version they are rendered for; it changes with an upgrade of the cluster. */
  private async kubeVersion(signal: AbortSignal): Promise<string | undefined> {
    const known = this.versions.get('server');
    if (known !== undefined && this.now() - known.at < VERSION_MS) return known.version;
    const reply = await this.cluster.operator.request(
      { method: 'GET', path: '/version', attempt: 'get the version of the API server' },
      signal,
    );
    const found = /^v[0-9]+\.[0-9]+\.[0-9]+/.exec(textOf(at(reply, 'gitVersion')) ?? '');
    const version = found?.[0];
    this.versions.set('server', { at: this.now(), version });
    return version;
  }

  /** Rights granted a moment ago reach the authoriser by a watch: helm would meet a 403 and count as failed. */
  private async awaitRights(name: string, signal: AbortSignal): Promise<void> {
    const until = this.now() + RIGHTS_MS;
    for (;;) {
      const mayInstall = await this.access.use(name, ({ cluster }) => this.mayInstall(cluster, name, signal), signal);
      if (mayInstall) return;
      if (this.now() > until) {
        throw new RetryableError('ClusterForbidden', {
          message: `ServiceAccount ${name}/dinfra-tenant may not create secrets in its namespace`,
        });
      }
      await sleep(RIGHTS_POLL_MS, undefined, { signal });
    }
  }

  private async mayInstall(cluster: TenantCluster['operator'], namespace: string, signal: AbortSignal) {
    const review = await cluster.request(
      {
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { namespace, verb: 'create', group: '', resource: 'secrets' } },
        },
        attempt: `ask what ServiceAccount ${namespace}/dinfra-tenant may do`,
      },
      signal,
    );
    return at(review, 'status', 'allowed') === true;
  }
}
