import { beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.ts';
import { type Logger, silentLogger } from './logger.ts';
import { limitRepeats } from './repeat-limit.ts';

let lines: object[];
let clock: ManualClock;
let log: Logger;

const recording = (bindings: object): Logger => ({
  ...silentLogger,
  warn: (fields, message) => lines.push({ ...bindings, ...fields, message }),
  error: (fields, message) => lines.push({ ...bindings, ...fields, message }),
  child: (fields) => recording({ ...bindings, ...fields }),
});

beforeEach(() => {
  [lines, clock] = [[], new ManualClock()];
  log = limitRepeats(recording({}), clock);
});

test('a warning repeated every second is logged once a minute, with the number of suppressed repeats', async () => {
  for (let second = 0; second < 121; second++) {
    log.child({ name: 'web', reconcileId: `${second}` }).warn({ reason: 'ClusterBusy', failures: second }, 'failed');
    await clock.advance(1_000);
  }
  expect(lines).toEqual([
    { name: 'web', reconcileId: '0', reason: 'ClusterBusy', failures: 0, message: 'failed' },
    { name: 'web', reconcileId: '60', reason: 'ClusterBusy', failures: 60, message: 'failed', repeated: 59 },
    { name: 'web', reconcileId: '120', reason: 'ClusterBusy', failures: 120, message: 'failed', repeated: 59 },
  ]);
});

test('warnings about other objects, for other reasons or with other messages are logged at once', () => {
  log.child({ name: 'a' }).warn({ reason: 'X' }, 'failed');
  log.child({ name: 'b' }).warn({ reason: 'X' }, 'failed');
  log.child({ name: 'a' }).warn({ reason: 'Y' }, 'failed');
  log.child({ name: 'a' }).warn({ reason: 'X' }, 'failed otherwise');
  log.child({ name: 'a' }).warn({ err: Object.assign(new Error('1'), { code: 'Z' }) }, 'failed');
  expect(lines).toHaveLength(5);
});

test('repeated errors are logged every time', () => {
  log.error({ reason: 'X' }, 'broken');
  log.error({ reason: 'X' }, 'broken');
  expect(lines).toHaveLength(2);
});
