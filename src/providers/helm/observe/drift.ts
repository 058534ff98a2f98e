import { isDeepStrictEqual } from 'node:util';
import { BoundedCache } from '../../../base/bounded-cache.ts';
import { DinfraError } from '../../../errors/dinfra-error.ts';
import type { Address, ApiManifest, ApiObject, Cluster } from '../cluster.ts';
import type { ManifestObject } from '../confine/manifest.ts';
import { at, isRecord, type JsonRecord, listOf, recordOf, textOf } from '../json-fields.ts';
import { ofTheConnection } from './failures.ts';

/** Helm's field manager under server-side apply. */
const HELM = 'helm';

/** How an object compares with its chart. */
export type Drift =
  | { readonly kind: 'None' }
  /** The first field that differs from the chart. */
  | { readonly kind: 'Field'; readonly field: string }
  /** A field that another writer keeps changing back: not corrected for a while. */
  | { readonly kind: 'Contested'; readonly field: string }
  /** It could not be compared. */
  | { readonly kind: 'Unknown'; readonly why: string };

const NONE: Drift = { kind: 'None' };

export interface Comparison {
  readonly address: Address;
  readonly object: ManifestObject;
  readonly live: ApiObject;
  readonly namespace: string;
  /** An autoscaler sets them. */
  readonly ignoreReplicas: boolean;
  /** Helm has just applied it. */
  readonly isFresh: boolean;
}

/**
 * Compares an object with its chart by a dry run: only the API server knows what applying the manifest again would
 * change, given defaults, quantities and other owners of fields. No dry run is needed for a fresh object without other
 * writers.
 *
 * @throws if the API server cannot be reached. An object that it refuses to dry-run is `Unknown`.
 */
export async function findDrift(cluster: Cluster, comparison: Comparison, signal: AbortSignal): Promise<Drift> {
  const { address, object, live, namespace, isFresh } = comparison;
  if (isFresh && isOnlyHelms(live)) return NONE;
  const manifest = asHelmApplies(object, namespace);
  try {
    const applied = await cluster.apply(address, manifest, { fieldManager: HELM, force: true, dryRun: true }, signal);
    const field = firstChange(comparable(live, comparison), comparable(applied, comparison));
    return field === undefined ? NONE : { kind: 'Field', field };
  } catch (error) {
    if (!(error instanceof DinfraError) || ofTheConnection(error)) throw error;
    return { kind: 'Unknown', why: error.message.slice(0, 200) };
  }
}

/** Kinds and names of the objects whose replicas an autoscaler of the chart sets. */
export function scaledByOthers(objects: readonly ManifestObject[]): ReadonlySet<string> {
  const targets = objects
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
    .map(({ content }) => at(content, 'spec', 'scaleTargetRef'));
  return new Set(targets.map((target) => `${textOf(at(target, 'kind'))}/${textOf(at(target, 'name'))}`));
}

/** True if the API server has recorded no writer but helm and those of statuses. */
function isOnlyHelms({ metadata }: ApiObject): boolean {
  const writers = listOf(metadata.managedFields).map(recordOf);
  const isHelms = ({ manager, operation, subresource }: JsonRecord) =>
    manager === HELM && operation === 'Apply' && subresource === undefined;
  return writers.some(isHelms) && writers.every((writer) => isHelms(writer) || writer['subresource'] === 'status');
}

/** Helm adds these marks to what it applies. Without them, an apply would appear to remove them. */
function asHelmApplies({ content, name }: ManifestObject, namespace: string): ApiManifest {
  const metadata = recordOf(content['metadata']);
  return {
    ...content,
    metadata: {
      ...metadata,
      name,
      namespace,
      labels: { ...stringsOf(metadata['labels']), 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        ...stringsOf(metadata['annotations']),
        'meta.helm.sh/release-name': namespace,
        'meta.helm.sh/release-namespace': namespace,
      },
    },
  };
}

/** The part of an object that a chart determines. */
function comparable(object: ApiObject, { ignoreReplicas }: Pick<Comparison, 'ignoreReplicas'>): JsonRecord {
  const { metadata, status: _, spec, ...rest } = object as ApiObject & JsonRecord;
  const { replicas, ...otherSpec } = recordOf(spec);
  return {
    ...rest,
    metadata: { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
    ...(spec === undefined ? {} : { spec: ignoreReplicas ? otherSpec : { ...otherSpec, replicas } }),
  };
}

function firstChange(before: unknown, after: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(before, after)) return undefined;
  if (!isRecord(before) || !isRecord(after)) return path;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = firstChange(before[key], after[key], path === '' ? key : `${path}.${key}`);
    if (change !== undefined) return change;
  }
  return undefined;
}

function stringsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(recordOf(value)).flatMap(([key, text]) => (text === null ? [] : [[key, `${text}`]])),
  );
}

interface Verdict {
  /** Identifies what was compared: the versions of the object and of the revision. */
  readonly of: string;
  readonly at: number;
  readonly drift: Drift;
}

interface Corrections {
  readonly since: number;
  readonly count: number;
}

const MAX_OBJECTS = 50_000;
/** How often a field that another writer keeps changing back is corrected within an hour. */
const CORRECTIONS = 3;
const CONTEST_MS = 3_600_000;

/**
 * Remembers the results of comparisons, because each may cost a dry run, and usually nothing changes. An object is
 * compared again if its generation or its release has changed, and after a while because of changes that do not affect
 * the generation, such as labels.
 */
export class DriftMemory {
  private readonly now: () => number;
  private readonly againAfterMs: number;
  private readonly verdicts = new BoundedCache<Verdict>(MAX_OBJECTS);
  private readonly corrections = new BoundedCache<Corrections>(MAX_OBJECTS);

  constructor(now: () => number, againAfterMs: number) {
    this.now = now;
    this.againAfterMs = againAfterMs;
  }

  /** How an object compares with the chart of its `revision`; calls `compare` only if that is not known. */
  async judge({ metadata }: ApiObject, revision: string, compare: () => Promise<Drift>): Promise<Drift> {
    const { uid, generation, resourceVersion } = metadata;
    const of = `${generation ?? resourceVersion}/${revision}`;
    const known = this.verdicts.get(uid);
    if (known?.of === of && this.now() - known.at < this.againAfterMs) return known.drift;
    const at = this.now();
    const drift = await compare();
    // Drift is not remembered, so that its correction is noticed.
    if (drift.kind !== 'Field') this.verdicts.set(uid, { of, at, drift });
    return drift.kind === 'Field' && this.isContested(uid, drift.field) ? { ...drift, kind: 'Contested' } : drift;
  }

  /** Counts an imminent correction of a field. */
  noteCorrection(uid: string, field: string): void {
    const key = `${uid}/${field}`;
    const known = this.corrections.get(key);
    const isSameContest = known !== undefined && this.now() - known.since < CONTEST_MS;
    this.corrections.set(key, isSameContest ? { ...known, count: known.count + 1 } : { since: this.now(), count: 1 });
  }

  private isContested(uid: string, field: string): boolean {
    const known = this.corrections.get(`${uid}/${field}`);
    return known !== undefined && known.count >= CORRECTIONS && this.now() - known.since < CONTEST_MS;
  }
}
