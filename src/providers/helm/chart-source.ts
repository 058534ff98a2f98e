import { TerminalError } from '../../errors/dinfra-error.ts';
import type { CarriedChart } from './descriptor.ts';

/** The archive that a descriptor carries. */
export function carriedChart({ archive }: CarriedChart): Buffer {
  const bytes = Buffer.from(archive, 'base64');
  // Buffer takes what it can and leaves the rest out.
  if (bytes.toString('base64').replace(/=+$/, '') === archive.replace(/=+$/, '')) return bytes;
  throw new TerminalError('ChartInvalid', { message: 'chart.archive is not base64', path: '/chart/archive' });
}
