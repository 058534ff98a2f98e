import { expect, test } from 'vitest';
import { parseApiStatus } from './api-status.ts';

test('the invalid fields and the retry time of a Status are parsed', () => {
  const body = JSON.stringify({
    kind: 'Status',
    code: 422,
    reason: 'Invalid',
    message: 'x is invalid',
    details: {
      name: 'x',
      retryAfterSeconds: 3,
      causes: [{ reason: 'FieldValueInvalid', field: 'spec.x', message: 'must be y' }],
    },
  });
  expect(parseApiStatus(422, body)).toEqual({
    code: 422,
    reason: 'Invalid',
    message: 'x is invalid',
    objectName: 'x',
    causes: [{ reason: 'FieldValueInvalid', field: 'spec.x', message: 'must be y' }],
    retryAfterMs: 3_000,
  });
});

test('the Retry-After header takes precedence, in seconds; a date in it is ignored', () => {
  expect(parseApiStatus(429, '{}', '7').retryAfterMs).toBe(7_000);
  expect(parseApiStatus(429, '{}', 'Fri, 31 Dec 1999 23:59:59 GMT').retryAfterMs).toBeUndefined();
});

test.each([
  ['', 'HTTP 502'],
  ['<h1>Bad Gateway</h1>\n', '<h1>Bad Gateway</h1>'],
  ['null', 'null'],
  ['[1]', '[1]'],
  ['{"message":7,"details":"x"}', '{"message":7,"details":"x"}'],
])('a body that is not a Status (%j) becomes one', (body, message) => {
  expect(parseApiStatus(502, body)).toEqual({
    code: 502,
    reason: '',
    message,
    objectName: '',
    causes: [],
    retryAfterMs: undefined,
  });
});

test('long messages of a Status are truncated, and so is the list of causes', () => {
  const causes = Array.from({ length: 100 }, () => ({ field: 'f', reason: 'r', message: 'm'.repeat(5_000) }));
  const status = parseApiStatus(422, JSON.stringify({ message: 'x'.repeat(10_000), details: { causes } }));
  expect(status.message).toHaveLength(2048);
  expect(status.causes).toHaveLength(32);
  expect(status.causes[0]?.message).toHaveLength(2048);
});
