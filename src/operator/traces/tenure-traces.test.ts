import { expect, test } from 'vitest';
import { orderFor } from '../../../test/support/cloud.ts';
import { deploymentFor } from '../../../test/support/deployment-for.ts';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { onBehalfOf } from '../../award/tenure-log.ts';
import { silentLogger } from '../../base/logger.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import type { FinishedSpan } from './otlp-exporter.ts';
import { TenureTraces } from './tenure-traces.ts';
import { traceTarget } from './trace-target.ts';
import { tracedMetrics, tracedReconcile } from './traced-parts.ts';

const order = orderFor();
const { identity } = order;
const deployment = deploymentFor(order);
const metrics = {
  timed: <T>(_reactor: string, _method: string, call: () => Promise<T>) => call(),
  hindered: () => undefined,
  becameReady: () => undefined,
};
const view = () => ({ deployment, tenure: identity.name });

function recording(): { readonly spans: FinishedSpan[]; readonly traces: TenureTraces } {
  const spans: FinishedSpan[] = [];
  return { spans, traces: new TenureTraces((span) => spans.push(span), new ManualClock()) };
}

test('the span of a reactor step is a child of the span of its reconcile', async () => {
  const { spans, traces } = recording();
  const { timed } = tracedMetrics(metrics, traces);
  const reconcile = tracedReconcile(
    async () => {
      await onBehalfOf(identity, () => timed('cloudstack', 'create', async () => undefined));
      return { done: true };
    },
    view,
    traces,
  );
  const { signal } = new AbortController();
  await reconcile('acme/x', signal, silentLogger, signal);
  const [step, whole] = spans;
  expect(spans.map(({ name }) => name)).toEqual(['reactor create', 'reconcile']);
  expect(step?.parentSpanId).toBe(whole?.spanId);
  expect(whole?.parentSpanId).toBeUndefined();
  for (const span of spans) expect(span.attributes['dinfra.tenure']).toBe(identity.name);
});

test('a tenure has the same trace id in every process, and no other tenure has it', () => {
  const [one, two] = [recording(), recording()];
  one.traces.moment(identity.name, 'report', {});
  two.traces.moment(identity.name, 'report', {});
  two.traces.moment(orderFor().identity.name, 'report', {});
  const ids = [...one.spans, ...two.spans].map(({ traceId }) => traceId);
  expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});

test('a failed span has the reason code and nothing of the message', async () => {
  const { spans, traces } = recording();
  const failing = () =>
    Promise.reject(new RetryableError('CloudStackUnreachable', { message: 'https://user:hunter2@cloud is away' }));
  await expect(traces.during(identity.name, 'reconcile', {}, failing)).rejects.toThrow('is away');
  expect(spans).toMatchObject([{ error: 'CloudStackUnreachable' }]);
  expect(JSON.stringify(spans)).not.toContain('hunter2');
});

test.each([
  ['nothing', {}, undefined],
  [
    'an endpoint',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318/' },
    { url: 'http://otel:4318/v1/traces', everyMs: 5_000 },
  ],
  ['one for traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://otel/t' }, { url: 'http://otel/t' }],
  ['the SDK disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318', OTEL_SDK_DISABLED: 'true' }, undefined],
  [
    'headers and a name',
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20x, tenant = acme',
      OTEL_SERVICE_NAME: 'east',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    },
    { headers: { authorization: 'Bearer x', tenant: 'acme' }, service: 'east', everyMs: 200 },
  ],
] as const)('traces are sent to the right target when the environment has %s', (_, environment, target) => {
  if (target === undefined) expect(traceTarget(environment)).toBeUndefined();
  else expect(traceTarget(environment)).toMatchObject(target);
});
