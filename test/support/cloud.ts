import { createHash, randomBytes } from 'node:crypto';
import type { Holdings } from '../../simulator/cloudstack/books.ts';
import type { Vm } from '../../simulator/cloudstack/rows.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/cloudstack/simulator.ts';
import type { CloudStackConfig } from '../../src/api/cloud-stack-backend.ts';
import { identityOf } from '../../src/award/identity.ts';
import type { Json } from '../../src/base/json.ts';
import { type CallReport, CloudStackClient } from '../../src/providers/cloudstack/api/client.ts';
import { CloudStackReactor } from '../../src/providers/cloudstack/reactor.ts';
import type { Order } from '../../src/providers/port.ts';
import { SkewedClock } from './skewed-clock.ts';

/** A simulated cloud without delays, whose account may expunge. */
export function quickSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  return startSimulator({
    delays: { queue: 0, vm: 0, other: 0 },
    settings: { 'allow.user.expunge.recover.vm': 'true' },
    ...options,
  });
}

/** The configuration of a provider for the simulated cloud: isolated networks by default. */
export function configFor(
  simulator: Pick<Simulator, 'endpoint'>,
  more: Partial<CloudStackConfig> = {},
): CloudStackConfig {
  return {
    endpoint: simulator.endpoint,
    zones: ['zone-1'],
    sizes: [
      { cpu: 1, memoryMiB: 1_024, offering: 'small' },
      { cpu: 2, memoryMiB: 4_096, offering: 'medium' },
      { cpu: 4, memoryMiB: 8_192, offering: 'large' },
    ],
    images: [
      { name: 'debian-12', template: 'debian-12' },
      { name: 'ubuntu-24.04', template: 'ubuntu-24.04' },
    ],
    network: { mode: 'Isolated' },
    dataDisks: { offering: 'Custom' },
    limits: { callsPerSecond: 100_000, concurrency: 32 },
    ...more,
  };
}

/** A shared network with security groups, in the zone that has them. */
export const guardedNetwork: Partial<CloudStackConfig> = {
  zones: ['zone-sg'],
  network: { mode: 'Shared', network: 'shared-sg' },
};

/** A shared network without security groups. */
export const openNetwork: Partial<CloudStackConfig> = {
  network: { mode: 'Shared', network: 'shared-lan', securityGroups: false },
};

export interface Bench {
  readonly simulator: Simulator;
  readonly clock: SkewedClock;
  /** A new reactor, as after a restart of the operator. `onCall` is called for each of its calls. */
  reactor(more?: Partial<CloudStackConfig>, onCall?: (call: CallReport) => void): CloudStackReactor;
  /** Makes a call as an admin and waits for its job. */
  asAdmin(command: string, parameters: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a simulator with reactors. */
export async function startBench(
  options: SimulatorOptions = {},
  config: Partial<CloudStackConfig> = {},
): Promise<Bench> {
  const simulator = await quickSimulator(options);
  const clock = new SkewedClock();
  const reactors: CloudStackReactor[] = [];
  const admin = new CloudStackClient({
    endpoint: simulator.endpoint,
    credentials: simulator.accounts.admin,
    clock,
    limits: { callsPerSecond: 100_000 },
  });
  return {
    simulator,
    clock,
    reactor: (more = {}, onCall = undefined) => {
      const { user } = simulator.accounts;
      const reactor = new CloudStackReactor({
        config: configFor(simulator, { ...config, ...more }),
        credentials: user,
        clock,
        ...(onCall === undefined ? {} : { onCall }),
      });
      reactors.push(reactor);
      return reactor;
    },
    asAdmin: async (command, parameters) => {
      const signal = AbortSignal.timeout(10_000);
      const { jobid } = await admin.call(command, parameters, signal);
      const isPending = async () =>
        (await admin.call('queryAsyncJobResult', { jobid: String(jobid) }, signal))['jobstatus'] === 0;
      while (jobid !== undefined && (await isPending())) await clock.pass(1);
    },
    stop: async () => {
      await admin.close();
      await Promise.all(reactors.map((reactor) => reactor.close()));
      await simulator.stop();
    },
  };
}

/** The resources of the operator's account. */
export function holdingsOf({ simulator }: Bench): Holdings {
  const held = simulator.books().accounts['dinfra'];
  if (held === undefined) throw new Error('the account is gone');
  return held;
}

export const emptyHoldings: Holdings = {
  vms: [],
  volumes: [],
  networks: [],
  addresses: [],
  rules: 0,
  keyPairs: [],
  affinityGroups: [],
  securityGroups: [],
  snapshots: 0,
  tags: 0,
  pendingJobs: 0,
};

/** The VMs of a tenure in the simulator. */
export function vmsOf({ simulator }: Bench, { identity }: Pick<Order, 'identity'>): Vm[] {
  return simulator.world.tables.vms.filter(({ name }) => name === identity.name);
}

/** The only VM of a tenure. */
export function vmOf(bench: Bench, order: Order): Vm {
  const [vm, ...more] = vmsOf(bench, order);
  if (vm === undefined || more.length > 0) throw new Error(`${more.length + (vm ? 1 : 0)} VMs, expected one`);
  return vm;
}

const GENESIS = `0x${'4d'.repeat(32)}`;

let nextSubscription = 1n;

/** An order for a small VM of a new tenure. */
export function orderFor(descriptor: { readonly [key: string]: Json } = {}, subscription?: bigint, tenure = 1): Order {
  const whole: Json = { image: 'debian-12', cpu: 1, memoryMiB: 1_024, ...descriptor };
  const id = subscription ?? nextSubscription++;
  return {
    identity: identityOf({ genesis: GENESIS, subscription: id, tenure }),
    type: 'vm/v1',
    descriptor: whole,
    descriptorHash: `0x${createHash('sha256').update(JSON.stringify(whole)).digest('hex')}`,
    consumer: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
    accessKey: `0x${randomBytes(32).toString('hex')}`,
  };
}

/** The same tenure with some fields of its descriptor changed. */
export function reordered(order: Order, changes: { readonly [key: string]: Json }): Order {
  const before = order.descriptor as { readonly [key: string]: Json };
  const descriptor: Json = { ...before, ...changes };
  const descriptorHash = `0x${createHash('sha256').update(JSON.stringify(descriptor)).digest('hex')}`;
  return { ...order, descriptor, descriptorHash };
}
