import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { RetryableError } from '../../errors/dinfra-error.ts';
import { showCertificateEnds } from './certificate-metrics.ts';
import type { Credentials, TlsMaterial } from './cluster-access.ts';

/** Ends 2054-04-12T17:51:45Z. */
const EARLY = `-----BEGIN CERTIFICATE-----
MIIBMDCB46ADAgECAhQMVY0xjaneQ5v44pQfDMqcUIOw0DAFBgMrZXAwDTELMAkG
A1UEAwwCMTAwIBcNMjYxMTI1MTc1MTQ1WhgPMjA1NDA0MTIxNzUxNDVaMA0xCzAJ
BgNVBAMMAjEwMCowBQYDK2VwAyEAimnx1zG25x8kZM50IMRTb7bLSVR+iA0PnNCC
0xIQwd+jUzBRMB0GA1UdDgQWBBRBZ4bTYMHoZux/23iyup/InyCoxDAfBgNVHSME
GDAWgBRBZ4bTYMHoZux/23iyup/InyCoxDAPBgNVHRMBAf8EBTADAQH/MAUGAytl
cANBAHRp9Ej2e3lxjuXeLMlOnUIwHzGfWcbiE2feOUmHEpBTXWZSChKZRTtXFX2U
5EU9xhn41mgD85w2i1wU14JmpAw=
-----END CERTIFICATE-----
`;
/** Ends 2081-08-28T17:51:45Z. */
const LATE = `-----BEGIN CERTIFICATE-----
MIIBMDCB46ADAgECAhRCR7vvZAALYb3u5N9NJe3kgccWNjAFBgMrZXAwDTELMAkG
A1UEAwwCMjAwIBcNMjYxMTI1MTc1MTQ1WhgPMjA4MTA4MjgxNzUxNDVaMA0xCzAJ
BgNVBAMMAjIwMCowBQYDK2VwAyEAWZYfqcgZjMKK4uO+Hl+FSO+EtHesYRb7mdHx
gNQoDZKjUzBRMB0GA1UdDgQWBBSu545exbsfW9eTlR7D8OBLUH39tDAfBgNVHSME
GDAWgBSu545exbsfW9eTlR7D8OBLUH39tDAPBgNVHRMBAf8EBTADAQH/MAUGAytl
cANBAHVkZfD1hFnSxrYE97Uexj1SbTw+iHvCnpz5NFUgzEteUIUT6aRwzd68/w4V
v98M17ndfbjC0SogXntQyD9lyQ8=
-----END CERTIFICATE-----
`;
const NAME = 'dinfra_cluster_certificate_expiry_timestamp_seconds';

async function shown(
  credentials: () => Promise<Omit<TlsMaterial, 'rejectUnauthorized'>>,
  headers: Credentials['headers'] = {},
): Promise<readonly string[]> {
  const registry = new Registry();
  showCertificateEnds(registry, {
    credentials: async () => ({ headers, tls: { ...(await credentials()), rejectUnauthorized: true } }),
  });
  return (await registry.getSingleMetricAsString(NAME)).split('\n').filter((line) => !line.startsWith('#'));
}

test('the end of the client certificate is that of the first in its chain, and of a CA bundle the last', async () => {
  expect(await shown(async () => ({ cert: `${EARLY}${LATE}`, ca: `${EARLY}${LATE}` }))).toEqual([
    `${NAME}{certificate="client"} 2659629105`,
    `${NAME}{certificate="ca"} 3523629105`,
  ]);
});

test('a pod with a token has no client certificate to end', async () => {
  expect(await shown(async () => ({ ca: EARLY }))).toEqual([`${NAME}{certificate="ca"} 2659629105`]);
  expect(await shown(async () => ({}))).toEqual([]);
});

test('a token in the kubeconfig that lasts for weeks has an end, and one that is renewed within hours has none', async () => {
  const lasting = (seconds: number) => {
    const part = (object: object) => Buffer.from(JSON.stringify(object)).toString('base64url');
    return { Authorization: `Bearer ${part({ alg: 'RS256' })}.${part({ iat: 1_000, exp: 1_000 + seconds })}.c2ln` };
  };
  expect(await shown(async () => ({}), lasting(30 * 86_400))).toEqual([`${NAME}{certificate="token"} 2593000`]);
  expect(await shown(async () => ({}), lasting(3_607))).toEqual([]);
  expect(await shown(async () => ({}), { Authorization: 'Bearer no.token.atall' })).toEqual([]);
});

test('neither a broken certificate nor credentials that cannot be had fail the scrape', async () => {
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
  expect(await shown(async () => ({ cert: broken, ca: broken }))).toEqual([]);
  const failing = () => Promise.reject(new RetryableError('ClusterUnauthorized', { message: 'no' }));
  expect(await shown(failing)).toEqual([]);
});
