import { createHash, randomBytes } from 'node:crypto';
import type { CloudStackConfig } from '../../src/api/cloud-stack-backend.ts';
import { identityOf } from '../../src/award/identity.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Json } from '../../src/base/json.ts';
import { CloudStackClient } from '../../src/providers/cloudstack/api/client.ts';
import type { CloudStackCredentials } from '../../src/providers/cloudstack/api/signing.ts';
import { diskOfVolume, keyPairName } from '../../src/providers/cloudstack/observe/names.ts';
import { CloudStackReactor } from '../../src/providers/cloudstack/reactor.ts';
import type { Order } from '../../src/providers/port.ts';
import type { ConformanceHarness } from './reactor-conformance.ts';
import { type PassingTime, TenureDriver } from './tenure-driver.ts';

export interface LiveCloudOptions {
  readonly config: CloudStackConfig;
  readonly credentials: CloudStackCredentials;
  readonly clock: Clock;
  readonly time: PassingTime;
  /** Timeout of a call by the suite itself, in milliseconds. Default 60,000. */
  readonly callMs?: number;
}

/** The maximum that a descriptor allows, which no provider offers. */
const MOST_CPUS = 256;

/** An address where nothing listens. */
const NOWHERE = 'http://127.0.0.1:9/client/api';

/** The port of every order. */
const PORTS = [{ name: 'ssh', port: 22 }];

/**
 * A cloud of which only the API and the operator's account are known. The suite also acts as the admin with that
 * account. Tenures have a unique genesis, and closing removes everything that is left of them.
 */
export class LiveCloud implements ConformanceHarness {
  readonly time: PassingTime;
  private readonly options: LiveCloudOptions;
  private readonly client: CloudStackClient;
  private readonly genesis = `0x${randomBytes(32).toString('hex')}`;
  private readonly reactors: CloudStackReactor[] = [];
  private readonly orders: Order[] = [];
  private calls = 0;
  private isOut = false;

  constructor(options: LiveCloudOptions) {
    this.options = options;
    this.time = options.time;
    const { endpoint, caBundle, limits } = options.config;
    this.client = new CloudStackClient({ endpoint, caBundle, limits, ...options });
  }

  reactor(): CloudStackReactor {
    const { config, credentials, clock } = this.options;
    const reactor = new CloudStackReactor({
      config: this.isOut ? { ...config, endpoint: NOWHERE } : config,
      credentials,
      clock,
      onCall: ({ command }) => {
        if (!/^(list|query|get)/.test(command)) this.calls += 1;
      },
    });
    this.reactors.push(reactor);
    return reactor;
  }

  order(): Order {
    const [image] = this.options.config.images;
    return this.orderOf({ image: image?.name ?? '', ...this.smallest() });
  }

  /** One more open port: this can be changed in place in every kind of network. */
  changed({ identity, accessKey, descriptor }: Order): Order {
    const vm = descriptor as { readonly [key: string]: Json };
    return { ...this.orderOf(vm, [...PORTS, { name: 'rpc', port: 9944 }]), identity, accessKey };
  }

  impossible() {
    const { image, cpu, memoryMiB } = { image: this.options.config.images[0]?.name ?? '', ...this.smallest() };
    return [
      { order: this.orderOf({ image: 'plan9', cpu, memoryMiB }), code: 'VmImageNotOffered', path: '/image' },
      { order: this.orderOf({ image, cpu: MOST_CPUS, memoryMiB }), code: 'VmSizeNotOffered', path: '/cpu' },
    ];
  }

  /** Lists match substrings on some versions: other names are filtered out here. */
  async holdings({ identity, accessKey }: Order): Promise<readonly string[]> {
    const { network } = this.options.config;
    const named = async (command: string, name: string) =>
      (await this.list(command, { name })).filter((row) => row['name'] === name);
    const volumes = await this.list('listVolumes', { type: 'DATADISK' });
    const [vms, networks, keys, groups] = await Promise.all([
      named('listVirtualMachines', identity.name),
      named('listNetworks', identity.name),
      named('listSSHKeyPairs', keyPairName(accessKey)),
      network.mode === 'Shared' ? named('listSecurityGroups', identity.name) : [],
    ]);
    return [
      ...vms.map((vm) => `VM ${vm['state']}`),
      ...networks.map(() => 'network'),
      ...keys.map(() => 'key pair'),
      ...groups.map(() => 'security group'),
      ...volumes
        .filter(({ name }) => diskOfVolume(String(name), identity) !== undefined)
        .map(({ name }) => `volume ${name}`),
    ];
  }

  writes(): number {
    return this.calls;
  }

  async sabotage({ identity }: Order, how: 'Remove' | 'Stop'): Promise<void> {
    const vms = await this.list('listVirtualMachines', { name: identity.name });
    const expunge: Readonly<Record<string, string>> = (this.options.config.expunge ?? true) ? { expunge: 'true' } : {};
    for (const { id } of vms.filter(({ name }) => name === identity.name)) {
      if (how === 'Stop') await this.run('stopVirtualMachine', { id: String(id), forced: 'true' });
      else await this.run('destroyVirtualMachine', { id: String(id), ...expunge });
    }
  }

  async outage(on: boolean): Promise<void> {
    this.isOut = on;
  }

  /** A VM with the tenure's name and the marker of another chain. */
  async stranger({ identity }: Order): Promise<() => Promise<boolean>> {
    const order = this.order();
    const theirs = { ...order, identity: { ...order.identity, name: identity.name } };
    this.orders.push(theirs);
    await new TenureDriver(this.reactor(), theirs, this.time).settle();
    const picture = async () => {
      const vms = await this.list('listVirtualMachines', { name: identity.name });
      return JSON.stringify(vms.map(({ id, name, displayname, state, tags }) => [id, name, displayname, state, tags]));
    };
    const before = await picture();
    return async () => (await picture()) === before;
  }

  /** Ends every tenure. Throws if something is left of one. */
  async close(): Promise<void> {
    try {
      for (const order of this.orders) await new TenureDriver(this.reactor(), order, this.time, 'Ended').settle();
      const left: string[] = [];
      for (const order of this.orders) {
        left.push(...(await this.holdings(order)).map((what) => `${what} of ${order.identity.name}`));
      }
      if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
    } finally {
      await Promise.all([this.client.close(), ...this.reactors.map((reactor) => reactor.close())]);
    }
  }

  private smallest(): { readonly cpu: number; readonly memoryMiB: number } {
    const [size] = this.options.config.sizes.toSorted((a, b) => a.cpu - b.cpu || a.memoryMiB - b.memoryMiB);
    return size === undefined ? { cpu: 1, memoryMiB: 1_024 } : { cpu: size.cpu, memoryMiB: size.memoryMiB };
  }

  private orderOf(vm: { readonly [key: string]: Json }, ports: Json = PORTS): Order {
    const descriptor: Json = { ...vm, network: { ports } };
    const order = {
      identity: identityOf({ genesis: this.genesis, subscription: BigInt(this.orders.length), tenure: 1 }),
      type: 'vm/v1',
      descriptor,
      descriptorHash: `0x${createHash('sha256').update(JSON.stringify(descriptor)).digest('hex')}`,
      consumer: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
      accessKey: `0x${randomBytes(32).toString('hex')}`,
    };
    this.orders.push(order);
    return order;
  }

  private signal(): AbortSignal {
    return AbortSignal.timeout(this.options.callMs ?? 60_000);
  }

  private list(command: string, parameters: Readonly<Record<string, string>>) {
    const { project } = this.options.config;
    return this.client.list(
      command,
      { ...parameters, ...(project === undefined ? {} : { projectid: project }) },
      this.signal(),
    );
  }

  /** Makes a call and waits for its job. */
  private async run(command: string, parameters: Readonly<Record<string, string>>): Promise<void> {
    const { jobid } = await this.client.call(command, parameters, this.signal());
    const status = async () =>
      (await this.client.call('queryAsyncJobResult', { jobid: String(jobid) }, this.signal()))['jobstatus'];
    while ((await status()) === 0) await this.time.pass(1_000);
  }
}
