import type { Address, ApiObject, Cluster } from '../cluster.ts';
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, POD, REPLICA_SET, STATEFUL_SET } from '../confine/kinds.ts';
import { at, listOf, numberOf, recordOf, textOf } from '../json-fields.ts';
import { Annotation } from '../names.ts';
import { forEachOf } from './each-object.ts';

/** How a kind of workload is stopped, i.e. has no pods, and started again. */
interface Workload {
  readonly address: Address;
  /**
   * The value to record and the change; undefined if the object does not run anything, or is stopped with its owner.
   */
  stop(object: ApiObject): { readonly remember: string; readonly spec: object } | undefined;
  /** The change that starts it again. */
  start(remembered: string): object;
}

/** A label that no node has. */
const NOWHERE = 'dinfra.io/stopped';

const scaled = (address: Address): Workload => ({
  address,
  stop: (object) => {
    const replicas = numberOf(at(object, 'spec', 'replicas')) ?? 1;
    return replicas === 0 ? undefined : { remember: `${replicas}`, spec: { replicas: 0 } };
  },
  start: (remembered) => ({ replicas: /^[1-9][0-9]{0,5}$/.test(remembered) ? Number(remembered) : 1 }),
});

const suspended = (address: Address): Workload => ({
  address,
  stop: (object) => (at(object, 'spec', 'suspend') === true ? undefined : { remember: 'run', spec: { suspend: true } }),
  start: () => ({ suspend: false }),
});

const WORKLOADS: readonly Workload[] = [
  scaled(DEPLOYMENT),
  scaled(STATEFUL_SET),
  scaled(REPLICA_SET),
  suspended(CRON_JOB),
  suspended(JOB),
  {
    address: DAEMON_SET,
    stop: (object) => {
      const selector = recordOf(at(object, 'spec', 'template', 'spec', 'nodeSelector'));
      if (Object.hasOwn(selector, NOWHERE)) return undefined;
      return { remember: 'run', spec: { template: { spec: { nodeSelector: { [NOWHERE]: 'true' } } } } };
    },
    start: () => ({ template: { spec: { nodeSelector: { [NOWHERE]: null } } } }),
  },
];

/**
 * Stops every workload of a namespace, whether or not it is in the chart, and keeps its volumes. The number of replicas
 * is recorded in the same write that changes it, so that no crash can lose it. Meant for a namespace whose quota admits
 * no pods: stopped workloads stay stopped, whatever a controller of the tenant tries.
 *
 * If the API server refuses to change a workload, its pods are deleted anyway. Returns error messages.
 */
export async function stopWorkloads(
  cluster: Cluster,
  namespace: string,
  kinds: readonly Address[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const troubles: string[] = [];
  for (const { address, stop } of workloadsAmong(kinds)) {
    const stopOne = async (object: ApiObject) => {
      const change = isOfDeployment(object) || isFinished(object) ? undefined : stop(object);
      if (change === undefined) return;
      const metadata = { annotations: { [Annotation.beforeStop]: change.remember } };
      await patch(cluster, address, object, { metadata, spec: change.spec }, signal);
    };
    troubles.push(...(await forEachOf(cluster, address, namespace, stopOne, signal)));
  }
  const isAlone = troubles.length > 0 ? () => true : (pod: ApiObject) => !isOfWorkload(pod, kinds);
  const removePod = async (pod: ApiObject) => {
    const { name, uid, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined || !isAlone(pod)) return;
    await cluster.delete(POD, { name, namespace }, signal, { preconditions: { uid } });
  };
  troubles.push(...(await forEachOf(cluster, POD, namespace, removePod, signal)));
  return troubles;
}

/** Starts what stopWorkloads has stopped. Bare pods come back when the release is applied again. */
export async function startWorkloads(
  cluster: Cluster,
  namespace: string,
  kinds: readonly Address[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const troubles: string[] = [];
  for (const { address, start } of workloadsAmong(kinds)) {
    const startOne = async (object: ApiObject) => {
      const remembered = object.metadata.annotations?.[Annotation.beforeStop];
      if (remembered === undefined) return;
      const metadata = { annotations: { [Annotation.beforeStop]: null } };
      await patch(cluster, address, object, { metadata, spec: start(remembered) }, signal);
    };
    troubles.push(...(await forEachOf(cluster, address, namespace, startOne, signal)));
  }
  return troubles;
}

/** A tenant's account cannot list kinds that tenants may not have; there are none then. */
function workloadsAmong(kinds: readonly Address[]): readonly Workload[] {
  return WORKLOADS.filter(({ address }) => kinds.some((kind) => kind.kind === address.kind));
}

async function patch(
  cluster: Cluster,
  address: Address,
  { metadata }: ApiObject,
  change: { readonly metadata: object; readonly spec: object },
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace = '', uid } = metadata;
  await cluster.mergePatch(address, { name, namespace }, { ...change, metadata: { ...change.metadata, uid } }, signal);
}

/** The ReplicaSets of a Deployment follow it. The Jobs of a CronJob do not, so they are stopped individually. */
function isOfDeployment(object: ApiObject): boolean {
  return controllerKind(object) === 'Deployment';
}

function isFinished(object: ApiObject): boolean {
  return listOf(at(object, 'status', 'conditions'))
    .map(recordOf)
    .some(({ type, status }) => ['Complete', 'Failed'].includes(`${type}`) && status === 'True');
}

/** True for a pod that its workload removes when it is stopped, in the workload's own order. */
function isOfWorkload(pod: ApiObject, kinds: readonly Address[]): boolean {
  const kind = controllerKind(pod);
  return workloadsAmong(kinds).some(({ address }) => address.kind === kind);
}

function controllerKind(object: ApiObject): string | undefined {
  const owners = listOf(at(object, 'metadata', 'ownerReferences')).map(recordOf);
  return textOf(owners.find(({ controller }) => controller === true)?.['kind']);
}
