import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';

/** The value of a span attribute. */
export type AttributeValue = string | number;

/** A finished span in OpenTelemetry's data model. */
export interface FinishedSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** Unix time in milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** The reason code if it failed. */
  readonly error: string | undefined;
}

export interface OtlpOptions {
  /** URL that spans are posted to. */
  readonly url: string;
  /** Headers of each request, e.g. to authenticate. Secret: never logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** Resource attributes, such as `service.name`. */
  readonly resource: Readonly<Record<string, string>>;
  /** Delay between batches, in milliseconds. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Spans per batch. A full batch is sent immediately. */
const BATCH = 512;
/** Further spans are dropped, so that an unreachable collector does not cost memory. */
const MAX_WAITING = 4_096;
const TIMEOUT_MS = 10_000;
const INTERNAL = 1;
const STATUS_ERROR = 2;

/**
 * Sends spans to an OpenTelemetry collector with OTLP over HTTP, as JSON. A batch that fails is dropped; nothing ever
 * waits for the collector.
 */
export class OtlpExporter {
  private readonly options: OtlpOptions;
  private waiting: FinishedSpan[] = [];
  private dropped = 0;
  private cancelTimer: (() => void) | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(options: OtlpOptions) {
    this.options = options;
  }

  push(span: FinishedSpan): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.dropped += 1;
      return;
    }
    this.waiting.push(span);
    if (this.waiting.length >= BATCH) this.send();
    else this.cancelTimer ??= this.options.clock.after(this.options.everyMs, () => this.send());
  }

  /** Resolves when all spans pushed so far have been sent or dropped. */
  async flush(): Promise<void> {
    this.send();
    await this.sending;
  }

  private send(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.sending = this.sending.then(async () => {
      const batch = this.waiting.splice(0, BATCH);
      if (batch.length === 0) return;
      await this.post(batch).catch((error: unknown) => {
        this.dropped += batch.length;
        const { dropped } = this;
        this.options.log.warn({ err: error, dropped }, 'spans were dropped: the collector did not accept them');
      });
      if (this.waiting.length > 0)
        this.cancelTimer ??= this.options.clock.after(this.options.everyMs, () => this.send());
    });
  }

  private async post(spans: readonly FinishedSpan[]): Promise<void> {
    const { url, headers, resource } = this.options;
    const body = {
      resourceSpans: [
        {
          resource: { attributes: attributesOf(resource) },
          scopeSpans: [{ scope: { name: 'dinfra-operator' }, spans: spans.map(encoded) }],
        },
      ],
    };
    const reply = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    await reply.body?.cancel();
    if (!reply.ok) throw new Error(`the collector answers ${reply.status}`);
  }
}

function encoded({ start, end, attributes, error, parentSpanId, ...span }: FinishedSpan) {
  return {
    ...span,
    ...(parentSpanId !== undefined && { parentSpanId }),
    kind: INTERNAL,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: attributesOf(attributes),
    ...(error !== undefined && { status: { code: STATUS_ERROR, message: error } }),
  };
}

/** A string, because a number would lose precision. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms)}000000`;
}

function attributesOf(attributes: Readonly<Record<string, AttributeValue>>) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { doubleValue: value },
  }));
}
