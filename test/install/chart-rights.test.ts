import { beforeAll, expect, test } from 'vitest';
import { describeRequest } from '../support/audit-log.ts';
import { playForRights, type RightsUse } from '../support/rights-story.ts';

let use: RightsUse;
beforeAll(async () => {
  use = await playForRights();
}, 420_000);

test('with the rights of the chart, none of the operator’s requests in the demo is forbidden', () => {
  expect(use.requests.length).toBeGreaterThan(100);
  const refused = use.requests.filter(({ responseStatus }) => responseStatus?.code === 403);
  expect(refused.map(describeRequest)).toEqual([]);
});

test('without any single right of the chart, some request of the operator would be forbidden', () => {
  expect(use.granted.length).toBeGreaterThan(50);
  expect(use.unneeded).toEqual([]);
});

test('our evaluation of the roles agrees with the API server', () => {
  expect(use.asked).toBeGreaterThan(100);
  expect(use.disagreements).toEqual([]);
});

test('a right that is removed from the cluster is missing immediately', () => {
  expect(use.takenOut.map(({ before }) => before)).toEqual(use.takenOut.map(() => '200'));
  for (const { right, without } of use.takenOut) {
    expect({ right, without }).toEqual({ right, without: expect.stringMatching(/^403 .*forbidden/) });
  }
});
