import { apiVersionOf } from '../../../base/kube-object.ts';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import type { Address } from '../cluster.ts';
import type { Settings } from '../config.ts';
import { at, listOf, textOf } from '../json-fields.ts';
import { tenantKinds } from './kinds.ts';
import { annotationOf, describe, type ManifestObject } from './manifest.ts';
import { podSecurityFinding } from './pod-security.ts';
import { tenantFinding } from './tenant-policy.ts';

/** An object that is allowed, with the API address of its kind. */
export interface PermittedObject extends ManifestObject {
  readonly address: Address;
}

/** Only `helm test` runs tests; we remove releases without hooks, and never use rollback hooks. */
const HOOKS_NEVER_RUN = new Set([
  'test',
  'test-success',
  'test-failure',
  'pre-delete',
  'post-delete',
  'pre-rollback',
  'post-rollback',
]);

/**
 * The objects that a chart would create, if a tenant may have all of them in `namespace`.
 *
 * This check gives an early and clear answer. A tenant is confined by the rights of its service account, and by the pod
 * security, quota and network policies of its namespace, whatever a chart manages to render later.
 *
 * @throws TerminalError ChartForbiddenKind or ChartForbiddenField.
 */
export function permitObjects(
  objects: readonly ManifestObject[],
  namespace: string,
  settings: Settings,
): readonly PermittedObject[] {
  const kinds = tenantKinds(settings.extraKinds);
  return objects.flatMap((object) => {
    if (isNeverRun(object)) return [];
    const address = kinds.find((kind) => apiVersionOf(kind) === object.apiVersion && kind.kind === object.kind);
    if (address === undefined) {
      throw forbiddenKind(
        object,
        `is of ${object.apiVersion.slice(0, 100)}, which tenants of this provider may not have`,
      );
    }
    if (object.namespace !== undefined && object.namespace !== namespace) {
      throw forbiddenKind(object, `is for namespace ${object.namespace.slice(0, 63)}; a tenant has only its own`);
    }
    permitFields(object, settings);
    return [{ ...object, address }];
  });
}

/** The address of an object's kind, without checking the object; undefined if tenants may not have that kind. */
export function addressOfObject(object: ManifestObject, settings: Settings): Address | undefined {
  return tenantKinds(settings.extraKinds).find(
    (kind) => apiVersionOf(kind) === object.apiVersion && kind.kind === object.kind,
  );
}

function isNeverRun(object: ManifestObject): boolean {
  const hooks = annotationOf(object, 'helm.sh/hook')?.split(',') ?? [];
  const running = hooks.map((hook) => hook.trim()).find((hook) => hook !== '' && !HOOKS_NEVER_RUN.has(hook));
  if (running !== undefined) {
    throw forbiddenField(object, `is a ${running.slice(0, 40)} hook: install and upgrade hooks are not run here`);
  }
  return hooks.length > 0;
}

function permitFields(object: ManifestObject, { quota, podSecurity, allowed }: Settings): void {
  if (object.kind === 'Service') permitService(object, quota);
  const pod = podSpecOf(object);
  const refused = tenantFinding(object.content, pod, allowed);
  if (refused !== undefined) throw forbiddenField(object, `is refused: its ${refused.field} ${refused.why}`);
  const finding = podSecurityFinding(podSecurity, pod);
  if (finding !== undefined) {
    throw forbiddenField(object, `breaks pod security ${podSecurity}: ${finding.field} has to be ${finding.wants}`);
  }
}

function permitService(object: ManifestObject, quota: Settings['quota']): void {
  if (listOf(at(object.content, 'spec', 'externalIPs')).length > 0) {
    throw forbiddenField(object, "has spec.externalIPs, which take other people's traffic");
  }
  const type = textOf(at(object.content, 'spec', 'type'));
  const limit = { LoadBalancer: quota['services.loadbalancers'], NodePort: quota['services.nodeports'] };
  if ((type === 'LoadBalancer' || type === 'NodePort') && limit[type] === '0') {
    throw forbiddenField(object, `has spec.type ${type}, and this provider gives tenants none of that type`);
  }
}

/** The pod spec of a workload, wherever its kind has it. */
function podSpecOf({ kind, content }: ManifestObject): unknown {
  switch (kind) {
    case 'Pod':
      return content['spec'];
    case 'CronJob':
      return at(content, 'spec', 'jobTemplate', 'spec', 'template', 'spec');
    default:
      return at(content, 'spec', 'template', 'spec');
  }
}

function forbiddenKind(object: ManifestObject, why: string): TerminalError {
  return new TerminalError('ChartForbiddenKind', {
    message: `${describe(object)} of the chart ${why}`,
    path: '/chart',
  });
}

function forbiddenField(object: ManifestObject, why: string): TerminalError {
  return new TerminalError('ChartForbiddenField', {
    message: `${describe(object)} of the chart ${why}`,
    path: '/chart',
  });
}
