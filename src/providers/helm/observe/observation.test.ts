import { describe, expect, test } from 'vitest';
import { apiObject } from '../../../../test/support/api-objects.ts';
import { DEPLOYMENT } from '../confine/kinds.ts';
import type { ReleaseRecord } from '../release/release-record.ts';
import { observationOf } from './observation.ts';
import type { Inside, InsideSeen, ObjectFinding, ObjectSeen, TenantNamespace } from './tenant-state.ts';

const expected = { order: 'this', hints: [], nodeAddress: undefined };
const record = (status: string | undefined, { order = 'this', revision = 3 } = {}): ReleaseRecord => ({
  revision,
  secret: { name: 's', uid: 'u', resourceVersion: '1' },
  order,
  content: status === undefined ? undefined : { status, description: 'helm’s words', objects: [] },
});
const only = (good: ReleaseRecord) => ({ latest: good, good });
const up: ObjectSeen = {
  state: 'Seen',
  what: 'Deployment web',
  uid: 'u',
  version: { origin: 'Chart', address: DEPLOYMENT, key: 'tenant/web', resourceVersion: '1' },
  readiness: { state: 'Ready' },
  drift: { kind: 'None' },
  reach: undefined,
};
const down: ObjectSeen = { ...up, readiness: { state: 'Progressing', why: 'has 0 of 1 pods updated' } };
const seen = (inside: Partial<InsideSeen> = {}): InsideSeen => ({
  kind: 'Seen',
  release: only(record('deployed')),
  objects: [up],
  pods: [],
  warnings: [],
  ...inside,
});
const namespace = (inside: Inside = seen(), more: Partial<TenantNamespace> = {}): TenantNamespace => ({
  found: 'Namespace',
  walls: [],
  stopped: false,
  inside,
  ...more,
});
const observed = (inside: Inside, more: Partial<TenantNamespace> = {}) =>
  observationOf(namespace(inside, more), expected);

describe('the namespace', () => {
  test('a tenure is absent only when its namespace does not exist', () => {
    expect(observationOf({ found: 'Nothing' }, expected)).toEqual({ kind: 'Absent' });
  });

  test('a terminating namespace is busy, and the message says what is blocking it', () => {
    const busy = { kind: 'Busy', what: 'a volume' };
    expect(observationOf({ found: 'Terminating', why: 'a volume' }, expected)).toMatchObject(busy);
    expect(observationOf({ found: 'Terminating', why: undefined }, expected)).toMatchObject({ kind: 'Busy' });
  });

  test('a missing wall is a difference and does not affect health', () => {
    const walls = [{ what: 'NetworkPolicy x', detail: 'does not exist' }];
    expect(observed(seen(), { walls })).toMatchObject({ healthy: true, differences: walls });
  });

  test('a namespace without a usable account is partial', () => {
    expect(observed({ kind: 'NoAccess' })).toMatchObject({ phase: 'Partial', healthy: false });
  });
});

describe('the release that runs', () => {
  test('a release that is deployed as ordered and up is healthy', () => {
    expect(observed(seen())).toMatchObject({
      phase: 'Running',
      healthy: true,
      differences: [],
      message: 'all 1 objects are up',
    });
  });

  test('an object that is not up is reported with the problem of its pod', () => {
    const waiting = { containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] };
    const pods = [apiObject({ status: waiting }, { name: 'web-1' })];
    expect(observed(seen({ objects: [down], pods }))).toMatchObject({
      phase: 'Running',
      healthy: false,
      differences: [],
      message: 'Deployment web has 0 of 1 pods updated; pod web-1: ImagePullBackOff',
    });
  });

  test('an object whose pods cannot be created is reported with Kubernetes’ message', () => {
    const warnings = [
      { about: 'Deployment web', words: 'Old: no longer so' },
      { about: 'Deployment web', words: 'FailedCreate: exceeded quota' },
      { about: 'Deployment other', words: 'Other: of no interest' },
    ];
    expect(observed(seen({ objects: [down], warnings }))).toMatchObject({
      message: 'Deployment web has 0 of 1 pods updated; FailedCreate: exceeded quota',
    });
  });

  test.each([
    ['does not exist', undefined],
    ['cannot be read', record(undefined)],
    ['was interrupted', record('pending-install')],
    ['has failed', record('failed')],
  ])('a first release that %s is partial', (_, latest) => {
    const found = observed(seen({ release: { latest, good: undefined }, objects: [] }));
    expect(found).toMatchObject({ phase: 'Partial', healthy: false });
    expect(found).toHaveProperty('differences.0.what', expect.stringMatching(/^Release/));
  });

  test.each([
    ['refused', record('failed', { order: 'next', revision: 4 })],
    ['interrupted', record('pending-upgrade', { order: 'next', revision: 4 })],
    ['overlaid by a record that cannot be read', record(undefined, { revision: 900 })],
  ])('a healthy release whose upgrade was %s is as healthy as before, and differs', (_, latest) => {
    const found = observed(seen({ release: { latest, good: record('deployed') } }));
    expect(found).toMatchObject({ phase: 'Running', healthy: true });
    expect(found).toMatchObject({ differences: [{ what: `Release revision ${latest.revision}` }] });
  });

  test('a release of another order differs only when the order is known', () => {
    const found = namespace(seen({ release: only(record('deployed', { order: 'before' })) }));
    expect(observationOf(found, expected)).toMatchObject({
      phase: 'Running',
      differences: [{ what: 'Release revision 3' }],
    });
    expect(observationOf(found, { ...expected, order: undefined })).toMatchObject({ differences: [] });
  });

  test('an object that is missing or changed is a difference', () => {
    const objects: ObjectFinding[] = [
      { state: 'Missing', what: 'Service web' },
      { ...up, drift: { kind: 'Field', field: 'spec.replicas' } },
    ];
    expect(observed(seen({ objects }))).toMatchObject({
      healthy: false,
      differences: [
        { what: 'Service web', detail: 'is in the chart and does not exist' },
        { what: 'Deployment web', detail: 'spec.replicas is not as the chart has it' },
      ],
    });
  });

  test('a job that is deleted after completion is not a difference', () => {
    const objects: ObjectFinding[] = [up, { state: 'Finished', what: 'Job once' }];
    expect(observed(seen({ objects }))).toMatchObject({ healthy: true, differences: [] });
  });
});

describe('what cannot be looked at', () => {
  test('an object that cannot be compared is reported, and the workload stays healthy', () => {
    const objects: ObjectFinding[] = [{ ...up, drift: { kind: 'Unknown', why: 'the API server refuses it' } }];
    expect(observed(seen({ objects }))).toMatchObject({
      healthy: true,
      differences: [],
      message: 'all 1 objects are up; Deployment web could not be compared: the API server refuses it',
    });
  });

  test('a field that another writer keeps changing is reported and not corrected', () => {
    const objects: ObjectFinding[] = [{ ...up, drift: { kind: 'Contested', field: 'spec.replicas' } }];
    expect(observed(seen({ objects }))).toMatchObject({
      healthy: true,
      differences: [],
      unseen: [{ what: 'Deployment web', detail: 'is not corrected: another writer keeps changing spec.replicas' }],
    });
  });

  test('an object of a kind that is no longer served hides no other object', () => {
    const unseen: ObjectFinding = { state: 'Unseen', what: 'Widget w', why: 'the server has no widgets' };
    expect(observed(seen({ objects: [up, unseen] }))).toMatchObject({
      healthy: true,
      differences: [],
      message: '1 of 2 objects are up; Widget w could not be looked at: the server has no widgets',
    });
    expect(observed(seen({ objects: [down, unseen] }))).toMatchObject({ healthy: false });
  });

  test('a release without any observable object is not reported as healthy', () => {
    const objects: ObjectFinding[] = [{ state: 'Unseen', what: 'Widget w', why: 'the server has no widgets' }];
    expect(observed(seen({ objects }))).toMatchObject({ phase: 'Running', healthy: false, differences: [] });
  });

  test('a tenant whose objects cannot be read is present, and can be stopped and removed like any other', () => {
    expect(observed({ kind: 'Unseen', why: 'the reply is too large' })).toMatchObject({
      kind: 'Present',
      phase: 'Running',
      healthy: false,
      differences: [],
      message: 'what runs cannot be looked at: the reply is too large',
    });
  });
});

describe('a stopped tenure', () => {
  const pods = (phase: string) => seen({ pods: [apiObject({ status: { phase } })] });

  test('a tenure is stopped when its pods are gone', () => {
    expect(observed(pods('Succeeded'), { stopped: true })).toMatchObject({ phase: 'Stopped', differences: [] });
  });

  test('a tenure with pods left, or pods that cannot be seen, is still being stopped', () => {
    const going = { phase: 'Running', healthy: false, differences: [{ what: 'Stop' }] };
    expect(observed(pods('Running'), { stopped: true })).toMatchObject(going);
    expect(observed({ kind: 'Unseen', why: 'too large' }, { stopped: true })).toMatchObject(going);
    expect(observed({ kind: 'NoAccess' }, { stopped: true })).toMatchObject(going);
  });
});
