import { MANAGER } from '../../../api/labels.ts';
import type { TenureIdentity } from '../../../award/identity.ts';
import { DinfraError, RefusedError, RetryableError } from '../../../errors/dinfra-error.ts';
import type { Difference, Marked } from '../../port.ts';
import type { ApiManifest, ApiObject, Cluster } from '../cluster.ts';
import type { Settings } from '../config.ts';
import { Annotation, FIELD_MANAGER, Label } from '../names.ts';
import { type Version, versionOf } from '../observe/metadata-views.ts';
import { NAMESPACE, RESOURCE_QUOTA, ROLE_BINDING } from './kinds.ts';
import { firstDifference } from './subset.ts';
import { namespaceFor, type Wall, wallsFor } from './walls.ts';

/**
 * The namespace of a tenure, or undefined when the API server says that there is none.
 *
 * @throws RefusedError NotOurs when there is one of that name without exactly our marker, or made for another operator.
 */
export async function findNamespace(
  operator: Cluster,
  identity: TenureIdentity,
  owner: string,
  signal: AbortSignal,
): Promise<ApiObject | undefined> {
  const namespace = await operator.find(NAMESPACE, { name: identity.name }, signal);
  if (namespace !== undefined) refuseForeign(namespace, identity, owner);
  return namespace;
}

/**
 * Makes the namespace and everything that confines its tenant what it has to be. Only then may a chart come. Returns what
 * the walls are at now, the namespace apart.
 */
export async function ensureTenantNamespace(
  operator: Cluster,
  identity: TenureIdentity,
  settings: Settings,
  options: { readonly stopped: boolean; readonly isNew?: boolean },
  signal: AbortSignal,
): Promise<readonly Version[]> {
  const { namespace, isMade } = await ensureNamespace(operator, identity, settings, options.isNew ?? false, signal);
  if (namespace.metadata.deletionTimestamp !== undefined) {
    throw new RetryableError('NamespaceTerminating', {
      message: `namespace ${identity.name} is still being removed`,
      retryAfterMs: 2_000,
    });
  }
  if (!isMade) {
    const { manifest } = namespaceFor(identity, settings);
    const { uid } = namespace.metadata;
    // With its uid, so that this does not create a namespace that was deleted meanwhile.
    const withUid = { ...manifest, metadata: { ...manifest.metadata, uid } };
    await apply(operator, { address: NAMESPACE, manifest: withUid }, signal);
  }
  const walls = wallsFor(identity, settings, options.stopped);
  const isBinding = ({ address }: Wall) => address === ROLE_BINDING;
  const others = walls.filter((wall) => !isBinding(wall));
  const versions = await Promise.all(others.map((wall) => apply(operator, wall, signal)));
  // Its role and account must exist before it.
  for (const binding of walls.filter(isBinding)) versions.push(await apply(operator, binding, signal));
  return versions;
}

/** Sets the quota of a namespace to admit no more pods, and changes nothing else. */
export async function admitNoPods(
  operator: Cluster,
  identity: TenureIdentity,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const quota = wallsFor(identity, settings, true).find(({ address }) => address === RESOURCE_QUOTA);
  if (quota !== undefined) await apply(operator, quota, signal);
}

/** The result of an audit. */
export interface WallAudit {
  /** Confining objects that are missing or changed. */
  readonly differences: readonly Difference[];
  /** The versions of what was read, except the namespace. */
  readonly versions: readonly Version[];
}

/** What an audit compares with. */
export interface AuditScope {
  /** The namespace, as just read. */
  readonly namespace: ApiObject;
  readonly stopped: boolean;
  /** Confining objects that are known to be unchanged since they were correct: they are not read again. */
  readonly unchanged: readonly Version[];
}

/** Compares the objects that confine a tenant with the desired ones. */
export async function auditTenantNamespace(
  operator: Cluster,
  identity: TenureIdentity,
  settings: Settings,
  { namespace, stopped, unchanged }: AuditScope,
  signal: AbortSignal,
): Promise<WallAudit> {
  const isUnchanged = ({ address, manifest: { metadata } }: Wall) =>
    unchanged.some(
      (version) => version.address === address && version.key === `${metadata.namespace}/${metadata.name}`,
    );
  const walls = wallsFor(identity, settings, stopped).filter((wall) => !isUnchanged(wall));
  const found = await Promise.all(
    walls.map(async (wall) => {
      const live = await operator.find(wall.address, wall.manifest.metadata, signal);
      return { wall, live };
    }),
  );
  const all = [{ wall: namespaceFor(identity, settings), live: namespace }, ...found];
  return {
    differences: all.flatMap(({ wall, live }) => differenceOf(wall, live) ?? []),
    versions: [
      ...unchanged,
      ...found.flatMap(({ wall, live }) => (live === undefined ? [] : [versionOf('Wall', wall.address, live)])),
    ],
  };
}

/**
 * The namespaces made for tenures by Reactors of the namespace `owner`, whichever tenures they are. Only the owner can
 * know whether they are still wanted.
 */
export async function markedNamespaces(
  operator: Cluster,
  owner: string,
  signal: AbortSignal,
): Promise<readonly Marked[]> {
  const labelSelector = `${Label.managedBy}=${MANAGER},${Label.tenure}`;
  const { items } = await operator.list(NAMESPACE, { labelSelector }, signal);
  return items.flatMap(({ metadata: { name, annotations, deletionTimestamp } }) => {
    const marker = annotations?.[Annotation.marker];
    if (marker === undefined || annotations?.[Annotation.owner] !== owner) return [];
    const state = deletionTimestamp === undefined ? '' : ' (being removed)';
    return [{ marker, what: `namespace ${name}${state} with its release` }];
  });
}

/** Created, never applied: a namespace that another writer has created must not be taken over. */
async function ensureNamespace(
  operator: Cluster,
  identity: TenureIdentity,
  settings: Settings,
  isNew: boolean,
  signal: AbortSignal,
): Promise<{ readonly namespace: ApiObject; readonly isMade: boolean }> {
  const found = isNew ? undefined : await findNamespace(operator, identity, settings.owner, signal);
  if (found !== undefined) return { namespace: found, isMade: false };
  const { address, manifest } = namespaceFor(identity, settings);
  try {
    return { namespace: await operator.create(address, manifest, signal), isMade: true };
  } catch (error) {
    if (!(error instanceof DinfraError) || error.code !== 'ClusterAlreadyExists') throw error;
  }
  const raced = await findNamespace(operator, identity, settings.owner, signal);
  if (raced !== undefined) return { namespace: raced, isMade: false };
  throw new RetryableError('NamespaceTerminating', { message: `namespace ${identity.name} came and went` });
}

async function apply(operator: Cluster, { address, manifest }: Wall, signal: AbortSignal): Promise<Version> {
  return versionOf(
    'Wall',
    address,
    await operator.apply(address, manifest, { fieldManager: FIELD_MANAGER, force: true }, signal),
  );
}

function differenceOf({ address, manifest }: Wall, live: ApiObject | undefined): Difference | undefined {
  const what = `${address.kind} ${manifest.metadata.name}`;
  if (live === undefined) return { what, detail: 'does not exist, and confines the tenant' };
  const field = firstDifference(withoutNotes(manifest), live);
  return field === undefined ? undefined : { what, detail: `${field} is not what confines the tenant` };
}

/**
 * Without the labels that only tell people what an object is. What an older version made lacks them, and is not repaired
 * for that: an upgrade writes nothing of a tenant.
 */
function withoutNotes({ metadata, ...rest }: ApiManifest): ApiManifest {
  const isNeeded = (key: string) => key === Label.managedBy || !key.startsWith('app.kubernetes.io/');
  const labels = Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => isNeeded(key)));
  return { ...rest, metadata: { ...metadata, labels } };
}

function refuseForeign({ metadata: { name, annotations } }: ApiObject, identity: TenureIdentity, owner: string): void {
  const refuse = (key: string, wanted: string) => {
    const value = annotations?.[key];
    if (value === wanted) return;
    const found = value === undefined ? `has no annotation ${key}` : `has ${key} ${value.slice(0, 120)}`;
    throw new RefusedError('NotOurs', {
      message: `namespace ${name} exists and ${found}; this tenure wants ${wanted}`,
    });
  };
  refuse(Annotation.marker, identity.marker);
  refuse(Annotation.owner, owner);
}
