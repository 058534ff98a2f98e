import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { abortable } from '../../../base/deadline.ts';
import { FairSlots } from '../../../base/fair-slots.ts';
import { type Fence, LeadershipLostError, openFence } from '../../../base/fence.ts';
import { RetryableError } from '../../../errors/dinfra-error.ts';
import { type ProcessEnd, runBounded } from './bounded-process.ts';
import { makePrivateFolder } from './private-folder.ts';

export interface HelmCommandOptions {
  /** The helm command: a name on PATH or a path. Default `helm`. */
  readonly command?: string;
  /** Helm processes at the same time. Default 8: on two busy cores fewer install more slowly. */
  readonly concurrency?: number;
  /** How long one process may run, in milliseconds. Default 60 s. */
  readonly deadlineMs?: number;
  /** Address space of one process in KiB. Default 2 GiB, of which helm reserves most and uses little. */
  readonly addressSpaceKiB?: number;
  /** Asked right before a process is started, which does not outlive it. Default: open. */
  readonly fence?: Fence;
  /** Where private folders are made. Default: the system's temporary folder. */
  readonly temporary?: string;
}

export interface HelmRun {
  /** The arguments, given the path of each private file. Never a secret: every user of the machine can read them. */
  readonly args: (path: (file: string) => string) => readonly string[];
  /** What helm gets to read: file name to content. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  /** Credentials for the cluster. Without them helm is kept from every network. */
  readonly kubeconfig?: string;
  /** Bytes of output until it is ended. Default 1 MiB. */
  readonly maxOutput?: number;
  /** For whom it runs: the places are given out fairly among them. */
  readonly tenant: string;
  /** How long it may run, in milliseconds, when that is less than any helm may. */
  readonly deadlineMs?: number;
}

/** How a helm process ended by itself. */
export interface HelmOutcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** It printed more than it may, and was ended. */
  readonly overflowed: boolean;
}

/** The helm command: bounded in time, output, memory and number, and with nothing of our environment. */
export class HelmCommand {
  private readonly options: Required<HelmCommandOptions>;
  private readonly slots: FairSlots;
  private started = 0;
  private knownVersion: string | undefined;
  private asking: Promise<string> | undefined;

  constructor(options: HelmCommandOptions = {}) {
    this.options = {
      command: options.command ?? 'helm',
      concurrency: options.concurrency ?? 8,
      deadlineMs: options.deadlineMs ?? 60_000,
      addressSpaceKiB: options.addressSpaceKiB ?? 2 * 1024 * 1024,
      fence: options.fence ?? openFence,
      temporary: options.temporary ?? tmpdir(),
    };
    this.slots = new FairSlots(this.options.concurrency);
  }

  /** Processes started so far. */
  get processes(): number {
    return this.started;
  }

  /**
   * The version of the command, asked for until it is one that this program knows how to call.
   *
   * @throws RetryableError HelmUnavailable when it is not.
   */
  async version(signal: AbortSignal): Promise<string> {
    if (this.knownVersion !== undefined) return this.knownVersion;
    // One process for all who ask at the same time; it does not end with the one who asked first.
    this.asking ??= this.askVersion().finally(() => {
      this.asking = undefined;
    });
    return abortable(this.asking, signal);
  }

  private async askVersion(): Promise<string> {
    const { stdout, stderr } = await this.run(
      { args: () => ['version', '--template={{ .Version }}'], files: {}, tenant: 'operator' },
      new AbortController().signal,
    );
    if (!/^v?4\./.test(stdout)) {
      const found = JSON.stringify((stdout.trim() || stderr.trim()).slice(0, 200));
      throw new RetryableError('HelmUnavailable', {
        message: `${JSON.stringify(this.options.command)} says ${found} of its version; helm 4 is needed`,
      });
    }
    this.knownVersion = stdout.trim();
    return this.knownVersion;
  }

  /**
   * Runs helm once, as soon as a place is free, in a private folder that is gone afterwards.
   *
   * @throws RetryableError HelmTimeout or HelmUnavailable; the signal's reason when it aborts.
   */
  async run(run: HelmRun, signal: AbortSignal): Promise<HelmOutcome> {
    return this.slots.run(run.tenant, signal, async () => {
      const home = await makePrivateFolder(this.options.temporary);
      try {
        return this.judge(await this.runIn(home, run, signal), run);
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    });
  }

  private async runIn(home: string, run: HelmRun, signal: AbortSignal): Promise<ProcessEnd> {
    const path = (file: string) => join(home, file);
    await mkdir(path('home'), { mode: 0o700 });
    const files = { ...run.files, kubeconfig: run.kubeconfig ?? '{}' };
    for (const [file, content] of Object.entries(files)) {
      await writeFile(path(file), content, { mode: 0o600, flag: 'wx' });
    }
    signal.throwIfAborted();
    this.started += 1;
    try {
      return await runBounded(
        {
          command: this.options.command,
          args: run.args(path),
          cwd: home,
          env: environmentIn(home, run.kubeconfig !== undefined),
          deadlineMs: this.deadlineOf(run),
          maxOutput: run.maxOutput ?? 1024 * 1024,
          addressSpaceKiB: this.options.addressSpaceKiB,
          fence: this.options.fence,
        },
        signal,
      );
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof LeadershipLostError) throw cause;
      throw new RetryableError('HelmUnavailable', { message: 'the helm command cannot be started', cause });
    }
  }

  private deadlineOf({ deadlineMs = this.options.deadlineMs }: HelmRun): number {
    return Math.min(deadlineMs, this.options.deadlineMs);
  }

  private judge({ how, code, stdout, stderr }: ProcessEnd, run: HelmRun): HelmOutcome {
    if (how === 'TimedOut') {
      throw new RetryableError('HelmTimeout', { message: `helm took longer than ${this.deadlineOf(run)} ms` });
    }
    if (how === 'Killed') {
      // Killed by the kernel or an administrator: that says nothing about the chart.
      throw new RetryableError('ReleaseFailed', { message: 'helm was killed before it had finished' });
    }
    // 126 and 127 are the shell's: no such command, or none that can be started.
    if (code === 126 || code === 127) {
      throw new RetryableError('HelmUnavailable', {
        message: `the helm command ${JSON.stringify(this.options.command)} cannot be started`,
      });
    }
    return { ok: how === 'Exited' && code === 0, stdout, stderr, overflowed: how === 'TooMuchOutput' };
  }
}

/** Everything helm keeps goes to the private folder, and no plugin of the machine is found. */
function environmentIn(home: string, mayConnect: boolean): Readonly<Record<string, string>> {
  const folder = (name: string) => join(home, 'home', name);
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: join(home, 'home'),
    TMPDIR: folder('tmp'),
    KUBECONFIG: join(home, 'kubeconfig'),
    KUBECACHEDIR: folder('kube'),
    HELM_CACHE_HOME: folder('cache'),
    HELM_CONFIG_HOME: folder('config'),
    HELM_DATA_HOME: folder('data'),
    HELM_PLUGINS: folder('plugins'),
    HELM_DRIVER: 'secret',
    // An install allocates little and ends soon: collecting seldom saves a fifth of its CPU time. Well below the limit of the
    // address space the collector works harder, before it is too late.
    GOGC: '400',
    GOMEMLIMIT: '256MiB',
    ...(mayConnect ? {} : { HTTP_PROXY: NO_NETWORK, HTTPS_PROXY: NO_NETWORK }),
  };
}

/** Port 9 is discard: nobody listens. */
const NO_NETWORK = 'http://127.0.0.1:9';
