import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ManualClock, settle } from '../../../test/support/manual-clock.ts';
import { type LogLine, recordingLogger } from '../../../test/support/recording-logger.ts';
import { RetryableError, TerminalError } from '../../errors/dinfra-error.ts';
import { controllerDead } from '../health.ts';
import { Controller, type ControllerOptions, done, type Reconcile } from './controller.ts';
import { ControllerMetrics } from './controller-metrics.ts';
import type { WorkQueueLevel } from './work-queue.ts';

let clock: ManualClock;
let stop: AbortController;
let registry: Registry;
let lines: LogLine[];

beforeEach(() => {
  clock = new ManualClock();
  stop = new AbortController();
  registry = new Registry();
  lines = [];
});
afterEach(() => stop.abort(new Error('test over')));

function controllerOf(reconcile: Reconcile, over: Partial<ControllerOptions> = {}) {
  const observer = new ControllerMetrics(registry).forController('deployment');
  let level = (): WorkQueueLevel => expect.unreachable('no queue was attached');
  const controller = new Controller({
    name: 'deployment',
    reconcile,
    clock,
    random: () => 0,
    observer: {
      ...observer,
      attach: (read, concurrency) => {
        level = read;
        observer.attach(read, concurrency);
      },
    },
    logger: recordingLogger(lines),
    newId: () => 'id-1',
    ...over,
  });
  return { controller, level: () => level() };
}

async function metric(name: string): Promise<string[]> {
  const text = await registry.getSingleMetricAsString(name);
  return text.split('\n').filter((line) => !line.startsWith('#'));
}

test('every metric series of a controller exists at zero from the start', async () => {
  controllerOf(async () => done);
  expect(await metric('controller_runtime_reconcile_total')).toEqual([
    'controller_runtime_reconcile_total{controller="deployment",result="success"} 0',
    'controller_runtime_reconcile_total{controller="deployment",result="error"} 0',
    'controller_runtime_reconcile_total{controller="deployment",result="requeue_after"} 0',
  ]);
  for (const name of [
    'controller_runtime_reconcile_errors_total',
    'controller_runtime_terminal_reconcile_errors_total',
    'controller_runtime_reconcile_timeouts_total',
    'controller_runtime_reconcile_panics_total',
    'controller_runtime_active_workers',
  ]) {
    expect(await metric(name)).toEqual([`${name}{controller="deployment"} 0`]);
  }
  for (const name of ['workqueue_adds_total', 'workqueue_retries_total', 'workqueue_unfinished_work_seconds']) {
    expect(await metric(name)).toEqual([`${name}{name="deployment",controller="deployment"} 0`]);
  }
  expect(await metric('workqueue_depth')).toHaveLength(2);
  expect(await metric('controller_runtime_max_concurrent_reconciles')).toEqual([
    'controller_runtime_max_concurrent_reconciles{controller="deployment"} 4',
  ]);
  expect((await metric('controller_runtime_reconcile_time_seconds')).at(-1)).toMatch(/_count.* 0$/);
});

test('a reconcile gets its key and a logger with the object and a reconcile ID', async () => {
  const { controller } = controllerOf(async (key, _signal, log) => {
    log.info({ key }, 'here');
    return done;
  });
  void controller.run(stop.signal);
  controller.enqueue('prod/web');
  await settle();
  expect(lines).toEqual([
    expect.objectContaining({
      controller: 'deployment',
      namespace: 'prod',
      name: 'web',
      reconcileId: 'id-1',
      key: 'prod/web',
      message: 'here',
    }),
  ]);
  expect((await metric('controller_runtime_reconcile_total'))[0]).toMatch(/ 1$/);
});

test('every line about a key has the fields that are given for it', async () => {
  const reconcile: Reconcile = async (_key, _signal, log) => {
    log.info({}, 'in the reconcile');
    throw new TerminalError('DescriptorSchema', { message: 'no' });
  };
  const { controller } = controllerOf(reconcile, { fieldsOf: (key) => ({ tenure: `of ${key}` }) });
  controller.enqueue('acme/web');
  const run = controller.run(stop.signal);
  await settle();
  stop.abort(new Error('stop'));
  await run;
  expect(lines.map(({ message, tenure }) => [message, tenure])).toEqual([
    ['in the reconcile', 'of acme/web'],
    ['reconcile failed and is not retried until something changes', 'of acme/web'],
  ]);
});

test('a controller starts reconciling only when the reflectors it reads from have synced', async () => {
  const synced = Promise.withResolvers<void>();
  const reconcile = vi.fn(async () => done);
  const { controller } = controllerOf(reconcile);
  void controller.run(stop.signal, [synced.promise]);
  controller.enqueue('a');
  await settle();
  expect(reconcile).not.toHaveBeenCalled();
  synced.resolve();
  await settle();
  expect(reconcile).toHaveBeenCalledTimes(1);
});

test('a controller uses its full concurrency and never runs one key twice at once', async () => {
  let most = 0;
  const running = new Set<string>();
  const { controller } = controllerOf(
    async (key) => {
      expect(running.has(key)).toBe(false);
      running.add(key);
      most = Math.max(most, running.size);
      await new Promise<void>((resolve) => clock.after(10, resolve));
      running.delete(key);
      return done;
    },
    { concurrency: 3 },
  );
  void controller.run(stop.signal);
  for (const key of ['a', 'b', 'c', 'd', 'e']) controller.enqueue(key);
  await clock.advance(5);
  for (const key of ['a', 'b', 'c', 'd', 'e']) controller.enqueue(key);
  await clock.advance(100);
  expect(most).toBe(3);
  expect((await metric('controller_runtime_reconcile_total'))[0]).toMatch(/ 8$/);
});

describe('what a reconcile returns', () => {
  test('a requeue runs when it is due and resets the failure count', async () => {
    const times: number[] = [];
    const { controller, level } = controllerOf(async () => {
      times.push(clock.monotonic());
      if (times.length === 1) throw new RetryableError('ClusterBusy', { message: 'busy' });
      return { requeueAfterMs: 1_000 };
    });
    void controller.run(stop.signal);
    controller.enqueue('a');
    await clock.advance(2_500);
    expect(times).toEqual([0, 5, 1_005, 2_005]);
    expect(level().failing).toBe(0);
    expect((await metric('controller_runtime_reconcile_total'))[2]).toMatch(/requeue_after"} 3$/);
  });
});

describe('what a reconcile throws', () => {
  const throwing = (error: unknown) => {
    const reconcile = vi.fn(async () => {
      throw error;
    });
    const built = controllerOf(reconcile);
    void built.controller.run(stop.signal);
    built.controller.enqueue('a');
    return { reconcile, ...built };
  };

  test('a reconcile that throws a retryable error is retried with growing backoff', async () => {
    const { reconcile } = throwing(new RetryableError('ClusterBusy', { message: 'busy' }));
    await clock.advance(5 + 10 + 20);
    expect(reconcile).toHaveBeenCalledTimes(4);
    expect(await metric('workqueue_retries_total')).toEqual([expect.stringMatching(/ 4$/)]);
    expect(lines[0]).toMatchObject({ level: 'warn', reason: 'ClusterBusy', error: 'busy', failures: 1 });
  });

  test('a retryable error with a retry time is retried at that time', async () => {
    const { reconcile } = throwing(new RetryableError('ClusterBusy', { message: 'busy', retryAfterMs: 60_000 }));
    await clock.advance(59_999);
    expect(reconcile).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(reconcile).toHaveBeenCalledTimes(2);
  });

  test('a reconcile that throws a terminal error is not retried until something changes', async () => {
    const { reconcile, controller, level } = throwing(new TerminalError('DescriptorSchema', { message: 'bad' }));
    await clock.advance(10_000_000);
    expect(reconcile).toHaveBeenCalledTimes(1);
    expect(level()).toMatchObject({ delayed: 0, failing: 0 });
    expect(await metric('controller_runtime_terminal_reconcile_errors_total')).toEqual([expect.stringMatching(/ 1$/)]);
    controller.enqueue('a');
    await settle();
    expect(reconcile).toHaveBeenCalledTimes(2);
  });

  test('an unexpected error is counted as a panic, logged with its stack and retried', async () => {
    const { reconcile } = throwing(new TypeError('x is undefined'));
    await clock.advance(5);
    expect(reconcile).toHaveBeenCalledTimes(2);
    expect(await metric('controller_runtime_reconcile_panics_total')).toEqual([expect.stringMatching(/ 2$/)]);
    expect(lines[0]).toMatchObject({ level: 'error', err: expect.any(TypeError) });
  });

  test('a key whose reconcile fails does not delay other keys', async () => {
    const seen: string[] = [];
    const { controller } = controllerOf(async (key) => {
      seen.push(key);
      if (key === 'bad') throw new TypeError('x is undefined');
      return done;
    });
    void controller.run(stop.signal);
    for (const key of ['bad', 'good', 'better']) controller.enqueue(key);
    await settle();
    expect(seen).toEqual(['bad', 'good', 'better']);
  });
});

describe('the deadline', () => {
  test('a reconcile whose backend hangs still has time to write its status', async () => {
    const written: string[] = [];
    const { controller } = controllerOf(
      async (_key, signal, _log, writeSignal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await new Promise<void>((resolve) => clock.after(1_000, resolve));
        if (!writeSignal.aborted) written.push(`status at ${clock.monotonic()}`);
        throw signal.reason;
      },
      { timeoutMs: 60_000, reserveMs: 10_000 },
    );
    void controller.run(stop.signal);
    controller.enqueue('a');
    await clock.advance(51_000);
    expect(written).toEqual(['status at 51000']);
    expect(lines.at(-1)).toMatchObject({ reason: 'ReconcileTimeout' });
    expect(await metric('controller_runtime_reconcile_timeouts_total')).toEqual([expect.stringMatching(/ 1$/)]);
  });

  test('a reconcile that ignores its deadline is counted while it runs, and then makes the process unhealthy', async () => {
    let end = () => {};
    const { controller } = controllerOf(
      () =>
        new Promise((resolve) => {
          end = () => resolve(done);
        }),
    );
    void controller.run(stop.signal);
    controller.enqueue('a');
    await clock.advance(59_999);
    expect(await metric('dinfra_reconciles_overdue')).toEqual([expect.stringMatching(/ 0$/)]);
    await clock.advance(1);
    expect(await metric('dinfra_reconciles_overdue')).toEqual([expect.stringMatching(/ 1$/)]);
    expect(controllerDead(controller)).toBeUndefined();
    await clock.advance(5 * 60_000 + 1);
    expect(controllerDead(controller)).toBe('a reconcile has been running for 360 s');
    end();
    await settle();
    expect(await metric('dinfra_reconciles_overdue')).toEqual([expect.stringMatching(/ 0$/)]);
    expect(controllerDead(controller)).toBeUndefined();
  });
});

describe('one cloud hangs with 300 VMs on it', () => {
  /** Keys are `reactor/name`; those of `hung` end only when released by the test. */
  const hanging: Reconcile = (key, signal) =>
    key.startsWith('hung/')
      ? new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      : Promise.resolve(done);
  const laneOf = (key: string) => key.slice(0, key.indexOf('/'));

  test('with 300 hung VMs in one lane, a new award in another lane is reconciled at once', async () => {
    const began: string[] = [];
    const reconcile: Reconcile = (key, ...more) => {
      if (!key.startsWith('hung/')) began.push(`${key} at ${clock.monotonic()}`);
      return hanging(key, ...more);
    };
    const { controller } = controllerOf(reconcile, { concurrency: 10, laneOf });
    void controller.run(stop.signal);
    for (let i = 0; i < 300; i++) controller.enqueue(`hung/${i}`);
    await clock.advance(600_000);
    controller.enqueue('well/fresh');
    await settle();
    expect(began).toEqual(['well/fresh at 600000']);
  });

  test('without lanes, a new award waits for many deadlines of hung VMs', async () => {
    const reconcile = vi.fn(hanging);
    const { controller } = controllerOf(reconcile, { concurrency: 10 });
    void controller.run(stop.signal);
    for (let i = 0; i < 300; i++) controller.enqueue(`hung/${i}`);
    await clock.advance(600_000);
    controller.enqueue('well/fresh');
    await settle();
    expect(reconcile.mock.calls.some(([key]) => key === 'well/fresh')).toBe(false);
  });
});

test('reconciles of a lane that is narrowed run one at a time until it is widened, and those of others are not delayed', async () => {
  const began: string[] = [];
  const reconcile: Reconcile = async (key) => {
    began.push(key);
    await new Promise<void>((resolve) => clock.after(10, resolve));
    return done;
  };
  let isNarrow = true;
  const { controller } = controllerOf(reconcile, {
    concurrency: 3,
    concurrencyOf: (lane) => (isNarrow && lane === 'new' ? 1 : 3),
    laneOf: (key) => key.slice(0, key.indexOf('/')),
  });
  for (const key of ['new/1', 'new/2', 'new/3', 'old/1', 'old/2']) controller.enqueue(key);
  void controller.run(stop.signal);
  await settle();
  expect(began.toSorted()).toEqual(['new/1', 'old/1', 'old/2']);
  isNarrow = false;
  controller.noteConcurrency();
  await settle();
  expect(began.slice(3)).toEqual(['new/2', 'new/3']);
});

describe('a requeue', () => {
  const order = async (requeueAfterMs: number) => {
    const began: string[] = [];
    const { controller } = controllerOf(
      async (key) => {
        began.push(key);
        await new Promise<void>((resolve) => clock.after(10, resolve));
        return key === 'again' && began.length === 1 ? { requeueAfterMs } : done;
      },
      { concurrency: 1 },
    );
    void controller.run(stop.signal);
    controller.enqueue('again', 'high');
    await clock.advance(11);
    // Everything becomes ready while one key is running.
    await clock.advance(requeueAfterMs - 2);
    controller.enqueue('busy', 'high');
    await clock.advance(5);
    controller.enqueue('changed', 'high');
    await clock.advance(100);
    return began;
  };

  test('a requeue keeps its priority', async () => {
    expect(await order(1_000)).toEqual(['again', 'busy', 'again', 'changed']);
  });

  test('a key requeued after a long delay runs after keys that have just changed', async () => {
    expect(await order(60_000)).toEqual(['again', 'busy', 'changed', 'again']);
  });
});

describe('the stop', () => {
  test('a stopped controller lets running reconciles finish and starts no more', async () => {
    const seen: string[] = [];
    const { controller } = controllerOf(
      async (key, signal) => {
        await new Promise<void>((resolve) => clock.after(1_000, resolve));
        seen.push(`${key} ${signal.aborted}`);
        return { requeueAfterMs: 1 };
      },
      { concurrency: 1 },
    );
    const running = controller.run(stop.signal);
    controller.enqueue('a');
    controller.enqueue('b');
    await clock.advance(500);
    stop.abort(new Error('SIGTERM'));
    await clock.advance(500);
    await running;
    expect(seen).toEqual(['a false']);
    expect(clock.pending).toBe(0);
  });

  test('a stopped controller aborts reconciles that outlast the grace period', async () => {
    const { controller } = controllerOf(
      (_key, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      { graceMs: 5_000 },
    );
    const running = controller.run(stop.signal);
    controller.enqueue('a');
    await settle();
    stop.abort(new Error('SIGTERM'));
    await clock.advance(4_999);
    expect(controller.longestRunMs()).toBe(4_999);
    await clock.advance(1);
    await running;
    expect(lines.at(-1)).toMatchObject({ level: 'info', message: 'reconcile aborted by shutdown' });
  });

  test('a controller stopped before its reflectors have synced ends without an error', async () => {
    const { controller } = controllerOf(async () => done);
    const never = new Promise<void>((_resolve, reject) =>
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason)),
    );
    const running = controller.run(stop.signal, [never]);
    stop.abort(new Error('SIGTERM'));
    await running;
  });
});
