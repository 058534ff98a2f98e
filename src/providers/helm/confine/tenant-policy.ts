import type { Settings } from '../config.ts';
import { at, isRecord, listOf, recordOf, textOf } from '../json-fields.ts';
import { TENANT_ACCOUNT } from '../names.ts';

/** A field that a tenant policy refuses, and why. */
export interface Finding {
  readonly field: string;
  readonly why: string;
}

/** Limit of a pod's grace period in seconds: an ended tenure is not paid for. */
const MAX_GRACE_SECONDS = 600;
const NODE_LABELS = [
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
];
/** The API server adds the first two to every pod. */
const TOLERATIONS = [
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/memory-pressure',
];
const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];
const VOLUMES = ['configMap', 'secret', 'emptyDir', 'projected', 'downwardAPI', 'persistentVolumeClaim', 'ephemeral'];
const ANNOTATIONS = [
  'app.kubernetes.io',
  'apps.kubernetes.io',
  'autoscaling.alpha.kubernetes.io',
  'batch.kubernetes.io',
  'checksum',
  'deployment.kubernetes.io',
  'dinfra.io',
  'helm.sh',
  'kubectl.kubernetes.io',
  'kubernetes.io',
  'meta.helm.sh',
  'prometheus.io',
  'pv.kubernetes.io',
  'volume.beta.kubernetes.io',
  'volume.kubernetes.io',
];

/**
 * The first field of an object that the tenant policies of the chart
 * (charts/dinfra-operator/files/tenant-policies.yaml) would refuse, or undefined. The policies enforce the rules; this
 * check gives an early answer that names the field. A test compares the two.
 */
export function tenantFinding(content: unknown, pod: unknown, allowed: Settings['allowed']): Finding | undefined {
  return objectFinding(content, allowed) ?? (isRecord(pod) ? podFinding(pod, allowed) : undefined);
}

function objectFinding(content: unknown, allowed: Settings['allowed']): Finding | undefined {
  if (listOf(at(content, 'metadata', 'finalizers')).length > 0) {
    return { field: 'metadata.finalizers', why: 'must be empty: what ended has to go' };
  }
  const kind = textOf(at(content, 'kind'));
  const type = textOf(at(content, 'type')) ?? '';
  const isRecordOfHelm = textOf(at(content, 'metadata', 'name'))?.startsWith('sh.helm.release.') ?? false;
  if (isRecordOfHelm || (kind === 'Secret' && type.startsWith('helm.sh/'))) {
    return { field: 'metadata.name', why: "must not be that of one of helm's own records" };
  }
  if (kind === 'Secret' && type === 'kubernetes.io/service-account-token') {
    return { field: 'type', why: 'must not be kubernetes.io/service-account-token' };
  }
  const prefixes = [...ANNOTATIONS, ...allowed.annotations];
  const places = ['metadata', 'spec.template.metadata', 'spec.jobTemplate.spec.template.metadata'];
  for (const place of places) {
    const field = `${place}.annotations`;
    const keys = Object.keys(recordOf(at(content, ...field.split('.'))));
    const wrong = keys.find((key) => key.includes('/') && !prefixes.includes(key.slice(0, key.indexOf('/'))));
    if (wrong !== undefined) {
      return { field, why: `has ${wrong.slice(0, 100)}; allowed before the / are ${prefixes.join(', ')}` };
    }
  }
  const claims =
    kind === 'PersistentVolumeClaim'
      ? [at(content, 'spec')]
      : listOf(at(content, 'spec', 'volumeClaimTemplates')).map((claim) => at(claim, 'spec'));
  return claims.map(claimFinding).find((finding) => finding !== undefined);
}

function claimFinding(spec: unknown): Finding | undefined {
  if (textOf(at(spec, 'volumeName'))) return { field: 'volumeName', why: 'must be empty: a claim gets its own volume' };
  if (at(spec, 'selector') !== undefined) {
    return { field: 'selector', why: 'must not be there: a claim gets its own volume' };
  }
  return textOf(at(spec, 'dataSourceRef', 'namespace'))
    ? { field: 'dataSourceRef.namespace', why: 'must be empty' }
    : undefined;
}

function podFinding(pod: unknown, allowed: Settings['allowed']): Finding | undefined {
  return schedulingFinding(pod, allowed) ?? runtimeFinding(pod, allowed);
}

function schedulingFinding(pod: unknown, allowed: Settings['allowed']): Finding | undefined {
  if (textOf(at(pod, 'nodeName'))) return { field: 'nodeName', why: 'must be empty: the scheduler places pods here' };
  const labels = [...NODE_LABELS, ...allowed.nodeLabels];
  const isForeign = (key: unknown) => !labels.includes(String(key));
  const onlyLabels = (field: string): Finding => ({ field, why: `may name these labels only: ${labels.join(', ')}` });
  if (Object.keys(recordOf(at(pod, 'nodeSelector'))).some(isForeign)) return onlyLabels('nodeSelector');
  const node = at(pod, 'affinity', 'nodeAffinity');
  const terms = [
    ...listOf(at(node, REQUIRED, 'nodeSelectorTerms')),
    ...listOf(at(node, PREFERRED)).map((term) => at(term, 'preference')),
  ];
  for (const term of terms) {
    const keys = listOf(at(term, 'matchExpressions')).map((expression) => at(expression, 'key'));
    if (listOf(at(term, 'matchFields')).length > 0 || keys.some(isForeign)) return onlyLabels('affinity.nodeAffinity');
  }
  for (const field of ['podAffinity', 'podAntiAffinity']) {
    const rule = at(pod, 'affinity', field);
    const near = [
      ...listOf(at(rule, REQUIRED)),
      ...listOf(at(rule, PREFERRED)).map((term) => at(term, 'podAffinityTerm')),
    ];
    if (near.some((term) => at(term, 'namespaceSelector') !== undefined || listOf(at(term, 'namespaces')).length > 0)) {
      return { field: `affinity.${field}`, why: 'must be about pods of its own namespace' };
    }
  }
  const taints = [...TOLERATIONS, ...allowed.tolerations];
  if (listOf(at(pod, 'tolerations')).some((toleration) => !taints.includes(textOf(at(toleration, 'key')) ?? ''))) {
    return { field: 'tolerations', why: `may name these taints only: ${taints.join(', ')}` };
  }
  if (!['', 'default-scheduler'].includes(textOf(at(pod, 'schedulerName')) ?? '')) {
    return { field: 'schedulerName', why: 'must be empty' };
  }
  return undefined;
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

function runtimeFinding(pod: unknown, allowed: Settings['allowed']): Finding | undefined {
  const among = (field: string, names: readonly string[]): Finding | undefined => {
    const name = textOf(at(pod, field)) ?? '';
    if (name === '' || names.includes(name)) return undefined;
    return { field, why: `may be one of these only: ${names.join(', ') || 'none'}` };
  };
  const named =
    among('runtimeClassName', allowed.runtimeClasses) ?? among('priorityClassName', allowed.priorityClasses);
  if (named !== undefined) return named;
  const sold = [...RESOURCES, ...allowed.resources];
  const containers = [...listOf(at(pod, 'containers')), ...listOf(at(pod, 'initContainers'))];
  const wanted = containers.flatMap((container) => [
    ...Object.keys(recordOf(at(container, 'resources', 'limits'))),
    ...Object.keys(recordOf(at(container, 'resources', 'requests'))),
  ]);
  if (wanted.some((name) => !sold.includes(name))) {
    return { field: 'containers[].resources', why: `may name these only: ${sold.join(', ')}` };
  }
  if (listOf(at(pod, 'resourceClaims')).length > 0) return { field: 'resourceClaims', why: 'must be empty' };
  const isPlain = (volume: unknown) => Object.keys(recordOf(volume)).every((key) => ['name', ...VOLUMES].includes(key));
  if (!listOf(at(pod, 'volumes')).every(isPlain)) {
    return { field: 'volumes', why: `may be one of these only: ${VOLUMES.join(', ')}` };
  }
  const claim = listOf(at(pod, 'volumes'))
    .map((volume) => claimFinding(at(volume, 'ephemeral', 'volumeClaimTemplate', 'spec')))
    .find((finding) => finding !== undefined);
  if (claim !== undefined) return claim;
  const grace = at(pod, 'terminationGracePeriodSeconds');
  if (typeof grace === 'number' && grace > MAX_GRACE_SECONDS) {
    return { field: 'terminationGracePeriodSeconds', why: `may be at most ${MAX_GRACE_SECONDS}` };
  }
  if (textOf(at(pod, 'serviceAccountName')) === TENANT_ACCOUNT) {
    return {
      field: 'serviceAccountName',
      why: `must not be ${TENANT_ACCOUNT}, the account that charts are installed with`,
    };
  }
  return undefined;
}
