import type { AwardSource } from '../award/source.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { findDinfraError } from '../errors/dinfra-error.ts';
import type { ProviderLabels } from './desired-metrics.ts';
import type { FinanceMetrics } from './finance-metrics.ts';

/** How often the balances of a provider are read, in milliseconds. Each reading goes through all of its tenures. */
const READ_MS = 5 * 60_000;
/** The same while they cannot be read. */
const RETRY_MS = 15_000;

/** The ports of a finance watch. */
export interface FinanceWatchPorts {
  readonly source: Pick<AwardSource, 'finances'>;
  readonly metrics: FinanceMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Keeps the balances of one provider in the metrics until `signal` aborts, in a loop of its own: nothing waits for it,
 * and a failure here is not a failure of the provider. Never throws.
 */
export async function watchFinances(
  labels: ProviderLabels,
  { source, metrics, clock, log }: FinanceWatchPorts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let waitMs = RETRY_MS;
    try {
      const finances = await source.finances(signal);
      if (finances !== undefined && !signal.aborted) {
        metrics.note(labels, finances);
        waitMs = READ_MS;
      }
    } catch (error) {
      log.debug({ err: error, reason: findDinfraError(error)?.code }, 'the balances of the provider could not be read');
    }
    await pause(waitMs, clock, signal);
  }
  metrics.forget(labels);
}

function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}
