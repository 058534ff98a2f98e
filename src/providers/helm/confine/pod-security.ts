import type { PodSecurityLevel } from '../config.ts';
import { at, isRecord, type JsonRecord, listOf, recordOf, textOf } from '../json-fields.ts';

/** A field of a pod that the pod security of its namespace would refuse. */
export interface PodSecurityFinding {
  /** The field within the pod's spec, e.g. `containers[0].securityContext.privileged`. */
  readonly field: string;
  /** What the standard requires. */
  readonly wants: string;
}

interface Container extends JsonRecord {
  readonly path: string;
  readonly security: JsonRecord;
}

type Rule = (pod: JsonRecord, containers: readonly Container[]) => PodSecurityFinding | undefined;

/**
 * The first field of a pod's spec that a pod security standard certainly refuses, or undefined. Covers the rules of
 * https://kubernetes.io/docs/concepts/security/pod-security-standards that a chart is likely to break. The API server
 * enforces all of them on each pod, but only after the tenure was accepted, and reports it only in an event.
 */
export function podSecurityFinding(level: PodSecurityLevel, spec: unknown): PodSecurityFinding | undefined {
  if (level === 'privileged' || !isRecord(spec)) return undefined;
  const containers = containersOf(spec);
  const rules = level === 'baseline' ? BASELINE : [...BASELINE, ...RESTRICTED];
  for (const rule of rules) {
    const finding = rule(spec, containers);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

const BASELINE_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

const RESTRICTED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const CONFINED = 'RuntimeDefault or Localhost';

const BASELINE: readonly Rule[] = [
  (pod) => {
    const field = ['hostNetwork', 'hostPID', 'hostIPC'].find((name) => pod[name] === true);
    return field === undefined ? undefined : { field, wants: 'false' };
  },
  eachContainer(({ security }) => (security['privileged'] === true ? ['privileged', 'false'] : undefined)),
  eachContainer(({ security }) => {
    const added = listOf(at(security, 'capabilities', 'add'));
    const extra = added.find((name) => !BASELINE_CAPABILITIES.has(`${name}`));
    return extra === undefined ? undefined : ['capabilities.add', `no ${`${extra}`.slice(0, 40)} in it`];
  }),
  (pod) => eachVolume(pod, (volume) => ('hostPath' in volume ? 'no hostPath' : undefined)),
  (_, containers) => {
    for (const { path, ports } of containers) {
      const index = listOf(ports).findIndex((port) => Number(recordOf(port)['hostPort'] ?? 0) !== 0);
      if (index >= 0) return { field: `${path}.ports[${index}].hostPort`, wants: 'none' };
    }
    return undefined;
  },
  (pod, containers) => {
    const isUnconfined = (security: unknown) => at(security, 'seccompProfile', 'type') === 'Unconfined';
    if (isUnconfined(pod['securityContext'])) return { field: 'securityContext.seccompProfile.type', wants: CONFINED };
    return eachContainer(({ security }) => (isUnconfined(security) ? ['seccompProfile.type', CONFINED] : undefined))(
      pod,
      containers,
    );
  },
  inUserNamespaceOfHost(
    eachContainer(({ security }) =>
      ['Default', undefined].includes(textOf(security['procMount'])) ? undefined : ['procMount', 'Default'],
    ),
  ),
];

const RESTRICTED: readonly Rule[] = [
  (pod) =>
    eachVolume(pod, (volume) =>
      RESTRICTED_VOLUMES.some((type) => isRecord(volume[type])) ? undefined : `one of ${RESTRICTED_VOLUMES.join(', ')}`,
    ),
  onLinux(
    eachContainer(({ security }) =>
      security['allowPrivilegeEscalation'] === false ? undefined : ['allowPrivilegeEscalation', 'false'],
    ),
  ),
  inUserNamespaceOfHost((pod, containers) => {
    const podSays = at(pod, 'securityContext', 'runAsNonRoot');
    if (podSays === false) return { field: 'securityContext.runAsNonRoot', wants: 'true' };
    return eachContainer(({ security }) =>
      (security['runAsNonRoot'] ?? podSays) === true ? undefined : ['runAsNonRoot', 'true, here or for the whole pod'],
    )(pod, containers);
  }),
  inUserNamespaceOfHost((pod, containers) => {
    if (at(pod, 'securityContext', 'runAsUser') === 0) return { field: 'securityContext.runAsUser', wants: 'not 0' };
    return eachContainer(({ security }) => (security['runAsUser'] === 0 ? ['runAsUser', 'not 0'] : undefined))(
      pod,
      containers,
    );
  }),
  onLinux((pod, containers) => {
    const podSays = at(pod, 'securityContext', 'seccompProfile', 'type');
    return eachContainer(({ security }) => {
      const type = textOf(at(security, 'seccompProfile', 'type') ?? podSays);
      return type === 'RuntimeDefault' || type === 'Localhost'
        ? undefined
        : ['seccompProfile.type', `${CONFINED}, here or for the whole pod`];
    })(pod, containers);
  }),
  onLinux(
    eachContainer(({ security }) =>
      listOf(at(security, 'capabilities', 'drop')).includes('ALL') ? undefined : ['capabilities.drop', 'ALL in it'],
    ),
  ),
  onLinux(
    eachContainer(({ security }) =>
      listOf(at(security, 'capabilities', 'add')).every((name) => name === 'NET_BIND_SERVICE')
        ? undefined
        : ['capabilities.add', 'nothing but NET_BIND_SERVICE in it'],
    ),
  ),
];

function containersOf(pod: JsonRecord): readonly Container[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) =>
    listOf(pod[list]).map((container, index) => ({
      ...recordOf(container),
      path: `${list}[${index}]`,
      security: recordOf(recordOf(container)['securityContext']),
    })),
  );
}

function eachContainer(judge: (container: Container) => readonly [field: string, wants: string] | undefined): Rule {
  return (_, containers) => {
    for (const container of containers) {
      const [field, wants] = judge(container) ?? [];
      if (field !== undefined && wants !== undefined) {
        return { field: `${container.path}.securityContext.${field}`, wants };
      }
    }
    return undefined;
  };
}

function eachVolume(
  pod: JsonRecord,
  judge: (volume: JsonRecord) => string | undefined,
): PodSecurityFinding | undefined {
  for (const [index, volume] of listOf(pod['volumes']).entries()) {
    const wants = judge(recordOf(volume));
    if (wants !== undefined) return { field: `volumes[${index}]`, wants };
  }
  return undefined;
}

/** Linux settings are not required of Windows pods. */
function onLinux(rule: Rule): Rule {
  return (pod, containers) => (at(pod, 'os', 'name') === 'windows' ? undefined : rule(pod, containers));
}

/** Root in a user namespace is unprivileged on the host; the standard allows it since Kubernetes 1.35. */
function inUserNamespaceOfHost(rule: Rule): Rule {
  return (pod, containers) => (pod['hostUsers'] === false ? undefined : rule(pod, containers));
}
