import { describe, expect, test } from 'vitest';
import { apiObject } from '../../../../test/support/api-objects.ts';
import { DriftMemory } from './drift-memory.ts';

const HOUR = 3_600_000;

function memory() {
  const time = { now: 0 };
  let compared = 0;
  const drifts = new DriftMemory(() => time.now, 300_000);
  const judge = (object = apiObject(), drift?: string) =>
    drifts.judge(object, undefined, async () => {
      compared++;
      return drift;
    });
  return { time, drifts, judge, compared: () => compared };
}

describe('an object that is as its chart has it', () => {
  test('is not compared again while nothing has changed', async () => {
    const { judge, compared } = memory();
    for (let round = 0; round < 3; round++) expect(await judge()).toBeUndefined();
    expect(compared()).toBe(1);
  });

  test('is compared again when it has a new generation, or after a while', async () => {
    const { judge, compared, time } = memory();
    await judge();
    await judge(apiObject({}, { generation: 2 }));
    expect(compared()).toBe(2);
    time.now += 300_001;
    await judge(apiObject({}, { generation: 2 }));
    expect(compared()).toBe(3);
  });

  test('without generations is compared again when it has a new version', async () => {
    const { judge, compared } = memory();
    const { generation: _, ...metadata } = apiObject().metadata;
    await judge({ metadata });
    await judge({ metadata });
    await judge({ metadata: { ...metadata, resourceVersion: '2' } });
    expect(compared()).toBe(2);
  });
});

describe('an object that has drifted', () => {
  test('is compared each time, until it is right again', async () => {
    const { judge, compared } = memory();
    expect(await judge(apiObject(), 'spec.x')).toBe('spec.x');
    expect(await judge(apiObject(), 'spec.x')).toBe('spec.x');
    expect(compared()).toBe(2);
  });

  test('is left to somebody else who keeps changing it back, for an hour', async () => {
    const { judge, drifts, time } = memory();
    for (let round = 0; round < 3; round++) {
      expect(await judge(apiObject(), 'spec.x')).toBe('spec.x');
      drifts.correcting(apiObject(), 'spec.x');
    }
    expect(await judge(apiObject(), 'spec.x')).toBeUndefined();
    // Another field, or another object, is another matter.
    expect(await judge(apiObject(), 'spec.y')).toBe('spec.y');
    expect(await judge(apiObject({}, { uid: 'other' }), 'spec.x')).toBe('spec.x');
    time.now += HOUR + 1;
    expect(await judge(apiObject(), 'spec.x')).toBe('spec.x');
  });
});
