import { findDinfraError, withHint } from '../errors/dinfra-error.ts';

/** Why the process exits, in one line for whoever started it; with a stack only for unexpected errors. */
export function startupProblem(error: unknown): string {
  const ours = findDinfraError(error);
  if (ours !== undefined) return withHint(ours);
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const place = `--probe-address ${address}:${port}`;
  if (code === 'EADDRINUSE') return `${place} is taken by another process; choose another, or port 0 for any`;
  if (code === 'EADDRNOTAVAIL') return `${place} is no address of this machine`;
  if (code === 'EACCES' && port !== undefined) return `${place} is not allowed: ports below 1024 need more rights`;
  return error.stack ?? error.message;
}
