import { fileURLToPath } from 'node:url';
import { Child } from './child-process.ts';
import { freePorts } from './ports.ts';

export interface OperatorOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Path of helm. */
  readonly helm: string;
  /** Where its log goes, as JSON lines; appended. */
  readonly logFile: string;
  /** How often what rests is looked at, in seconds. Default 15. */
  readonly resyncSeconds?: number;
}

const START_MS = 30_000;

/** The operator as a process of its own, so that it can be killed. */
export class OperatorProcess {
  /** `http://127.0.0.1:PORT`, of probes and metrics. */
  readonly probes: string;
  private readonly child: Child;

  private constructor(probes: string, child: Child) {
    this.probes = probes;
    this.child = child;
  }

  /** Starts it, and returns when it answers on /healthz: it may not be ready yet. */
  static async start(options: OperatorOptions): Promise<OperatorProcess> {
    const [port] = await freePorts(1);
    const child = Child.start({
      name: 'dinfra-operator',
      command: process.execPath,
      args: [
        fileURLToPath(new URL('../src/main.ts', import.meta.url)),
        `--kubeconfig=${options.kubeconfig}`,
        `--namespace=${options.namespace}`,
        `--helm=${options.helm}`,
        `--probe-address=127.0.0.1:${port}`,
        `--resync=${options.resyncSeconds ?? 15}`,
      ],
      logFile: options.logFile,
    });
    const operator = new OperatorProcess(`http://127.0.0.1:${port}`, child);
    try {
      await child.untilReady(async () => (await operator.get('/healthz')).ok, START_MS);
    } catch (error) {
      await child.stop();
      throw error;
    }
    return operator;
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Whether /readyz says yes, and what it says. */
  async readiness(): Promise<{ readonly ok: boolean; readonly text: string }> {
    return this.get('/readyz');
  }

  /** Whether /healthz says yes: only a restart could mend what it says no for. */
  async liveness(): Promise<boolean> {
    return (await this.get('/healthz')).ok;
  }

  async metrics(): Promise<string> {
    return (await this.get('/metrics')).text;
  }

  /** SIGKILL, and gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.child.exited;
  }

  async stop(): Promise<void> {
    await this.child.stop();
  }

  private async get(path: string): Promise<{ readonly ok: boolean; readonly text: string }> {
    const reply = await fetch(`${this.probes}${path}`, { signal: AbortSignal.timeout(2_000) });
    return { ok: reply.ok, text: await reply.text() };
  }
}
