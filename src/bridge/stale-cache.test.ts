import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BridgeWorld } from '../../test/support/bridge-world.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { type Deployment, deployments } from '../api/deployment.ts';
import { offers } from '../api/offer.ts';
import { subscriptions } from '../api/subscription.ts';
import type { Award } from '../award/award.ts';
import type { Store, StoreView } from '../kube/cache/store.ts';
import type { KubeObject } from '../kube/client/resource-type.ts';

/** A view of a cache that is `lag` changes behind. */
class LaggingView<T extends KubeObject> implements StoreView<T> {
  lag = 0;
  private readonly pictures: ReadonlyMap<string, T>[] = [new Map()];

  constructor(store: Store<T>, onChange: (old: T | undefined, now: T | undefined) => void) {
    const [put, remove] = [store.put.bind(store), store.remove.bind(store)];
    const note = (change: ReturnType<typeof put>) => {
      this.pictures.push(new Map(store.list().map((one) => [`${one.metadata.namespace}/${one.metadata.name}`, one])));
      if (change !== undefined) onChange(change.old, change.now);
      return change;
    };
    Object.assign(store, { put: (object: T) => note(put(object)), remove: (key: string) => note(remove(key)) });
  }

  get(key: string): T | undefined {
    return this.picture.get(key);
  }

  list(): readonly T[] {
    return [...this.picture.values()];
  }

  get size(): number {
    return this.picture.size;
  }

  private get picture(): ReadonlyMap<string, T> {
    return this.pictures.at(-1 - Math.min(this.lag, this.pictures.length - 1)) ?? new Map();
  }
}

/** A bridge with stale caches, and a record of every harmful action. */
class StaleWorld extends BridgeWorld {
  readonly wrongs: string[] = [];
  readonly views: readonly LaggingView<KubeObject>[];
  /** Subscriptions that have ended. */
  readonly over = new Set<bigint>();
  /** Set while a person acts, which is not judged. */
  byHand = false;

  constructor() {
    // The time of this machine is not what is tested.
    super({ stageTimeoutMs: 30_000 });
    const all = new LaggingView(this.cluster.view<Deployment>(deployments), (old, now) => this.judge(old, now));
    const others = new LaggingView(this.cluster.view(subscriptions), () => undefined);
    Object.assign(this.context, { deployments: all, subscriptions: others });
    this.views = [all, others] as unknown as LaggingView<KubeObject>[];
    const apply = this.ledger.apply.bind(this.ledger);
    this.ledger.apply = (report) => {
      const { facts } = this.truth(report.subscription)?.status ?? {};
      if (report.report === 'released' && facts?.released !== true) this.wrongs.push('released an existing workload');
      return apply(report);
    };
  }

  /** The current Deployment of a subscription, whatever the caches show. */
  truth(subscription: bigint): Deployment | undefined {
    const stored = this.cluster.view<Deployment>(deployments).list();
    return stored.find(({ spec }) => spec.subscription === `${subscription}`);
  }

  private judge(old: Deployment | undefined, now: Deployment | undefined): void {
    if (this.byHand) return;
    const { spec } = now ?? old ?? {};
    const award = this.ledger.awards.get(`${spec?.subscription}/${spec?.tenure}`);
    if (award !== undefined && award.state !== 'Ended') {
      if (now === undefined) this.wrongs.push('deleted a tenant');
      if (now?.spec.state === 'Ended' && old?.spec.state !== 'Ended') this.wrongs.push('ended a tenant');
    }
    const [was, is] = [old?.spec.reactorRef?.name, now?.spec.reactorRef?.name];
    if (now !== undefined && was !== undefined && is !== was) this.wrongs.push(`moved a tenant from ${was} to ${is}`);
  }
}

type Happening =
  | 'nothing'
  | 'an award'
  | 'judged'
  | 'up'
  | 'down'
  | 'out of funds'
  | 'cancelled'
  | 'removed from the backend'
  | 'the Offer changes its reactor'
  | 'edited by hand'
  | 'deleted by hand'
  | 'the process starts again';

interface Moment {
  readonly happening: Happening;
  readonly subscription: bigint;
  readonly lag: number;
}

const moment: fc.Arbitrary<Moment> = fc.record({
  happening: fc.constantFrom<Happening>(
    'nothing',
    'an award',
    'an award',
    'judged',
    'judged',
    'up',
    'up',
    'down',
    'out of funds',
    'cancelled',
    'removed from the backend',
    'the Offer changes its reactor',
    'edited by hand',
    'deleted by hand',
    'the process starts again',
  ),
  subscription: fc.bigInt({ min: 1n, max: 3n }),
  lag: fc.nat(8),
});

function facts(world: StaleWorld, subscription: bigint, more: object): void {
  const found = world.truth(subscription);
  if (found === undefined) return;
  const at = '2025-12-31T00:00:00Z';
  const all = { order: 'Realisable', orderSince: at, workload: 'Up', workloadSince: at, released: false, ...more };
  const { metadata, status } = found;
  const written = { ...status, observedGeneration: metadata.generation, facts: all };
  world.cluster.put(deployments, { metadata, status: written });
}

function happen(world: StaleWorld, { happening, subscription }: Moment): void {
  const { ledger } = world;
  const award = ledger.awards.get(`${subscription}/1`);
  const enters = (state: Award['state']) => {
    if (award !== undefined) ledger.award(subscription, { state });
  };
  const found = world.truth(subscription);
  switch (happening) {
    case 'an award':
      // A tenure is never reused.
      if (award === undefined && found === undefined && !world.over.has(subscription)) {
        ledger.award(subscription, { state: 'Awarded', deadline: ledger.block + 500 });
      }
      break;
    case 'judged':
      if (award?.state === 'Awarded') facts(world, subscription, { workload: 'Absent' });
      break;
    case 'up':
      if (award !== undefined && award.state !== 'Ended') facts(world, subscription, {});
      break;
    case 'down':
      if (award?.state === 'Active') facts(world, subscription, { workload: 'Down' });
      break;
    case 'out of funds':
      if (award?.state === 'Active') enters('Suspended');
      break;
    case 'cancelled':
      enters('Ended');
      break;
    case 'removed from the backend':
      if (found?.spec.state === 'Ended') facts(world, subscription, { workload: 'Absent', released: true });
      break;
    case 'the Offer changes its reactor': {
      const offer = world.offerNow();
      const name = offer?.spec.reactorRef.name === 'cluster-a' ? 'cluster-b' : 'cluster-a';
      if (offer !== undefined) {
        world.cluster.put(offers, { metadata: offer.metadata, spec: { ...offer.spec, reactorRef: { name } } });
      }
      break;
    }
    case 'edited by hand':
      if (found !== undefined) {
        world.byHand = true;
        world.cluster.put(deployments, { metadata: found.metadata, spec: { ...found.spec, state: 'Ended' } });
        world.byHand = false;
      }
      break;
    case 'deleted by hand':
      if (found !== undefined) {
        world.byHand = true;
        world.cluster.remove(deployments, found.metadata);
        world.byHand = false;
      }
      break;
    default:
      break;
  }
}

describe('caches that lag, jump and go back', () => {
  it('no tenant is ended, deleted or moved, and once the caches have caught up the mirror is what the source says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { maxLength: 40 }), async (moments) => {
        const world = new StaleWorld();
        world.offer();
        const provider = world.provider('acme', { spec: { teardown: { maxPerHour: 1_000 } } });
        let session = await world.session(provider);
        for (const one of moments) {
          for (const key of world.ledger.awards.keys()) world.over.add(BigInt(key.split('/')[0] ?? ''));
          happen(world, one);
          if (one.happening === 'the process starts again') session = await world.session(provider);
          for (const view of world.views) view.lag = one.lag;
          await session.compare(world.stop.signal);
          world.ledger.finalise();
          await settle();
        }
        for (const view of world.views) view.lag = 0;
        await world.clock.advance(300_000);
        await world.converge(session);
        const awards = [...world.ledger.awards.values()].map(({ subscription, state }) => `${subscription} ${state}`);
        const mirrored = world
          .deployments()
          .filter(({ spec, status }) => spec.state !== 'Ended' || status.facts?.released !== true)
          .map(({ spec }) => `${spec.subscription} ${spec.state}`);
        const gone = mirrored.filter((one) => one.endsWith(' Ended'));
        expect(mirrored.filter((one) => !gone.includes(one)).sort()).toEqual(
          awards.filter((one) => !one.endsWith(' Ended')).sort(),
        );
        expect(world.wrongs).toEqual([]);
        world.end();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
