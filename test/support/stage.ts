import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fingerprint, World } from '../../dev/demo/world.ts';
import { Environment } from '../../dev/environment.ts';
import { until } from '../../dev/until.ts';
import { Consumer } from './consumer.ts';

export interface StageOptions {
  /** `own`: a separate embedded cluster, whatever KUBECONFIG says. Default `shared`. */
  readonly cluster?: 'shared' | 'own';
  /**
   * Number of the first subscription. Default: a random one. All development chains have the same genesis, so tenures
   * of the same number have the same name and would collide in a shared cluster.
   */
  readonly firstSubscription?: number;
  /** Whether an own cluster writes an audit log. Default false. */
  readonly audit?: boolean;
}

/**
 * The environment of the end-to-end and fault tests of one file: a chain, a cloud and a namespace in the cluster of
 * KUBECONFIG, by default the embedded one.
 */
export class Stage {
  readonly environment: Environment;
  /** The real state of chain, cloud and cluster, independent of the operator. */
  readonly world: World;
  readonly consumer: Consumer;

  private constructor(environment: Environment, world: World, consumer: Consumer) {
    this.environment = environment;
    this.world = world;
    this.consumer = consumer;
  }

  /** @param name is the prefix of the namespace's name. */
  static async open(
    name: string,
    { cluster = 'shared', firstSubscription = randomInt(2 ** 40), audit = false }: StageOptions = {},
  ): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), `dinfra-${name}-`));
    const given = cluster === 'shared' ? process.env['KUBECONFIG'] : undefined;
    const environment = await Environment.start({
      folder,
      ports: 'free',
      audit,
      namespace: `${name}-${randomBytes(4).toString('hex')}`,
      ...(given !== undefined && { kubeconfig: given }),
    });
    const { endpoint } = environment.chain;
    await environment.chain.call('dev_setStorage', [{ subscription: { nextId: firstSubscription } }]);
    return new Stage(environment, await World.open(environment), await Consumer.open(endpoint, '//Charlie'));
  }

  async close(): Promise<void> {
    await this.consumer.close();
    await this.world.close();
    await this.environment.stop();
    rmSync(this.environment.folder, { recursive: true, force: true });
  }

  /** Waits until a condition holds; the error of a timeout describes the state. */
  until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
    return until(what, seconds, holds, () => this.environment.account());
  }

  /** Reads an object of the stage's namespace. */
  async object<T>(type: string, name: string): Promise<T> {
    return JSON.parse(await this.environment.kubectl(['get', type, name, '-o', 'json'])) as T;
  }

  /** The fingerprint of what these tenures run, once the mirror shows what the chain has heard. */
  async baseline(names: readonly string[]): Promise<Fingerprint> {
    await this.until('the mirror shows all as Active and Ready', 60, () => this.world.areSettled(names));
    return this.world.fingerprint(names);
  }

  /** Patches an object of the stage's namespace. */
  async patch(type: string, name: string, patch: object): Promise<void> {
    await this.environment.kubectl(['patch', type, name, '--type=merge', '-p', JSON.stringify(patch)]);
  }

  /** Removes one of the admission policies that the chart has installed. */
  async removePolicy(name: string): Promise<void> {
    const { environment } = this;
    const list = await environment.kubectl(['get', 'validatingadmissionpolicybindings', '-o', 'name']);
    const isMeant = (line: string) => line.includes(`/${environment.namespace}-`) && line.endsWith(`-${name}`);
    const bindings = list.split('\n').filter(isMeant);
    if (bindings.length !== 1) throw new Error(`there are ${bindings.length} policies ${name} in:\n${list}`);
    await environment.kubectl(['delete', ...bindings]);
  }

  /**
   * Allows the stage's operator to read another Secret, as a provider has to for a Secret that is not in the chart's
   * values.
   */
  async allowSecret(name: string): Promise<void> {
    const { environment } = this;
    const account = `${environment.namespace}:dinfra-operator`;
    const role = ['--verb=get', '--resource=secrets', `--resource-name=${name}`];
    await environment.kubectl(['create', 'role', `read-${name}`, ...role]);
    await environment.kubectl([
      'create',
      'rolebinding',
      `read-${name}`,
      `--role=read-${name}`,
      `--serviceaccount=${account}`,
    ]);
  }
}
