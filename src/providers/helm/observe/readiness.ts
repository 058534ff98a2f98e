import type { ApiObject } from '../cluster.ts';
import { at, listOf, numberOf, recordOf, textOf } from '../json-fields.ts';

/** Whether an object has reached its desired state. */
export type Readiness =
  | { readonly state: 'Ready' }
  /** It may still get there by itself. */
  | { readonly state: 'Progressing'; readonly why: string }
  /** It says that it will not get there by itself. */
  | { readonly state: 'Failed'; readonly why: string };

const READY: Readiness = { state: 'Ready' };

/**
 * Whether an object is up, by the rules of kstatus (sigs.k8s.io/cli-utils/pkg/kstatus), which helm's own wait uses as
 * well. One difference: a Deployment scaled to zero is up only when its pods are gone.
 */
export function readinessOf(kind: string, object: ApiObject): Readiness {
  if (object.metadata.deletionTimestamp !== undefined) return progressing('is being deleted');
  const observed = numberOf(at(object, 'status', 'observedGeneration'));
  const { generation } = object.metadata;
  if (observed !== undefined && generation !== undefined && observed !== generation) {
    return progressing('has a change that its controller has not seen yet');
  }
  const rule = Object.hasOwn(RULES, kind) ? RULES[kind] : undefined;
  return (rule ?? generic)(object);
}

const RULES: Readonly<Record<string, (object: ApiObject) => Readiness>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  ReplicaSet: replicaSet,
  Job: job,
  Pod: pod,
  PersistentVolumeClaim: volumeClaim,
  Service: service,
};

function deployment(object: ApiObject): Readiness {
  const wanted = count(object, 'spec', 'replicas') ?? 1;
  const failed = condition(object, 'Progressing');
  if (failed?.reason === 'ProgressDeadlineExceeded') return { state: 'Failed', why: failed.message };
  const failure = condition(object, 'ReplicaFailure');
  if (failure?.status === 'True') return progressing(failure.message);
  return reach(wanted, status(object, 'replicas'), [
    ['updated', status(object, 'updatedReplicas')],
    ['available', status(object, 'availableReplicas')],
  ]);
}

function statefulSet(object: ApiObject): Readiness {
  const wanted = count(object, 'spec', 'replicas') ?? 1;
  const partition = count(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const isOnDelete = textOf(at(object, 'spec', 'updateStrategy', 'type')) === 'OnDelete';
  const replicas = status(object, 'replicas');
  const ready = reach(wanted, replicas, [
    ['created', replicas],
    ['ready', status(object, 'readyReplicas')],
  ]);
  if (ready.state !== 'Ready' || isOnDelete || wanted === 0) return ready;
  const updated = textOf(at(object, 'status', 'updateRevision'));
  if (partition > 0) {
    return reach(Math.max(0, wanted - partition), 0, [['updated', status(object, 'updatedReplicas')]]);
  }
  return updated === undefined || updated === textOf(at(object, 'status', 'currentRevision'))
    ? READY
    : progressing('replaces its pods by those of the new revision');
}

function daemonSet(object: ApiObject): Readiness {
  const wanted = numberOf(at(object, 'status', 'desiredNumberScheduled'));
  if (wanted === undefined) return progressing('has not been seen by its controller yet');
  return reach(wanted, status(object, 'currentNumberScheduled'), [
    ['updated', status(object, 'updatedNumberScheduled')],
    ['available', status(object, 'numberAvailable')],
    ['ready', status(object, 'numberReady')],
  ]);
}

function replicaSet(object: ApiObject): Readiness {
  const failure = condition(object, 'ReplicaFailure');
  if (failure?.status === 'True') return progressing(failure.message);
  return reach(count(object, 'spec', 'replicas') ?? 1, status(object, 'replicas'), [
    ['available', status(object, 'availableReplicas')],
    ['ready', status(object, 'readyReplicas')],
  ]);
}

/** A running job is up: it may be meant to run for days. */
function job(object: ApiObject): Readiness {
  const failed = condition(object, 'Failed');
  if (failed?.status === 'True') return { state: 'Failed', why: failed.message };
  if (condition(object, 'Complete')?.status === 'True') return READY;
  return at(object, 'status', 'startTime') === undefined ? progressing('has not started yet') : READY;
}

function pod(object: ApiObject): Readiness {
  const phase = textOf(at(object, 'status', 'phase'));
  if (phase === 'Succeeded') return READY;
  if (phase === 'Failed')
    return { state: 'Failed', why: bounded(textOf(at(object, 'status', 'message')) ?? 'has failed') };
  return condition(object, 'Ready')?.status === 'True' ? READY : progressing(podTrouble(object) ?? 'is not ready yet');
}

function volumeClaim(object: ApiObject): Readiness {
  const phase = textOf(at(object, 'status', 'phase'));
  if (phase === 'Bound') return READY;
  if (phase === 'Lost') return { state: 'Failed', why: 'has lost its volume' };
  return progressing('waits for a volume');
}

function service(object: ApiObject): Readiness {
  const isBalanced = textOf(at(object, 'spec', 'type')) === 'LoadBalancer';
  if (isBalanced && listOf(at(object, 'status', 'loadBalancer', 'ingress')).length === 0) {
    return progressing('waits for a load balancer');
  }
  return READY;
}

function generic(object: ApiObject): Readiness {
  const stalled = condition(object, 'Stalled');
  if (stalled?.status === 'True') return { state: 'Failed', why: stalled.message };
  const reconciling = condition(object, 'Reconciling');
  if (reconciling?.status === 'True') return progressing(reconciling.message);
  const ready = condition(object, 'Ready');
  return ready === undefined || ready.status === 'True' ? READY : progressing(ready.message);
}

/**
 * Why a pod does not become ready, as a message of the kubelet or the scheduler; undefined if there is no problem so
 * far.
 */
export function podTrouble(pod: ApiObject): string | undefined {
  const containers = ['initContainerStatuses', 'containerStatuses'].flatMap((list) => listOf(at(pod, 'status', list)));
  for (const container of containers) {
    const reason = textOf(at(container, 'state', 'waiting', 'reason'));
    if (reason !== undefined && !['ContainerCreating', 'PodInitializing'].includes(reason)) {
      const message = textOf(at(container, 'state', 'waiting', 'message'));
      return bounded(message === undefined ? reason : `${reason}: ${message}`);
    }
  }
  const scheduled = condition(pod, 'PodScheduled');
  return scheduled?.status === 'False' ? scheduled.message : undefined;
}

interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

function condition(object: ApiObject, type: string): Condition | undefined {
  const found = listOf(at(object, 'status', 'conditions')).find((entry) => textOf(recordOf(entry)['type']) === type);
  if (found === undefined) return undefined;
  const { status, reason, message } = recordOf(found);
  const words = textOf(message) || textOf(reason) || type;
  return { status: textOf(status) ?? '', reason: textOf(reason) ?? '', message: bounded(words) };
}

/** Ready if every count has reached `wanted` and there is no surplus pod; otherwise says what is missing. */
function reach(
  wanted: number,
  existing: number,
  figures: readonly (readonly [what: string, have: number])[],
): Readiness {
  const short = figures.find(([, have]) => have < wanted);
  if (short !== undefined) return progressing(`has ${short[1]} of ${wanted} pods ${short[0]}`);
  return existing > wanted ? progressing(`has ${existing - wanted} pods more than it should`) : READY;
}

function status(object: ApiObject, field: string): number {
  return numberOf(at(object, 'status', field)) ?? 0;
}

function count(object: ApiObject, ...path: readonly string[]): number | undefined {
  return numberOf(at(object, ...path));
}

function progressing(why: string): Readiness {
  return { state: 'Progressing', why };
}

function bounded(words: string): string {
  return words.slice(0, 300);
}
