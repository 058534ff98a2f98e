import { describe, expect, test } from 'vitest';
import { type HelmConfig, settingsOf } from '../config.ts';
import { parseManifest } from './manifest.ts';
import { permitObjects } from './manifest-policy.ts';

const permit = (manifest: object, config: HelmConfig = {}) =>
  permitObjects(parseManifest(JSON.stringify(manifest)), 'tenant', settingsOf(config, 'acme'));
const refused = (code: string, words: RegExp) =>
  expect.objectContaining({ code, path: '/chart', message: expect.stringMatching(words) });

const named = (apiVersion: string, kind: string, rest: object = {}, metadata: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name: 'x', ...metadata },
  ...rest,
});

describe('a tenant may have', () => {
  test.each([
    ['v1', 'ConfigMap'],
    ['v1', 'Secret'],
    ['v1', 'Service'],
    ['v1', 'PersistentVolumeClaim'],
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['batch/v1', 'CronJob'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
  ])('a tenant may have a %s %s, with its namespace or without one', (apiVersion, kind) => {
    expect(permit(named(apiVersion, kind))).toHaveLength(1);
    expect(permit(named(apiVersion, kind, {}, { namespace: 'tenant' }))).toHaveLength(1);
  });

  test('a tenant may have the kinds its provider adds', () => {
    const ingress = named('networking.k8s.io/v1', 'Ingress');
    expect(() => permit(ingress)).toThrow(refused('ChartForbiddenKind', /Ingress x of the chart is of networking/));
    const extraKinds = [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', plural: 'ingresses' }];
    expect(permit(ingress, { extraKinds })[0]?.address).toMatchObject({
      group: 'networking.k8s.io',
      plural: 'ingresses',
    });
  });
});

describe('a tenant may not have', () => {
  test.each([
    ['v1', 'Namespace'],
    ['v1', 'PersistentVolume'],
    ['v1', 'Node'],
    ['v1', 'ResourceQuota'],
    ['v1', 'LimitRange'],
    ['v1', 'List'],
    ['apps/v1', 'DaemonSet'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
    ['apps/v2', 'Deployment'],
  ])('a tenant may not have a %s %s', (apiVersion, kind) => {
    expect(() => permit(named(apiVersion, kind))).toThrow(refused('ChartForbiddenKind', /may not have/));
  });

  test('a tenant may not have anything in another namespace', () => {
    expect(() => permit(named('v1', 'ConfigMap', {}, { namespace: 'kube-system' }))).toThrow(
      refused('ChartForbiddenKind', /for namespace kube-system/),
    );
  });

  test.each(['pre-install', 'post-install', 'pre-upgrade', 'post-upgrade', 'test, post-install', 'crd-install'])(
    'a %s hook',
    (hook) => {
      const job = named('batch/v1', 'Job', {}, { annotations: { 'helm.sh/hook': hook } });
      expect(() => permit(job)).toThrow(refused('ChartForbiddenField', /hook/));
    },
  );

  test.each(['test', 'test-success', 'pre-delete', 'post-delete,pre-rollback'])(
    'a %s hook, but that is never run and so left out, whatever it is',
    (hook) => {
      expect(permit(named('v1', 'Namespace', {}, { annotations: { 'helm.sh/hook': hook } }))).toEqual([]);
    },
  );

  test.each([
    ['external addresses', named('v1', 'Service', { spec: { externalIPs: ['1.2.3.4'] } }), /externalIPs/],
    ['a load balancer', named('v1', 'Service', { spec: { type: 'LoadBalancer' } }), /LoadBalancer/],
    ['a node port', named('v1', 'Service', { spec: { type: 'NodePort' } }), /NodePort/],
    ['a node of its choice', named('v1', 'Pod', { spec: { nodeName: 'n1' } }), /nodeName/],
    [
      'the priority of the system',
      named('apps/v1', 'Deployment', { spec: { template: { spec: { priorityClassName: 'system-node-critical' } } } }),
      /priorityClassName/,
    ],
    [
      'a node of its choice in a CronJob',
      named('batch/v1', 'CronJob', { spec: { jobTemplate: { spec: { template: { spec: { nodeName: 'n1' } } } } } }),
      /nodeName/,
    ],
  ])('a tenant may not have %s', (_, object, words) => {
    expect(() => permit(object)).toThrow(refused('ChartForbiddenField', words));
  });

  test('a tenant may not have load balancers and node ports unless the provider grants some', () => {
    const quota = { 'services.loadbalancers': '1', 'services.nodeports': '' };
    for (const type of ['LoadBalancer', 'NodePort']) {
      expect(permit(named('v1', 'Service', { spec: { type } }), { quota })).toHaveLength(1);
    }
  });
});
