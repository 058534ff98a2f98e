import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface ProcessRequest {
  /** A name on PATH or a path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds until it is killed. */
  readonly deadlineMs: number;
  /** Bytes of standard output, and of standard error, until it is killed. */
  readonly maxOutput: number;
  /** Address space in KiB. */
  readonly addressSpaceKiB: number;
}

/** How a process came to its end. */
export interface ProcessEnd {
  readonly how: 'Exited' | 'TimedOut' | 'TooMuchOutput' | 'Killed';
  /** Exit code when it exited by itself. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Becomes the command, in a process group of its own. The reader in the background ends the group when the operator is
 * gone: the pipe on descriptor 3 then closes without a line. The address space is limited because a chart's template can
 * ask for any amount of memory, and the kernel is told to take this process before others.
 */
const LAUNCHER = `
{ read -r _ || kill -KILL -$$; } <&3 >/dev/null 2>&1 &
ulimit -v "$1" 2>/dev/null
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
shift
exec "$@" 3<&-`;

/**
 * Runs one process to its end. It never outlives the signal, its deadline or this program.
 *
 * @throws the signal's reason when it aborts, and what the system says when no process can be started.
 */
export async function runBounded(request: ProcessRequest, signal: AbortSignal): Promise<ProcessEnd> {
  signal.throwIfAborted();
  const child = spawn(
    '/bin/sh',
    ['-c', LAUNCHER, 'sh', `${request.addressSpaceKiB}`, request.command, ...request.args],
    {
      cwd: request.cwd,
      env: { ...request.env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
    },
  );
  const [, out, err, leash] = child.stdio as unknown as [null, Readable, Readable, Writable];
  let how: ProcessEnd['how'] | undefined;
  const kill = (why: ProcessEnd['how']) => {
    how ??= why;
    killGroup(child.pid);
  };
  const onAbort = () => kill('Killed');
  const deadline = setTimeout(() => kill('TimedOut'), request.deadlineMs);
  signal.addEventListener('abort', onAbort, { once: true });
  const stdout = collect(out, request.maxOutput, () => kill('TooMuchOutput'));
  const stderr = collect(err, request.maxOutput, () => kill('TooMuchOutput'));
  try {
    leash.on('error', () => undefined);
    // A line on the leash tells the watcher that there is nobody left to end.
    child.once('exit', () => leash.end('\n'));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (how === 'Killed') signal.throwIfAborted();
    how ??= code === null ? 'Killed' : 'Exited';
    return { how, code: code ?? undefined, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', onAbort);
  }
}

/** The process and whatever it has started. */
function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Keeps what comes, up to `max` bytes; then calls `onMore`. */
function collect(stream: Readable, max: number, onMore: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > max) return onMore();
    chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
