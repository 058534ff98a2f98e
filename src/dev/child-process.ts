import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildOptions {
  /** For messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Where its output goes, appended. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Ends the command when our end of the pipe is closed, which the kernel does for us whatever we die of. `exec` keeps the
 * process id, so that signals and exit codes are the command's own.
 */
const LIFELINE =
  'exec 3<&0; ( cat <&3 >/dev/null; kill -TERM $$ 2>/dev/null; sleep 5; kill -KILL $$ 2>/dev/null ) & exec "$@" 3<&- </dev/null';
/** How long a process may take to end by SIGTERM, in milliseconds. */
const TERM_MS = 10_000;

/** A process that does not outlive us. */
export class Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves when it has ended, with how. */
  readonly exited: Promise<string>;
  private readonly process: ChildProcess;
  private readonly logFile: string;
  private ended = false;

  /** @throws Error when the command cannot be started. */
  static start(options: ChildOptions): Child {
    const log = openSync(options.logFile, 'a', 0o600);
    try {
      const child = spawn('/bin/sh', ['-c', LIFELINE, 'sh', options.command, ...options.args], {
        cwd: options.cwd,
        env: options.env ?? process.env,
        stdio: ['pipe', log, log],
        // A group of its own: Ctrl-C in the terminal is ours to pass on, in order.
        detached: true,
      });
      return new Child(options, child);
    } finally {
      closeSync(log);
    }
  }

  private constructor(options: ChildOptions, child: ChildProcess) {
    this.name = options.name;
    this.logFile = options.logFile;
    this.process = child;
    if (child.pid === undefined) throw new Error(`${options.name} could not be started`);
    this.pid = child.pid;
    child.stdin?.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.ended = true;
        child.stdin?.destroy();
        resolve(signal === null ? `exit code ${code}` : signal);
      });
    });
  }

  get running(): boolean {
    return !this.ended;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.running) this.process.kill(signal);
  }

  /** Ends it, by force if need be, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), TERM_MS);
    await this.exited;
    clearTimeout(timer);
  }

  /** The end of what it has printed. */
  async lastLines(count = 15): Promise<string> {
    const text = await readFile(this.logFile, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-count).join('\n');
  }

  /**
   * Waits until `ready` says so.
   *
   * @throws Error with its last lines when it ends before, or is not ready within `timeoutMs`.
   */
  async untilReady(ready: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (!(await ready().catch(() => false))) {
      const late = performance.now() > until;
      if (this.running && !late) {
        await Promise.race([sleep(50), this.exited]);
        continue;
      }
      const what = this.running ? `was not ready within ${timeoutMs / 1000} s` : `ended (${await this.exited})`;
      throw new Error(`${this.name} ${what}. Its last lines, of ${this.logFile}:\n${await this.lastLines()}`);
    }
  }
}
