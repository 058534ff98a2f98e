import { createHash } from 'node:crypto';
import { TerminalError } from '../../../errors/dinfra-error.ts';

/** `sha256:<hex>` of some bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/**
 * Makes sure that bytes are the ones a digest was given for.
 *
 * @throws TerminalError ChartDigestMismatch.
 */
export function verifyDigest(bytes: Buffer, wanted: string, what: string): void {
  const found = digestOf(bytes);
  if (found === wanted) return;
  throw new TerminalError('ChartDigestMismatch', {
    message: `${what.slice(0, 200)} has digest ${found}; chart.digest is ${wanted}`,
    path: '/chart/digest',
  });
}
