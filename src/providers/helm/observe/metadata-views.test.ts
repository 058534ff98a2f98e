import { describe, expect, test } from 'vitest';
import { apiObject } from '../../../../test/support/api-objects.ts';
import type { MetadataView, TenantCluster } from '../cluster.ts';
import { settingsOf } from '../config.ts';
import { DEPLOYMENT, NAMESPACE, SECRET, SERVICE_ACCOUNT } from '../confine/kinds.ts';
import { MetadataViews, versionOf } from './metadata-views.ts';

/** The state of the watch of each kind and label, and the views on top of it. */
function world(settings: Parameters<typeof settingsOf>[0] = {}) {
  const shown = new Map<string, string>();
  const state = { isCurrent: true, blind: '' };
  const follow = (type: { plural: string }, label: string): MetadataView => ({
    isCurrent: () => state.isCurrent && type.plural !== state.blind,
    versionOf: (key) => shown.get(`${type.plural} ${label} ${key}`),
  });
  const cluster = { follow } as unknown as TenantCluster;
  const signal = new AbortController().signal;
  return { shown, state, views: new MetadataViews(cluster, settingsOf(settings, 'default'), signal) };
}

const BY_US = 'app.kubernetes.io/managed-by=dinfra-operator';
const BY_HELM = 'app.kubernetes.io/managed-by=Helm';
const web = versionOf('Chart', DEPLOYMENT, apiObject({}, { name: 'web', resourceVersion: '7' }));
const namespace = versionOf('Wall', NAMESPACE, { metadata: { ...apiObject().metadata, name: 'tenant' } });

describe('what watches show of what was read', () => {
  test('an object counts as unchanged while its watch shows the version that was read', () => {
    const { shown, views } = world();
    shown.set(`deployments ${BY_HELM} tenant/web`, '7');
    expect(views.compare([web])).toBe('Same');
    shown.set(`deployments ${BY_HELM} tenant/web`, '8');
    expect(views.compare([web])).toBe('Changed');
    shown.clear();
    expect(views.compare([web])).toBe('Changed');
  });

  test('nothing is known about a kind whose watch fails, or about any kind without a watch of namespaces', () => {
    const { shown, state, views } = world();
    shown.set(`deployments ${BY_HELM} tenant/web`, '7');
    state.blind = 'deployments';
    expect(views.compare([web])).toBe('Unknown');
    state.blind = 'namespaces';
    expect(views.compare([web])).toBe('Unknown');
  });

  test('an account of the chart is not mistaken for the account that confines the tenant', () => {
    const { shown, views } = world();
    const account = apiObject({}, { name: 'dinfra-tenant', resourceVersion: '3' });
    shown.set(`serviceaccounts ${BY_US} tenant/dinfra-tenant`, '9');
    expect(views.compare([versionOf('Wall', SERVICE_ACCOUNT, account)])).toBe('Changed');
    // Not watched: it is read again after a while.
    expect(views.compare([versionOf('Chart', SERVICE_ACCOUNT, account)])).toBe('Same');
  });

  test('no Secret of the cluster is watched, and without watches nothing is known', () => {
    const followed: string[] = [];
    const cluster = {
      follow: ({ plural }: { plural: string }) => {
        followed.push(plural);
        return { isCurrent: () => true, versionOf: () => undefined };
      },
    } as unknown as TenantCluster;
    const signal = new AbortController().signal;
    const views = new MetadataViews(cluster, settingsOf({}, 'default'), signal);
    expect(followed).toContain('deployments');
    expect(followed).not.toContain(SECRET.plural);
    expect(followed).not.toContain('configmaps');
    expect(views.compare([])).toBe('Same');
    expect(new MetadataViews({} as TenantCluster, settingsOf({}, 'default'), signal).compare([namespace])).toBe(
      'Unknown',
    );
  });
});
