import { afterAll, expect, test } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import type { Json } from '../../base/json.ts';
import { SchemaChecker } from './schema-checker.ts';

const checker = new SchemaChecker({ timeMs: 500 });
afterAll(() => checker.close());

const never = new AbortController().signal;

async function check(schema: Json | string, descriptor: Json, by = checker) {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return by.check({ type: 'test/v1', schema: text, descriptor: JSON.stringify(descriptor) }, never);
}

test('a descriptor that matches its schema is valid', async () => {
  expect(await check({ type: 'object', required: ['a'] }, { a: 1 })).toEqual({ kind: 'Valid' });
});

test('a pattern with catastrophic backtracking is matched in linear time', async () => {
  const schema = { type: 'string', pattern: '^(a+)+$' };
  const started = performance.now();
  expect(await check(schema, 'a'.repeat(200_000))).toEqual({ kind: 'Valid' });
  expect(await check(schema, `${'a'.repeat(200_000)}!`)).toMatchObject({ kind: 'Mismatch' });
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('the keys of patternProperties and of additionalProperties beside it are matched in linear time too', async () => {
  const schema = { patternProperties: { '^(a|a)*$': true }, additionalProperties: false };
  expect(await check(schema, { [`${'a'.repeat(50_000)}!`]: 1 })).toMatchObject({ kind: 'Mismatch' });
});

test('a pattern that needs backtracking is terminated at the time limit, and the next check is answered', async () => {
  const overrun = await check({ type: 'string', pattern: '^(?=(a+)+$)' }, `${'a'.repeat(50)}!`);
  expect(overrun).toEqual({ kind: 'Overrun', needed: 'more than 0.5 s' });
  expect(await check({ type: 'string' }, 'x')).toEqual({ kind: 'Valid' });
});

test('a schema whose alternatives multiply exponentially is terminated at the time limit', async () => {
  const level = (n: number) => ({ anyOf: [{ $ref: `#/$defs/${n + 1}` }, { $ref: `#/$defs/${n + 1}` }] });
  const $defs: Record<string, Json> = { 30: { type: 'integer' } };
  for (let n = 0; n < 30; n++) $defs[n] = level(n);
  expect(await check({ $ref: '#/$defs/0', $defs }, 'x')).toMatchObject({ kind: 'Overrun' });
});

test('a check that takes too much memory is terminated', async () => {
  const small = new SchemaChecker({ timeMs: 15_000, memoryMiB: 24 });
  const verdict = await check({ items: { type: 'object' } }, new Array(87_000).fill({}), small);
  await small.close();
  expect(verdict).toEqual({ kind: 'Overrun', needed: 'more than 24 MiB of memory' });
});

test('the largest descriptor with the most objects is checked within the ordinary bounds', async () => {
  const ordinary = new SchemaChecker();
  const verdict = await check({ items: { type: 'object' } }, new Array(87_000).fill({}), ordinary);
  await ordinary.close();
  expect(verdict).toEqual({ kind: 'Valid' });
});

test('a check that is aborted throws the reason, and ends', async () => {
  const controller = new AbortController();
  const pending = checker.check(
    { type: 'test/v1', schema: '{"pattern":"^(?=(a+)+$)"}', descriptor: JSON.stringify(`${'a'.repeat(50)}!`) },
    controller.signal,
  );
  setTimeout(() => controller.abort(new Error('shutting down')), 100);
  await expect(pending).rejects.toThrow('shutting down');
});

test('hostile checks delay other checks by no more than their own time limit', async () => {
  const hostile = { type: 'string', pattern: '^(?=(a+)+$)' };
  const started = performance.now();
  const verdicts = await Promise.all([
    check(hostile, `${'a'.repeat(50)}!`),
    check(hostile, `${'a'.repeat(50)}!`),
    check({ type: 'string' }, 'x'),
  ]);
  expect(verdicts.map(({ kind }) => kind)).toEqual(['Overrun', 'Overrun', 'Valid']);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('a verdict, including an overrun, is computed once for the same input', async () => {
  const hostile = { type: 'string', pattern: '^(?=(a+)+$)' };
  const by = new SchemaChecker({ timeMs: 300 });
  const started = performance.now();
  const verdicts = await Promise.all(Array.from({ length: 20 }, () => check(hostile, `${'a'.repeat(50)}!`, by)));
  expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(new Set(['Overrun']));
  expect(performance.now() - started).toBeLessThan(5_000);
  const refused = await check({ type: 'string' }, 5, by);
  expect(await check({ type: 'string' }, 5, by)).toBe(refused);
  await by.close();
});

test('an overrun is retried after ten minutes, because the machine may have been busy', async () => {
  const clock = new ManualClock();
  const by = new SchemaChecker({ timeMs: 200, clock });
  const hostile = { type: 'string', pattern: '^(?=(a+)+$)' };
  const first = await check(hostile, `${'a'.repeat(50)}!`, by);
  expect(await check(hostile, `${'a'.repeat(50)}!`, by)).toBe(first);
  await clock.advance(10 * 60_000);
  const later = await check(hostile, `${'a'.repeat(50)}!`, by);
  expect(later).toEqual(first);
  expect(later).not.toBe(first);
  await by.close();
});

test('many checks with one hostile schema leave a thread to the others', async () => {
  const by = new SchemaChecker({ timeMs: 10_000 });
  const hostile = { type: 'string', pattern: '^(?=(a+)+$)' };
  const stop = new AbortController();
  const flood = Array.from({ length: 6 }, (_, n) =>
    by
      .check(
        { type: 'bad/v1', schema: JSON.stringify(hostile), descriptor: JSON.stringify(`${'a'.repeat(50 + n)}!`) },
        stop.signal,
      )
      .catch(() => undefined),
  );
  await check({ type: 'boolean' }, true, by);
  const started = performance.now();
  for (let n = 0; n < 5; n++) await check({ type: 'integer' }, n, by);
  expect(performance.now() - started).toBeLessThan(9_000);
  stop.abort(new Error('enough'));
  await Promise.all(flood);
  await by.close();
});

test('an idle thread ends after a while, and the next check starts a new one', async () => {
  const clock = new ManualClock();
  const by = new SchemaChecker({ idleMs: 30_000, clock });
  expect(by.idleThreads).toBe(0);
  await check({ type: 'integer' }, 1, by);
  expect(by.idleThreads).toBe(1);
  await clock.advance(30_000);
  expect(by.idleThreads).toBe(0);
  expect(await check({ type: 'integer' }, 'x', by)).toMatchObject({ kind: 'Mismatch' });
  await by.close();
});

test('threads are reused', async () => {
  const started = performance.now();
  for (let n = 0; n < 200; n++) await check({ type: 'integer' }, n);
  expect((performance.now() - started) / 200).toBeLessThan(20);
});

test('a check does not affect later ones', async () => {
  await check('{"__proto__":{"type":"string"},"$defs":{"constructor":{"prototype":{"type":"string"}}}}', {});
  expect(await check({}, 5)).toEqual({ kind: 'Valid' });
});
