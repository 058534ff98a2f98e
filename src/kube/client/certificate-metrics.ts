import { X509Certificate } from 'node:crypto';
import { Gauge, type Registry } from 'prom-client';
import type { ClusterAccess } from './cluster-access.ts';

/** A token that lives shorter is one that somebody renews: the kubelet, or a command of the kubeconfig. In seconds. */
const RENEWED_SECONDS = 2 * 86_400;

/**
 * Shows when what gives access to the cluster ends: the client's certificate, the last of the CA's, and a token in the
 * kubeconfig. A pod with a service account has no client certificate, and its token is renewed by the kubelet.
 */
export function showCertificateEnds(registry: Registry, access: Pick<ClusterAccess, 'credentials'>): void {
  new Gauge({
    name: 'dinfra_cluster_certificate_expiry_timestamp_seconds',
    help: 'When a certificate of the access to the API server ends, in Unix seconds: of the client, of the CA, or the token, if it lasts for days. Absent when there is none.',
    labelNames: ['certificate'],
    registers: [registry],
    async collect() {
      this.reset();
      // A failure is shown by the requests; a scrape must not fail with it.
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

/** When each certificate of a PEM file ends, in Unix seconds and in its order. What is no certificate is left out. */
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

/** When a bearer token ends, if it is a JSON Web Token that says so and nobody renews it. In Unix seconds. */
function endOfToken(authorization: string): number | undefined {
  const [, payload = ''] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]+$/.exec(authorization) ?? [];
  try {
    const { exp, iat } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
    return typeof exp === 'number' && typeof iat === 'number' && exp - iat > RENEWED_SECONDS ? exp : undefined;
  } catch {
    return undefined;
  }
}
