import { format } from 'node:util';

/**
 * Has what libraries print to the console told to `sink` instead, one line each. @polkadot/api knows no logger but the
 * console, and says there what it also throws.
 */
export function takeConsole(sink: (line: string) => void): void {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    console[method] = (...words: unknown[]) => sink(format(...words));
  }
}
