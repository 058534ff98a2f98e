import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../environment.ts';
import type { OperatorProcess } from '../operator-process.ts';
import { until } from '../until.ts';
import type { Remains, World } from './world.ts';

/** One step of the story, performed and then verified. */
export interface Step {
  readonly title: string;
  /** `print` shows text below the title. Throws if the verification fails. */
  run(story: Story, print: (text: string) => void): Promise<void>;
}

/** One row of the closing table: a subscription. */
export interface Tenant {
  readonly id: bigint;
  readonly type: string;
  readonly deployment: string;
  readonly blocks: number;
  readonly seconds: number;
  readonly made: readonly string[];
}

const HELM = { type: 'helm/v1', descriptor: 'config/samples/descriptors/substrate-node-helm.json', funds: '1' };
/** Enough for about ninety blocks, so that a slow machine gets to the step where they run out, and a grace of ten. */
const VM = { type: 'vm/v1', descriptor: 'config/samples/descriptors/substrate-node-vm.json', funds: '0.45' };
const COMPOSE = {
  type: 'compose/v1',
  descriptor: 'config/samples/descriptors/substrate-node-compose.json',
  funds: '1',
};

/** Blocks from the command until the subscription is awarded, at most. */
const BLOCKS_TO_SUBSCRIBE = 4;

/** The operator's main scenario, from the award to the end, on real components. */
export class Story {
  readonly tenants: Tenant[] = [];
  private readonly environment: Environment;
  private readonly world: World;
  private operator: OperatorProcess | undefined;
  private subscribed: { readonly id: bigint; readonly type: string; readonly block: number; readonly at: number }[] =
    [];

  constructor(environment: Environment, world: World) {
    this.environment = environment;
    this.world = world;
  }

  async startOperator(print: (text: string) => void): Promise<void> {
    this.operator = await this.environment.startOperator();
    await this.until('the operator is ready', 30, async () => (await this.operator?.readiness())?.ok === true);
    print(`pid ${this.operator.pid}, ${this.operator.probes}/readyz answers 200`);
  }

  async applySamples(print: (text: string) => void): Promise<void> {
    await this.environment.applySamples();
    await this.until('the offers are on chain, under a fresh heartbeat', 60, async () => {
      const offers = await this.world.offers();
      const capacities = [HELM, VM, COMPOSE].map(({ type }) => offers.get(type)?.capacity);
      return capacities.join() === '10,4,4' && (await this.world.isFresh());
    });
    await this.environment.kubectl([
      'wait',
      '--for=condition=Ready',
      '--timeout=60s',
      'providers,offers,reactors',
      '--all',
    ]);
    print(await this.environment.kubectl(['get', 'dprov,doffer,dreactor']));
  }

  async subscribe(print: (text: string) => void): Promise<void> {
    this.subscribed = [];
    for (const { type, descriptor, funds } of [HELM, VM, COMPOSE]) {
      // An operator that was away for long, as on a busy machine that starts it again and again, is given nothing.
      await this.until('the provider is fresh', 90, () => this.world.isFresh(0, BLOCKS_TO_SUBSCRIBE));
      const args = ['subscribe', descriptor, '--type', type, '--funds', funds, '--grace', '10'];
      const block = await this.world.block();
      const at = performance.now();
      const answer = JSON.parse(await this.environment.dinfra(['--account', '//Charlie', '--json', ...args])) as {
        id: string;
      };
      this.subscribed.push({ id: BigInt(answer.id), type, block, at });
      print(`$ dinfra ${args.join(' ')}\nSubscription ${answer.id}`);
    }
    print(`$ dinfra list\n${await this.environment.dinfra(['--account', '//Charlie', 'list'])}`);
  }

  async comeUp(print: (text: string) => void): Promise<void> {
    await Promise.all(this.subscribed.map((subscription) => this.becomesActive(subscription)));
    print(`$ kubectl get dinfra\n${await this.environment.kubectl(['get', 'dsub,ddep'])}`);
    for (const { deployment } of this.tenants) {
      const { status, endpoints } = await this.world.ready(deployment);
      assert.equal(status, 'True', `${deployment} is not Ready`);
      assert.ok(endpoints.length > 0, `${deployment} has no endpoints`);
      print(`${deployment}: ${endpoints.join(', ')}`);
    }
    print(`$ dinfra list\n${await this.environment.dinfra(['--account', '//Charlie', 'list'])}`);
  }

  private async becomesActive({ id, type, block, at }: Story['subscribed'][number]): Promise<void> {
    await this.until(`subscription ${id} is Active`, 120, async () => (await this.world.state(id)) === 'Active');
    const blocks = (await this.world.block()) - block;
    const seconds = (performance.now() - at) / 1000;
    const deployment = await this.world.deploymentOf(id);
    assert.ok(deployment !== undefined, `subscription ${id} has no Deployment`);
    await this.until(`${deployment} is Ready`, 30, async () => (await this.world.ready(deployment)).status === 'True');
    const made = describe(await this.world.remains([deployment]));
    this.tenants.push({ id, type, deployment, blocks, seconds, made });
  }

  async killAndRestart(print: (text: string) => void): Promise<void> {
    assert.ok(this.operator !== undefined);
    const names = this.tenants.map(({ deployment }) => deployment);
    await this.until('the mirror shows what the chain has heard', 30, () => this.world.areSettled(names));
    const before = await this.world.fingerprint(names);
    const ready = await Promise.all(names.map((name) => this.world.ready(name)));
    const { pid } = this.operator;
    await this.operator.kill();
    print(`SIGKILL to ${pid}; five blocks go by`);
    await sleep(5_000);
    this.operator = await this.environment.startOperator();
    await this.until('the operator is ready again', 60, async () => (await this.operator?.readiness())?.ok === true);
    await sleep(5_000);
    assert.deepEqual(await this.world.fingerprint(names), before, 'something was touched');
    assert.deepEqual(await Promise.all(names.map((name) => this.world.ready(name))), ready, 'Ready has changed');
    for (const { id } of this.tenants) assert.equal(await this.world.state(id), 'Active');
    print(`pid ${this.operator.pid}: the same release revision, pods, VM and Deployments as before, by id and version`);
  }

  async cancel(print: (text: string) => void): Promise<void> {
    for (const { type } of [HELM, COMPOSE]) {
      const { id } = this.of(type);
      print(`$ dinfra cancel ${id}\n${await this.environment.dinfra(['--account', '//Charlie', 'cancel', `${id}`])}`);
    }
    for (const { type } of [HELM, COMPOSE]) {
      const one = this.of(type);
      await this.isGone(one);
      print(`${one.made.join(', ')}: gone; capacity used by ${type}: ${(await this.world.offers()).get(type)?.used}`);
    }
  }

  async runOut(print: (text: string) => void): Promise<void> {
    const vm = this.of(VM.type);
    // The consumer has paid for about ninety blocks: they are built faster now.
    this.environment.chain.tick(100);
    await this.until(
      'the VM’s subscription is Suspended',
      120,
      async () => (await this.world.state(vm.id)) === 'Suspended',
    );
    this.environment.chain.tick(250);
    print(await this.environment.kubectl(['get', 'ddep']));
    await this.isGone(vm);
    this.environment.chain.tick(1_000);
    print(`${vm.made.join(', ')}: gone; capacity used by vm/v1: ${(await this.world.offers()).get(VM.type)?.used}`);
  }

  async nothingLeft(print: (text: string) => void): Promise<void> {
    const remains = await this.world.remains(this.tenants.map(({ deployment }) => deployment));
    assert.deepEqual(describe(remains), [], 'something is left');
    assert.equal(remains.capacityUsed, 0, 'capacity is still used on chain');
    print(await this.environment.kubectl(['get', 'dinfra']));
  }

  private async isGone({ id, deployment }: Tenant): Promise<void> {
    await this.until(`nothing of ${deployment} is left`, 120, async () => {
      const remains = await this.world.remains([deployment]);
      return describe(remains).length === 0 && (await this.world.state(id)) === undefined;
    });
  }

  private until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
    return until(what, seconds, holds, () => this.environment.account());
  }

  private of(type: string): Tenant {
    const tenant = this.tenants.findLast((one) => one.type === type);
    assert.ok(tenant !== undefined, `nothing was subscribed to of type ${type}`);
    return tenant;
  }
}

/** The steps, in order. */
export const steps: readonly Step[] = [
  { title: 'The operator starts', run: (story, print) => story.startOperator(print) },
  {
    title: 'The provider says what it sells: kubectl apply -f config/samples',
    run: (story, print) => story.applySamples(print),
  },
  {
    title: 'A consumer subscribes to a chart, to a VM and to a compose file',
    run: (story, print) => story.subscribe(print),
  },
  { title: 'All come up, and the chain says Active', run: (story, print) => story.comeUp(print) },
  {
    title: 'The operator is killed and started again: nothing is touched',
    run: (story, print) => story.killAndRestart(print),
  },
  {
    title:
      'The subscriptions to the chart and the compose file are cancelled: namespace, release, volume, VM and network go',
    run: (story, print) => story.cancel(print),
  },
  {
    title: 'The VM’s funds run out: it is stopped, kept for the grace, and goes',
    run: (story, print) => story.runOut(print),
  },
  { title: 'Nothing is left', run: (story, print) => story.nothingLeft(print) },
];

/** The remains of a tenure, in words; empty if there are none. */
function describe({ namespaces, releases, claims, vms, networks, deployments }: Remains): string[] {
  return [
    ...counted(namespaces, 'namespace'),
    ...counted(releases, 'release'),
    ...counted(claims, 'volume claim'),
    ...counted(vms, 'VM'),
    ...counted(networks, 'network'),
    ...counted(deployments, 'Deployment'),
  ];
}

function counted(list: readonly string[], what: string): string[] {
  return list.length === 0 ? [] : [`${list.length} ${what}${list.length === 1 ? '' : 's'}`];
}
