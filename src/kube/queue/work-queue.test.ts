import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock, settle } from '../../../test/support/manual-clock.ts';
import { WorkQueue } from './work-queue.ts';

const IDLE = { high: 0, low: 0, running: 0, delayed: 0, failing: 0, runningMs: [] };

function queueWith(clock: ManualClock): WorkQueue {
  return new WorkQueue({ clock, random: () => 0 });
}

/** The key the next taker gets at once, or `none` when it would wait. */
async function takeNow(queue: WorkQueue): Promise<string | undefined> {
  return Promise.race([queue.take(), settle().then(() => 'none')]);
}

test('a key added twice runs once', async () => {
  const queue = queueWith(new ManualClock());
  queue.add('a');
  queue.add('a');
  expect(await queue.take()).toBe('a');
  queue.done('a');
  expect(queue.level()).toEqual(IDLE);
});

test('a key added while it runs runs again afterwards, never concurrently', async () => {
  const queue = queueWith(new ManualClock());
  queue.add('a');
  await queue.take();
  queue.add('a');
  expect(await takeNow(queue)).toBe('none');
  queue.done('a');
  await settle();
  expect(queue.level().running).toBe(1);
});

test('a delayed key is not handed out a millisecond early', async () => {
  const clock = new ManualClock();
  const queue = queueWith(clock);
  const taken: string[] = [];
  void queue.take().then((key) => taken.push(key ?? ''));
  queue.addAfter('a', 1000);
  await clock.advance(999);
  expect(taken).toEqual([]);
  await clock.advance(1);
  expect(taken).toEqual(['a']);
});

test('of two delays for one key, the sooner one applies', async () => {
  const clock = new ManualClock();
  const queue = queueWith(clock);
  queue.addAfter('a', 1000);
  queue.addAfter('a', 100);
  queue.addAfter('a', 5000);
  await clock.advance(100);
  expect(await queue.take()).toBe('a');
  queue.done('a');
  await clock.advance(10_000);
  expect(queue.level()).toEqual(IDLE);
});

test('consecutive failures back off 5 ms, 10 ms, 20 ms and so on up to 1000 s, until forgotten', async () => {
  const clock = new ManualClock();
  const queue = queueWith(clock);
  const waits: number[] = [];
  for (let failures = 0; failures < 20; failures++) {
    const before = clock.monotonic();
    queue.addAfterFailure('a');
    const taken = queue.take();
    while (queue.level().running === 0) await clock.advance(5);
    waits.push(clock.monotonic() - before);
    queue.done((await taken) ?? '');
  }
  expect(waits.slice(0, 4)).toEqual([5, 10, 20, 40]);
  expect(waits.slice(-2)).toEqual([1_000_000, 1_000_000]);
  queue.forget('a');
  expect(queue.failuresOf('a')).toBe(0);
  expect(queue.level()).toEqual(IDLE);
});

test('a key in backoff runs at once when it is added', async () => {
  const queue = queueWith(new ManualClock());
  queue.addAfterFailure('a');
  queue.add('a');
  expect(await takeNow(queue)).toBe('a');
});

describe('priority', () => {
  test('a high-priority key runs before keys of the initial list', async () => {
    const queue = queueWith(new ManualClock());
    queue.add('old', 'low');
    queue.add('new', 'high');
    expect([await queue.take(), await queue.take()]).toEqual(['new', 'old']);
  });

  test('a low-priority key that is added with high priority moves ahead', async () => {
    const queue = queueWith(new ManualClock());
    for (const key of ['a', 'b', 'c']) queue.add(key, 'low');
    queue.add('c', 'high');
    queue.add('c', 'low');
    expect(await queue.take()).toBe('c');
    expect(queue.level()).toMatchObject({ high: 0, low: 2 });
  });

  test('a stream of high-priority keys does not starve low-priority keys', async () => {
    const queue = queueWith(new ManualClock());
    for (let i = 0; i < 5; i++) queue.add(`low-${i}`, 'low');
    const taken: (string | undefined)[] = [];
    for (let i = 0; i < 20; i++) {
      queue.add(`high-${i}`);
      queue.add(`high-${i}-again`);
      const key = await queue.take();
      taken.push(key);
      queue.done(key ?? '');
    }
    expect(taken.filter((key) => key?.startsWith('low'))).toHaveLength(5);
  });
});

describe('closing', () => {
  test('closing the queue ends waiting takers and drops waiting keys', async () => {
    const clock = new ManualClock();
    const queue = queueWith(clock);
    const waiting = queue.take();
    queue.addAfter('later', 10);
    queue.close();
    expect(await waiting).toBeUndefined();
    expect(await queue.take()).toBeUndefined();
    queue.add('a');
    queue.addAfterFailure('a');
    expect(queue.level()).toEqual(IDLE);
    expect(clock.pending).toBe(0);
  });

  test('closing the queue drops keys that were to run again after their current run', async () => {
    const queue = queueWith(new ManualClock());
    queue.add('a');
    await queue.take();
    queue.add('a');
    queue.close();
    expect(queue.level().running).toBe(1);
    queue.done('a');
    expect(queue.level()).toEqual(IDLE);
  });
});

describe('lanes', () => {
  /** Keys are `lane/name`. */
  const lanes = (concurrency: number) =>
    new WorkQueue({
      clock: new ManualClock(),
      concurrencyOf: () => concurrency,
      laneOf: (key) => key.slice(0, key.indexOf('/')),
    });

  test('a lane whose keys all hang delays no key of another lane', async () => {
    const queue = lanes(2);
    for (let i = 0; i < 300; i++) queue.add(`hung/${i}`);
    expect([await queue.take(), await queue.take()]).toEqual(['hung/0', 'hung/1']);
    expect(await takeNow(queue)).toBe('none');
    queue.add('other/a', 'low');
    expect(queue.level()).toMatchObject({ high: 298, low: 0, running: 3 });
  });

  test('a full lane gets its next run when one of its own runs ends', async () => {
    const queue = lanes(1);
    queue.add('a/1');
    queue.add('a/2');
    queue.add('b/1');
    expect([await queue.take(), await queue.take()]).toEqual(['a/1', 'b/1']);
    queue.done('b/1');
    expect(await takeNow(queue)).toBe('none');
    queue.done('a/1');
    await settle();
    expect(queue.level()).toMatchObject({ high: 0, running: 1 });
  });

  test('a lane that is given more room starts what waits, though no key is added or done', async () => {
    let room = 1;
    const queue = new WorkQueue({ clock: new ManualClock(), concurrencyOf: () => room });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    expect(await queue.take()).toBe('a');
    expect(await takeNow(queue)).toBe('none');
    room = 2;
    queue.serve();
    expect(queue.level()).toMatchObject({ high: 1, running: 2 });
  });

  test('lanes are served round-robin, however many keys one of them has', async () => {
    const queue = lanes(10);
    for (let i = 0; i < 5; i++) queue.add(`many/${i}`);
    queue.add('few/0');
    queue.add('few/1');
    const order = [await queue.take(), await queue.take(), await queue.take(), await queue.take()];
    expect(order).toEqual(['many/0', 'few/0', 'many/1', 'few/1']);
  });

  test('a waiting key whose lane changes moves to the new lane', async () => {
    let lane = 'slow';
    const queue = new WorkQueue({
      clock: new ManualClock(),
      concurrencyOf: () => 1,
      laneOf: (key) => (key === 'a' ? 'slow' : lane),
    });
    queue.add('a');
    await queue.take();
    queue.add('b');
    expect(await takeNow(queue)).toBe('none');
    lane = 'fast';
    queue.add('b');
    await settle();
    expect(queue.level()).toMatchObject({ running: 2 });
  });
});

describe('whatever is added, in whatever order, with however many takers', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const priority = fc.constantFrom('high' as const, 'low' as const);
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key, priority }),
    fc.record({ do: fc.constant('addAfter' as const), key, priority, ms: fc.nat(200) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(50) }),
  );
  const work = fc.record({ ms: fc.nat(30), fails: fc.boolean() });

  test('no key runs twice at once, every add is followed by a run that starts after it and not before it is due, and no key is left over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.array(work, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, works, workers) => {
          const clock = new ManualClock();
          const queue = queueWith(clock);
          const running = new Set<string>();
          const starts: { key: string; order: number; at: number }[] = [];
          const asked: { key: string; order: number; notBefore: number }[] = [];
          let order = 0;
          let turn = 0;

          const worker = async () => {
            for (let taken = await queue.take(); taken !== undefined; taken = await queue.take()) {
              expect(running.has(taken), `two workers have ${taken}`).toBe(false);
              running.add(taken);
              starts.push({ key: taken, order: order++, at: clock.monotonic() });
              const { ms, fails } = works[turn++ % works.length] ?? { ms: 0, fails: false };
              await new Promise<void>((resolve) => clock.after(ms, resolve));
              // Each may fail a few times only: if all fail forever, the queue never drains.
              if (fails && queue.failuresOf(taken) < 3) queue.addAfterFailure(taken);
              else queue.forget(taken);
              running.delete(taken);
              queue.done(taken);
            }
          };
          const all = Promise.all(Array.from({ length: workers }, worker));

          for (const next of steps) {
            if (next.do === 'wait') {
              await clock.advance(next.ms);
              continue;
            }
            const ms = next.do === 'add' ? 0 : next.ms;
            asked.push({ key: next.key, order: order++, notBefore: clock.monotonic() + ms });
            if (next.do === 'add') queue.add(next.key, next.priority);
            else queue.addAfter(next.key, ms, next.priority);
          }
          await clock.advance(100_000);

          for (const { key: wanted, order: askedAt, notBefore } of asked) {
            const run = starts.find((start) => start.key === wanted && start.order > askedAt);
            expect(run, `no run of ${wanted} after it was asked for`).toBeDefined();
            // Another add may have caused an earlier run; there must still be one at or after this time.
            const inTime = starts.find(
              (start) => start.key === wanted && start.order > askedAt && start.at >= notBefore,
            );
            const replaced = asked.some((other) => other.key === wanted && other.notBefore < notBefore);
            expect(inTime !== undefined || replaced).toBe(true);
          }
          for (const start of starts) {
            const reason = asked.some(
              (ask) => ask.key === start.key && ask.order < start.order && ask.notBefore <= start.at,
            );
            expect(reason, `${start.key} ran before anybody asked for it`).toBe(true);
          }
          expect(queue.level()).toEqual(IDLE);
          expect(clock.pending).toBe(0);
          queue.close();
          await all;
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('a consumer with a hundred keys delays the first key of another by one of them', async () => {
  const queue = new WorkQueue({
    clock: new ManualClock(),
    concurrencyOf: () => 1,
    shareOf: (key) => key.slice(0, key.indexOf('/')),
  });
  for (let index = 0; index < 100; index++) queue.add(`many/${index}`);
  queue.add('one/0');
  queue.add('two/0');
  const order: string[] = [];
  for (let count = 0; count < 5; count++) {
    const key = (await queue.take()) ?? '';
    order.push(key);
    queue.done(key);
  }
  expect(order).toEqual(['many/0', 'one/0', 'two/0', 'many/1', 'many/2']);
});
