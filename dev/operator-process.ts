import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child } from './child-process.ts';
import { freePorts } from './ports.ts';

export interface OperatorOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Path of helm. */
  readonly helm: string;
  /** The file to which its log is appended, as JSON lines. */
  readonly logFile: string;
  /** Interval between reconciles at rest, in seconds. Default 15. */
  readonly resyncSeconds?: number;
  /** Additional flags. */
  readonly flags?: readonly string[];
  /**
   * Command that starts the operator, before its flags. Default: Node with the sources, like the image starts the
   * bundle.
   */
  readonly command?: readonly [string, ...string[]];
}

/** Like in the image, but with the sources. */
const FROM_SOURCES = [
  process.execPath,
  '--max-semi-space-size=4',
  fileURLToPath(new URL('../src/main.ts', import.meta.url)),
] as const;

const START_MS = 30_000;
/** Delay before a process that ended by itself is restarted, in milliseconds. */
const RESTART_MS = 1_000;

/**
 * The operator as a separate process, so that it can be killed. As in a pod it is restarted if it ends by itself, which
 * it does when it loses its lease.
 */
export class OperatorProcess {
  /** `http://127.0.0.1:PORT`, for probes and metrics. */
  readonly probes: string;
  private readonly start: () => Child;
  private child: Child;
  private dismissed = false;

  private constructor(probes: string, start: () => Child) {
    this.probes = probes;
    this.start = start;
    this.child = this.launch();
  }

  private launch(): Child {
    const child = this.start();
    void child.exited.then(async () => {
      await sleep(RESTART_MS);
      if (!this.dismissed) this.child = this.launch();
    });
    return child;
  }

  /** Starts it, and returns once it answers on /healthz: it may not be ready yet. */
  static async start(options: OperatorOptions): Promise<OperatorProcess> {
    const [port] = await freePorts(1);
    const [command, ...args] = options.command ?? FROM_SOURCES;
    const start = () =>
      Child.start({
        name: 'dinfra-operator',
        command,
        args: [
          ...args,
          `--kubeconfig=${options.kubeconfig}`,
          `--namespace=${options.namespace}`,
          `--helm=${options.helm}`,
          `--probe-address=127.0.0.1:${port}`,
          `--resync=${options.resyncSeconds ?? 15}`,
          ...(options.flags ?? []),
        ],
        logFile: options.logFile,
      });
    const operator = new OperatorProcess(`http://127.0.0.1:${port}`, start);
    try {
      await operator.child.untilReady(async () => (await operator.get('/healthz')).ok, START_MS);
    } catch (error) {
      await operator.stop();
      throw error;
    }
    return operator;
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Whether /readyz answers 200, and its text. */
  async readiness(): Promise<{ readonly ok: boolean; readonly text: string }> {
    return this.get('/readyz');
  }

  /** Whether /healthz answers 200. If it does not, only a restart helps. */
  async liveness(): Promise<boolean> {
    return (await this.get('/healthz')).ok;
  }

  async metrics(): Promise<string> {
    return (await this.get('/metrics')).text;
  }

  /** Whether it is the leader. */
  async leads(): Promise<boolean> {
    return /^leader_election_master_status\{.*\} 1$/m.test(await this.metrics());
  }

  /** SIGSTOP: pauses it in the middle of its work. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  /** SIGCONT: resumes it. */
  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Resolves when the current process has ended, with the reason: `exit code 1`, `SIGKILL`. */
  get exited(): Promise<string> {
    return this.child.exited;
  }

  /** SIGKILL, without a restart. */
  async kill(): Promise<void> {
    this.dismissed = true;
    this.child.kill('SIGKILL');
    await this.child.exited;
  }

  async stop(): Promise<void> {
    this.dismissed = true;
    await this.child.stop();
  }

  private async get(path: string): Promise<{ readonly ok: boolean; readonly text: string }> {
    const reply = await fetch(`${this.probes}${path}`, { signal: AbortSignal.timeout(2_000) });
    return { ok: reply.ok, text: await reply.text() };
  }
}
