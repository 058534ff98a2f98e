import type { CloudStackConfig } from '../api/cloud-stack-backend.ts';
import type { Reactor as ReactorResource } from '../api/reactor.ts';
import { servedTenure } from '../award/tenure-log.ts';
import { systemClock } from '../base/clock.ts';
import type { Fence } from '../base/fence.ts';
import type { Logger } from '../base/logger.ts';
import type { MadeReactor, ReactorFactory, SecretData } from '../controller/reactor/reactor-reconciler.ts';
import { RetryableError } from '../errors/dinfra-error.ts';
import { MetadataWatches } from '../kube/cache/metadata-watches.ts';
import { describePermission, missingPermissions } from '../kube/client/access-review.ts';
import type { ClusterAccess } from '../kube/client/cluster-access.ts';
import { Connections } from '../kube/client/connections.ts';
import { KubeClient } from '../kube/client/kube-client.ts';
import { CloudStackClient } from '../providers/cloudstack/api/client.ts';
import { KeyRefusal, RateLimiter } from '../providers/cloudstack/api/rate-limiter.ts';
import { CloudStackReactor } from '../providers/cloudstack/reactor.ts';
import { HelmReactor } from '../providers/helm/helm-reactor.ts';
import { HelmCommand } from '../providers/helm/release/helm-command.ts';
import { HelmWorkers } from '../providers/helm/worker/helm-workers.ts';
import type { Config } from './config.ts';

/** The first and the last permission that creating a tenant needs. docs/helm.md has the whole list. */
const HELM_PERMISSIONS = ['create', 'get', 'delete'].map((verb) => ({ verb, group: '', resource: 'namespaces' }));

/** Shorter than a reconcile, so that helm's own timeout is reported. In milliseconds. */
const HELM_DEADLINE_MS = 45_000;

export interface BuiltInReactorsOptions {
  readonly client: KubeClient;
  readonly access: ClusterAccess;
  readonly config: Pick<Config, 'helm' | 'helmConcurrency'>;
  /** Checked before everything that changes a backend. */
  readonly fence: Fence;
  readonly log: Logger;
}

/** Builds reactors: the only place that knows every backend. */
export class BuiltInReactors implements ReactorFactory {
  private readonly client: KubeClient;
  private readonly access: ClusterAccess;
  private readonly fence: Fence;
  private readonly log: Logger;
  private readonly helm: HelmCommand;
  /** Shared by all Helm reactors: idle ones end by themselves. */
  private readonly workers = new HelmWorkers();
  /** By endpoint, key and limits: Reactors of one account of one cloud share its rate limits. */
  private readonly limiters = new Map<string, RateLimiter>();
  /** Shared by all tenants: a thousand tenants must not open a thousand TLS connections. */
  private readonly tenantConnections: Connections;
  /** Shared by all Helm reactors. */
  private readonly watches: MetadataWatches;

  constructor({ client, access, config, fence, log }: BuiltInReactorsOptions) {
    this.client = client;
    this.access = access;
    this.fence = fence;
    this.log = log;
    this.tenantConnections = new Connections(access.proxyUrl);
    this.watches = new MetadataWatches(client);
    this.helm = new HelmCommand({
      command: config.helm,
      concurrency: config.helmConcurrency,
      deadlineMs: HELM_DEADLINE_MS,
      fence,
    });
  }

  secretName({ spec }: ReactorResource): string | undefined {
    return spec.cloudStack?.credentialsSecretRef.name;
  }

  async make(resource: ReactorResource, secret: SecretData): Promise<MadeReactor> {
    const { helm, cloudStack } = resource.spec;
    if (helm !== undefined) return this.makeHelm(helm, resource.metadata.namespace ?? '');
    if (cloudStack !== undefined) return this.makeCloudStack(cloudStack, secret);
    throw new RetryableError('ReactorMissing', {
      message: 'the Reactor has no backend this operator supports',
    });
  }

  private async makeHelm(config: NonNullable<ReactorResource['spec']['helm']>, owner: string): Promise<MadeReactor> {
    const { access } = this;
    const { tls } = await access.credentials();
    // A tenant's token replaces the operator's own credentials; only the server's address and CA are kept.
    const tenantTls = {
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.servername !== undefined && { servername: tls.servername }),
      rejectUnauthorized: tls.rejectUnauthorized,
    };
    const reactor = new HelmReactor({
      config,
      owner,
      helm: this.helm,
      workers: this.workers,
      cluster: {
        operator: this.client,
        as: (token) =>
          new KubeClient(
            {
              ...access,
              credentials: async () => ({ headers: { authorization: `Bearer ${token}` }, tls: tenantTls }),
              invalidate: () => undefined,
            },
            { connections: this.tenantConnections, fence: this.fence },
          ),
        server: access.server,
        ca: tls.ca,
        serverName: tls.servername,
        insecure: !tls.rejectUnauthorized,
        proxyUrl: access.proxyUrl,
        follow: (type, labelSelector, signal) => this.watches.follow(type, labelSelector, signal),
      },
    });
    return {
      reactor,
      probe: (signal) => this.probeHelm(signal),
      close: () => reactor.close(),
    };
  }

  private makeCloudStack(config: NonNullable<ReactorResource['spec']['cloudStack']>, secret: SecretData): MadeReactor {
    const { credentialsSecretRef, ...settings } = config;
    const credentials = {
      apiKey: keyOf(secret, 'apiKey', credentialsSecretRef.name),
      secretKey: keyOf(secret, 'secretKey', credentialsSecretRef.name),
    };
    const refusal = new KeyRefusal(systemClock);
    const limiter = this.limiterFor(settings, credentials.apiKey);
    const { fence } = this;
    const reactor = new CloudStackReactor({
      config: settings,
      credentials,
      clock: systemClock,
      refusal,
      limiter,
      fence,
      onCall: ({ isWrite, ...call }) => {
        if (isWrite) this.log.debug({ ...servedTenure(), ...call }, 'CloudStack was called');
      },
    });
    // Separate from the reactor's client, so that a probe does not wait behind its calls.
    const { endpoint, caBundle } = settings;
    const client = new CloudStackClient({ endpoint, caBundle, credentials, clock: systemClock, refusal });
    return {
      reactor,
      probe: async (signal) => {
        const zones = await client.list('listZones', { available: 'true' }, signal);
        return `CloudStack answers and takes the keys; ${zones.length} zones.`;
      },
      close: async () => {
        await Promise.all([reactor.close(), client.close()]);
      },
    };
  }

  private limiterFor({ endpoint, limits = {} }: CloudStackConfig, apiKey: string): RateLimiter {
    const key = JSON.stringify([endpoint, apiKey, limits]);
    const limiter = this.limiters.get(key) ?? new RateLimiter(limits, systemClock);
    this.limiters.set(key, limiter);
    return limiter;
  }

  private async probeHelm(signal: AbortSignal): Promise<string> {
    const version = await this.helm.version(signal);
    const lacking = await missingPermissions(this.client, HELM_PERMISSIONS, signal);
    const [first] = lacking;
    if (first !== undefined) {
      throw new RetryableError('ClusterForbidden', {
        message: `the operator lacks permissions to create tenants: ${lacking.map(describePermission).join(', ')}`,
      });
    }
    return `helm ${version} answers, and namespaces can be made.`;
  }
}

function keyOf(secret: SecretData, key: string, name: string): string {
  const value = secret.get(key)?.trim();
  if (value !== undefined && value !== '') return value;
  throw new RetryableError('ReactorCredentialsMissing', { message: `Secret ${name} has no key ${key}` });
}
