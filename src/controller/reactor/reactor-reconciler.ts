import { isDeepStrictEqual } from 'node:util';
import type { Condition } from '../../api/condition.ts';
import { FieldManager, IN_USE_FINALIZER } from '../../api/labels.ts';
import { type Reactor as ReactorResource, type ReactorStatus, reactors } from '../../api/reactor.ts';
import { LeadershipLostError } from '../../base/fence.ts';
import { findDinfraError, RetryableError } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import { addFinalizer, removeFinalizer } from '../../kube/client/finalizers.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import { parseKey } from '../../kube/client/resource-type.ts';
import { type Secret, secrets } from '../../kube/client/secret.ts';
import type { EventRecorder } from '../../kube/events/event-recorder.ts';
import { done, type Next, type Reconcile } from '../../kube/queue/controller.ts';
import type { Reactor } from '../../providers/port.ts';
import { OrphanWatch, type OrphanWatchOptions } from '../orphans/orphan-watch.ts';
import type { Orphan } from '../orphans/orphans.ts';
import type { ReactorMetrics } from './reactor-metrics.ts';
import type { ReactorRegistry } from './reactor-registry.ts';
import { failedProbe, type Probe, reactorStatus } from './reactor-status.ts';

/** A reactor created from its resource. */
export interface MadeReactor {
  readonly reactor: Reactor;
  /**
   * Probes the backend with a call that needs the credentials. Returns one line about what answered.
   *
   * @throws DinfraError why it cannot be used.
   */
  probe(signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** The keys and values of a Secret, decoded. */
export type SecretData = ReadonlyMap<string, string>;

/** Creates reactors of the kinds this operator knows. */
export interface ReactorFactory {
  /** Name of the Secret with the credentials; undefined if there is none. */
  secretName(resource: ReactorResource): string | undefined;
  /** @throws DinfraError that names the missing or wrong field or key. */
  make(resource: ReactorResource, secret: SecretData): Promise<MadeReactor>;
}

export interface ReactorReconcilerOptions {
  readonly client: Pick<KubeClient, 'apply' | 'find' | 'jsonPatch'>;
  readonly reactors: StoreView<ReactorResource>;
  readonly registry: ReactorRegistry;
  readonly factory: ReactorFactory;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly metrics: ReactorMetrics;
  /** Ports for the orphan watch. */
  readonly orphans: OrphanWatchOptions;
  /** The number of Deployments of a reactor, by `namespace/name`. */
  readonly dependents: (key: string) => number;
  /** Called after a reactor was created, replaced or removed. */
  readonly onChange: (key: string) => void;
  /** Called when an unusable backend became usable again. */
  readonly onRecovered: (key: string) => void;
  /** Interval between probes of a backend, in milliseconds. Default 60 s. */
  readonly probeMs?: number;
  /** The same while it does not answer. Default 10 s. */
  readonly retryMs?: number;
  readonly now?: () => number;
}

interface Entry {
  readonly made: MadeReactor;
  /** What it was created from: a change of spec or credentials creates a new one. */
  readonly madeFrom: string;
  readonly orphans: OrphanWatch;
}

/** Maintains a reactor for each Reactor resource, and the resource's status. */
export class ReactorReconciler {
  private readonly options: Required<ReactorReconcilerOptions>;
  private readonly entries = new Map<string, Entry>();
  /** Reactors that cannot be used at the moment. */
  private readonly failing = new Set<string>();

  constructor(options: ReactorReconcilerOptions) {
    this.options = { probeMs: 60_000, retryMs: 10_000, now: Date.now, ...options };
  }

  readonly reconcile: Reconcile = async (key, signal, _log, writeSignal) => {
    const resource = this.options.reactors.get(key);
    if (resource === undefined) return this.forget(key);
    const waitsFor = resource.metadata.deletionTimestamp === undefined ? undefined : this.options.dependents(key);
    if (waitsFor === 0) return this.release(key, resource, signal);
    if (waitsFor === undefined && resource.metadata.finalizers?.includes(IN_USE_FINALIZER) !== true) {
      await addFinalizer(this.options.client, reactors, resource, IN_USE_FINALIZER, signal);
    }
    const { probe, orphans } = await this.bringUp(key, resource, signal);
    if (!probe.ok) this.failing.add(key);
    else if (this.failing.delete(key)) this.options.onRecovered(key);
    const status = reactorStatus(resource, { probe, orphans, waitsFor, now: this.options.now() });
    await this.writeStatus(resource, status, writeSignal);
    return { requeueAfterMs: probe.ok ? this.options.probeMs : this.options.retryMs };
  };

  /** Closes every backend, once no work on them is in flight. */
  async close(): Promise<void> {
    await Promise.all([...this.entries.keys()].map((key) => this.drop(key)));
  }

  private async forget(key: string): Promise<Next> {
    await this.drop(key);
    this.options.registry.delete(key);
    this.failing.delete(key);
    const { namespace = '', name } = parseKey(key);
    this.options.metrics.forget(namespace, name);
    return done;
  }

  /** Removes a reactor that no tenant needs any more. */
  private async release(key: string, resource: ReactorResource, signal: AbortSignal): Promise<Next> {
    await removeFinalizer(this.options.client, reactors, resource, IN_USE_FINALIZER, signal);
    return this.forget(key);
  }

  private async bringUp(key: string, resource: ReactorResource, signal: AbortSignal): Promise<Looked> {
    let entry: Entry;
    try {
      entry = await this.entryFor(key, resource, signal);
    } catch (error) {
      const ours = findDinfraError(error);
      // A working reactor is not dropped because its Secret cannot be read at the moment.
      if (ours !== undefined && !this.entries.has(key)) this.options.registry.fail(key, ours);
      return failed(error, signal);
    }
    try {
      const message = await entry.made.probe(signal);
      await entry.orphans.look(resource.spec.orphans === 'Remove', this.options.now(), signal);
      return { probe: { ok: true, message }, orphans: this.orphansOf(entry, resource) };
    } catch (error) {
      // The reactor stays registered: its own calls report more precisely what works and what does not.
      return failed(error, signal);
    }
  }

  private orphansOf({ orphans: { orphans } }: Entry, { metadata }: ReactorResource): readonly Orphan[] | undefined {
    if (orphans !== undefined) {
      this.options.metrics.foundOrphans(metadata.namespace ?? '', metadata.name, orphans.length);
    }
    return orphans;
  }

  private async entryFor(key: string, resource: ReactorResource, signal: AbortSignal): Promise<Entry> {
    const secret = await this.secretOf(resource, signal);
    const { uid, generation } = resource.metadata;
    const madeFrom = `${uid}/${generation}/${secret?.metadata.resourceVersion ?? ''}`;
    const known = this.entries.get(key);
    if (known?.madeFrom === madeFrom) return known;
    const made = await this.options.factory.make(resource, decode(secret));
    await this.drop(key);
    const entry: Entry = {
      made,
      madeFrom,
      orphans: new OrphanWatch(made.reactor, this.options.orphans),
    };
    this.entries.set(key, entry);
    this.options.registry.set(key, made.reactor);
    this.options.onChange(key);
    return entry;
  }

  private async secretOf(resource: ReactorResource, signal: AbortSignal): Promise<Secret | undefined> {
    const name = this.options.factory.secretName(resource);
    if (name === undefined) return undefined;
    const { namespace } = resource.metadata;
    const secret = await this.options.client.find(secrets, { name, ...(namespace && { namespace }) }, signal);
    if (secret !== undefined) return secret;
    throw new RetryableError('ReactorCredentialsMissing', {
      message: `there is no Secret ${name} in namespace ${namespace}, which holds the credentials of Reactor ${resource.metadata.name}`,
    });
  }

  private async drop(key: string): Promise<void> {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    await entry.made.close();
  }

  private async writeStatus(resource: ReactorResource, status: ReactorStatus, signal: AbortSignal): Promise<void> {
    if (isDeepStrictEqual(status, resource.status)) return;
    const { name, namespace } = resource.metadata;
    await this.options.client.apply(
      reactors,
      { metadata: { name, ...(namespace && { namespace }) }, status },
      { fieldManager: FieldManager.controller, subresource: 'status' },
      signal,
    );
    this.recordNews(resource, status, 'Ready', 'Probe');
    this.recordNews(resource, status, 'OrphansFound', 'Survey');
    if (resource.metadata.deletionTimestamp !== undefined) this.recordNews(resource, status, 'Reconciling', 'Delete');
  }

  /** Records an event when a condition has changed. */
  private recordNews(
    resource: ReactorResource,
    after: ReactorStatus,
    type: Condition['type'],
    action: 'Probe' | 'Survey' | 'Delete',
  ): void {
    const now = conditionOf(after, type);
    const before = conditionOf(resource.status, type);
    if (now === undefined || (before?.reason === now.reason && before.message === now.message)) return;
    const isGood = type === 'Ready' && now.status === 'True';
    this.options.events.record(resource, {
      type: isGood ? 'Normal' : 'Warning',
      reason: now.reason as Parameters<EventRecorder['record']>[1]['reason'],
      action,
      note: now.message,
    });
  }
}

/** The result of a probe of the backend. */
interface Looked {
  readonly probe: Probe;
  readonly orphans?: readonly Orphan[] | undefined;
}

function failed(error: unknown, signal: AbortSignal): Looked & { readonly orphans: undefined } {
  if (error instanceof LeadershipLostError) throw error;
  return { probe: failedProbe(error, signal.aborted), orphans: undefined };
}

function conditionOf({ conditions }: ReactorStatus, type: Condition['type']): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

function decode(secret: Secret | undefined): SecretData {
  return new Map(
    Object.entries(secret?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}
