import { describe, expect, test } from 'vitest';
import type { ReleaseRecord } from './release-record.ts';
import { nextReleaseStep } from './release-step.ts';

const record = (status: string | undefined, order = 'this'): ReleaseRecord => ({
  revision: 4,
  secret: { name: 'sh.helm.release.v1.x.v4', uid: 'u', resourceVersion: '9' },
  order,
  content: status === undefined ? undefined : { status, description: '', objects: [] },
});

describe('the next step of a release', () => {
  test('without a release the next step is an install', () => {
    expect(nextReleaseStep({ latest: undefined }, 'this', false)).toEqual({ do: 'Install' });
  });

  test('a release that is deployed as ordered needs no step', () => {
    expect(nextReleaseStep({ latest: record('deployed') }, 'this', false)).toEqual({ do: 'Rest' });
  });

  test('the next step of a drifted release is to apply it again', () => {
    expect(nextReleaseStep({ latest: record('deployed') }, 'this', true)).toEqual({ do: 'Reapply', revision: 4 });
  });

  test('the next step of a release of another order is an upgrade, drifted or not', () => {
    for (const drifted of [true, false]) {
      expect(nextReleaseStep({ latest: record('deployed', 'before') }, 'this', drifted)).toEqual({
        do: 'Upgrade',
        from: 4,
      });
    }
  });

  test.each(['failed', 'superseded'])('the next step of a release is an upgrade when it is %s', (status) => {
    expect(nextReleaseStep({ latest: record(status) }, 'this', false)).toEqual({ do: 'Upgrade', from: 4 });
  });

  test.each([
    'pending-install',
    'pending-upgrade',
    'pending-rollback',
    'uninstalling',
    'uninstalled',
    'unknown',
    undefined,
  ])('the next step of a release is to discard a record that a killed helm or the tenant has left %s', (status) => {
    expect(nextReleaseStep({ latest: record(status) }, 'this', true)).toMatchObject({
      do: 'Discard',
      record: { revision: 4 },
    });
  });
});
