import { format } from 'node:util';

/**
 * Redirects what libraries print to the console to `sink`, one line each. @polkadot/api can log only to the console, and
 * logs there what it also throws.
 */
export function takeConsole(sink: (line: string) => void): void {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    console[method] = (...words: unknown[]) => sink(format(...words));
  }
}
