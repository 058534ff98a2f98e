import { X509Certificate } from 'node:crypto';
import { Gauge, type Registry } from 'prom-client';
import type { ClusterAccess } from './cluster-access.ts';

/**
 * A token with a shorter lifetime is renewed by somebody: the kubelet, or an exec plugin of the kubeconfig. In seconds.
 */
const RENEWED_SECONDS = 2 * 86_400;

/**
 * Shows when the credentials for the cluster expire: the client certificate, the last of the CA certificates, and a
 * token in the kubeconfig. A pod with a service account has no client certificate, and the kubelet renews its token.
 */
export function showCertificateEnds(registry: Registry, access: Pick<ClusterAccess, 'credentials'>): void {
  new Gauge({
    name: 'dinfra_cluster_certificate_expiry_timestamp_seconds',
    help: 'When the credentials for the API server expire, in Unix seconds: the client certificate, the CA certificate, or a token with a lifetime of days. Absent if there is none.',
    labelNames: ['certificate'],
    registers: [registry],
    async collect() {
      this.reset();
      // A scrape must not fail with it; the requests show the failure.
      const credentials = await access.credentials().catch(() => undefined);
      const [client] = endsOf(credentials?.tls.cert);
      const authority = endsOf(credentials?.tls.ca)
        .toSorted((a, b) => a - b)
        .at(-1);
      if (client !== undefined) this.set({ certificate: 'client' }, client);
      if (authority !== undefined) this.set({ certificate: 'ca' }, authority);
      const token = endOfToken(new Headers(credentials?.headers).get('authorization') ?? '');
      if (token !== undefined) this.set({ certificate: 'token' }, token);
    },
  });
}

/** When each certificate of a PEM file expires, in Unix seconds and in the file's order. Anything else is skipped. */
function endsOf(pem = ''): readonly number[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block).validToDate.getTime() / 1000];
    } catch {
      return [];
    }
  });
}

/** When a bearer token expires, if it is a JSON Web Token with an expiry that nobody renews. In Unix seconds. */
function endOfToken(authorization: string): number | undefined {
  const [, payload = ''] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]+$/.exec(authorization) ?? [];
  try {
    const { exp, iat } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
    return typeof exp === 'number' && typeof iat === 'number' && exp - iat > RENEWED_SECONDS ? exp : undefined;
  } catch {
    return undefined;
  }
}
