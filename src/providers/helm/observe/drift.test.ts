import { describe, expect, test } from 'vitest';
import { apiObject } from '../../../../test/support/api-objects.ts';
import { RetryableError, TerminalError } from '../../../errors/dinfra-error.ts';
import type { ApiObject, Cluster } from '../cluster.ts';
import { DEPLOYMENT } from '../confine/kinds.ts';
import { DriftMemory, findDrift } from './drift.ts';

const HOUR = 3_600_000;

function memory() {
  const time = { now: 0 };
  let compared = 0;
  const drifts = new DriftMemory(() => time.now, 300_000);
  const judge = async (object = apiObject(), field?: string) => {
    const drift = await drifts.judge(object, '1', async () => {
      compared++;
      return field === undefined ? { kind: 'None' } : { kind: 'Field', field };
    });
    return drift.kind === 'Contested' ? 'contested' : drift.kind === 'Field' ? drift.field : undefined;
  };
  return { time, drifts, judge, compared: () => compared };
}

describe('what is remembered of a comparison', () => {
  test('an object that matches its chart is not compared again while it is unchanged', async () => {
    const { judge, compared } = memory();
    for (let round = 0; round < 3; round++) expect(await judge()).toBeUndefined();
    expect(compared()).toBe(1);
  });

  test('an object is compared again when it has a new generation, or after a while', async () => {
    const { judge, compared, time } = memory();
    await judge();
    await judge(apiObject({}, { generation: 2 }));
    expect(compared()).toBe(2);
    time.now += 300_001;
    await judge(apiObject({}, { generation: 2 }));
    expect(compared()).toBe(3);
  });

  test('an object without generations is compared again when it has a new version', async () => {
    const { judge, compared } = memory();
    const { generation: _, ...metadata } = apiObject().metadata;
    await judge({ metadata });
    await judge({ metadata });
    await judge({ metadata: { ...metadata, resourceVersion: '2' } });
    expect(compared()).toBe(2);
  });
});

describe('an object that has drifted', () => {
  test('a drifted object is compared every time until it is corrected', async () => {
    const { judge, compared } = memory();
    expect(await judge(apiObject(), 'spec.x')).toBe('spec.x');
    expect(await judge(apiObject(), 'spec.x')).toBe('spec.x');
    expect(compared()).toBe(2);
  });

  test('a field that another writer keeps changing back is left alone for an hour', async () => {
    const { judge, drifts, time } = memory();
    for (let round = 0; round < 3; round++) {
      expect(await judge(apiObject(), 'spec.x')).toBe('spec.x');
      drifts.noteCorrection(apiObject().metadata.uid, 'spec.x');
    }
    expect(await judge(apiObject(), 'spec.x')).toBe('contested');
    // Another field, or another object, is still corrected.
    expect(await judge(apiObject(), 'spec.y')).toBe('spec.y');
    expect(await judge(apiObject({}, { uid: 'other' }), 'spec.x')).toBe('spec.x');
    time.now += HOUR + 1;
    expect(await judge(apiObject(), 'spec.x')).toBe('spec.x');
  });
});

describe('comparing an object with its chart', () => {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: undefined, content: {} };
  const byHelm = { manager: 'helm', operation: 'Apply' };
  const status = { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status' };
  const live = (managedFields: readonly object[]) => apiObject({ spec: { replicas: 1 } }, { managedFields });
  const compare = (found: ApiObject, isFresh: boolean, apply: Cluster['apply']) => {
    const comparison = {
      address: DEPLOYMENT,
      object,
      live: found,
      namespace: 'tenant',
      ignoreReplicas: false,
      isFresh,
    };
    return findDrift({ apply } as Cluster, comparison, new AbortController().signal);
  };
  const answers = async () => apiObject({ spec: { replicas: 2 } });
  const refuses = async () => {
    throw new TerminalError('ClusterInvalid', { message: 'spec is wrong' });
  };

  test('a fresh object that only helm has written to is not compared', async () => {
    expect(await compare(live([byHelm, status]), true, refuses)).toEqual({ kind: 'None' });
  });

  test('an object with another writer, or an older one, is compared by a dry run on the API server', async () => {
    const drift = { kind: 'Field', field: 'spec.replicas' };
    expect(await compare(live([byHelm, { manager: 'kubectl', operation: 'Update' }]), true, answers)).toEqual(drift);
    expect(await compare(live([byHelm]), false, answers)).toEqual(drift);
  });

  test('an object the API server refuses to dry-run is unknown, not an error', async () => {
    expect(await compare(live([]), false, refuses)).toEqual({ kind: 'Unknown', why: 'spec is wrong' });
  });

  test('an API server that does not answer a comparison is an error', async () => {
    const unreachable = async () => {
      throw new RetryableError('ClusterUnreachable', { message: 'no answer' });
    };
    await expect(compare(live([]), false, unreachable)).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  });
});
