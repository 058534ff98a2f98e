import { beforeAll, expect, test } from 'vitest';
import { describeRequest } from '../support/audit-log.ts';
import { playForRights, type RightsUse } from '../support/rights-story.ts';

let use: RightsUse;
beforeAll(async () => {
  use = await playForRights();
}, 420_000);

test('installed by the chart, the operator plays the demo without one request refused for want of a right', () => {
  expect(use.requests.length).toBeGreaterThan(100);
  const refused = use.requests.filter(({ responseStatus }) => responseStatus?.code === 403);
  expect(refused.map(describeRequest)).toEqual([]);
});

test('without any single right of the chart, a request of the operator would be refused', () => {
  expect(use.granted.length).toBeGreaterThan(50);
  expect(use.unneeded).toEqual([]);
});

test('what the roles allow and refuse is what the API server says they do', () => {
  expect(use.asked).toBeGreaterThan(100);
  expect(use.disagreements).toEqual([]);
});

test('a right that is taken out of the cluster is missing at once', () => {
  expect(use.takenOut.map(({ before }) => before)).toEqual(use.takenOut.map(() => '200'));
  for (const { right, without } of use.takenOut) {
    expect({ right, without }).toEqual({ right, without: expect.stringMatching(/^403 .*forbidden/) });
  }
});
