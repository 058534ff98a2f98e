import { describe, expect, test } from 'vitest';
import { podSecurityFinding } from './pod-security.ts';

const security = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
  capabilities: { drop: ['ALL'] },
};
const pod = (container: object = {}, rest: object = {}) => ({
  containers: [{ name: 'a', securityContext: security, ...container }],
  ...rest,
});
const secured = (more: object) => pod({ securityContext: { ...security, ...more } });
const field = (spec: unknown, level: 'restricted' | 'baseline' = 'restricted') =>
  podSecurityFinding(level, spec)?.field;
const at = (name: string) => `containers[0].securityContext.${name}`;

describe('pod security restricted', () => {
  test('pod security restricted admits a pod that drops all it requires to be dropped', () => {
    expect(field(pod())).toBeUndefined();
    const { runAsNonRoot, seccompProfile, ...others } = security;
    expect(
      field(pod({ securityContext: others }, { securityContext: { runAsNonRoot, seccompProfile } })),
    ).toBeUndefined();
    expect(field(secured({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }))).toBeUndefined();
    expect(field(pod({}, { volumes: [{ name: 'a', emptyDir: {} }] }))).toBeUndefined();
  });

  test.each([
    ['says nothing', pod({ securityContext: undefined }), at('allowPrivilegeEscalation')],
    ['may escalate', secured({ allowPrivilegeEscalation: true }), at('allowPrivilegeEscalation')],
    ['runs as root', secured({ runAsUser: 0 }), at('runAsUser')],
    ['may run as root', secured({ runAsNonRoot: undefined }), at('runAsNonRoot')],
    [
      'overrules its pod',
      pod({ securityContext: { ...security, runAsNonRoot: false } }, { securityContext: { runAsNonRoot: true } }),
      at('runAsNonRoot'),
    ],
    ['is of a pod that runs as root', pod({}, { securityContext: { runAsUser: 0 } }), 'securityContext.runAsUser'],
    ['has no seccomp profile', secured({ seccompProfile: undefined }), at('seccompProfile.type')],
    ['is unconfined', secured({ seccompProfile: { type: 'Unconfined' } }), at('seccompProfile.type')],
    ['keeps capabilities', secured({ capabilities: { drop: ['NET_RAW'] } }), at('capabilities.drop')],
    ['adds capabilities', secured({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } }), at('capabilities.add')],
    ['mounts a network file system', pod({}, { volumes: [{ name: 'a', nfs: { server: 'x' } }] }), 'volumes[0]'],
    [
      'is preceded by one that is not',
      pod({}, { initContainers: [{ name: 'b' }] }),
      'initContainers[0].securityContext.allowPrivilegeEscalation',
    ],
  ])('pod security restricted refuses a container that %s', (_, spec, where) => {
    expect(field(spec)).toBe(where);
  });

  test('pod security restricted admits root in a pod with a user namespace', () => {
    expect(field({ ...secured({ runAsNonRoot: undefined, runAsUser: 0 }), hostUsers: false })).toBeUndefined();
  });

  test('pod security restricted does not require Linux settings of Windows pods', () => {
    const spec = pod({ securityContext: { runAsNonRoot: true } }, { os: { name: 'windows' } });
    expect(field(spec)).toBeUndefined();
  });
});

describe('pod security baseline', () => {
  test.each([
    ['the network of the host', pod({}, { hostNetwork: true }), 'hostNetwork'],
    ['the processes of the host', pod({}, { hostPID: true }), 'hostPID'],
    ['all rights', pod({ securityContext: { privileged: true } }), at('privileged')],
    [
      'rights over the system',
      pod({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }),
      at('capabilities.add'),
    ],
    [
      'every system call',
      pod({ securityContext: { seccompProfile: { type: 'Unconfined' } } }),
      at('seccompProfile.type'),
    ],
    [
      'every system call for the whole pod',
      pod({}, { securityContext: { seccompProfile: { type: 'Unconfined' } } }),
      'securityContext.seccompProfile.type',
    ],
    ['all of /proc', pod({ securityContext: { procMount: 'Unmasked' } }), at('procMount')],
    ['files of the host', pod({}, { volumes: [{ name: 'a', hostPath: { path: '/' } }] }), 'volumes[0]'],
    ['a port of the host', pod({ ports: [{ containerPort: 1, hostPort: 80 }] }), 'containers[0].ports[0].hostPort'],
  ])('pod security baseline refuses %s', (_, spec, where) => {
    expect(field(spec, 'baseline')).toBe(where);
    expect(field(spec)).toBeDefined();
    expect(podSecurityFinding('privileged', spec)).toBeUndefined();
  });

  test('pod security baseline admits what only restricted refuses', () => {
    expect(field(pod({ securityContext: undefined }), 'baseline')).toBeUndefined();
  });
});

test('pod security ignores objects without pods', () => {
  for (const spec of [undefined, null, 'x', [], {}]) expect(field(spec)).toBeUndefined();
});
