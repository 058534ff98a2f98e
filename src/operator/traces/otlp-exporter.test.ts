import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.ts';
import { type LogLine, recordingLogger } from '../../../test/support/recording-logger.ts';
import { TraceCollector } from '../../../test/support/trace-collector.ts';
import { type FinishedSpan, OtlpExporter } from './otlp-exporter.ts';

let collector: TraceCollector;
let clock: ManualClock;
let lines: LogLine[];
let exporter: OtlpExporter;

beforeEach(async () => {
  [collector, clock, lines] = [await TraceCollector.start(), new ManualClock(), []];
  exporter = new OtlpExporter({
    url: `${collector.endpoint}/v1/traces`,
    headers: { authorization: 'Bearer hunter2' },
    resource: { 'service.name': 'dinfra-operator' },
    everyMs: 5_000,
    clock,
    log: recordingLogger(lines),
  });
});
afterEach(() => collector.stop());

const span = (more: Partial<FinishedSpan> = {}): FinishedSpan => ({
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  parentSpanId: undefined,
  name: 'reconcile',
  start: 1_767_225_600_123,
  end: 1_767_225_600_500,
  attributes: { state: 'Active', tries: 2 },
  error: undefined,
  ...more,
});

test('a span arrives at the collector in OTLP format, with its resource and the authentication headers', async () => {
  exporter.push(span({ parentSpanId: 'ef'.repeat(8), error: 'CloudStackUnreachable' }));
  await exporter.flush();
  expect(collector.spans).toEqual([
    {
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      parentSpanId: 'ef'.repeat(8),
      name: 'reconcile',
      kind: 1,
      startTimeUnixNano: '1767225600123000000',
      endTimeUnixNano: '1767225600500000000',
      attributes: [
        { key: 'state', value: { stringValue: 'Active' } },
        { key: 'tries', value: { doubleValue: 2 } },
      ],
      status: { code: 2, message: 'CloudStackUnreachable' },
    },
  ]);
  const [request] = collector.requests;
  expect(request?.path).toBe('/v1/traces');
  expect(request?.headers).toMatchObject({ authorization: 'Bearer hunter2', 'content-type': 'application/json' });
  expect(request?.body.resourceSpans[0]?.resource.attributes).toEqual([
    { key: 'service.name', value: { stringValue: 'dinfra-operator' } },
  ]);
});

test('spans are sent in one batch, five seconds after the first of them', async () => {
  for (let count = 0; count < 20; count++) exporter.push(span());
  await clock.advance(4_900);
  expect(collector.requests).toEqual([]);
  await clock.advance(200);
  await expect.poll(() => collector.spans.length).toBe(20);
  expect(collector.requests).toHaveLength(1);
});

test('spans for an unreachable collector are dropped with a warning, and later ones arrive', async () => {
  collector.answer = 503;
  exporter.push(span());
  await exporter.flush();
  expect(lines).toMatchObject([{ level: 'warn', dropped: 1 }]);
  expect(JSON.stringify(lines)).not.toContain('hunter2');
  collector.answer = 200;
  exporter.push(span({ name: 'later' }));
  await exporter.flush();
  expect(collector.spans.map(({ name }) => name)).toEqual(['later']);
});

test('spans that no collector accepts do not pile up', async () => {
  collector.answer = 503;
  for (let count = 0; count < 10_000; count++) exporter.push(span());
  // Before any of them can have been answered: refused batches are dropped, and nothing might be left to count.
  collector.answer = 200;
  while (collector.spans.length === 0 || clock.pending > 0) {
    await exporter.flush();
    await clock.advance(5_000);
  }
  expect(collector.requests.length).toBeGreaterThan(0);
  expect(collector.spans.length).toBeLessThanOrEqual(4_096);
});
