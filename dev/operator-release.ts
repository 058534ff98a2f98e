import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Binaries } from './binaries.ts';

/** Name of the release, and therefore of the operator's Deployment and account. */
const NAME = 'dinfra-operator';
const CHART = fileURLToPath(new URL('../charts/dinfra-operator', import.meta.url));
/** Flags that differ for a process outside of a pod. */
const OF_A_POD = /^--(namespace|probe-address|resync)=/;

export interface ReleaseOptions {
  readonly binaries: Binaries;
  /** Kubeconfig of an administrator. */
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Folder for the operator's kubeconfig, which only its owner can read. */
  readonly folder: string;
  /** Whether this release installs the custom resource definitions. Default true. */
  readonly crds?: boolean;
  /** Secrets that the operator may read. */
  readonly secrets: readonly string[];
}

/** What an upgrade or another installation changes. */
export interface Change {
  /** Folder or archive of the chart. Default: the chart of this checkout. */
  readonly chart?: string;
  /** Values of the chart as `NAME=VALUE`. */
  readonly set?: readonly string[];
}

/**
 * The operator installed like by a provider: the chart, with helm. On a machine without a registry its pods have no
 * image, so a process replaces them, with the arguments of the pods and the rights and token of their account.
 */
export class OperatorRelease {
  /** Path of a kubeconfig of the operator's account; its token is valid for a day. */
  readonly kubeconfig: string;
  /** Arguments of the pods, without those that only apply to pods. */
  readonly flags: readonly string[];
  /** The ClusterRole for Helm Reactors of this release. */
  readonly tenantRole: string;
  private readonly options: ReleaseOptions;

  private constructor(options: ReleaseOptions, kubeconfig: string, flags: readonly string[]) {
    this.options = options;
    this.kubeconfig = kubeconfig;
    this.flags = flags;
    this.tenantRole = `${options.namespace}-${NAME}-tenant`;
  }

  /** Installs or upgrades it; the namespace has to exist. */
  static async install(options: ReleaseOptions, { chart = CHART, set = [] }: Change = {}): Promise<OperatorRelease> {
    const { secrets, crds = true } = options;
    const values = [`crds.enabled=${crds}`, 'rbac.helmReactor=true', `rbac.secretNames={${secrets.join(',')}}`, ...set];
    await helm(options, ['upgrade', '--install', NAME, chart, ...values.flatMap((value) => ['--set', value])]);
    return OperatorRelease.read(options);
  }

  /** Upgrades it. */
  upgrade(change: Change): Promise<OperatorRelease> {
    return OperatorRelease.install(this.options, change);
  }

  /** Rolls it back to a revision. */
  async rollBack(revision: number): Promise<OperatorRelease> {
    await helm(this.options, ['rollback', NAME, String(revision)]);
    return OperatorRelease.read(this.options);
  }

  private static async read(options: ReleaseOptions): Promise<OperatorRelease> {
    const { namespace } = options;
    const deployment = JSON.parse(await kubectl(options, ['get', 'deployment', NAME, '-o', 'json'])) as Pod;
    const args = deployment.spec.template.spec.containers.flatMap(({ args }) => args);
    const token = await kubectl(options, ['create', 'token', NAME, '--duration=24h']);
    const config = JSON.parse(await kubectl(options, ['config', 'view', '--raw', '--minify', '-o', 'json'])) as {
      readonly users: readonly { readonly name: string }[];
    };
    const users = config.users.map(({ name }) => ({ name, user: { token: token.trim() } }));
    const path = join(options.folder, `operator-kubeconfig-${namespace}`);
    // JSON is YAML.
    writeFileSync(path, JSON.stringify({ ...config, users }), { mode: 0o600 });
    return new OperatorRelease(
      options,
      path,
      args.filter((arg) => !OF_A_POD.test(arg)),
    );
  }

  /** Uninstalls it. */
  async uninstall(): Promise<void> {
    await helm(this.options, ['uninstall', NAME]);
  }
}

interface Pod {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] } };
  };
}

async function helm(options: ReleaseOptions, args: readonly string[]): Promise<void> {
  const { binaries, kubeconfig, namespace, folder } = options;
  const home = join(folder, 'helm');
  await execa(binaries.helm, ['--namespace', namespace, ...args], {
    env: { KUBECONFIG: kubeconfig, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home },
  });
}

async function kubectl(options: ReleaseOptions, args: readonly string[]): Promise<string> {
  const { binaries, kubeconfig, namespace } = options;
  const { stdout } = await execa(binaries.kubectl, ['--namespace', namespace, ...args], {
    env: { KUBECONFIG: kubeconfig },
  });
  return stdout;
}
