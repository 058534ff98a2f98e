import { beforeAll, expect, test } from 'vitest';
import { describeRequest } from '../support/audit-log.ts';
import { EXCEPTIONS, playForRights, type RightsUse } from '../support/rights-story.ts';

let use: RightsUse;
beforeAll(async () => {
  use = await playForRights();
}, 420_000);

test('installed by the chart, the operator plays the demo without one request refused for want of a right', () => {
  expect(use.requests.length).toBeGreaterThan(100);
  const refused = use.requests.filter(({ responseStatus }) => responseStatus?.code === 403);
  expect(refused.map(describeRequest)).toEqual([]);
});

test('every right that the chart gives to the operator is used, or an exception says why it is there', () => {
  expect(use.granted.length).toBeGreaterThan(50);
  expect(use.granted).toEqual(expect.arrayContaining(Object.keys(EXCEPTIONS)));
  expect(use.unused.filter((right) => !(right in EXCEPTIONS))).toEqual([]);
});
