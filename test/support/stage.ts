import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { World } from '../../dev/demo/world.ts';
import { Environment } from '../../dev/environment.ts';
import { until } from '../../dev/until.ts';
import { Consumer } from './consumer.ts';

export interface StageOptions {
  /** `own`: an embedded cluster that nobody else uses, whatever KUBECONFIG says. Default `shared`. */
  readonly cluster?: 'shared' | 'own';
  /**
   * Number of the first subscription. Default: a random one. Development chains are all of one genesis, so tenures of
   * the same number have the same name, and files that share a cluster would meet there.
   */
  readonly firstSubscription?: number;
  /** Whether an own cluster keeps an audit log. Default false. */
  readonly audit?: boolean;
}

/**
 * Where the end-to-end and fault tests of one file play: a chain, a cloud and a namespace of its own in the cluster that
 * KUBECONFIG names, which is the embedded one when nobody has named another.
 */
export class Stage {
  readonly environment: Environment;
  /** What there is, past everything the operator says. */
  readonly world: World;
  readonly consumer: Consumer;

  private constructor(environment: Environment, world: World, consumer: Consumer) {
    this.environment = environment;
    this.world = world;
    this.consumer = consumer;
  }

  /** @param name begins the name of the namespace. */
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

  /** Waits until something holds; the error of one that waited in vain says how things stand. */
  until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
    return until(what, seconds, holds, () => this.environment.account());
  }

  /** An object of the stage's namespace, as the API server has it. */
  async object<T>(type: string, name: string): Promise<T> {
    return JSON.parse(await this.environment.kubectl(['get', type, name, '-o', 'json'])) as T;
  }

  /** Changes part of an object of the stage's namespace. */
  async patch(type: string, name: string, patch: object): Promise<void> {
    await this.environment.kubectl(['patch', type, name, '--type=merge', '-p', JSON.stringify(patch)]);
  }

  /** Ends one of the admission policies that the chart has installed. */
  async removePolicy(name: string): Promise<void> {
    const { environment } = this;
    const list = await environment.kubectl(['get', 'validatingadmissionpolicybindings', '-o', 'name']);
    const isMeant = (line: string) => line.includes(`/${environment.namespace}-`) && line.endsWith(`-${name}`);
    const bindings = list.split('\n').filter(isMeant);
    if (bindings.length !== 1) throw new Error(`there are ${bindings.length} policies ${name} in:\n${list}`);
    await environment.kubectl(['delete', ...bindings]);
  }

  /** Lets the stage's operator read a further Secret, as a provider has to for one the chart was not told of. */
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
