import { expect, test } from 'vitest';
import { identityOf } from '../../../award/identity.ts';
import type { ApiManifest, ApiObject, Cluster } from '../cluster.ts';
import { settingsOf } from '../config.ts';
import { auditTenantNamespace } from './tenant-namespace.ts';
import { namespaceFor, wallsFor } from './walls.ts';

const identity = identityOf({ genesis: `0x${'ab'.repeat(32)}`, subscription: 17n, tenure: 2 });
const settings = settingsOf({}, 'acme');

/** The audit of confining objects that were created with only these labels. */
async function auditOf(isKept: (label: string) => boolean) {
  const made = ({ metadata, ...rest }: ApiManifest) => {
    const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => isKept(key));
    return { ...rest, metadata: { ...metadata, uid: 'u', resourceVersion: '1', labels: Object.fromEntries(labels) } };
  };
  const walls = wallsFor(identity, settings, false);
  const find: Cluster['find'] = async (address, { name }) =>
    walls
      .filter((wall) => wall.address === address && wall.manifest.metadata.name === name)
      .map(({ manifest }) => made(manifest) as unknown as ApiObject)[0];
  const scope = {
    namespace: made(namespaceFor(identity, settings).manifest) as unknown as ApiObject,
    stopped: false,
    unchanged: [],
  };
  const { differences } = await auditTenantNamespace(
    { find } as Cluster,
    identity,
    settings,
    scope,
    new AbortController().signal,
  );
  return differences.map(({ what }) => what);
}

test('confining objects of an older version without the recommended labels are valid and not rewritten', async () => {
  expect(await auditOf((label) => label === 'app.kubernetes.io/managed-by' || !label.startsWith('app.'))).toEqual([]);
});

test('a confining object without the label that it is watched by is corrected', async () => {
  expect(await auditOf((label) => label !== 'app.kubernetes.io/managed-by')).toContain(
    'ResourceQuota dinfra-confinement',
  );
});

test('every object of a tenant has labels with its component and its tenure', () => {
  const manifests = [namespaceFor(identity, settings), ...wallsFor(identity, settings, false)].map(
    ({ manifest }) => manifest,
  );
  for (const { metadata } of manifests) {
    expect(metadata.labels).toMatchObject({
      'app.kubernetes.io/name': 'dinfra',
      'app.kubernetes.io/instance': identity.name,
      'app.kubernetes.io/part-of': 'dinfra',
      'app.kubernetes.io/managed-by': 'dinfra-operator',
    });
  }
});
