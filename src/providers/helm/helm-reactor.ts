import { setTimeout as sleep } from 'node:timers/promises';
import type { TenureIdentity } from '../../award/identity.ts';
import { BoundedCache } from '../../base/bounded-cache.ts';
import { DinfraError } from '../../errors/dinfra-error.ts';
import type { Marked, Memo, Observation, Order, Present, Reactor, Step } from '../port.ts';
import {
  ChartPreparation,
  orderDigest,
  type PreparationOptions,
  type PreparedChart,
} from './chart/chart-preparation.ts';
import { ChartSource } from './chart/chart-source.ts';
import { parseHelmDescriptor } from './chart/descriptor.ts';
import type { TenantCluster } from './cluster.ts';
import { type HelmConfig, type Settings, settingsOf } from './config.ts';
import { NAMESPACE, tenantKinds } from './confine/kinds.ts';
import { admitNoPods, ensureTenantNamespace, findNamespace, markedNamespaces } from './confine/tenant-namespace.ts';
import { at, textOf } from './json-fields.ts';
import { Annotation } from './names.ts';
import { ofOneThing } from './observe/failures.ts';
import { type Expectation, observationOf } from './observe/observation.ts';
import { type ReaderOptions, TenantReader } from './observe/tenant-reader.ts';
import { isOutOfPlace, isStopped } from './observe/tenant-state.ts';
import { endPods, releaseFinalizers } from './release/ending.ts';
import type { HelmCommand } from './release/helm-command.ts';
import type { ReleaseHistory, ReleaseRecord } from './release/release-record.ts';
import { startWorkloads, stopWorkloads } from './release/suspension.ts';
import { TenantAccess, type TenantKey } from './release/tenant-access.ts';
import { TenantReleases } from './release/tenant-release.ts';
import { HelmWorkers } from './worker/helm-workers.ts';

export interface HelmReactorOptions extends ReaderOptions, PreparationOptions {
  /** `spec.helm` of the Reactor resource. */
  readonly config: HelmConfig;
  /** Namespace of the Reactor resource. */
  readonly owner: string;
  readonly cluster: TenantCluster;
  readonly helm: HelmCommand;
  /** Threads that process charts and releases; may be shared by reactors. Default: separate threads. */
  readonly workers?: HelmWorkers;
  /** A monotonic clock in milliseconds. Default: the system's. */
  readonly now?: () => number;
}

/** Delay until the next observation after a write. */
const POLL_AFTER_WRITE_MS = 2_000;
const VERSION_MS = 600_000;
/** After this time, the remaining pods of an ended tenure are deleted without a grace period. */
const PODS_END_MS = 40_000;
const MAX_ENDING = 10_000;
/** The API server's authoriser learns of new rights by a watch, usually within milliseconds. */
const RIGHTS_WAITS_MS = [10, 20, 40, 80, 160, 320, 640];

/** Realises `helm/v1` descriptors: one namespace and one Helm release per tenure, both named after it. */
export class HelmReactor implements Reactor {
  readonly kind = 'helm';
  readonly types: ReadonlySet<string> = new Set(['helm/v1']);
  private readonly settings: Settings;
  private readonly cluster: TenantCluster;
  private readonly helm: HelmCommand;
  private readonly access: TenantAccess;
  private readonly ownWorkers: HelmWorkers | undefined;
  private readonly source: ChartSource;
  private readonly charts: ChartPreparation;
  private readonly releases: TenantReleases;
  private readonly reader: TenantReader;
  private readonly now: () => number;
  private readonly closed = new AbortController();
  /** When the removal of a namespace was first requested, by its name, on this clock. */
  private readonly endingSince = new BoundedCache<number>(MAX_ENDING);
  private readonly versions: BoundedCache<{ readonly at: number; readonly version: string | undefined }>;

  constructor({ config, owner, helm, ...options }: HelmReactorOptions) {
    this.settings = settingsOf(config, owner);
    this.cluster = options.cluster;
    this.helm = helm;
    this.now = options.now ?? (() => performance.now());
    this.access = new TenantAccess(this.cluster, this.now);
    const { workers = new HelmWorkers() } = options;
    this.ownWorkers = options.workers === undefined ? workers : undefined;
    this.source = new ChartSource(this.settings.charts, workers);
    this.charts = new ChartPreparation(helm, this.settings, this.source, workers, options);
    this.releases = new TenantReleases(helm, this.access);
    const { signal } = this.closed;
    this.reader = new TenantReader(this.cluster, this.access, this.settings, this.now, workers, options, signal);
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
    return observationOf(await this.reader.read(identity, signal), this.expectation(order));
  }

  async create(order: Order, _memo: Memo | undefined, signal: AbortSignal): Promise<Step> {
    // Rendered first, so that a chart that fails leaves no namespace behind.
    await this.prepare(order, signal);
    return this.realise(order, true, signal);
  }

  async update(order: Order, _found: Present, signal: AbortSignal): Promise<Step> {
    // A stop in progress is undone first.
    const namespace = await findNamespace(this.cluster.operator, order.identity, this.settings.owner, signal);
    if (namespace !== undefined && isStopped(namespace)) return this.startAgain(order.identity, signal);
    return this.realise(order, false, signal);
  }

  /** Needs only the namespace with our marker, whatever is in it. */
  async stop(identity: TenureIdentity, _found: Present, signal: AbortSignal): Promise<Step> {
    const { name } = identity;
    // The annotation comes first: from here on a stop is in progress, to be finished or undone.
    await this.markStopped(identity, 'true', signal);
    await this.ensureWalls(identity, { stopped: true }, signal);
    const kinds = tenantKinds(this.settings.extraKinds);
    const troubles = await this.access.use(name, ({ cluster }) => stopWorkloads(cluster, name, kinds, signal), signal);
    return { message: `Taking down the pods of ${name}${inWords(troubles)}`, pollAfterMs: POLL_AFTER_WRITE_MS };
  }

  async start({ identity }: Order, _found: Present, signal: AbortSignal): Promise<Step> {
    return this.startAgain(identity, signal);
  }

  /**
   * Terminates the pods, whatever grace period they have, and deletes the namespace with everything in it: neither helm
   * nor the record of the release is needed. It does not depend on the rights of the tenant's account.
   */
  async delete(identity: TenureIdentity, _found: Present, signal: AbortSignal): Promise<Step> {
    const { name } = identity;
    const namespace = await findNamespace(this.cluster.operator, identity, this.settings.owner, signal);
    if (namespace === undefined) return { message: `Namespace ${name} is gone`, pollAfterMs: 0 };
    if (namespace.metadata.deletionTimestamp !== undefined) {
      return { message: `Namespace ${name} is being removed`, pollAfterMs: POLL_AFTER_WRITE_MS };
    }
    const left = await this.endPods(identity, signal);
    if (left > 0) return { message: `Ending the ${left} pods of ${name}`, pollAfterMs: POLL_AFTER_WRITE_MS };
    const preconditions = { uid: namespace.metadata.uid };
    await this.cluster.operator.delete(NAMESPACE, { name }, signal, { preconditions });
    this.reader.forget(name);
    this.endingSince.delete(name);
    return { message: `Removing namespace ${name}`, pollAfterMs: POLL_AFTER_WRITE_MS };
  }

  listManaged(signal: AbortSignal): Promise<readonly Marked[]> {
    return markedNamespaces(this.cluster.operator, this.settings.owner, signal);
  }

  /** Aborts work in progress and closes connections to chart repositories. */
  async close(): Promise<void> {
    this.closed.abort(new DOMException('the reactor is closed', 'AbortError'));
    this.charts.close();
    await this.source.close();
    await this.ownWorkers?.close();
  }

  /**
   * Terminates the pods of an ended tenure and returns how many are left; 0 once they have used up their grace period.
   */
  private async endPods(identity: TenureIdentity, signal: AbortSignal): Promise<number> {
    const { name } = identity;
    const kinds = tenantKinds(this.settings.extraKinds);
    try {
      const since = this.endingSince.get(name) ?? (await this.beginEnding(identity, signal));
      const end = async ({ cluster }: TenantKey) => {
        const isOverdue = this.now() - since >= PODS_END_MS;
        const count = await endPods(cluster, name, isOverdue, signal);
        if (count > 0 && !isOverdue) return count;
        await releaseFinalizers(cluster, name, kinds, signal);
        return 0;
      };
      return await this.access.use(name, end, signal);
    } catch (error) {
      ofOneThing(error);
      return 0;
    }
  }

  /** Closes the namespace to new pods, once, and returns when that was. */
  private async beginEnding(identity: TenureIdentity, signal: AbortSignal): Promise<number> {
    await admitNoPods(this.cluster.operator, identity, this.settings, signal);
    const since = this.now();
    this.endingSince.set(identity.name, since);
    return since;
  }

  private async realise(order: Order, isNew: boolean, signal: AbortSignal): Promise<Step> {
    const { identity } = order;
    await this.ensureWalls(identity, { stopped: false, isNew }, signal);
    const message = await this.releases.bringTo(
      {
        identity,
        consumer: order.consumer,
        order: orderDigest(order),
        history: () => this.history(identity, signal),
        isDrifted: (release) => this.isDrifted(identity, release, signal),
        chart: () => this.prepare(order, signal),
      },
      signal,
    );
    this.reader.noteRelease(identity);
    return { message, pollAfterMs: POLL_AFTER_WRITE_MS };
  }

  private history(identity: TenureIdentity, signal: AbortSignal): Promise<ReleaseHistory> {
    return this.withNewRights(() => this.reader.history(identity, signal), signal);
  }

  private async isDrifted(identity: TenureIdentity, release: ReleaseRecord, signal: AbortSignal): Promise<boolean> {
    const objects = await this.reader.objectsOf(identity, release, signal);
    this.reader.noteCorrection(objects);
    return objects.some(isOutOfPlace);
  }

  private async startAgain(identity: TenureIdentity, signal: AbortSignal): Promise<Step> {
    const { name } = identity;
    await this.ensureWalls(identity, { stopped: false }, signal);
    const kinds = tenantKinds(this.settings.extraKinds);
    const troubles = await this.access.use(name, ({ cluster }) => startWorkloads(cluster, name, kinds, signal), signal);
    await this.markStopped(identity, null, signal);
    return { message: `Bringing back the pods of ${name}${inWords(troubles)}`, pollAfterMs: POLL_AFTER_WRITE_MS };
  }

  private async ensureWalls(
    identity: TenureIdentity,
    options: { readonly stopped: boolean; readonly isNew?: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const versions = await ensureTenantNamespace(this.cluster.operator, identity, this.settings, options, signal);
    this.reader.noteWalls(identity, options.stopped, versions);
  }

  private async markStopped(identity: TenureIdentity, mark: 'true' | null, signal: AbortSignal): Promise<void> {
    const namespace = await findNamespace(this.cluster.operator, identity, this.settings.owner, signal);
    if (namespace === undefined) return;
    const { name, uid } = namespace.metadata;
    const metadata = { uid, annotations: { [Annotation.stopped]: mark } };
    await this.cluster.operator.mergePatch(NAMESPACE, { name }, { metadata }, signal);
  }

  private expectation(order: Order | undefined): Expectation {
    const { nodeAddress } = this.settings;
    if (order === undefined) return { order: undefined, hints: [], nodeAddress };
    return { order: orderDigest(order), hints: endpointHints(order), nodeAddress };
  }

  private async prepare(order: Order, signal: AbortSignal): Promise<PreparedChart> {
    await this.helm.version(signal);
    return this.charts.prepare(order, await this.kubeVersion(signal), signal);
  }

  /** Charts can query the cluster's version, which changes with an upgrade. */
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

  /** Does something with a tenant's rights, with retries while they are too new to be effective. */
  private async withNewRights<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (const waitMs of RIGHTS_WAITS_MS) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DinfraError) || error.code !== 'ClusterForbidden') throw error;
        await sleep(waitMs, undefined, { signal });
      }
    }
    return work();
  }
}

/** An order that can no longer be read has no endpoint hints; that must not prevent the observation. */
function endpointHints({ descriptor }: Order): Expectation['hints'] {
  try {
    return parseHelmDescriptor(descriptor).endpoints;
  } catch (error) {
    if (error instanceof DinfraError) return [];
    throw error;
  }
}

function inWords(troubles: readonly string[]): string {
  const [first] = troubles;
  if (first === undefined) return '';
  return ` (${first}${troubles.length === 1 ? '' : `, and ${troubles.length - 1} more`})`;
}
