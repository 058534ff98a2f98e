import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { CloudStackReactor } from '../src/providers/cloudstack/reactor.ts';
import { type Bench, orderFor, startBench } from '../test/support/cloud.ts';
import { type PassingTime, TenureDriver } from '../test/support/tenure-driver.ts';
import type { Figure } from './report.ts';

/** How often the operator looks at what rests, in milliseconds: its default. */
const RESYNC_MS = 60_000;
const REALISED = 20;
const RESTING = 100;
const OBSERVED = 1_000;
/** Deployments worked on at once: the operator's default. */
const CONCURRENCY = 10;

/** The CloudStack reactor against the simulator: isolated networks, a public address, one open port for each VM. */
export async function measure(say: (line: string) => void): Promise<readonly Figure[]> {
  say(`realising ${REALISED} VMs in a cloud that takes its time …`);
  const perVm = await callsPerVm();
  say(`realising ${OBSERVED} VMs in a cloud that takes none …`);
  const large = await LargeCloud.start();
  try {
    const perSecond = await large.fill();
    say('looking at them while nothing happens …');
    return [perVm, perSecond, await large.observeAll(), await large.rest()];
  } finally {
    await large.stop();
  }
}

const order = () => orderFor({ network: { ports: [{ name: 'ssh', port: 22 }] } });

async function callsPerVm(): Promise<Figure> {
  let calls = 0;
  const bench = await startBench({ delays: { queue: 50, vm: 5_000, other: 500 } });
  try {
    const reactor = bench.reactor({}, () => {
      calls += 1;
    });
    const time: PassingTime = { now: Date.now, pass: (ms) => sleep(ms) };
    await Promise.all(Array.from({ length: REALISED }, () => realise(reactor, time)));
  } finally {
    await bench.stop();
  }
  return {
    name: 'cloudstack.calls_per_vm',
    value: calls / REALISED,
    unit: 'calls',
    runs: REALISED,
    method: `All API calls for ${REALISED} VMs at once, from the check of the award to Running with all rules set, network and polls of jobs included, divided by ${REALISED}; jobs of VMs take 5 s, others 0.5 s.`,
  };
}

async function realise(reactor: CloudStackReactor, time: PassingTime): Promise<TenureDriver> {
  const driver = new TenureDriver(reactor, order(), time);
  await reactor.check(driver.order, AbortSignal.timeout(120_000));
  await driver.settle(200);
  return driver;
}

/** A cloud with a thousand VMs and no delays. Its clock is moved on, so an hour at rest takes seconds. */
class LargeCloud {
  private readonly bench: Bench;
  private readonly reactor: CloudStackReactor;
  private drivers: readonly TenureDriver[] = [];
  private calls = 0;

  private constructor(bench: Bench) {
    this.bench = bench;
    this.reactor = bench.reactor({}, () => {
      this.calls += 1;
    });
  }

  static async start(): Promise<LargeCloud> {
    return new LargeCloud(await startBench({ cloud: { hosts: 40, addresses: OBSERVED + 100 } }));
  }

  async fill(): Promise<Figure> {
    const limit = pLimit(CONCURRENCY);
    const started = performance.now();
    this.drivers = await Promise.all(
      Array.from({ length: OBSERVED }, () => limit(() => realise(this.reactor, this.bench.clock))),
    );
    const seconds = (performance.now() - started) / 1_000;
    return {
      name: 'cloudstack.vms_per_second',
      value: OBSERVED / seconds,
      unit: 'VMs/s',
      runs: OBSERVED,
      method: `${OBSERVED} VMs made by ${CONCURRENCY} workers against a simulator without delays in the same process, until each is Running with its network and rules; waits for polls are skipped.`,
    };
  }

  async observeAll(): Promise<Figure> {
    await this.lookAt(this.drivers, 1);
    const before = this.calls;
    await this.lookAt(this.drivers, 1);
    return {
      name: 'cloudstack.observe_1000_calls',
      value: this.calls - before,
      unit: 'calls',
      runs: OBSERVED,
      method: `API calls while ${OBSERVED} VMs at rest are each looked at once, evenly over ${RESYNC_MS / 1_000} s; listings are shared for 20 s and come in pages of 500.`,
    };
  }

  /** The smaller the cloud, the more each VM costs: the listings are shared. */
  async rest(): Promise<Figure> {
    const some = this.drivers.slice(0, RESTING);
    const rest = this.drivers.slice(RESTING);
    const limit = pLimit(CONCURRENCY);
    await Promise.all(
      rest.map((driver) =>
        limit(async () => {
          driver.wanted = 'Ended';
          await driver.settle();
        }),
      ),
    );
    await this.lookAt(some, 1);
    const before = this.calls;
    const rounds = 60;
    await this.lookAt(some, rounds);
    const hours = (rounds * RESYNC_MS) / 3_600_000;
    return {
      name: 'cloudstack.rest_calls_per_vm_hour',
      value: (this.calls - before) / RESTING / hours,
      unit: 'calls/VM/h',
      runs: RESTING,
      method: `API calls for ${RESTING} VMs at rest, each looked at every ${RESYNC_MS / 1_000} s for an hour of a clock that is moved on, divided by ${RESTING}.`,
    };
  }

  stop(): Promise<void> {
    return this.bench.stop();
  }

  /** Each of them once in every interval, evenly spread. Throws when one is not at rest. */
  private async lookAt(drivers: readonly TenureDriver[], rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const driver of drivers) {
        await this.bench.clock.pass(RESYNC_MS / drivers.length);
        const { action, error } = await driver.reconcile();
        if (action !== 'rest')
          throw new Error(`${driver.order.identity.name} was to rest: ${action}`, { cause: error });
      }
    }
  }
}
