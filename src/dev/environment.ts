import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type Binaries, findBinaries } from './binaries.ts';
import { DevChain } from './chain.ts';
import { type Simulator, startSimulator } from './cloudstack/simulator.ts';
import { ControlPlane } from './control-plane.ts';
import { OperatorProcess } from './operator-process.ts';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the samples expect the chain and the cloud. */
const CHAIN_PORT = 9944;
const CLOUD_PORT = 8080;
/** The namespace the samples are applied to. */
export const NAMESPACE = 'acme';
/** A block each second: fast enough to watch, slow enough to follow. */
const BLOCK_MS = 1_000;

/** Told of each part as it comes up. */
export type OnStep = (what: string) => void;

/**
 * Everything a provider has, on one machine: a Kubernetes control plane, a chain, a cloud, and the operator between
 * them. All of it is real but the cloud's hypervisors and the nodes' kubelets.
 */
export class Environment {
  readonly folder: string;
  readonly binaries: Binaries;
  readonly plane: ControlPlane;
  readonly chain: DevChain;
  readonly cloud: Simulator;
  private operator: OperatorProcess | undefined;

  private constructor(
    folder: string,
    binaries: Binaries,
    parts: { readonly plane: ControlPlane; readonly chain: DevChain; readonly cloud: Simulator },
  ) {
    this.folder = folder;
    this.binaries = binaries;
    this.plane = parts.plane;
    this.chain = parts.chain;
    this.cloud = parts.cloud;
  }

  /**
   * Starts the cluster with our resources in it, the chain and the cloud; the operator is `startOperator`'s.
   *
   * @param folder is the environment's own: data, logs, kubeconfig.
   * @throws Error in one line about what is missing or taken, and what to do. Nothing is left running then.
   */
  static async start(folder: string, onStep: OnStep): Promise<Environment> {
    const binaries = findBinaries();
    await demandFree(CHAIN_PORT, 'the chain');
    await demandFree(CLOUD_PORT, 'the cloud');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stops: (() => Promise<unknown>)[] = [];
    try {
      const starting = Promise.all([
        ControlPlane.start(join(folder, 'control-plane'), binaries).then((plane) => {
          stops.push(() => plane.stop());
          onStep(`Kubernetes API server at ${plane.server}`);
          return plane;
        }),
        DevChain.start(join(folder, 'chain'), CHAIN_PORT).then((chain) => {
          stops.push(() => chain.stop());
          onStep(`chain at ${chain.endpoint}`);
          return chain;
        }),
      ]);
      const [plane, chain] = await starting.catch(async (error: unknown) => {
        // What is still on its way up is waited for, or it would be left running.
        await Promise.allSettled([starting]);
        throw error;
      });
      const cloud = await startSimulator({
        port: CLOUD_PORT,
        delays: { vm: 2_000 },
        settings: { 'allow.user.expunge.recover.vm': 'true' },
      });
      stops.push(() => cloud.stop());
      onStep(`CloudStack simulator at ${cloud.endpoint}`);
      const environment = new Environment(folder, binaries, { plane, chain, cloud });
      await environment.prepare();
      onStep('custom resources installed, descriptor types helm/v1 and vm/v1 registered on chain');
      return environment;
    } catch (error) {
      await Promise.allSettled(stops.map((stop) => stop()));
      throw error;
    }
  }

  /** Starts the operator; there must be none running. */
  async startOperator(): Promise<OperatorProcess> {
    this.operator = await OperatorProcess.start({
      kubeconfig: this.plane.kubeconfig,
      namespace: NAMESPACE,
      helm: this.binaries.helm,
      logFile: join(this.folder, 'operator.log'),
    });
    return this.operator;
  }

  /** Runs kubectl in the namespace of the samples. Throws with what it said when it fails. */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const { stdout } = await execa(this.binaries.kubectl, ['--namespace', NAMESPACE, ...args], {
      env: { KUBECONFIG: this.plane.kubeconfig },
      ...(input !== undefined && { input }),
    });
    return stdout;
  }

  /** Runs the dinfra command as a user would. Throws with what it said when it fails. */
  async dinfra(args: readonly string[]): Promise<string> {
    const { stdout } = await execa(process.execPath, [join(root, 'src/cli/main.ts'), ...args], {
      env: { DINFRA_URL: this.chain.endpoint },
    });
    return stdout;
  }

  /** Applies config/samples as it is, with a Secret for the keys the simulator gave out. */
  async applySamples(): Promise<void> {
    const { apiKey, secretKey } = this.cloud.accounts.user;
    const keys = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'cloudstack-keys' },
      stringData: { apiKey, secretKey },
    };
    await this.kubectl(['apply', '-f', '-'], JSON.stringify(keys));
    await this.kubectl(['apply', '-f', join(root, 'config/samples')]);
  }

  async stop(): Promise<void> {
    await this.operator?.stop();
    await Promise.all([this.chain.stop(), this.cloud.stop()]);
    await this.plane.stop();
  }

  private async prepare(): Promise<void> {
    const crds = join(root, 'crds');
    await this.kubectl(['apply', '--server-side', '-f', crds]);
    await this.kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', crds]);
    await this.kubectl(['create', 'namespace', NAMESPACE]);
    this.chain.tick(BLOCK_MS);
    for (const type of ['helm', 'vm']) {
      const schema = join(root, `config/descriptor-types/${type}-v1.schema.json`);
      await this.dinfra(['--account', '//Alice', 'type', 'register', `${type}/v1`, schema]);
    }
  }
}

/** @throws Error in one line when somebody listens there. */
async function demandFree(port: number, what: string): Promise<void> {
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
