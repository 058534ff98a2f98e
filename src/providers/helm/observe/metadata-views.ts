import { MANAGER } from '../../../api/labels.ts';
import type { Address, ApiObject, MetadataView, TenantCluster } from '../cluster.ts';
import type { Settings } from '../config.ts';
import {
  addressKey,
  LIMIT_RANGE,
  NAMESPACE,
  NETWORK_POLICY,
  RESOURCE_QUOTA,
  ROLE,
  ROLE_BINDING,
  SERVICE_ACCOUNT,
  watchedTenantKinds,
} from '../confine/kinds.ts';
import { Label } from '../names.ts';

/** The origin of an object: this reactor, to confine a tenant, or the tenant's chart. */
type Origin = 'Wall' | 'Chart';

/** The version of one object that was read. */
export interface Version {
  readonly origin: Origin;
  readonly address: Address;
  /** `namespace/name`, or `name`. */
  readonly key: string;
  readonly resourceVersion: string;
}

/** The labels that distinguish them: helm writes its name on every object that it creates. */
const SELECTOR: Readonly<Record<Origin, string>> = {
  Wall: `${Label.managedBy}=${MANAGER}`,
  Chart: `${Label.managedBy}=Helm`,
};

/**
 * The metadata of all tenants' objects, followed by one watch for each kind however many tenants there are: whether an
 * object has changed since it was read is known without asking for it. Secrets and ConfigMaps are not followed: the
 * operator has no right to read those of the whole cluster, and needs none.
 */
export class MetadataViews {
  private readonly views = new Map<string, MetadataView>();

  constructor(cluster: TenantCluster, settings: Settings, signal: AbortSignal) {
    const { follow } = cluster;
    if (follow === undefined) return;
    const walls = [NAMESPACE, RESOURCE_QUOTA, LIMIT_RANGE, NETWORK_POLICY, SERVICE_ACCOUNT, ROLE_BINDING];
    if (settings.tenantClusterRole === undefined) walls.push(ROLE);
    const followAll = (origin: Origin, kinds: readonly Address[]) => {
      for (const kind of kinds) this.views.set(viewKey(origin, kind), follow(kind, SELECTOR[origin], signal));
    };
    followAll('Wall', walls);
    followAll('Chart', watchedTenantKinds(settings.extraKinds));
  }

  /** True if the kind of an object is watched at all. */
  follows({ origin, address }: Version): boolean {
    return this.views.has(viewKey(origin, address));
  }

  /**
   * Whether any of these has changed since it was read, as far as its kind is followed. `Unknown` when namespaces, or any
   * of these kinds, cannot be followed now.
   */
  compare(versions: readonly Version[]): 'Same' | 'Changed' | 'Unknown' {
    const followed = versions.flatMap((version) => {
      const view = this.views.get(viewKey(version.origin, version.address));
      return view === undefined ? [] : [{ view, version }];
    });
    const namespaces = this.views.get(viewKey('Wall', NAMESPACE));
    if (namespaces?.isCurrent() !== true || !followed.every(({ view }) => view.isCurrent())) return 'Unknown';
    const isSame = followed.every(({ view, version }) => view.versionOf(version.key) === version.resourceVersion);
    return isSame ? 'Same' : 'Changed';
  }
}

/** The version of an object that was read. */
export function versionOf(origin: Origin, address: Address, { metadata }: ApiObject): Version {
  const { name, namespace, resourceVersion } = metadata;
  return { origin, address, key: namespace === undefined ? name : `${namespace}/${name}`, resourceVersion };
}

function viewKey(origin: Origin, address: Address): string {
  return `${origin} ${addressKey(address)}`;
}
