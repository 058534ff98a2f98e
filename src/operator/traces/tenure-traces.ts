import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { findDinfraError } from '../../errors/dinfra-error.ts';
import type { AttributeValue, FinishedSpan } from './otlp-exporter.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;

/** Records spans in the traces of tenures. */
export interface Traces {
  /** Runs `work` as a span of a tenure's trace, a child of the current span. */
  during<T>(tenure: string, name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
  /** Records a span without a duration, as a child of the current span. */
  moment(tenure: string, name: string, attributes: Attributes): void;
}

/** Records nothing: the default. */
export const noTraces: Traces = {
  during: (_tenure, _name, _attributes, work) => work(),
  moment: () => undefined,
};

/**
 * One trace per tenure, from the award to the end, whichever process works on it: the trace id is derived from the
 * tenure's name.
 */
export class TenureTraces implements Traces {
  private readonly sink: (span: FinishedSpan) => void;
  private readonly clock: Pick<Clock, 'wallTime'>;
  private readonly running = new AsyncLocalStorage<string>();

  constructor(sink: (span: FinishedSpan) => void, clock: Pick<Clock, 'wallTime'>) {
    this.sink = sink;
    this.clock = clock;
  }

  async during<T>(tenure: string, name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
    const [spanId, start] = [newSpanId(), this.clock.wallTime()];
    let error: string | undefined;
    try {
      return await this.running.run(spanId, work);
    } catch (thrown) {
      // The reason only: messages may quote untrusted or secret data.
      error = findDinfraError(thrown)?.code ?? 'UnexpectedError';
      throw thrown;
    } finally {
      this.finish(tenure, { spanId, name, start, attributes, error });
    }
  }

  moment(tenure: string, name: string, attributes: Attributes): void {
    this.finish(tenure, { spanId: newSpanId(), name, start: this.clock.wallTime(), attributes, error: undefined });
  }

  private finish(tenure: string, span: Pick<FinishedSpan, 'spanId' | 'name' | 'start' | 'attributes' | 'error'>): void {
    this.sink({
      ...span,
      traceId: traceIdOf(tenure),
      parentSpanId: this.running.getStore(),
      end: this.clock.wallTime(),
      attributes: { ...span.attributes, 'dinfra.tenure': tenure },
    });
  }
}

/** The trace id of a tenure, from the name in its log lines. */
function traceIdOf(tenure: string): string {
  return createHash('sha256').update(`dinfra tenure ${tenure}`).digest('hex').slice(0, 32);
}

function newSpanId(): string {
  return randomBytes(8).toString('hex');
}
