import type { Address, ApiObject, Cluster } from '../cluster.ts';
import { CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, POD, REPLICA_SET, STATEFUL_SET } from '../confine/kinds.ts';
import { at, listOf, numberOf, recordOf, textOf } from '../json-fields.ts';
import { Annotation } from '../names.ts';
import { forEachOf } from './each-object.ts';

/** How a kind of workload is brought to having no pods, and back. */
interface Workload {
  readonly address: Address;
  /** What to remember and what to change; undefined when the object has nothing that runs, or is another's to stop. */
  stop(object: ApiObject): { readonly remember: string; readonly spec: object } | undefined;
  /** What to change back. */
  start(remembered: string): object;
}

/** A node label that no node has. */
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
 * Stops every workload of a namespace, whether the chart made it or not, and keeps its volumes. The number of replicas is
 * remembered in the very write that changes it, so that no crash can lose it. Meant for a namespace whose quota
 * admits no pods: stopped workloads stay stopped, whatever a controller of the tenant tries.
 *
 * A workload that the API server does not let be changed loses its pods without that. Returns what went wrong, in words.
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

/** Brings back what stopWorkloads took down. Bare pods come back with the release, which misses them. */
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

/** A tenant's account cannot list kinds that tenants may not have, and then there are none. */
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

/** The ReplicaSets of a Deployment follow it. The Jobs of a CronJob do not: they are stopped themselves. */
function isOfDeployment(object: ApiObject): boolean {
  return controllerKind(object) === 'Deployment';
}

function isFinished(object: ApiObject): boolean {
  return listOf(at(object, 'status', 'conditions'))
    .map(recordOf)
    .some(({ type, status }) => ['Complete', 'Failed'].includes(`${type}`) && status === 'True');
}

/** True for a pod that goes by itself when its workload is stopped, in the order the workload has for it. */
function isOfWorkload(pod: ApiObject, kinds: readonly Address[]): boolean {
  const kind = controllerKind(pod);
  return workloadsAmong(kinds).some(({ address }) => address.kind === kind);
}

function controllerKind(object: ApiObject): string | undefined {
  const owners = listOf(at(object, 'metadata', 'ownerReferences')).map(recordOf);
  return textOf(owners.find(({ controller }) => controller === true)?.['kind']);
}
