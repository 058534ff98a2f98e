import { describe, expect, test } from 'vitest';
import type { Cluster, TenantCluster } from '../cluster.ts';
import { TenantAccess } from './tenant-access.ts';

/** A cluster that is never used. */
const nobody = {} as Cluster;
const plain: TenantCluster = {
  operator: nobody,
  as: () => nobody,
  server: 'https://api.example:6443',
  ca: undefined,
  serverName: undefined,
  insecure: false,
  proxyUrl: undefined,
};

function clusterFor(tenants: TenantCluster): unknown {
  const access = new TenantAccess(tenants, () => 0);
  const config = JSON.parse(access.kubeconfig({ cluster: nobody, token: 'secret' }, 'dinfra-1-1-a'));
  return config.clusters[0].cluster;
}

describe('the kubeconfig helm gets', () => {
  test('helm’s kubeconfig names the API server and the CA to trust', () => {
    expect(clusterFor(plain)).toEqual({ server: plain.server });
    expect(clusterFor({ ...plain, ca: 'PEM' })).toEqual({
      server: plain.server,
      'certificate-authority-data': Buffer.from('PEM').toString('base64'),
    });
  });

  test('helm’s kubeconfig uses the operator’s proxy and TLS server name', () => {
    expect(clusterFor({ ...plain, serverName: 'kubernetes', proxyUrl: 'http://proxy:3128' })).toEqual({
      server: plain.server,
      'tls-server-name': 'kubernetes',
      'proxy-url': 'http://proxy:3128',
    });
    expect(clusterFor({ ...plain, ca: 'PEM', insecure: true })).toEqual({
      server: plain.server,
      'insecure-skip-tls-verify': true,
    });
  });
});
