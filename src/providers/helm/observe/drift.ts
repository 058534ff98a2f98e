import { isDeepStrictEqual } from 'node:util';
import { DinfraError } from '../../../errors/dinfra-error.ts';
import type { ManifestObject } from '../confine/manifest.ts';
import type { Address, ApiManifest, ApiObject, Cluster } from './cluster.ts';
import { at, isRecord, type JsonRecord, recordOf, textOf } from './json-fields.ts';

/** Helm's name as an owner of fields under server-side apply. */
const HELM = 'helm';

/**
 * The first field in which an object is not as the chart has it, or undefined. The API server is asked what applying the
 * manifest once more would change: it alone knows defaults, quantities and who else may own a field.
 */
export async function findDrift(
  cluster: Cluster,
  address: Address,
  object: ManifestObject,
  live: ApiObject,
  options: { readonly namespace: string; readonly ignoreReplicas: boolean },
  signal: AbortSignal,
): Promise<string | undefined> {
  const manifest = asHelmApplies(object, options.namespace);
  try {
    const applied = await cluster.apply(address, manifest, { fieldManager: HELM, force: true, dryRun: true }, signal);
    return firstChange(comparable(live, options), comparable(applied, options));
  } catch (error) {
    // A field that can only be changed one way, such as the size of a volume, cannot be set back by applying either.
    if (error instanceof DinfraError && error.code === 'ClusterInvalid') return undefined;
    throw error;
  }
}

/** Kinds and names that an autoscaler of the chart sets the replicas of. */
export function scaledByOthers(objects: readonly ManifestObject[]): ReadonlySet<string> {
  const targets = objects
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
    .map(({ content }) => at(content, 'spec', 'scaleTargetRef'));
  return new Set(targets.map((target) => `${textOf(at(target, 'kind'))}/${textOf(at(target, 'name'))}`));
}

/** Helm marks what it applies as its own. Without these marks applying would seem to take them away. */
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

/** What a chart can determine of an object. */
function comparable(object: ApiObject, { ignoreReplicas }: { readonly ignoreReplicas: boolean }): JsonRecord {
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
