import { X509Certificate } from 'node:crypto';
import { Gauge, type Registry } from 'prom-client';
import type { ClusterAccess } from './cluster-access.ts';

/**
 * Shows when the certificates of the access to the cluster end: the client's, and the last of the CA's. A pod with a
 * service account has no client certificate: its token is renewed by the kubelet.
 */
export function showCertificateEnds(registry: Registry, access: Pick<ClusterAccess, 'credentials'>): void {
  new Gauge({
    name: 'dinfra_cluster_certificate_expiry_timestamp_seconds',
    help: 'When a certificate of the access to the API server ends, in Unix seconds: of the client, and of the CA. Absent when there is none.',
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
