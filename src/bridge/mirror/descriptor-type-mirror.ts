import pLimit from 'p-limit';
import { conditionsAfter } from '../../api/conditions.ts';
import { type DescriptorType, type DescriptorTypeStatus, descriptorTypes } from '../../api/descriptor-type.ts';
import { FieldManager, recommendedLabels } from '../../api/labels.ts';
import { descriptorTypeName } from '../../award/identity.ts';
import type { PublishedType } from '../../award/source.ts';
import { backoffMs } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import { startDeadline } from '../../base/deadline.ts';
import type { Logger } from '../../base/logger.ts';
import type { ContentSource } from '../../descriptors/content/content-source.ts';
import type { Descriptors } from '../../descriptors/descriptors.ts';
import type { StoreView } from '../../kube/cache/store.ts';
import { asDinfraError, type Problem, problemOf } from '../failures.ts';
import type { BridgeCluster } from '../ports.ts';
import { handledRequest, notReady, readyStatements } from '../status/readiness.ts';
import { writeStatus } from '../status/status-writer.ts';

/** Types processed at once: most of the time is spent waiting for gateways. */
const CONCURRENCY = 16;
const SETTLE_MS = 1_000;
const RETRY = { initialMs: 2_000, maxMs: 300_000 };

export interface DescriptorTypeMirrorOptions {
  readonly cluster: BridgeCluster;
  readonly store: StoreView<DescriptorType>;
  readonly schemas: Pick<Descriptors, 'schema'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborts the work in flight. */
  readonly signal: AbortSignal;
  /** How long one type may take, in milliseconds. Default 30 s. */
  readonly timeoutMs?: number;
}

interface Entry {
  readonly name: string;
  readonly genesis: string;
  type: PublishedType;
  sources: readonly ContentSource[];
  running: boolean;
  failures: number;
  /** Monotonic milliseconds. */
  retryAt: number;
  problem: Problem | undefined;
  readonly onSettled: Set<() => void>;
}

/**
 * Keeps a DescriptorType resource, including its schema, for each descriptor type that a provider offers or serves.
 * Schemas are untrusted input: each is fetched and checked on its own, with its own deadline and backoff, and nothing
 * waits for it.
 */
export class DescriptorTypeMirror {
  private readonly options: DescriptorTypeMirrorOptions;
  private readonly limit = pLimit(CONCURRENCY);
  /** By name of the resource. */
  private readonly entries = new Map<string, Entry>();

  constructor(options: DescriptorTypeMirrorOptions) {
    this.options = options;
  }

  /**
   * Sets the types the chain has now. Returns immediately; `onSettled` is called when a type became usable or unusable.
   */
  want(
    genesis: string,
    types: Iterable<PublishedType>,
    sources: readonly ContentSource[],
    onSettled: () => void,
  ): void {
    for (const type of types) {
      const entry = this.entryOf(genesis, type);
      if (entry.type.schema.hash !== type.schema.hash || entry.type.version !== type.version) {
        entry.failures = 0;
        entry.retryAt = 0;
      }
      entry.type = type;
      entry.sources = sources;
      if (entry.running || this.options.signal.aborted || !this.isDue(entry)) continue;
      entry.running = true;
      entry.onSettled.add(onSettled);
      void this.limit(() => this.bring(entry));
    }
  }

  /** Why the current schema of a type cannot be fetched or used; undefined once it is in the cluster. */
  problemOf(genesis: string, type: string): Problem | undefined {
    return this.entries.get(descriptorTypeName(genesis, type))?.problem;
  }

  private entryOf(genesis: string, type: PublishedType): Entry {
    const name = descriptorTypeName(genesis, type.name);
    const known = this.entries.get(name);
    if (known !== undefined) return known;
    const entry: Entry = {
      name,
      genesis,
      type,
      sources: [],
      running: false,
      failures: 0,
      retryAt: 0,
      problem: undefined,
      onSettled: new Set(),
    };
    this.entries.set(name, entry);
    return entry;
  }

  private isDue({ name, type, problem, retryAt }: Entry): boolean {
    if (this.options.clock.monotonic() < retryAt) return false;
    const known = this.options.store.get(name);
    if (known === undefined || problem !== undefined || !isInStep(known.spec, type)) return true;
    return differs(known, problem);
  }

  /** Never throws. */
  private async bring(entry: Entry): Promise<void> {
    const { clock, log, signal, timeoutMs = 30_000 } = this.options;
    const deadline = startDeadline(signal, timeoutMs);
    const before = entry.problem;
    const { version } = entry.type;
    try {
      const applied = await this.apply(entry, deadline.signal);
      entry.problem = undefined;
      entry.failures = 0;
      // The watch shows a write only after a moment.
      entry.retryAt = clock.monotonic() + SETTLE_MS;
      await this.writeStatus(applied, undefined, deadline.signal);
    } catch (error) {
      if (signal.aborted) return;
      entry.failures += 1;
      entry.retryAt = clock.monotonic() + backoffMs(entry.failures, RETRY, () => 0);
      entry.problem = problemOf(asDinfraError(error));
      const { reason, message } = entry.problem;
      if (before?.reason !== reason) {
        log.warn({ type: entry.type.name, version, reason, err: message }, 'a descriptor type is not usable');
      }
      await this.noteProblem(entry).catch(() => undefined);
    } finally {
      deadline.clear();
      entry.running = false;
      const settling = [...entry.onSettled];
      entry.onSettled.clear();
      if (!signal.aborted && (entry.problem?.reason !== before?.reason || entry.problem === undefined)) {
        for (const settled of settling) settled();
      }
    }
  }

  private async apply({ name, genesis, type, sources }: Entry, signal: AbortSignal): Promise<DescriptorType> {
    const { cluster, store, schemas } = this.options;
    const known = store.get(name);
    if (known !== undefined && isInStep(known.spec, type)) return known;
    const schema =
      known?.spec.schemaHash === type.schema.hash
        ? known.spec.schema
        : await schemas.schema(type.name, type.schema, sources, signal);
    const spec = {
      genesisHash: genesis,
      name: type.name,
      owner: type.owner,
      version: type.version,
      schemaHash: type.schema.hash,
      schema,
      retired: type.retired,
    };
    const metadata = { name, labels: recommendedLabels('descriptor-type', name) };
    return cluster.apply(descriptorTypes, { metadata, spec }, { fieldManager: FieldManager.bridge }, signal);
  }

  private async noteProblem({ name, problem }: Entry): Promise<void> {
    const known = this.options.store.get(name);
    if (known !== undefined) await this.writeStatus(known, problem, this.options.signal);
  }

  private async writeStatus(object: DescriptorType, problem: Problem | undefined, signal: AbortSignal): Promise<void> {
    const status = descriptorTypeStatus(object, problem, this.options.clock.wallTime());
    await writeStatus(this.options.cluster, descriptorTypes, { object, status }, signal);
  }
}

function isInStep(before: DescriptorType['spec'], after: PublishedType): boolean {
  return (
    before.owner === after.owner &&
    before.version === after.version &&
    before.schemaHash === after.schema.hash &&
    before.retired === after.retired
  );
}

/** True if the status is not what it should be, e.g. after a crash between the two writes. */
function differs(object: DescriptorType, problem: Problem | undefined): boolean {
  const { status } = object;
  const wanted = descriptorTypeStatus(object, problem, 0);
  const of = (conditions: typeof status.conditions) =>
    conditions?.map(({ type, status: is, reason, message }) => `${type} ${is} ${reason} ${message}`).join('\n');
  return (
    status.observedGeneration !== wanted.observedGeneration ||
    status.lastHandledReconcileAt !== wanted.lastHandledReconcileAt ||
    of(status.conditions) !== of(wanted.conditions)
  );
}

/** The status of a DescriptorType. `problem` is why the chain's current version cannot be fetched or used. Pure. */
function descriptorTypeStatus(
  { metadata, spec, status }: DescriptorType,
  problem: Problem | undefined,
  now: number,
): DescriptorTypeStatus {
  const ready =
    problem === undefined
      ? ({ status: 'True', reason: 'Registered', message: `Version ${spec.version}.` } as const)
      : notReady({ ...problem, message: `Version ${spec.version} stays in use: ${problem.message}` });
  return {
    observedGeneration: metadata.generation,
    conditions: conditionsAfter(status.conditions, readyStatements(ready), metadata.generation, now),
    ...handledRequest(metadata),
  };
}
