import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { accessTo } from '../../test/support/fake-cluster-access.ts';
import { openFence } from '../base/fence.ts';
import { silentLogger } from '../base/logger.ts';
import { Health } from '../server/health.ts';
import { parseConfig } from './config.ts';
import { Operator } from './operator.ts';
import { noTraces } from './traces/tenure-traces.ts';

test('an operator stopped while the API server is down ends at once', async () => {
  const operator = new Operator({
    config: parseConfig([], {}),
    access: accessTo('http://127.0.0.1:9'),
    fence: openFence,
    health: new Health(),
    registry: new Registry(),
    log: silentLogger,
    traces: noTraces,
  });
  const stop = new AbortController();
  const led = operator.lead(stop.signal);
  const from = performance.now();
  stop.abort(new Error('SIGTERM'));
  await led;
  await operator.close();
  expect(performance.now() - from).toBeLessThan(2_000);
});
