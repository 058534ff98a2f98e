import { describe, expect, test } from 'vitest';
import { apiObject } from '../../../../test/support/api-objects.ts';
import { observationOf } from './observation.ts';
import type { CellContent, CellSurvey, ObjectFinding } from './survey.ts';

const expected = { order: 'this', hints: [], nodeAddress: undefined };
const release = (status: string | undefined, order = 'this'): CellContent['release'] => ({
  revision: 3,
  secret: { name: 's', uid: 'u', resourceVersion: '1' },
  order,
  content: status === undefined ? undefined : { status, description: 'helm’s words', manifest: '' },
});
const finding = (kind: string, live: object | undefined, more: Partial<ObjectFinding> = {}): ObjectFinding => ({
  object: { apiVersion: 'v1', kind, name: 'web', namespace: undefined, content: {} },
  live: live === undefined ? undefined : apiObject({ ...live }),
  drift: undefined,
  ...more,
});
const up = finding('Deployment', {
  spec: { replicas: 1 },
  status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
});
const down = finding('Deployment', { spec: { replicas: 1 }, status: {} });
const cell = (content: Partial<CellContent> | undefined, more: Partial<CellSurvey> = {}): CellSurvey => ({
  found: 'Cell',
  cell: [],
  stopped: false,
  content:
    content === undefined
      ? undefined
      : { release: release('deployed'), objects: [up], pods: [], warnings: [], ...content },
  ...more,
});

describe('nothing', () => {
  test('is found only when the namespace does not exist', () => {
    expect(observationOf({ found: 'Nothing' }, expected)).toEqual({ kind: 'Absent' });
  });
});

describe('a namespace that is going', () => {
  test('is busy, and says what is in the way', () => {
    expect(observationOf({ found: 'Terminating', why: 'a volume' }, expected)).toMatchObject({
      kind: 'Busy',
      what: 'a volume',
    });
    expect(observationOf({ found: 'Terminating', why: undefined }, expected)).toMatchObject({ kind: 'Busy' });
  });
});

describe('a release', () => {
  test('that is deployed as ordered and up is healthy', () => {
    expect(observationOf(cell({}), expected)).toMatchObject({
      phase: 'Running',
      healthy: true,
      differences: [],
      message: 'all 1 objects are up',
    });
  });

  test('whose objects are not up says which and why, with the trouble of a pod', () => {
    const waiting = { containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] };
    const pods = [apiObject({ status: waiting }, { name: 'web-1' })];
    expect(observationOf(cell({ objects: [down], pods }), expected)).toMatchObject({
      phase: 'Running',
      healthy: false,
      differences: [],
      message: 'Deployment web has 0 of 1 pods updated; pod web-1: ImagePullBackOff',
    });
  });

  test('whose pods cannot even be made says what Kubernetes says of it', () => {
    const warnings = [
      { about: 'Deployment web', words: 'Old: no longer so' },
      { about: 'Deployment web', words: 'FailedCreate: exceeded quota' },
      { about: 'Deployment other', words: 'Other: of no interest' },
    ];
    expect(observationOf(cell({ objects: [down], warnings }), expected)).toMatchObject({
      message: 'Deployment web has 0 of 1 pods updated; FailedCreate: exceeded quota',
    });
  });

  test.each([
    ['does not exist', undefined],
    ['cannot be read', release(undefined)],
    ['was interrupted', release('pending-install')],
    ['has failed', release('failed')],
    ['is half removed', release('uninstalling')],
  ])('that %s is partial', (_, record) => {
    const found = observationOf(cell({ release: record, objects: undefined }), expected);
    expect(found).toMatchObject({ phase: 'Partial', healthy: false });
    expect(found).toHaveProperty('differences.0.what', expect.stringMatching(/^Release/));
  });

  test('that failed says so in helm’s words', () => {
    expect(observationOf(cell({ release: release('failed') }), expected)).toMatchObject({
      message: 'not installed: Release revision 3 is failed: helm’s words',
    });
  });

  test('made from another order differs, and only then', () => {
    const found = cell({ release: release('deployed', 'before') });
    expect(observationOf(found, expected)).toMatchObject({
      phase: 'Running',
      differences: [{ what: 'Release revision 3' }],
    });
    expect(observationOf(found, { ...expected, order: undefined })).toMatchObject({ differences: [] });
  });

  test('of which an object is missing or changed differs', () => {
    const objects = [finding('Service', undefined), { ...up, drift: 'spec.replicas' }];
    expect(observationOf(cell({ objects }), expected)).toMatchObject({
      healthy: false,
      differences: [
        { what: 'Service web', detail: 'is in the chart and does not exist' },
        { what: 'Deployment web', detail: 'spec.replicas is not as the chart has it' },
      ],
    });
  });

  test('does not miss a job that removes itself when it is done', () => {
    const job = finding('Job', undefined);
    const object = { ...job.object, content: { spec: { ttlSecondsAfterFinished: 60 } } };
    expect(observationOf(cell({ objects: [{ ...job, object }] }), expected)).toMatchObject({ differences: [] });
  });
});

describe('a cell', () => {
  test('with a hole in it differs', () => {
    const hole = { what: 'NetworkPolicy x', detail: 'does not exist' };
    expect(observationOf(cell({}, { cell: [hole] }), expected)).toMatchObject({ healthy: true, differences: [hole] });
  });

  test('that cannot be looked into is partial', () => {
    expect(observationOf(cell(undefined), expected)).toMatchObject({ phase: 'Partial', healthy: false });
  });

  test('that is stopped is so when its pods are gone', () => {
    const pod = apiObject({ status: { phase: 'Running' } });
    const done = apiObject({ status: { phase: 'Succeeded' } });
    expect(observationOf(cell({ pods: [done] }, { stopped: true }), expected)).toMatchObject({
      phase: 'Stopped',
      differences: [],
    });
    expect(observationOf(cell({ pods: [pod] }, { stopped: true }), expected)).toMatchObject({
      phase: 'Running',
      healthy: false,
      differences: [{ what: 'Stop' }],
    });
  });
});
