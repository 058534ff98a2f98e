import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type Simulator, startSimulator } from '../simulator/cloudstack/simulator.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { DevChain } from './chain.ts';
import { ControlPlane } from './control-plane.ts';
import { type OperatorOptions, OperatorProcess } from './operator-process.ts';
import { OperatorRelease } from './operator-release.ts';
import { registerTypes } from './register-types.ts';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The ports at which the samples expect the chain and the cloud. */
const CHAIN_PORT = 9944;
const CLOUD_PORT = 8080;
/** The default namespace of the samples. */
export const NAMESPACE = 'acme';
/** A block each second: fast enough to watch, slow enough to follow. */
const BLOCK_MS = 1_000;

export interface EnvironmentOptions {
  /** Folder of the environment: data, logs, kubeconfig. */
  readonly folder: string;
  /** Called for each component that has started. */
  readonly onStep?: (what: string) => void;
  /** Kubeconfig of an existing cluster. Default: an embedded control plane. */
  readonly kubeconfig?: string;
  /** Created if it does not exist. Default `acme`. */
  readonly namespace?: string;
  /** Ports of chain and cloud: those in the samples, or free ones. Default `samples`. */
  readonly ports?: 'samples' | 'free';
  /** Whether the embedded control plane writes an audit log. Default false. */
  readonly audit?: boolean;
}

/**
 * The complete environment of a provider on one machine: a Kubernetes control plane, a chain, a cloud, and the
 * operator. Everything is real except for the cloud's hypervisors and the nodes' kubelets.
 */
export class Environment {
  readonly binaries: Binaries;
  readonly namespace: string;
  readonly kubeconfig: string;
  readonly chain: DevChain;
  readonly cloud: Simulator;
  readonly folder: string;
  /** Undefined for an existing cluster. */
  readonly plane: ControlPlane | undefined;
  /** The release that installed the operator, with its own account, while `kubeconfig` is an administrator's. */
  private installed: OperatorRelease | undefined;
  private operator: OperatorProcess | undefined;

  private constructor({ folder, namespace = NAMESPACE }: EnvironmentOptions, binaries: Binaries, parts: Parts) {
    this.folder = folder;
    this.namespace = namespace;
    this.binaries = binaries;
    this.plane = parts.plane;
    this.kubeconfig = parts.kubeconfig;
    this.chain = parts.chain;
    this.cloud = parts.cloud;
  }

  /**
   * Starts the cluster with our resources, the chain and the cloud, but not the operator: see `startOperator`.
   *
   * @throws Error in one line about what is missing or in use, and what to do. Then nothing is left running.
   */
  static async start(options: EnvironmentOptions): Promise<Environment> {
    const { folder, onStep = () => undefined, ports = 'samples', audit = false } = options;
    const binaries = findBinaries();
    const [chainPort, cloudPort] = ports === 'samples' ? [CHAIN_PORT, CLOUD_PORT] : [0, 0];
    await demandFree(chainPort, 'the chain');
    await demandFree(cloudPort, 'the cloud');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stops: (() => Promise<unknown>)[] = [];
    const started = async <T extends { stop(): Promise<unknown> }>(part: Promise<T>, describe: (part: T) => string) => {
      const up = await part;
      stops.push(() => up.stop());
      onStep(describe(up));
      return up;
    };
    const planeUp =
      options.kubeconfig === undefined
        ? started(
            ControlPlane.start(join(folder, 'control-plane'), binaries, { audit }),
            ({ server }) => `Kubernetes API server at ${server}`,
          )
        : undefined;
    const chainUp = started(DevChain.start(join(folder, 'chain'), chainPort), ({ endpoint }) => `chain at ${endpoint}`);
    const simulator = startSimulator({
      port: cloudPort,
      delays: { vm: 2_000 },
      settings: { 'allow.user.expunge.recover.vm': 'true' },
    });
    const cloudUp = started(simulator, ({ endpoint }) => `CloudStack simulator at ${endpoint}`);
    try {
      const [plane, chain, cloud] = await Promise.all([planeUp, chainUp, cloudUp]);
      const kubeconfig = plane?.kubeconfig ?? options.kubeconfig ?? '';
      const environment = new Environment(options, binaries, { plane, kubeconfig, chain, cloud });
      await environment.prepare();
      onStep('custom resources installed, descriptor types helm/v1, vm/v1 and compose/v1 registered on chain');
      return environment;
    } catch (error) {
      // Components that are still starting are awaited, otherwise they would be left running.
      await Promise.allSettled([planeUp, chainUp, cloudUp]);
      await Promise.allSettled(stops.map((stop) => stop()));
      throw error;
    }
  }

  /** Starts the operator of `release`; none may be running. */
  async startOperator(
    options: Partial<Pick<OperatorOptions, 'resyncSeconds' | 'command' | 'kubeconfig' | 'helm'>> = {},
  ): Promise<OperatorProcess> {
    this.operator = await OperatorProcess.start({
      kubeconfig: this.release.kubeconfig,
      flags: this.release.flags,
      namespace: this.namespace,
      helm: this.binaries.helm,
      logFile: this.operatorLog,
      ...options,
    });
    return this.operator;
  }

  /** Stops the operator gracefully, so that another can be started. */
  async stopOperator(): Promise<void> {
    await this.operator?.stop();
    this.operator = undefined;
  }

  /** The release that installed the operator. */
  get release(): OperatorRelease {
    if (this.installed === undefined) throw new Error('the operator is not installed');
    return this.installed;
  }

  /** Makes `startOperator` start the operator of this release. */
  set release(release: OperatorRelease) {
    this.installed = release;
  }

  get operatorLog(): string {
    return join(this.folder, 'operator.log');
  }

  /** Runs kubectl in the namespace of the samples. Throws with its output if it fails. */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const { stdout } = await execa(this.binaries.kubectl, ['--namespace', this.namespace, ...args], {
      env: { KUBECONFIG: this.kubeconfig },
      ...(input !== undefined && { input }),
    });
    return stdout;
  }

  /** A description of the state: the resources in full, the operator's readiness, and the end of its log. */
  async account(): Promise<string> {
    const resources = this.kubectl(['get', 'dprov,dsub,ddep', '-o', 'yaml', '--show-managed-fields=false']);
    const readiness = this.operator?.readiness().then(({ text }) => text);
    const log = readFile(this.operatorLog, 'utf8').then((text) => text.trimEnd().split('\n').slice(-30).join('\n'));
    const said = await Promise.allSettled([resources, readiness, log]);
    const [yaml, ready, lines] = said.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)));
    return `--- kubectl get dprov,dsub,ddep -o yaml\n${yaml}\n--- /readyz\n${ready}\n--- end of ${this.operatorLog}\n${lines}`;
  }

  /** Runs the dinfra command like a user. Throws with its output if it fails. */
  async dinfra(args: readonly string[]): Promise<string> {
    const { stdout } = await execa(process.execPath, [join(root, 'src/cli/main.ts'), ...args], {
      env: { DINFRA_URL: this.chain.endpoint },
    });
    return stdout;
  }

  /**
   * Applies config/samples, unchanged if the ports are those in the samples, with a Secret for the simulator's keys.
   *
   * @param ways the endpoints of chain and cloud for the operator. Default: the real ones.
   */
  async applySamples(ways: { readonly chain?: string; readonly cloud?: string } = {}): Promise<void> {
    const { apiKey, secretKey } = this.cloud.accounts.user;
    const keys = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'cloudstack-keys' },
      stringData: { apiKey, secretKey },
    };
    await this.kubectl(['apply', '-f', '-'], JSON.stringify(keys));
    const samples = join(root, 'config/samples');
    const texts = readdirSync(samples)
      .filter((name) => name.endsWith('.yaml'))
      .map((file) =>
        readFileSync(join(samples, file), 'utf8')
          .replace(`ws://127.0.0.1:${CHAIN_PORT}`, ways.chain ?? this.chain.endpoint)
          .replace(`http://127.0.0.1:${CLOUD_PORT}/client/api`, ways.cloud ?? this.cloud.endpoint)
          .replace('tenantClusterRole: dinfra-tenant', `tenantClusterRole: ${this.release.tenantRole}`),
      );
    await this.kubectl(['apply', '-f', '-'], texts.join('\n---\n'));
  }

  async stop(): Promise<void> {
    await this.stopOperator();
    await Promise.all([this.chain.stop(), this.cloud.stop()]);
    if (this.plane === undefined) await this.leaveCluster();
    await this.plane?.stop();
  }

  /**
   * Removes what is left in a cluster that stays: no operator runs to remove the finalizers, and the next development
   * chain has the same genesis, so its tenures would have the same names.
   */
  private async leaveCluster(): Promise<void> {
    await this.installed?.uninstall();
    const left = await this.kubectl(['get', 'deployments.dinfra.io', '-o', 'name']);
    for (const deployment of left.split('\n').filter((line) => line !== '')) {
      await this.kubectl(['patch', deployment, '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
      const [, name = ''] = deployment.split('/');
      await this.kubectl(['delete', 'namespace', name, '--ignore-not-found']);
    }
    await this.kubectl(['delete', 'namespace', this.namespace, '--wait=false']);
  }

  private async prepare(): Promise<void> {
    await this.kubectl(['create', 'namespace', this.namespace]);
    this.installed = await OperatorRelease.install({
      binaries: this.binaries,
      kubeconfig: this.kubeconfig,
      namespace: this.namespace,
      folder: this.folder,
      // In an existing cluster others have installed them.
      crds: this.plane !== undefined,
      secrets: ['acme-account', 'cloudstack-keys'],
    });
    await this.kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', join(root, 'crds')]);
    // At block 0 a runtime does not know its own genesis hash yet: nothing that is signed is valid there.
    await this.chain.build(1);
    this.chain.tick(BLOCK_MS);
    await registerTypes(this.chain.endpoint, ['helm/v1', 'vm/v1', 'compose/v1']);
  }
}

interface Parts {
  readonly plane: ControlPlane | undefined;
  readonly kubeconfig: string;
  readonly chain: DevChain;
  readonly cloud: Simulator;
}

/** @throws Error in one line if the port is in use. 0 is always free. */
async function demandFree(port: number, what: string): Promise<void> {
  if (port === 0) return;
  const taken = await new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (!taken) return;
  throw new Error(
    `port ${port}, where the samples expect ${what}, is taken: end what listens there (make down, if it is an earlier make up) and try again`,
  );
}
