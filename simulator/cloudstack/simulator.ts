import type { AddressInfo } from 'node:net';
import { type Books, booksOf } from './books.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Quirks } from './command.ts';
import { expungeDestroyed } from './commands/destroy-virtual-machine.ts';
import { Faults } from './faults.ts';
import { createHttpServer } from './http.ts';
import { type Delays, Jobs } from './jobs.ts';
import { commands } from './registry.ts';
import { type Accounts, type SeedOptions, seed } from './seed.ts';
import { loadWorld, Store } from './store.ts';
import { Throttle } from './throttle.ts';
import { World } from './world.ts';

export interface SimulatorOptions {
  /** Defaults to loopback: the simulator is for development. */
  readonly host?: string;
  /** Defaults to 0: any free one. */
  readonly port?: number;
  /** File the state is kept in over a restart. Defaults to none. */
  readonly stateFile?: string;
  /** How long jobs take. Defaults to what a small cloud needs: 0.05 s before, 1 s for VMs, 0.2 s for the rest. */
  readonly delays?: Partial<Delays>;
  readonly cloud?: Omit<SeedOptions, 'now'>;
  /** Fills the world instead of the usual cloud. */
  readonly fill?: (world: World, now: number) => Accounts;
  /** Settings of the management server, by CloudStack's names. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly quirks?: Partial<Quirks>;
  readonly clock?: Clock;
  /** Random numbers in [0, 1), for faults with a probability. */
  readonly random?: () => number;
}

/** A running simulator. */
export interface Simulator {
  /** `http://127.0.0.1:port/client/api`. */
  readonly endpoint: string;
  readonly accounts: Accounts;
  readonly faults: Faults;
  /** How often each command was called. */
  readonly calls: ReadonlyMap<string, number>;
  /** The world itself, for tests that play the admin. */
  readonly world: World;
  books(): Books;
  /** Stops at once, like a killed server; writes the state if a state file is set. */
  stop(): Promise<void>;
}

const usualDelays: Delays = { queue: 50, vm: 1_000, other: 200 };
const newestQuirks: Quirks = { substringNames: false, strictUserDataLimit: false, nameRaceMs: 50 };

/** Starts a simulated CloudStack management server. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const clock = options.clock ?? systemClock;
  const world = new World();
  const saved = options.stateFile === undefined ? undefined : loadWorld(options.stateFile, world);
  const accounts = saved ?? options.fill?.(world, clock.now()) ?? seed(world, { now: clock.now(), ...options.cloud });
  Object.assign(world.settings, options.settings);
  const store = options.stateFile === undefined ? undefined : new Store(options.stateFile, world, accounts);
  const jobs = new Jobs(world, clock, { ...usualDelays, ...options.delays }, () => store?.touch());
  if (saved !== undefined) {
    settleAfterRestart(world, jobs);
    expungeDestroyed({ world, clock });
  }
  const faults = new Faults(options.random);
  const calls = new Map<string, number>();
  const http = createHttpServer({
    server: { world, clock, jobs, throttle: new Throttle(), quirks: { ...newestQuirks, ...options.quirks }, commands },
    faults,
    onCall: (command) => {
      calls.set(command, (calls.get(command) ?? 0) + 1);
      store?.touch();
    },
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.port ?? 0, host, resolve);
  });
  const { port } = http.address() as AddressInfo;
  store?.flush();
  return {
    endpoint: `http://${host}:${port}/client/api`,
    accounts,
    faults,
    calls,
    world,
    books: () => booksOf(world),
    stop: async () => {
      jobs.stop();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      store?.flush();
    },
  };
}

/** A restart cancels jobs in progress; the resources return to their previous state. */
function settleAfterRestart(world: World, jobs: Jobs): void {
  jobs.cancelAll();
  for (const vm of world.tables.vms.live()) {
    if (vm.state === 'Starting') vm.state = vm.everStarted ? 'Stopped' : 'Error';
    if (vm.state === 'Stopping') vm.state = 'Running';
    if (vm.state === 'Stopped' || vm.state === 'Error') delete vm.host;
  }
}
