import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster, TenantCluster } from '../../src/providers/helm/cluster.ts';
import { NAMESPACE, SECRET } from '../../src/providers/helm/confine/kinds.ts';
import { HelmCommand, type HelmOutcome, type HelmRun } from '../../src/providers/helm/release/helm-command.ts';
import type { Order } from '../../src/providers/port.ts';
import { WEB_CHART } from '../support/chart-archives.ts';
import { HelmWorld } from '../support/helm-world.ts';
import { processes } from '../support/processes.ts';

let world: HelmWorld;

beforeAll(async () => {
  world = await HelmWorld.open();
});
afterAll(() => world.close());

/** Stands for the death of an operator at one of its outgoing calls. */
class Killed extends Error {}

/**
 * Counts outgoing calls, and kills the operator before one of them. Seen from outside that equals a death after the call
 * before it, because nothing happens in between.
 */
class Fate {
  private calls = 0;
  private readonly killAt: number;

  /** 0 is never killed; 1 is killed before its first call, 2 before the second, … */
  constructor(killAt: number) {
    this.killAt = killAt;
  }

  async around<T>(call: () => Promise<T>): Promise<T> {
    this.calls += 1;
    // The dead make no further call.
    if (this.killAt > 0 && this.calls >= this.killAt) throw new Killed(`before call ${this.killAt}`);
    return call();
  }
}

function fated(cluster: Cluster, fate: Fate): Cluster {
  return {
    find: (...args) => fate.around(() => cluster.find(...args)),
    list: (...args) => fate.around(() => cluster.list(...args)),
    create: (...args) => fate.around(() => cluster.create(...args)),
    apply: (...args) => fate.around(() => cluster.apply(...args)),
    mergePatch: (...args) => fate.around(() => cluster.mergePatch(...args)),
    delete: (...args) => fate.around(() => cluster.delete(...args)),
    request: (...args) => fate.around(() => cluster.request(...args)),
  };
}

class FatedHelm extends HelmCommand {
  private readonly fate: Fate;

  constructor(fate: Fate) {
    super();
    this.fate = fate;
  }

  override run(run: HelmRun, signal: AbortSignal): Promise<HelmOutcome> {
    return this.fate.around(() => super.run(run, signal));
  }
}

function fatedReactor(fate: Fate) {
  const { operator, as, ...rest } = world.cluster;
  const cluster: TenantCluster = { ...rest, operator: fated(operator, fate), as: (token) => fated(as(token), fate) };
  return world.reactor({}, { cluster, helm: new FatedHelm(fate) });
}

/** Kills the operator before its `killAt`th call; true if it reached that call. */
async function killedAt(killAt: number, work: (fate: Fate) => Promise<unknown>): Promise<boolean> {
  const fate = new Fate(killAt);
  try {
    await work(fate);
    return false;
  } catch (error) {
    if (error instanceof Killed) return true;
    throw error;
  }
}

const AT_ONCE = 8;

/**
 * Repeats the work, killed before the first call, the second, and so on, until it completes. Returns the number of
 * deaths.
 */
async function dieEverywhere(live: (killAt: number) => Promise<boolean>): Promise<number> {
  for (let next = 1; ; next += AT_ONCE) {
    const calls = Array.from({ length: AT_ONCE }, (_, index) => next + index);
    const deaths = await Promise.all(calls.map(live));
    if (deaths.includes(false)) return next - 1 + deaths.filter(Boolean).length;
  }
}

/** The helm processes with all these words among their arguments. */
function helmsWith(...words: readonly string[]): readonly number[] {
  return processes()
    .filter(({ command }) => command.startsWith('helm ') && words.every((word) => command.includes(word)))
    .map(({ pid }) => pid);
}

async function expectOneSoundRelease(order: Order): Promise<void> {
  expect(await world.settle(world.reactor(), order)).toMatchObject({ healthy: true, differences: [] });
  const revisions = await world.revisions(order);
  expect(revisions.filter((revision) => revision.endsWith('deployed'))).toHaveLength(1);
  expect(revisions.filter((revision) => /pending|unreadable/.test(revision))).toEqual([]);
  const markers = (await world.namespaces()).filter(
    ({ metadata }) => metadata.annotations?.['dinfra.io/marker'] === order.identity.marker,
  );
  expect(markers).toHaveLength(1);
}

describe('an operator that is killed', () => {
  test('a create that is interrupted by a kill between any two calls is completed by the next operator', {
    timeout: 300_000,
  }, async () => {
    const deaths = await dieEverywhere(async (killAt) => {
      const order = await world.web();
      const wasKilled = await killedAt(killAt, (fate) => fatedReactor(fate).create(order, undefined, world.signal));
      await expectOneSoundRelease(order);
      await world.client.delete(NAMESPACE, { name: order.identity.name }, world.signal);
      return wasKilled;
    });
    // Namespace, policies, account, release: without these steps the test would prove nothing.
    expect(deaths).toBeGreaterThan(10);
  });

  test('an update that is interrupted by a kill between any two calls is completed by the next operator', {
    timeout: 300_000,
  }, async () => {
    const deaths = await dieEverywhere(async (killAt) => {
      const before = await world.web();
      await world.reactor().create(before, undefined, world.signal);
      const order = await world.web({ replicas: 2 }, before.identity);
      const found = await world.present(world.reactor(), order);
      const wasKilled = await killedAt(killAt, (fate) => fatedReactor(fate).update(order, found, world.signal));
      await expectOneSoundRelease(order);
      expect(await world.replicas(order)).toBe(2);
      await world.client.delete(NAMESPACE, { name: order.identity.name }, world.signal);
      return wasKilled;
    });
    expect(deaths).toBeGreaterThan(10);
  });

  test('a stop and a start that are interrupted by a kill between any two calls are completed by the next operator', {
    timeout: 300_000,
  }, async () => {
    const deaths = await dieEverywhere(async (killAt) => {
      const order = await world.web({ replicas: 2 });
      await world.settle(world.reactor(), order);
      const stopping = await world.present(world.reactor(), order);
      const atStop = await killedAt(killAt, (fate) => fatedReactor(fate).stop(order.identity, stopping, world.signal));
      const fresh = world.reactor();
      await fresh.stop(order.identity, await world.present(fresh, order), world.signal);
      await world.until(fresh, order, (found) => 'phase' in found && found.phase === 'Stopped');
      const starting = await world.present(fresh, order);
      const atStart = await killedAt(killAt, (fate) => fatedReactor(fate).start(order, starting, world.signal));
      await world.settle(world.reactor(), order);
      expect(await world.replicas(order)).toBe(2);
      await world.client.delete(NAMESPACE, { name: order.identity.name }, world.signal);
      return atStop || atStart;
    });
    expect(deaths).toBeGreaterThan(10);
  });

  test('a delete that is interrupted by a kill between any two calls is completed by the next operator', {
    timeout: 300_000,
  }, async () => {
    const deaths = await dieEverywhere(async (killAt) => {
      const order = await world.web();
      await world.reactor().create(order, undefined, world.signal);
      const found = await world.present(world.reactor(), order);
      const wasKilled = await killedAt(killAt, (fate) =>
        fatedReactor(fate).delete(order.identity, found, world.signal),
      );
      await world.remove(world.reactor(), order);
      expect(await world.client.find(NAMESPACE, { name: order.identity.name }, world.signal)).toBeUndefined();
      return wasKilled;
    });
    expect(deaths).toBeGreaterThan(1);
  });

  test('the helm process of an operator that is killed with SIGKILL ends with it, at any moment', {
    timeout: 120_000,
  }, async () => {
    const program = fileURLToPath(new URL('../support/create-tenure.ts', import.meta.url));
    for (const afterMs of [0, 40, 80, 120, 200]) {
      const order = await world.web({ replicas: 2 });
      const { identity, ...rest } = order;
      const tenure = { ...identity.tenure, subscription: `${identity.tenure.subscription}` };
      const operator = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
      operator.stdin.end(JSON.stringify({ ...rest, tenure }));
      // It reports its start.
      await new Promise((resolve) => operator.stdout.once('data', resolve));
      await sleep(afterMs);
      operator.kill('SIGKILL');
      await expect.poll(() => helmsWith(order.identity.name), { timeout: 2_000 }).toEqual([]);
      await expectOneSoundRelease(order);
      await world.client.delete(NAMESPACE, { name: order.identity.name }, world.signal);
    }
  });
});

describe('a helm that is killed', () => {
  /** As many objects as the quota admits, so that there is enough time for the kill. */
  const slow = {
    ...WEB_CHART,
    'templates/many.yaml': `{{ range $kind := list "ConfigMap" "Secret" }}{{ range $i := until 40 }}
---
apiVersion: v1
kind: {{ $kind }}
metadata: {name: many-{{ $i }}, labels: {replicas: "{{ $.Values.replicas }}"}}
{{ end }}{{ end }}`,
  };

  /** Kills the helm process of a tenure as soon as its revision is in this state. */
  const killHelmWhen = async (order: Order, status: string) => {
    const soon = { interval: 5, timeout: 10_000 };
    let pids: readonly number[] = [];
    const atWork = () => {
      // Not the earlier helm process, which renders.
      pids = helmsWith(order.identity.name, '--server-side=true');
      return pids.length;
    };
    await expect.poll(atWork, soon).toBe(1);
    const signal = (name: NodeJS.Signals) => pids.map((pid) => process.kill(pid, name));
    const pending = { namespace: order.identity.name, labelSelector: `owner=helm,status=${status}` };
    // It is stopped during the check, so that a slow check does not find it completed.
    const hasBegun = async () => {
      signal('SIGSTOP');
      if ((await world.client.list(SECRET, pending, world.signal)).items.length === 1) return true;
      signal('SIGCONT');
      return false;
    };
    await expect.poll(hasBegun, soon).toBe(true);
    signal('SIGKILL');
  };

  test('the release record of a helm process killed during an install is discarded, and the install is repeated', async () => {
    const order = await world.web({}, world.identity(), slow);
    const creating = world.reactor().create(order, undefined, world.signal);
    await Promise.all([
      expect(creating).rejects.toMatchObject({ family: 'retryable' }),
      killHelmWhen(order, 'pending-install'),
    ]);
    const fresh = world.reactor();
    expect(await world.present(fresh, order)).toMatchObject({
      phase: 'Partial',
      message: expect.stringContaining('pending-install'),
    });
    await expectOneSoundRelease(order);
    expect(await world.revisions(order)).toEqual(['1 deployed']);
  });

  test('a helm process killed during an upgrade leaves the workload running, and the upgrade is repeated', async () => {
    const before = await world.web({}, world.identity(), slow);
    await world.settle(world.reactor(), before);
    const order = await world.web({ replicas: 2 }, before.identity, slow);
    const found = await world.present(world.reactor(), order);
    const updating = world.reactor().update(order, found, world.signal);
    await Promise.all([
      expect(updating).rejects.toMatchObject({ family: 'retryable' }),
      killHelmWhen(order, 'pending-upgrade'),
    ]);
    await expectOneSoundRelease(order);
    expect(await world.replicas(order)).toBe(2);
  });

  test('the helm process of an aborted step is killed immediately', async () => {
    const order = await world.web({}, world.identity(), slow);
    const wish = new AbortController();
    const creating = world.reactor().create(order, undefined, wish.signal);
    await expect.poll(() => helmsWith(order.identity.name).length, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0);
    wish.abort(new Error('no longer wanted'));
    await expect(creating).rejects.toThrow('no longer wanted');
    expect(helmsWith(order.identity.name)).toEqual([]);
    await expectOneSoundRelease(order);
  });
});

describe('many tenures at once', () => {
  test('many tenures at once are created with no more helm processes than allowed', { timeout: 120_000 }, async () => {
    const helm = new HelmCommand({ concurrency: 3 });
    const reactor = world.reactor({}, { helm });
    const orders = await Promise.all(Array.from({ length: 12 }, () => world.web()));
    // The end of each name is derived from the chain.
    const thisChain = orders[0]?.identity.name.replace(/^.*-/, '') ?? '';
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, helmsWith(thisChain).length);
    }, 50);
    await Promise.all(orders.map((order) => reactor.create(order, undefined, world.signal)));
    clearInterval(watching);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(3);
    for (const order of orders) expect(await world.revisions(order)).toEqual(['1 deployed']);
  });
});

describe('a cluster that is down', () => {
  test('nothing counts as absent while the cluster is down', async () => {
    const { operator, ...rest } = world.cluster;
    const down = async () => {
      throw Object.assign(new Error('connection refused'), { code: 'ClusterUnreachable' });
    };
    const reactor = world.reactor(
      {},
      { cluster: { ...rest, operator: { ...fated(operator, new Fate(0)), find: down } } },
    );
    const order = await world.web();
    await expect(world.observe(reactor, order)).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  });
});
