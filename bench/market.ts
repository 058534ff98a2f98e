import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Keyring } from '@polkadot/keyring';
import pLimit from 'p-limit';
import { bundle, startCommand } from '../dev/build/bundle.ts';
import { Environment } from '../dev/environment.ts';
import { OperatorProcess } from '../dev/operator-process.ts';
import { until } from '../dev/until.ts';
import { type Simulator, startSimulator } from '../simulator/cloudstack/simulator.ts';
import { readSubscription } from '../src/sources/dinfra/consumer-reader.ts';
import { Consumer, wishFor } from '../test/support/consumer.ts';
import { ours, secret } from '../test/support/manifests.ts';
import { type ApiObject, ApiServer } from './api-server.ts';
import { copyOf, RunningTenure } from './copies.ts';
import { metricSum, ownCpuSeconds } from './numbers.ts';

/** The operator's own default. */
const RESYNC_SECONDS = 60;
const PROVIDER = '//Bob';
/** So little that no subscription runs out of funds while it is measured. */
const PRICE = '1000000';
const VM = { image: 'debian-12', cpu: 1, memoryMiB: 1024 };
/** Copies that are written at once. */
const COPIED_AT_ONCE = 24;
/** Subscriptions in one call to the chain. */
const INJECTED_AT_ONCE = 1_000;

/** A subscription as the chain has it, to be copied. */
export interface Model {
  readonly subscription: object;
  readonly tenure: object;
}

export interface MarketOptions {
  readonly say: (line: string) => void;
  /** VMs the cloud has room for. */
  readonly vms?: number;
}

/**
 * A provider with one offer of VMs on real parts: API server, the chain's runtime, a simulated cloud without delays, and
 * the operator as a process of its own, of the bundle and with the flags of the image. Awards by the thousand are written
 * into the chain's storage, because subscribing to them would measure the chain.
 */
export class Market {
  readonly environment: Environment;
  readonly consumer: Consumer;
  readonly api: ApiServer;
  private readonly cloud: Simulator;
  private readonly say: (line: string) => void;
  private readonly operators: OperatorProcess[] = [];
  private wakes = 0;

  private constructor(
    environment: Environment,
    parts: Pick<Market, 'consumer' | 'api'> & { cloud: Simulator },
    say: Market['say'],
  ) {
    this.environment = environment;
    this.consumer = parts.consumer;
    this.api = parts.api;
    this.cloud = parts.cloud;
    this.say = say;
  }

  static async open({ say, vms = 0 }: MarketOptions): Promise<Market> {
    const folder = mkdtempSync(join(tmpdir(), 'dinfra-bench-'));
    await bundle(join(folder, 'dist'));
    const environment = await Environment.start({ folder, ports: 'free' });
    const cloud = await startSimulator({
      delays: { queue: 0, vm: 0, other: 0 },
      settings: { 'allow.user.expunge.recover.vm': 'true' },
      cloud: { hosts: 8 + Math.ceil(vms / 50) },
    });
    const consumer = await Consumer.open(environment.chain.endpoint, '//Charlie');
    const api = await ApiServer.open(environment.kubeconfig);
    return new Market(environment, { consumer, api, cloud }, say);
  }

  async close(): Promise<void> {
    for (const operator of this.operators) await operator.kill();
    await this.api.close();
    await this.consumer.close();
    await this.cloud.stop();
    await this.environment.stop();
    rmSync(this.environment.folder, { recursive: true, force: true });
  }

  get namespace(): string {
    return this.environment.namespace;
  }

  /** Starts an operator. `kubeconfig`: another way to the API server than the direct one. */
  async startOperator(kubeconfig = this.operatorKubeconfig): Promise<OperatorProcess> {
    const { environment } = this;
    const operator = await OperatorProcess.start({
      kubeconfig,
      flags: environment.release.flags,
      namespace: environment.namespace,
      helm: environment.binaries.helm,
      logFile: join(environment.folder, 'operator.log'),
      resyncSeconds: RESYNC_SECONDS,
      command: startCommand(join(environment.folder, 'dist'), profileFlags()),
    });
    this.operators.push(operator);
    return operator;
  }

  /** Ends the operator that was started last, in order. */
  async stopOperator(): Promise<void> {
    await this.operators.pop()?.stop();
  }

  /** CPU seconds that the operator started last has used so far. */
  operatorCpuSeconds(): number {
    const operator = this.operators.at(-1);
    return operator === undefined ? Number.NaN : ownCpuSeconds(operator.pid);
  }

  /** Has the rights the chart gives. */
  get operatorKubeconfig(): string {
    return this.environment.release.kubeconfig;
  }

  /** Applies Provider, Reactor and Offer, and returns the provider's number once the offer is on chain. */
  async sell(capacity: number): Promise<number> {
    const { apiKey, secretKey } = this.cloud.accounts.user;
    const items = [
      secret('acme-account', { suri: PROVIDER }),
      secret('cloudstack-keys', { apiKey, secretKey }),
      ours('Reactor', 'cloud', {
        cloudStack: {
          endpoint: this.cloud.endpoint,
          credentialsSecretRef: { name: 'cloudstack-keys' },
          zones: ['zone-sg'],
          sizes: [{ cpu: 1, memoryMiB: 1024, offering: 'small' }],
          images: [{ name: 'debian-12', template: 'debian-12' }],
          network: { mode: 'Shared', network: 'shared-sg' },
          limits: { callsPerSecond: 1_000, concurrency: 32 },
        },
      }),
      ours('Offer', 'vm', {
        providerRef: { name: 'acme' },
        descriptorType: 'vm/v1',
        reactorRef: { name: 'cloud' },
        pricePerBlock: PRICE,
        capacity,
      }),
      ours('Provider', 'acme', {
        chain: { endpoints: [this.environment.chain.endpoint] },
        accountSecretRef: { name: 'acme-account' },
        metadata: { name: 'Bench' },
        teardown: { maxPerHour: 10 },
      }),
    ];
    await this.environment.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const { query } = this.consumer.api;
    const { address } = new Keyring({ type: 'sr25519' }).addFromUri(PROVIDER);
    let provider: number | undefined;
    await this.until('the offer is on chain', 60, async () => {
      const found = await query.provider.providerOf(address);
      if (found.isNone) return false;
      provider = found.unwrap().toNumber();
      return (await query.provider.offers(provider, 'vm/v1')).isSome;
    });
    if (provider === undefined) throw new Error('the provider has no number');
    return provider;
  }

  /** Subscribes once in the usual way, so that the descriptor is noted on chain. Returns the subscription's number. */
  async subscribe(provider: number): Promise<bigint> {
    const [id] = await this.consumer.subscribe([await this.wish(provider)]);
    if (id === undefined) throw new Error('the chain took no subscription');
    return id;
  }

  private async wish(provider: number) {
    const wish = wishFor('vm/v1', VM, { strategy: { Named: provider } });
    const noted = await this.consumer.api.query.preimage.requestStatusFor(wish.content.hash);
    const { preimage: _, ...known } = wish;
    return noted.isSome ? known : wish;
  }

  /** A subscription with its first tenure, read once: what is copied later does not depend on what became of it. */
  async modelOf(provider: number, id: bigint): Promise<Model> {
    const { subscription } = this.consumer.api.query;
    const [found, tenure] = await Promise.all([subscription.subscriptions(id), subscription.tenures(provider, id, 1)]);
    if (found.isNone || tenure.isNone) throw new Error(`the chain has no tenure 1 of subscription ${id} any more`);
    // In no bucket: nothing becomes due while it is measured.
    const copy = { ...found.unwrap().toJSON(), bucket: null };
    return { subscription: copy, tenure: { ...tenure.unwrap().toJSON(), deadline: null } };
  }

  /**
   * Writes subscriptions into the chain's storage, each a copy of one that was made in the usual way, and has a block
   * with an event of the provider's pallet, which tells the operator to look. Returns when that block is built.
   *
   * @param model the subscription to be copied.
   */
  async inject(
    provider: number,
    model: Model,
    firstId: bigint,
    count: number,
    state: 'Awarded' | 'Active',
  ): Promise<void> {
    const { api } = this.consumer;
    const { chain } = this.environment;
    const block = await api.rpc.chain.getHeader();
    const award = { ...model.tenure, state, since: block.number.toNumber() };
    const ids = Array.from({ length: count }, (_, index) => Number(firstId) + index);
    for (let start = 0; start < count; start += INJECTED_AT_ONCE) {
      const some = ids.slice(start, start + INJECTED_AT_ONCE);
      const subscriptions = some.map((id) => [[id], model.subscription]);
      const tenures = some.map((id) => [[provider, id, 1], award]);
      await chain.call('dev_setStorage', [{ subscription: { subscriptions, tenures } }]);
    }
    await this.wake();
  }

  /**
   * Makes subscriptions with VMs that run, all of them copies of one that the operator has made: on chain, in the cloud and
   * in the cluster. No operator may run meanwhile.
   */
  async copyRunning(
    provider: number,
    original: { readonly id: bigint; readonly model: Model },
    firstId: bigint,
    count: number,
  ): Promise<void> {
    const genesis = this.consumer.api.genesisHash.toHex();
    const tenureOf = (subscription: bigint) => ({ genesis, subscription, tenure: 1 });
    const running = new RunningTenure(this.cloud.world, tenureOf(original.id));
    const path = (plural: string) => `/apis/dinfra.io/v1alpha1/namespaces/${this.namespace}/${plural}`;
    const originals = await Promise.all(
      (['subscriptions', 'deployments'] as const).map(async (plural) => {
        const { items } = await this.api.list(path(plural));
        const object = items.find(({ metadata }) => labelOf(metadata, 'dinfra.io/subscription') === `${original.id}`);
        if (object === undefined) throw new Error(`subscription ${original.id} is not mirrored`);
        return { plural, object };
      }),
    );
    await this.inject(provider, original.model, firstId, count, 'Active');
    const limit = pLimit(COPIED_AT_ONCE);
    let done = 0;
    const copy = async (index: number) => {
      const tenure = tenureOf(firstId + BigInt(index));
      const renaming = running.copyVm(tenure);
      for (const { plural, object } of originals) {
        const copied = copyOf(object, provider, tenure, renaming);
        await this.api.create(path(plural), copied.object);
        await this.api.writeStatus(`${path(plural)}/${copied.object.metadata.name}`, copied.status);
      }
      done += 1;
      if (done % 1_000 === 0) this.say(`${done} of ${count} are there`);
    };
    await Promise.all(Array.from({ length: count }, (_, index) => limit(() => copy(index))));
  }

  /** Has a block with an event that every operator of the chain has to look at. */
  async wake(): Promise<void> {
    const { tx } = this.consumer.api;
    this.wakes += 1;
    const { hash, length } = wishFor('wake', `${this.wakes}`).content;
    await this.consumer.send(
      tx.provider.registerType(`wake-${this.wakes}/v1`, { hash_: hash, len: length, source: 'Ipfs' }),
    );
  }

  /** Waits, looking once a second, and says how far it is. */
  async untilCount(what: string, wanted: number, seconds: number, count: () => Promise<number>): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    for (let told = performance.now(); ; ) {
      const now = await count();
      if (now >= wanted) return;
      if (performance.now() > deadline) {
        throw new Error(`only ${now} of ${wanted} ${what} after ${seconds} s\n${await this.environment.account()}`);
      }
      if (performance.now() - told > 15_000) {
        told = performance.now();
        this.say(`${now} of ${wanted} ${what}`);
      }
      await sleep(1_000);
    }
  }

  /** The metrics of the operator started last; empty when it is too busy to answer. */
  private async page(): Promise<string> {
    return (
      (await this.operators
        .at(-1)
        ?.metrics()
        .catch(() => '')) ?? ''
    );
  }

  /** Waits until no Deployment waits for a worker of the operator or is worked on, for three seconds in a row. */
  async untilIdle(seconds: number): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    for (let idle = 0; idle < 3; ) {
      const page = await this.page();
      const busy =
        metricSum(page, 'workqueue_depth') + metricSum(page, 'controller_runtime_active_workers', 'deployment');
      idle = page !== '' && busy === 0 ? idle + 1 : 0;
      if (performance.now() > deadline) throw new Error(`the operator is still busy after ${seconds} s`);
      await sleep(1_000);
    }
  }

  /**
   * Waits until so many Deployments are Active on chain with a VM that runs, and nothing is left to do: what follows a burst
   * must not take from the next turn.
   */
  async untilRunning(deployments: number, seconds: number): Promise<void> {
    await this.untilCount('tenures run', deployments, seconds, async () => {
      const page = await this.page();
      return metricSum(page, 'dinfra_deployments', 'state="Active"', 'ready="True"');
    });
    await this.untilIdle(seconds);
  }

  async isMirrored(subscription: bigint): Promise<boolean> {
    const selector = `fieldSelector=spec.subscription%3D${subscription}`;
    const path = `/apis/dinfra.io/v1alpha1/namespaces/${this.namespace}/deployments?${selector}`;
    return (await this.api.list(path)).items.length > 0;
  }

  async untilActive(subscription: bigint): Promise<void> {
    const { api } = this.consumer;
    const isActive = async () => (await readSubscription(api, subscription))?.state === 'Active';
    await until(`subscription ${subscription} is Active`, 120, isActive, () => this.environment.account());
  }

  until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
    return until(what, seconds, holds);
  }
}

/** DINFRA_BENCH_PROFILE names a folder for CPU profiles of the operators, while one works on what costs. */
function profileFlags(): readonly string[] {
  const folder = process.env['DINFRA_BENCH_PROFILE'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

function labelOf(metadata: ApiObject['metadata'], key: string): unknown {
  return (metadata['labels'] as Readonly<Record<string, unknown>> | undefined)?.[key];
}
