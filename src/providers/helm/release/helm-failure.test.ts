import { describe, expect, test } from 'vitest';
import { releaseFailure, renderFailure } from './helm-failure.ts';

describe('what helm says of a release means', () => {
  test.each([
    [
      "Error: values don't meet the specifications of the schema(s) in the following chart(s):",
      'ChartValuesInvalid',
      '/values',
    ],
    ['Error: execution error at (web/templates/web.yaml:3:4): a name is required', 'ChartValuesInvalid', '/values'],
    [
      'Error: create: failed to create: Secret "x" is invalid: data: Too long: may not be more than 1048576 bytes',
      'ReleaseTooLarge',
      '/chart',
    ],
    [
      'Error: chart requires kubeVersion: >=2.0.0 which is incompatible with Kubernetes v1.37.1',
      'ChartInvalid',
      '/chart',
    ],
    ['Error: Deployment.apps "web" is invalid: spec.selector: Required value', 'ReleaseRejected', '/chart'],
    ['Error: persistentvolumeclaims "x" is forbidden: exceeded quota: dinfra', 'ReleaseRejected', '/chart'],
    [
      'Error: ingresses is forbidden: User "system:serviceaccount:x:dinfra-tenant" cannot create',
      'ReleaseRejected',
      '/chart',
    ],
    [
      'Error: unable to build kubernetes objects from release manifest: no matches for kind "X"',
      'ReleaseRejected',
      '/chart',
    ],
    [
      'Error: kubernetes cluster unreachable: Get "https://127.0.0.1": connection refused',
      'ClusterUnreachable',
      undefined,
    ],
    [
      'Error: namespaces is forbidden: unable to create new content in namespace x because it is being terminated',
      'NamespaceTerminating',
      undefined,
    ],
    ['Error: etcdserver: request timed out', 'ReleaseFailed', undefined],
    ['Error: something nobody has seen before', 'ReleaseFailed', undefined],
    ['', 'ReleaseFailed', undefined],
  ])('what helm says of a release means %s → %s', (stderr, code, path) => {
    const error = releaseFailure('helm install failed', 'tenant', stderr, {});
    expect(error.code).toBe(code);
    expect(error.path).toBe(path);
    expect(error.message).toMatch(/^helm install failed: ./);
  });

  test('the chart or its values are wrong whenever it cannot be rendered', () => {
    expect(renderFailure('Error: parse error at (web/templates/x.yaml:1): unclosed action', {})).toMatchObject({
      code: 'ChartInvalid',
      family: 'terminal',
      path: '/chart',
    });
  });
});

describe('the words of helm', () => {
  const words = (stderr: string, values = {}) =>
    releaseFailure('helm install failed', 'tenant', stderr, values).message;

  test('the words of helm come without its log lines, in one bounded line', () => {
    const stderr =
      'level=INFO msg=x\nW1121 05:00:00.0 1 warnings.go:70] would violate\nWARNING: y\nError: a\n  b\x1b[31m\n';
    expect(words(stderr)).toBe('helm install failed: a b [31m');
    expect(words(`Error: ${'x'.repeat(10_000)}`).length).toBeLessThan(1_000);
  });

  test('the words of helm do not carry values, which may be passwords', () => {
    const values = { db: { users: [{ password: 'correct horse battery' }] }, name: 'web' };
    const message = words("Error: 'correct horse battery' does not match pattern in web", values);
    expect(message).toBe("helm install failed: '(a value)' does not match pattern in web");
  });

  test('the words of helm do not carry values in Base64 either', () => {
    const message = words('Error: cannot parse Y29ycmVjdCBob3JzZQ== of the Secret', { password: 'correct horse' });
    expect(message).toBe('helm install failed: cannot parse (a value)== of the Secret');
  });

  test('the words of helm are searched in linear time, whatever the values are', () => {
    // Each of them occurs in what would replace it.
    const values = Array.from({ length: 20_000 }, (_, index) => ` a value${' '.repeat(index % 7)}`);
    const started = performance.now();
    expect(words(`Error: ${'(a value) '.repeat(5_000)}`, { values }).length).toBeLessThan(1_000);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('rights that are too new', () => {
  const cannotList = (namespace: string) =>
    `Error: query: failed: secrets is forbidden: User "system:serviceaccount:x:dinfra-tenant" cannot list resource "secrets" in API group "" in the namespace "${namespace}"`;

  test('a tenant that may not read its own Secrets yet is tried again, and one that reads others is rejected', () => {
    expect(releaseFailure('helm install failed', 'tenant', cannotList('tenant'), {}).code).toBe('ReleaseFailed');
    expect(releaseFailure('helm install failed', 'tenant', cannotList('other'), {}).code).toBe('ReleaseRejected');
  });
});
