import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Fence } from '../../../base/fence.ts';

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
  /** Checked right before the start; the process is killed when its remaining time runs out, even if this one is stopped. */
  readonly fence: Fence;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly how: 'Exited' | 'TimedOut' | 'TooMuchOutput' | 'Killed';
  /** Exit code when it exited by itself. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Time between two lines that tell the watcher how long the process may live, in milliseconds. */
const LEASH_MS = 500;

/**
 * Becomes the command, in a process group of its own. The watcher in the background reads the pipe on descriptor 3: a
 * number of seconds is how long the group may live from now on, `end` means that the command has ended, and a pipe that
 * closes without it that the operator has. A stopped operator writes nothing: the watcher's timer ends the group when the
 * lease does, before another leader may act. The address space is limited because a chart's template can ask for any
 * amount of memory, and the kernel is told to take this process before others.
 */
const LAUNCHER = `
{
  timer=
  while read -r seconds; do
    [ -n "$timer" ] && kill "$timer"
    [ "$seconds" = end ] && exit
    { trap 'kill $!; exit' TERM; sleep "$seconds" & wait; kill -KILL -$$; } &
    timer=$!
  done
  kill -KILL -$$
} <&3 3<&- >/dev/null 2>&1 &
ulimit -v "$1" 2>/dev/null
{ echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
shift
exec "$@" 3<&-`;

/**
 * Runs one process to its end. It never outlives the signal, its deadline or this program.
 *
 * @throws the signal's reason when it aborts, LeadershipLostError when the fence denies the start, and what the system
 *   says when no process can be started.
 */
export async function runBounded(request: ProcessRequest, signal: AbortSignal): Promise<ProcessEnd> {
  signal.throwIfAborted();
  request.fence.assertHeld();
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
  let extending: NodeJS.Timeout | undefined;
  const onAbort = () => kill('Killed');
  const deadline = setTimeout(() => kill('TimedOut'), request.deadlineMs);
  signal.addEventListener('abort', onAbort, { once: true });
  const stdout = collect(out, request.maxOutput, () => kill('TooMuchOutput'));
  const stderr = collect(err, request.maxOutput, () => kill('TooMuchOutput'));
  try {
    leash.on('error', () => undefined);
    const extend = () => {
      const leftMs = request.fence.remainingMs();
      if (Number.isFinite(leftMs)) leash.write(`${(leftMs / 1000).toFixed(3)}\n`);
    };
    extend();
    extending = setInterval(extend, LEASH_MS);
    child.once('exit', () => {
      clearInterval(extending);
      leash.end('end\n');
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (how === 'Killed') signal.throwIfAborted();
    how ??= code === null ? 'Killed' : 'Exited';
    return { how, code: code ?? undefined, stdout: stdout(), stderr: stderr() };
  } finally {
    clearInterval(extending);
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
