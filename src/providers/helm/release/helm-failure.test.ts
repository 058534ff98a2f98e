import { describe, expect, test } from 'vitest';
import { cpuMs } from '../../../../test/support/cpu-time.ts';
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
  ])('helm’s error output %s is classified as %s', (stderr, code, path) => {
    const error = releaseFailure('helm install failed', 'tenant', stderr, {});
    expect(error.code).toBe(code);
    expect(error.path).toBe(path);
    expect(error.message).toMatch(/^helm install failed: ./);
  });

  test('a rendering failure is always the fault of the chart or its values', () => {
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

  test('helm’s message is shortened to one line without its log lines', () => {
    const stderr =
      'level=INFO msg=x\nW1121 05:00:00.0 1 warnings.go:70] would violate\nWARNING: y\nError: a\n  b\x1b[31m\n';
    expect(words(stderr)).toBe('helm install failed: a b [31m');
    expect(words(`Error: ${'x'.repeat(10_000)}`).length).toBeLessThan(1_000);
  });

  test('helm’s message does not contain values, which may be passwords', () => {
    const values = { db: { users: [{ password: 'correct horse battery' }] }, name: 'web' };
    const message = words("Error: 'correct horse battery' does not match pattern in web", values);
    expect(message).toBe("helm install failed: '(a value)' does not match pattern in web");
  });

  test('helm’s message does not contain values in Base64', () => {
    const message = words('Error: cannot parse Y29ycmVjdCBob3JzZQ== of the Secret', { password: 'correct horse' });
    expect(message).toBe('helm install failed: cannot parse (a value)== of the Secret');
  });

  test('helm’s message is searched for values in linear time', () => {
    // Each of them occurs in what would replace it.
    const values = Array.from({ length: 20_000 }, (_, index) => ` a value${' '.repeat(index % 7)}`);
    const started = cpuMs();
    expect(words(`Error: ${'(a value) '.repeat(5_000)}`, { values }).length).toBeLessThan(1_000);
    expect(cpuMs() - started).toBeLessThan(2_000);
  });
});

describe('rights that are too new', () => {
  const cannotList = (namespace: string) =>
    `Error: query: failed: secrets is forbidden: User "system:serviceaccount:x:dinfra-tenant" cannot list resource "secrets" in API group "" in the namespace "${namespace}"`;

  test('a forbidden read of a tenant’s own Secrets is retried, and one of other Secrets is rejected', () => {
    expect(releaseFailure('helm install failed', 'tenant', cannotList('tenant'), {}).code).toBe('ReleaseFailed');
    expect(releaseFailure('helm install failed', 'tenant', cannotList('other'), {}).code).toBe('ReleaseRejected');
  });
});
