import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildOptions {
  /** Its name in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The file to which its output is appended. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with its last lines if it ended without being stopped. */
  readonly onDeath?: (problem: string) => void;
}

/**
 * Ends the command when our end of the pipe is closed, which the kernel does however this process dies. `exec` keeps
 * the process id, so signals and exit codes are those of the command.
 */
const LIFELINE =
  'exec 3<&0; ( cat <&3 >/dev/null; kill -TERM $$ 2>/dev/null && sleep 5 && kill -KILL $$ 2>/dev/null ) & exec "$@" 3<&- </dev/null';
/** How long a process may take to end after SIGTERM, in milliseconds. */
const TERM_MS = 10_000;
const LAST_LINES = 15;

/** A process that never outlives this one. */
export class Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves when it has ended, with its exit code or signal. */
  readonly exited: Promise<string>;
  private readonly process: ChildProcess;
  private readonly logFile: string;
  private ended = false;
  private dismissed = false;

  /** @throws Error if the command cannot be started. */
  static start(options: ChildOptions): Child {
    const log = openSync(options.logFile, 'a', 0o600);
    try {
      const child = spawn('/bin/sh', ['-c', LIFELINE, 'sh', options.command, ...options.args], {
        cwd: options.cwd,
        env: options.env ?? process.env,
        stdio: ['pipe', log, log],
        // A separate process group, so that this process handles Ctrl-C and stops its children in order.
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
        const how = signal === null ? `exit code ${code}` : signal;
        resolve(how);
        if (!this.dismissed) void this.lastWords(`ended (${how})`).then(options.onDeath);
      });
    });
  }

  get running(): boolean {
    return !this.ended;
  }

  kill(signal: NodeJS.Signals): void {
    this.dismissed ||= signal === 'SIGTERM' || signal === 'SIGKILL';
    if (this.running) this.process.kill(signal);
  }

  /** Ends it, with SIGKILL after `termMs` milliseconds, and resolves when it and its children have ended. */
  async stop(termMs = TERM_MS): Promise<void> {
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), termMs);
    await this.exited;
    clearTimeout(timer);
    this.endGroup();
  }

  /**
   * Waits until `ready` returns true.
   *
   * @throws Error with its last lines if it ends before that, or is not ready within `timeoutMs`.
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
      throw new Error(await this.lastWords(what));
    }
  }

  /** What happened to it, and the end of its output. */
  private async lastWords(what: string): Promise<string> {
    const text = await readFile(this.logFile, 'utf8').catch(() => '');
    const lines = text.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
    return `${this.name} ${what}. Its last lines, of ${this.logFile}:\n${lines}`;
  }

  /** Kills the child processes that it left behind. */
  private endGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // No process of the group is left.
    }
  }
}
