import type { ClusterAccess } from '../../src/kube/cluster-access.ts';

/** Access without credentials to a server on this machine. `tokens` are handed out in turn, the next after each refusal. */
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
