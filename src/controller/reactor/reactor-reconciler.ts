import { isDeepStrictEqual } from 'node:util';
import { conditionsAfter, type Statement } from '../../api/conditions.ts';
import { FieldManager } from '../../api/labels.ts';
import { type Reactor as ReactorResource, reactors } from '../../api/reactor.ts';
import type { Reason } from '../../errors/catalogue.ts';
import { findDinfraError, RetryableError, withHint } from '../../errors/dinfra-error.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import { type KubeObject, parseKey, type ResourceType } from '../../kube/client/resource-type.ts';
import type { EventRecorder } from '../../kube/events/event-recorder.ts';
import { done, type Reconcile } from '../../kube/queue/controller.ts';
import type { Reactor } from '../../providers/port.ts';
import type { Health } from '../../server/health.ts';
import { OrphanWatch, type OrphanWatchOptions } from '../orphans/orphan-watch.ts';
import { describeOrphans, type Orphan } from '../orphans/orphans.ts';
import type { ReactorMetrics } from './reactor-metrics.ts';
import type { ReactorRegistry } from './reactor-registry.ts';

/** A reactor made from its resource. */
export interface MadeReactor {
  readonly reactor: Reactor;
  /**
   * Asks the backend for a sign of life that needs the credentials. Returns one line about what answered.
   *
   * @throws DinfraError why it cannot be used.
   */
  probe(signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** The keys and values of a Secret, decoded. */
export type SecretData = ReadonlyMap<string, string>;

/** Makes reactors of the kinds this operator knows. */
export interface ReactorFactory {
  /** Name of the Secret with the credentials, undefined when there are none. */
  secretName(resource: ReactorResource): string | undefined;
  /** @throws DinfraError naming the field or key that is missing or wrong. */
  make(resource: ReactorResource, secret: SecretData): Promise<MadeReactor>;
}

export interface ReactorReconcilerOptions {
  readonly client: KubeClient;
  readonly reactors: StoreView<ReactorResource>;
  readonly registry: ReactorRegistry;
  readonly factory: ReactorFactory;
  readonly events: EventRecorder;
  readonly metrics: ReactorMetrics;
  readonly health: Health;
  /** What looking for orphans needs. */
  readonly orphans: OrphanWatchOptions;
  /** Called after a reactor was made, replaced or removed. */
  readonly onChange: (key: string) => void;
  /** Called when a backend that could not be used can be used again. */
  readonly onRecovered: (key: string) => void;
  /** How often a backend is asked for a sign of life, in milliseconds. Default 60 s. */
  readonly probeMs?: number;
  /** How often one that does not answer is asked, in milliseconds. Default 10 s. */
  readonly retryMs?: number;
  readonly now?: () => number;
}

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
const secrets: ResourceType<Secret> = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };

interface Entry {
  readonly made: MadeReactor;
  /** What it was made from: a change of spec or credentials makes a new one. */
  readonly madeFrom: string;
  readonly orphans: OrphanWatch;
}

/** Keeps a reactor for each Reactor resource, and its status. */
export class ReactorReconciler {
  private readonly options: Required<ReactorReconcilerOptions>;
  private readonly entries = new Map<string, Entry>();
  /** Of each Reactor that cannot be used: why. */
  private readonly problems = new Map<string, string>();
  /** Of each Reactor: what takes its line from /readyz. */
  private readonly healthLines = new Map<string, () => void>();

  constructor(options: ReactorReconcilerOptions) {
    this.options = { probeMs: 60_000, retryMs: 10_000, now: Date.now, ...options };
  }

  readonly reconcile: Reconcile = async (key, signal) => {
    const resource = this.options.reactors.get(key);
    if (resource === undefined) {
      await this.drop(key);
      this.forget(key);
      return done;
    }
    this.showHealth(key);
    const outcome = await this.bringUp(key, resource, signal);
    if (!outcome.ok) this.problems.set(key, outcome.message);
    else if (this.problems.delete(key)) this.options.onRecovered(key);
    await this.writeStatus(resource, outcome, signal);
    return { requeueAfterMs: outcome.ok ? this.options.probeMs : this.options.retryMs };
  };

  /** Lets go of every backend, once nothing works on them any more. */
  async close(): Promise<void> {
    await Promise.all([...this.entries.keys()].map((key) => this.drop(key)));
  }

  private showHealth(key: string): void {
    if (this.healthLines.has(key)) return;
    this.healthLines.set(
      key,
      this.options.health.addReady(`reactor ${key}`, () => this.problems.get(key)),
    );
  }

  private forget(key: string): void {
    this.options.registry.delete(key);
    this.healthLines.get(key)?.();
    this.healthLines.delete(key);
    this.problems.delete(key);
    const { namespace = '', name } = parseKey(key);
    this.options.metrics.forget(namespace, name);
  }

  private async bringUp(key: string, resource: ReactorResource, signal: AbortSignal): Promise<Outcome> {
    try {
      const entry = await this.entryFor(key, resource, signal);
      try {
        const message = await entry.made.probe(signal);
        await entry.orphans.look(resource.spec.orphans === 'Remove', this.options.now(), signal);
        return { ok: true, reason: 'ReactorReachable', message, orphans: this.orphansOf(entry, resource) };
      } catch (error) {
        // The reactor stays: its own calls say more exactly what works and what does not.
        return outcomeOf(error);
      }
    } catch (error) {
      const ours = findDinfraError(error);
      if (ours === undefined) throw error;
      // A reactor that works is not given up because its Secret cannot be read just now.
      if (!this.entries.has(key)) this.options.registry.fail(key, ours);
      return outcomeOf(ours);
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

  private async writeStatus(
    resource: ReactorResource,
    { ok, reason, message, orphans }: Outcome,
    signal: AbortSignal,
  ): Promise<void> {
    const statement = { status: ok ? ('True' as const) : ('False' as const), reason, message };
    const conditions = conditionsAfter(
      resource.status.conditions,
      [
        { type: 'Ready', ...statement },
        { type: 'Reconciling', ...statement, status: ok ? undefined : 'True' },
        // What could not be looked at is as it was.
        ...(orphans === undefined ? [] : [orphanStatement(orphans)]),
      ],
      resource.metadata.generation,
      this.options.now(),
    );
    const status = { observedGeneration: resource.metadata.generation, conditions };
    if (isDeepStrictEqual(status, resource.status)) return;
    const { name, namespace } = resource.metadata;
    await this.options.client.apply(
      reactors,
      { metadata: { name, ...(namespace && { namespace }) }, status },
      { fieldManager: FieldManager.controller, subresource: 'status' },
      signal,
    );
    const { events } = this.options;
    const before = resource.status.conditions?.find(({ type }) => type === 'Ready');
    if (before?.reason !== reason || before.message !== message) {
      events.record(resource, { type: ok ? 'Normal' : 'Warning', reason, action: 'Probe', note: message });
    }
    const found = conditions.find(({ type }) => type === 'OrphansFound');
    if (found !== undefined && !isKnown(resource, found.message)) {
      events.record(resource, { type: 'Warning', reason: 'OrphansFound', action: 'Survey', note: found.message });
    }
  }
}

function isKnown({ status }: ReactorResource, message: string): boolean {
  return status.conditions?.some((one) => one.type === 'OrphansFound' && one.message === message) === true;
}

interface Outcome {
  readonly ok: boolean;
  readonly reason: Reason;
  readonly message: string;
  /** Undefined when it is not known: the backend could not be asked, or has been asked only once. */
  readonly orphans?: readonly Orphan[] | undefined;
}

function orphanStatement(orphans: readonly Orphan[]): Statement {
  const status = orphans.length > 0 ? 'True' : undefined;
  return { type: 'OrphansFound', status, reason: 'OrphansFound', message: describeOrphans(orphans) };
}

function outcomeOf(error: unknown): Outcome {
  const ours = findDinfraError(error);
  if (ours === undefined) throw error;
  return { ok: false, reason: ours.code, message: withHint(ours) };
}

function decode(secret: Secret | undefined): SecretData {
  return new Map(
    Object.entries(secret?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}
