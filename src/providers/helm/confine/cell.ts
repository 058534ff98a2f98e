import type { TenureIdentity } from '../../../award/identity.ts';
import { DinfraError, RefusedError, RetryableError } from '../../../errors/dinfra-error.ts';
import type { Difference } from '../../port.ts';
import type { Settings } from '../config.ts';
import type { ApiObject, Cluster } from '../observe/cluster.ts';
import { Annotation, FIELD_MANAGER } from '../release/names.ts';
import { type CellObject, cellFor, namespaceFor } from './confinement.ts';
import { NAMESPACE } from './kinds.ts';
import { firstDifference } from './subset.ts';

/**
 * The namespace of a tenure, or undefined when the API server says that there is none.
 *
 * @throws RefusedError NotOurs when there is one of that name without exactly our marker.
 */
export async function findNamespace(
  operator: Cluster,
  identity: TenureIdentity,
  signal: AbortSignal,
): Promise<ApiObject | undefined> {
  const namespace = await operator.find(NAMESPACE, { name: identity.name }, signal);
  if (namespace !== undefined) refuseForeign(namespace, identity);
  return namespace;
}

/** Makes the namespace and everything that confines its tenant what it has to be. Only then may a chart come. */
export async function ensureCell(
  operator: Cluster,
  identity: TenureIdentity,
  settings: Settings,
  options: { readonly stopped: boolean },
  signal: AbortSignal,
): Promise<void> {
  const namespace = await ensureNamespace(operator, identity, settings, signal);
  if (namespace.metadata.deletionTimestamp !== undefined) {
    throw new RetryableError('NamespaceTerminating', {
      message: `namespace ${identity.name} is still being removed`,
      retryAfterMs: 2_000,
    });
  }
  const { manifest } = namespaceFor(identity, settings);
  const { uid } = namespace.metadata;
  // With its uid: a namespace that went meanwhile is not made anew behind our back.
  await apply(
    operator,
    { address: NAMESPACE, manifest: { ...manifest, metadata: { ...manifest.metadata, uid } } },
    signal,
  );
  for (const object of cellFor(identity, settings, options.stopped)) await apply(operator, object, signal);
}

/** What of the cell is missing or has been changed. */
export async function auditCell(
  operator: Cluster,
  identity: TenureIdentity,
  settings: Settings,
  options: { readonly stopped: boolean },
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const wanted = [namespaceFor(identity, settings), ...cellFor(identity, settings, options.stopped)];
  const findings = await Promise.all(wanted.map((object) => auditObject(operator, object, signal)));
  return findings.flatMap((finding) => finding ?? []);
}

/** Never taken over by applying: a namespace that somebody else made first is left as it is. */
async function ensureNamespace(
  operator: Cluster,
  identity: TenureIdentity,
  settings: Settings,
  signal: AbortSignal,
): Promise<ApiObject> {
  const found = await findNamespace(operator, identity, signal);
  if (found !== undefined) return found;
  const { address, manifest } = namespaceFor(identity, settings);
  try {
    return await operator.create(address, manifest, signal);
  } catch (error) {
    if (!(error instanceof DinfraError) || error.code !== 'ClusterAlreadyExists') throw error;
  }
  const raced = await findNamespace(operator, identity, signal);
  if (raced !== undefined) return raced;
  throw new RetryableError('NamespaceTerminating', { message: `namespace ${identity.name} came and went` });
}

async function apply(operator: Cluster, { address, manifest }: CellObject, signal: AbortSignal): Promise<void> {
  await operator.apply(address, manifest, { fieldManager: FIELD_MANAGER, force: true }, signal);
}

async function auditObject(
  operator: Cluster,
  { address, manifest }: CellObject,
  signal: AbortSignal,
): Promise<Difference | undefined> {
  const what = `${address.kind} ${manifest.metadata.name}`;
  const found = await operator.find(address, manifest.metadata, signal);
  if (found === undefined) return { what, detail: 'does not exist, and confines the tenant' };
  const field = firstDifference(manifest, found);
  return field === undefined ? undefined : { what, detail: `${field} is not what confines the tenant` };
}

function refuseForeign({ metadata }: ApiObject, identity: TenureIdentity): void {
  const marker = metadata.annotations?.[Annotation.marker];
  if (marker === identity.marker) return;
  throw new RefusedError('NotOurs', {
    message: `namespace ${metadata.name} exists and has ${marker === undefined ? 'no marker' : `marker ${marker.slice(0, 120)}`} in annotation ${Annotation.marker}; this tenure is ${identity.marker}`,
  });
}
