import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type Binaries, findBinaries } from '../../dev/binaries.ts';
import { ControlPlane } from '../../dev/control-plane.ts';

/** The chart of this checkout. */
export const chart = fileURLToPath(new URL('../../charts/dinfra-operator', import.meta.url));

/** The result of a command, with both its outputs. */
export interface Said {
  readonly ok: boolean;
  readonly text: string;
}

/** An empty cluster, and an administrator with the real helm and kubectl. */
export class EmptyCluster {
  readonly kubeconfig: string;
  readonly binaries: Binaries;
  readonly folder: string;
  private readonly plane: ControlPlane;

  private constructor(folder: string, binaries: Binaries, plane: ControlPlane) {
    this.folder = folder;
    this.binaries = binaries;
    this.plane = plane;
    this.kubeconfig = plane.kubeconfig;
  }

  static async start(): Promise<EmptyCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'dinfra-install-'));
    const binaries = findBinaries();
    return new EmptyCluster(folder, binaries, await ControlPlane.start(join(folder, 'plane'), binaries));
  }

  async stop(): Promise<void> {
    await this.plane.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  helm(args: readonly string[]): Promise<Said> {
    return this.said(this.binaries.helm, args);
  }

  kubectl(args: readonly string[], input?: unknown): Promise<Said> {
    return this.said(this.binaries.kubectl, args, input);
  }

  /** The output of a command. Throws if it fails. */
  async run(program: 'helm' | 'kubectl', args: readonly string[], input?: unknown): Promise<string> {
    const { ok, text } = await this.said(this.binaries[program], args, input);
    if (!ok) throw new Error(`${program} ${args.join(' ')}: ${text}`);
    return text;
  }

  async object<T>(args: readonly string[]): Promise<T> {
    return JSON.parse(await this.run('kubectl', ['get', ...args, '-o', 'json'])) as T;
  }

  private async said(command: string, args: readonly string[], input?: unknown): Promise<Said> {
    const { exitCode, all } = await execa(command, [...args], {
      reject: false,
      all: true,
      timeout: 60_000,
      env: {
        KUBECONFIG: this.kubeconfig,
        HELM_CACHE_HOME: join(this.folder, 'helm/cache'),
        HELM_CONFIG_HOME: join(this.folder, 'helm/config'),
        HELM_DATA_HOME: join(this.folder, 'helm/data'),
      },
      ...(input !== undefined && { input: JSON.stringify(input) }),
    });
    return { ok: exitCode === 0, text: all };
  }
}

/** `--set` for each value. */
export function set(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
}

/** The four values that a provider has to set; the namespace comes from helm. */
export const fourValues = set({
  'provider.accountSecret': 'account',
  'provider.endpoints': '{ws://127.0.0.1:9944}',
  'reactors.helm.enabled': true,
});
