import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import type { Holdings } from '../../../simulator/cloudstack/books.ts';
import type { FaultKind } from '../../../simulator/cloudstack/faults.ts';
import { type Bench, guardedNetwork, holdingsOf, orderFor, startBench } from '../../../test/support/cloud.ts';
import { TenureDriver } from '../../../test/support/tenure-driver.ts';
import type { CloudStackConfig } from '../../api/cloud-stack-backend.ts';
import type { TenureState } from '../../award/award.ts';

/** Disturbances of an operator, one at each of its calls. */
class Killed extends Error {}

/** How a life is disturbed at one of its calls. */
type Disturbance =
  /** The operator is killed after the response; the result of the reconcile is not written. */
  | 'killed'
  /** The same, and the status is lost as well. */
  | 'killed and forgetful'
  /** CloudStack executed the call, and the reply was lost. */
  | 'reply lost'
  /** The reply was truncated. */
  | 'reply cut'
  /** CloudStack never received the call. */
  | 'call lost';

/** The faults of the simulator; disturbances without one are applied to the operator. */
const faults: Readonly<Record<Disturbance, FaultKind | undefined>> = {
  killed: undefined,
  'killed and forgetful': undefined,
  'reply lost': 'LoseReply',
  'reply cut': 'Truncate',
  'call lost': 'Cut',
};

const ownNetwork: Partial<CloudStackConfig> = { network: { mode: 'Isolated', publicAccess: 'StaticNat' } };

/** Every disturbance once; for both kinds of network every call with a lost reply and with a killed operator. */
const lives: readonly (readonly [Disturbance, string, Partial<CloudStackConfig>])[] = [
  ['killed', 'a network of its own', ownNetwork],
  ['reply lost', 'a network of its own', ownNetwork],
  ['killed and forgetful', 'a security group', guardedNetwork],
  ['reply cut', 'a security group', guardedNetwork],
  ['call lost', 'a security group', guardedNetwork],
];

const stages: readonly TenureState[] = ['Accepted', 'Suspended', 'Active', 'Ended'];

interface Life {
  readonly calls: number;
  /** The number of resources in the account at the end of each stage. */
  readonly holdings: readonly Counted[];
}

type Counted = { readonly [kind in keyof Holdings]: number };

describe('a tenure with a disturbed call', () => {
  it.each(lives)(
    'a tenure ends up the same whichever call is disturbed: %s, with %s',
    { timeout: 180_000 },
    async (disturbance, _name, config) => {
      const usual = await live(config, undefined, 0);
      expect(usual.holdings.map(({ vms }) => vms)).toEqual([1, 1, 1, 0]);
      const turn = pLimit(12);
      const points = Array.from({ length: usual.calls }, (_, index) => index + 1);
      await Promise.all(
        points.map((point) =>
          turn(async () => {
            const { holdings } = await live(config, disturbance, point);
            expect({ point, holdings }).toEqual({ point, holdings: usual.holdings });
          }),
        ),
      );
    },
  );
});

/** Runs a whole life on a cloud of its own, disturbed at its `point`th call. */
async function live(
  config: Partial<CloudStackConfig>,
  disturbance: Disturbance | undefined,
  point: number,
): Promise<Life> {
  const bench = await startBench({}, config);
  try {
    return await liveOn(bench, disturbance, point);
  } catch (error) {
    throw new Error(`${disturbance} at call ${point}: ${String(error)}`, { cause: error });
  } finally {
    await bench.stop();
  }
}

async function liveOn(bench: Bench, disturbance: Disturbance | undefined, point: number): Promise<Life> {
  const order = orderFor({
    network: { ports: [{ name: 'ssh', port: 22 }] },
    dataDisks: [{ name: 'data', sizeGiB: 3 }],
    affinity: { group: 'nodes', hosts: 'Different' },
  });
  const kind = disturbance && faults[disturbance];
  if (kind !== undefined) bench.simulator.faults.set([{ command: '*', kind, after: point - 1, times: 1 }]);
  const death = new AbortController();
  let calls = 0;
  const reactor = bench.reactor({}, () => {
    calls += 1;
    if (kind === undefined && calls === point) death.abort(new Killed());
  });
  let driver = new TenureDriver(reactor, order, bench.clock);
  let isFirst = true;
  const holdings: Counted[] = [];
  for (const stage of stages) {
    driver.wanted = stage;
    for (let isSettled = false; !isSettled; ) {
      const result = await driver.reconcile(isFirst ? death.signal : undefined).catch((error: unknown) => {
        if (error instanceof Killed) return undefined;
        throw error;
      });
      expect(holdingsOf(bench).vms.length).toBeLessThanOrEqual(1);
      isSettled = result?.action === 'rest' || result?.action === 'confirmReleased';
      if (isFirst && death.signal.aborted) {
        // The status that was written before the process died exists; in a restored cluster none does.
        const cluster = disturbance === 'killed' ? driver.cluster : undefined;
        driver = new TenureDriver(bench.reactor(), order, bench.clock, stage, cluster);
        isFirst = false;
        isSettled = false;
      }
      if (driver.results.length > 100) throw new Error(`${stage} is not reached: ${lastReconciles(driver)}`);
    }
    holdings.push(counted(holdingsOf(bench)));
  }
  return { calls, holdings };
}

function counted(held: Holdings): Counted {
  const counts = Object.entries(held).map(([kind, some]) => [kind, typeof some === 'number' ? some : some.length]);
  return Object.fromEntries(counts) as Counted;
}

/** The last reconciles, in words. */
function lastReconciles({ results }: TenureDriver): string {
  return JSON.stringify(results.slice(-3).map(({ action, step, error }) => [action, step?.message, error?.message]));
}
