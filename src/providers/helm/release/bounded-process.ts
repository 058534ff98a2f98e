import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Fence } from '../../../base/fence.ts';

export interface ProcessRequest {
  /** A name on PATH or a path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The complete environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Timeout in milliseconds, after which it is killed. */
  readonly deadlineMs: number;
  /** Limit of standard output and of standard error, each in bytes; beyond it the process is killed. */
  readonly maxOutput: number;
  /** Address space in KiB. */
  readonly addressSpaceKiB: number;
  /** Checked right before the start; the process is killed when its remaining time runs out, even if this one is stopped. */
  readonly fence: Fence;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly how: 'Exited' | 'TimedOut' | 'TooMuchOutput' | 'Killed';
  /** Exit code if it exited by itself. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Interval of the lines that extend the process's time limit at the watcher, in milliseconds. */
const LEASH_MS = 500;

/**
 * Execs the command in a separate process group. A watcher in the background reads the pipe on descriptor 3: a number
 * is the time in seconds that the group may run from now on, `end` means that the command has ended, and a pipe that
 * closes without it means that the operator has died. A stopped operator writes nothing, so the watcher's timer kills
 * the group when the lease expires, before another leader may act. The address space is limited because a chart's
 * template can allocate any amount of memory, and the OOM killer prefers this process.
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
 * Runs one process until it ends. It never outlives the signal, its deadline or the operator.
 *
 * @throws the signal's reason if it aborts, LeadershipLostError if the fence denies the start, and the system's error
 * if no process can be started.
 */
export async function runBounded(request: ProcessRequest, signal: AbortSignal): Promise<ProcessEnd> {
  await nextTurn();
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

let lastTurn: Promise<void> = Promise.resolve();

/**
 * A turn of the event loop that no other start has. A start blocks for as long as it takes to copy the page tables of this
 * process, up to 20 ms: eight of them in one turn would keep everything else waiting.
 */
function nextTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => new Promise((resolve) => setImmediate(resolve)));
  return lastTurn;
}

/** Kills the process and all that it has started. */
function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

/** Collects up to `max` bytes; calls `onMore` if there are more. */
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
