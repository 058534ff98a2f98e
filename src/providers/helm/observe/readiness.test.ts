import { describe, expect, test } from 'vitest';
import { apiObject } from '../../../../test/support/api-objects.ts';
import { podTrouble, readinessOf } from './readiness.ts';

const ready = { state: 'Ready' };
const progressing = (why: string) => ({ state: 'Progressing', why });
const seen = { observedGeneration: 1 };

describe('any object', () => {
  test('an object is not up while it is being deleted', () => {
    expect(readinessOf('ConfigMap', apiObject({}, { deletionTimestamp: '2026-01-01T00:00:00Z' })).state).toBe(
      'Progressing',
    );
  });

  test('an object is not up before its controller has observed its latest generation', () => {
    const object = apiObject({ status: { observedGeneration: 1 } }, { generation: 2 });
    expect(readinessOf('Deployment', object)).toEqual(progressing('has a change that its controller has not seen yet'));
  });

  test('an object without a status is up when it exists', () => {
    expect(readinessOf('ConfigMap', apiObject())).toEqual(ready);
    expect(readinessOf('constructor', apiObject())).toEqual(ready);
  });

  test('an object of another kind is up when its Ready condition is True', () => {
    const saying = (...conditions: object[]) => readinessOf('Certificate', apiObject({ status: { conditions } }));
    expect(saying({ type: 'Ready', status: 'True' })).toEqual(ready);
    expect(saying({ type: 'Ready', status: 'False', message: 'waits' })).toEqual(progressing('waits'));
    expect(
      saying({ type: 'Ready', status: 'True' }, { type: 'Reconciling', status: 'True', message: 'works' }),
    ).toEqual(progressing('works'));
    expect(saying({ type: 'Stalled', status: 'True', reason: 'Bad' })).toEqual({ state: 'Failed', why: 'Bad' });
  });
});

describe('a Deployment', () => {
  const deployment = (status: object, replicas?: number) =>
    readinessOf('Deployment', apiObject({ spec: { replicas }, status: { ...seen, ...status } }));

  test('a Deployment is up when all its pods are updated and available', () => {
    expect(deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, 2)).toEqual(ready);
  });

  test('the message about a Deployment says how many pods are missing', () => {
    expect(deployment({}, 2)).toEqual(progressing('has 0 of 2 pods updated'));
    expect(deployment({ replicas: 2, updatedReplicas: 2, availableReplicas: 1 }, 2)).toEqual(
      progressing('has 1 of 2 pods available'),
    );
  });

  test('a Deployment is not up while pods of its previous revision are left', () => {
    expect(deployment({ replicas: 3, updatedReplicas: 2, availableReplicas: 2 }, 2)).toEqual(
      progressing('has 1 pods more than it should'),
    );
  });

  test('a Deployment without replicas wants one pod', () => {
    expect(deployment({ replicas: 1, updatedReplicas: 1, availableReplicas: 1 })).toEqual(ready);
  });

  test('a Deployment scaled to zero is up when its pods are gone', () => {
    expect(deployment({}, 0)).toEqual(ready);
    expect(deployment({ replicas: 1 }, 0).state).toBe('Progressing');
  });

  test('a Deployment has failed when it exceeds its progress deadline', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'late' }];
    expect(deployment({ conditions }, 1)).toEqual({ state: 'Failed', why: 'late' });
  });

  test('the message about a Deployment says why its pods are refused', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'violates PodSecurity "restricted"' }];
    expect(deployment({ conditions }, 1)).toEqual(progressing('violates PodSecurity "restricted"'));
  });
});

describe('a StatefulSet', () => {
  const set = (status: object, spec: object = {}) =>
    readinessOf('StatefulSet', apiObject({ spec, status: { ...seen, ...status } }));
  const up = { replicas: 2, readyReplicas: 2, currentRevision: 'a', updateRevision: 'a' };

  test('a StatefulSet is up when all its pods are ready and of one revision', () => {
    expect(set(up, { replicas: 2 })).toEqual(ready);
  });

  test('the message about a StatefulSet says how many pods are missing', () => {
    expect(set({}, { replicas: 2 })).toEqual(progressing('has 0 of 2 pods created'));
    expect(set({ ...up, readyReplicas: 1 }, { replicas: 2 })).toEqual(progressing('has 1 of 2 pods ready'));
    expect(set({ ...up, updateRevision: 'b' }, { replicas: 2 }).state).toBe('Progressing');
  });

  test('a StatefulSet with OnDelete or a partition is up when the updated part is', () => {
    expect(set({ ...up, updateRevision: 'b' }, { replicas: 2, updateStrategy: { type: 'OnDelete' } })).toEqual(ready);
    const inPart = { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } };
    expect(set({ ...up, updateRevision: 'b', updatedReplicas: 1 }, inPart)).toEqual(ready);
    expect(set({ ...up, updateRevision: 'b', updatedReplicas: 0 }, inPart).state).toBe('Progressing');
  });

  test('a StatefulSet scaled to zero is up when its pods are gone', () => {
    expect(set({ replicas: 0 }, { replicas: 0 })).toEqual(ready);
    expect(set({ replicas: 1, readyReplicas: 1 }, { replicas: 0 }).state).toBe('Progressing');
  });
});

describe('other workloads', () => {
  test('a DaemonSet is up when every node it wants has its pod', () => {
    const set = (status: object) => readinessOf('DaemonSet', apiObject({ status: { ...seen, ...status } }));
    const up = {
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
      numberReady: 2,
    };
    expect(set(up)).toEqual(ready);
    expect(set({ ...up, numberAvailable: 1 }).state).toBe('Progressing');
    expect(set({}).state).toBe('Progressing');
  });

  test('a Job is up while it runs and when it has completed, and has failed by its Failed condition', () => {
    const job = (status: object) => readinessOf('Job', apiObject({ status }));
    expect(job({}).state).toBe('Progressing');
    expect(job({ startTime: '2026-01-01T00:00:00Z' })).toEqual(ready);
    expect(job({ conditions: [{ type: 'Complete', status: 'True' }] })).toEqual(ready);
    expect(job({ conditions: [{ type: 'Failed', status: 'True', message: 'no' }] })).toEqual({
      state: 'Failed',
      why: 'no',
    });
  });

  test('a Pod is up when it is ready or has succeeded', () => {
    const pod = (status: object) => readinessOf('Pod', apiObject({ status }));
    expect(pod({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] })).toEqual(ready);
    expect(pod({ phase: 'Succeeded' })).toEqual(ready);
    expect(pod({ phase: 'Pending' })).toEqual(progressing('is not ready yet'));
    expect(pod({ phase: 'Failed', message: 'evicted' })).toEqual({ state: 'Failed', why: 'evicted' });
  });

  test('a PersistentVolumeClaim is up when it is bound, and has failed when its volume is lost', () => {
    const claim = (phase: string) => readinessOf('PersistentVolumeClaim', apiObject({ status: { phase } }));
    expect(claim('Bound')).toEqual(ready);
    expect(claim('Pending')).toEqual(progressing('waits for a volume'));
    expect(claim('Lost').state).toBe('Failed');
  });

  test('a Service is up when it exists, and one of type LoadBalancer when it has an address', () => {
    const service = (spec: object, status: object = {}) => readinessOf('Service', apiObject({ spec, status }));
    expect(service({ type: 'ClusterIP' })).toEqual(ready);
    expect(service({ type: 'LoadBalancer' }).state).toBe('Progressing');
    expect(service({ type: 'LoadBalancer' }, { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } })).toEqual(ready);
  });
});

describe('the trouble of a pod', () => {
  const waiting = (reason: string, message?: string) => ({
    status: { containerStatuses: [{ state: { waiting: { reason, message } } }] },
  });

  test('the problem of a pod is the message of the kubelet or the scheduler', () => {
    expect(podTrouble(apiObject(waiting('ImagePullBackOff', 'no such image')))).toBe('ImagePullBackOff: no such image');
    expect(podTrouble(apiObject(waiting('CrashLoopBackOff')))).toBe('CrashLoopBackOff');
    const unscheduled = [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }];
    expect(podTrouble(apiObject({ status: { conditions: unscheduled } }))).toBe('0/3 nodes are available');
  });

  test('a pod that is starting has no problem, and the message about a problem is truncated', () => {
    expect(podTrouble(apiObject(waiting('ContainerCreating')))).toBeUndefined();
    expect(podTrouble(apiObject())).toBeUndefined();
    expect(podTrouble(apiObject(waiting('X', 'y'.repeat(5_000))))?.length).toBeLessThanOrEqual(300);
  });
});
