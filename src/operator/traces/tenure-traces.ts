import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { findDinfraError } from '../../errors/dinfra-error.ts';
import type { AttributeValue, FinishedSpan } from './otlp-exporter.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;

/** Where something about a tenure is traced. */
export interface Traces {
  /** Runs `work` as a span of the trace of a tenure, inside of the span that is running. */
  during<T>(tenure: string, name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
  /** Something that was so at once. */
  moment(tenure: string, name: string, attributes: Attributes): void;
}

/** No traces: the default. */
export const noTraces: Traces = {
  during: (_tenure, _name, _attributes, work) => work(),
  moment: () => undefined,
};

/**
 * One trace for each tenure, from the award to the end, whichever process works on it: its id follows from the name of the
 * tenure.
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
      // Only the reason: a message may quote what it is about.
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

/** The trace of a tenure, by the name its log lines have. */
function traceIdOf(tenure: string): string {
  return createHash('sha256').update(`dinfra tenure ${tenure}`).digest('hex').slice(0, 32);
}

function newSpanId(): string {
  return randomBytes(8).toString('hex');
}
