import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { RetryableError, TerminalError } from '../../errors/dinfra-error.ts';
import type { ClusterAccess, Credentials } from './cluster-access.ts';

/**
 * How long credentials are cached, in milliseconds. Short enough to follow a rotated service account token or CA file,
 * long enough not to read files on every request.
 */
const CREDENTIALS_TTL_MS = 60_000;

/** The server client-node defaults to when it finds no configuration at all. */
const NOTHING_FOUND = 'http://localhost:8080';

/**
 * The cluster to work on: the kubeconfig at `path`, else KUBECONFIG, else ~/.kube/config, else the service account of
 * the pod.
 *
 * @throws TerminalError KubeconfigInvalid when that configuration cannot be used.
 */
export function loadClusterAccess(path?: string): ClusterAccess {
  let config = loadKubeConfig(path);
  const { server, proxyUrl } = currentCluster(config);
  let kept: { readonly credentials: Promise<Credentials>; readonly until: number } | undefined;

  return {
    server: server.replace(/\/+$/, ''),
    proxyUrl,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    credentials: () => {
      if (kept !== undefined && kept.until > performance.now()) return kept.credentials;
      const credentials = readCredentials(config);
      kept = { credentials, until: performance.now() + CREDENTIALS_TTL_MS };
      // Do not cache a failure: the next request asks again.
      credentials.catch(() => {
        if (kept?.credentials === credentials) kept = undefined;
      });
      return credentials;
    },
    invalidate: () => {
      kept = undefined;
      // The library caches tokens, some of them forever; only a new instance drops them.
      try {
        config = loadKubeConfig(path);
      } catch {
        // The file is being replaced, or is gone: keep the current configuration.
      }
    },
  };
}

function loadKubeConfig(path: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (path === undefined) config.loadFromDefault();
    else config.loadFromFile(path);
  } catch (cause) {
    const what = path ?? process.env['KUBECONFIG'] ?? 'the default kubeconfig';
    throw new TerminalError('KubeconfigInvalid', { message: `cannot read ${what}: ${firstLineOf(reasonIn(cause))}` });
  }
  currentCluster(config);
  return config;
}

function currentCluster(config: KubeConfig): { readonly server: string; readonly proxyUrl: string | undefined } {
  const cluster = config.getCurrentCluster();
  const where = `context "${config.getCurrentContext() ?? ''}"`;
  if (cluster === null) {
    throw new TerminalError('KubeconfigInvalid', { message: `${where} names no cluster of the kubeconfig` });
  }
  if (!URL.canParse(cluster.server)) {
    throw new TerminalError('KubeconfigInvalid', {
      message: `the server of ${where} is not a URL: "${cluster.server}"`,
    });
  }
  if (cluster.server === NOTHING_FOUND && config.getCurrentContext() === 'loaded-context') {
    throw new TerminalError('KubeconfigInvalid', {
      message:
        'no cluster: neither --kubeconfig nor KUBECONFIG is given, there is no ~/.kube/config, and this is no pod',
    });
  }
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify) {
    throw new TerminalError('KubeconfigInvalid', {
      message: `the server of ${where} is "${cluster.server}"; credentials go over plain http only with insecure-skip-tls-verify: true`,
    });
  }
  if (cluster.proxyUrl !== undefined && !/^https?:/.test(cluster.proxyUrl)) {
    throw new TerminalError('KubeconfigInvalid', {
      message: `the proxy-url of ${where} is "${cluster.proxyUrl}"; http:// and https:// proxies are supported`,
    });
  }
  return { server: cluster.server, proxyUrl: cluster.proxyUrl };
}

/** The library's credentials for a request, without its agents, which open a new TLS connection for each request. */
async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions & { headers: Record<string, string> } = { headers: {} };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    // An exec plugin's stderr may name accounts and hosts, but it is the only explanation there is.
    throw new RetryableError('ClusterUnauthorized', {
      message: `cannot get credentials for the cluster: ${reasonIn(cause)}`,
      cause,
    });
  }
  const headers = { ...options.headers };
  if (typeof options.auth === 'string') {
    headers['Authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  return {
    headers,
    tls: {
      ...pem('ca', options.ca),
      ...pem('cert', options.cert),
      ...pem('key', options.key),
      ...(options.servername === undefined ? {} : { servername: options.servername }),
      rejectUnauthorized: options.rejectUnauthorized ?? true,
    },
  };
}

function pem<Name extends 'ca' | 'cert' | 'key'>(name: Name, value: unknown): { readonly [N in Name]?: string } {
  const text = Buffer.isBuffer(value) ? value.toString('utf8') : value;
  return (typeof text === 'string' ? { [name]: text } : {}) as { readonly [N in Name]?: string };
}

/** The first line of a YAML error: the rest quotes the file, tokens included. It is not kept as a cause either. */
function firstLineOf(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}

function reasonIn(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).trim().slice(0, 500);
}
