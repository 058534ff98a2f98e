import { BoundedCache } from '../../../base/bounded-cache.ts';
import { DinfraError, RetryableError } from '../../../errors/dinfra-error.ts';
import type { Cluster, TenantCluster } from '../cluster.ts';
import { at, textOf } from '../json-fields.ts';
import { TENANT_ACCOUNT } from '../names.ts';

/** Access to the cluster that is limited to one tenant's namespace. */
export interface TenantKey {
  readonly cluster: Cluster;
  /** Secret. */
  readonly token: string;
}

interface CachedKey extends TenantKey {
  /** When the token is renewed, on the given clock. */
  readonly renewAt: number;
}

const TOKEN_SECONDS = 3600;
/** A token is renewed with a fifth of its lifetime left: far more than a helm process may take. */
const RENEW_AFTER_MS = TOKEN_SECONDS * 800;
const MAX_KEYS = 10_000;

/**
 * Issues short-lived tokens of tenants' own service accounts. All objects of an untrusted chart are created, read and
 * changed with these, never with the operator's rights.
 */
export class TenantAccess {
  private readonly tenants: TenantCluster;
  private readonly now: () => number;
  private readonly keys = new BoundedCache<CachedKey>(MAX_KEYS);

  /** `now` in monotonic milliseconds. */
  constructor(tenants: TenantCluster, now: () => number) {
    this.tenants = tenants;
    this.now = now;
  }

  /**
   * Does something with the key of a namespace. If the key is refused because the account was replaced, it is renewed
   * once.
   *
   * @throws the Cluster… errors; ClusterNotFound if there is no account.
   */
  async use<T>(namespace: string, work: (key: TenantKey) => Promise<T>, signal: AbortSignal): Promise<T> {
    const known = this.keys.get(namespace);
    if (known !== undefined && known.renewAt > this.now()) {
      try {
        return await work(known);
      } catch (error) {
        if (!(error instanceof DinfraError) || error.code !== 'ClusterUnauthorized') throw error;
        this.forget(namespace);
      }
    }
    return work(await this.fetch(namespace, signal));
  }

  /** Forgets the key of a namespace that is gone. */
  forget(namespace: string): void {
    this.keys.delete(namespace);
  }

  /** A kubeconfig with the key. Secret: to be written to files that only their owner can read. */
  kubeconfig({ token }: TenantKey, namespace: string): string {
    const { server, ca, serverName, insecure, proxyUrl } = this.tenants;
    const cluster = {
      server,
      // Helm refuses both.
      ...(ca !== undefined && !insecure && { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
      ...(serverName !== undefined && { 'tls-server-name': serverName }),
      ...(insecure && { 'insecure-skip-tls-verify': true }),
      ...(proxyUrl !== undefined && { 'proxy-url': proxyUrl }),
    };
    // Every JSON text is YAML.
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'tenant', cluster }],
      users: [{ name: 'tenant', user: { token } }],
      contexts: [{ name: 'tenant', context: { cluster: 'tenant', user: 'tenant', namespace } }],
      'current-context': 'tenant',
    });
  }

  private async fetch(namespace: string, signal: AbortSignal): Promise<TenantKey> {
    const attempt = `get a token for ServiceAccount ${namespace}/${TENANT_ACCOUNT}`;
    const reply = await this.tenants.operator.request(
      {
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/serviceaccounts/${TENANT_ACCOUNT}/token`,
        body: {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: { expirationSeconds: TOKEN_SECONDS },
        },
        attempt,
      },
      signal,
    );
    const token = textOf(at(reply, 'status', 'token'));
    if (token === undefined) {
      throw new RetryableError('ClusterUndecodable', { message: `cannot ${attempt}: the reply has no status.token` });
    }
    const key = { token, cluster: this.tenants.as(token), renewAt: this.now() + RENEW_AFTER_MS };
    this.keys.set(namespace, key);
    return key;
  }
}
