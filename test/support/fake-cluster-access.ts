import { systemClock } from '../../src/base/clock.ts';
import type { ClusterAccess } from '../../src/kube/client/cluster-access.ts';
import { KubeClient, type KubeClientOptions } from '../../src/kube/client/kube-client.ts';

/** Access to a local server. `tokens` are used one after the other, the next after each refusal. */
export function accessTo(url: string, tokens: readonly string[] = []): ClusterAccess {
  let refused = 0;
  return {
    server: url,
    proxyUrl: undefined,
    namespace: 'default',
    credentials: async () => {
      const token = tokens[Math.min(refused, tokens.length - 1)];
      return {
        headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
        tls: { rejectUnauthorized: true },
      };
    },
    invalidate: () => {
      refused += 1;
    },
  };
}

/** A client of a local server whose retries wait only a thousandth of the usual time. */
export function hastyClient(url: string, options: KubeClientOptions = {}, tokens: readonly string[] = []): KubeClient {
  const clock = { ...systemClock, after: (ms: number, task: () => void) => systemClock.after(ms / 1000, task) };
  return new KubeClient(accessTo(url, tokens), { clock, ...options });
}
