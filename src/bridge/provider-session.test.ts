import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BridgeWorld } from '../../test/support/bridge-world.ts';
import { settle } from '../../test/support/manual-clock.ts';
import { GENESIS } from '../../test/support/memory-source.ts';
import { deployments } from '../api/deployment.ts';
import { IN_USE_FINALIZER, RECONCILE_ANNOTATION } from '../api/labels.ts';
import { offers } from '../api/offer.ts';
import { providers } from '../api/provider.ts';
import { subscriptions } from '../api/subscription.ts';
import { identityOf } from '../award/identity.ts';
import { RetryableError } from '../errors/dinfra-error.ts';
import type { ResourceType } from '../kube/client/resource-type.ts';

let world: BridgeWorld;
beforeEach(() => {
  world = new BridgeWorld();
});
afterEach(() => world.end());

describe('a provider at rest', () => {
  it('an award is accepted, reported ready and released from the facts of the controller alone', async () => {
    world.offer();
    const session = await world.session(world.provider());
    await world.converge(session);
    const award = world.ledger.award(1n, { state: 'Awarded', deadline: 200 });
    await world.converge(session);
    world.controllerSays(award, { workload: 'Absent' });
    await world.converge(session);
    expect(world.submitted.at(-1)).toBe('accept 1/1');
    world.controllerSays(award, {});
    await world.converge(session);
    expect(world.submitted.at(-1)).toBe('ready 1/1');
    world.ledger.award(1n, { state: 'Ended' });
    await world.converge(session);
    world.controllerSays(award, { workload: 'Absent', released: true });
    await world.converge(session);
    expect(world.submitted.at(-1)).toBe('released 1/1');
    expect(world.deployments()).toEqual([]);
    expect(world.context.subscriptions.list()).toEqual([]);
  });

  it('every line of the log about an award names its tenure, from the award to the release', async () => {
    world.offer();
    const session = await world.session(world.provider());
    await world.converge(session);
    const from = world.lines.length;
    const award = world.ledger.award(1n, { state: 'Awarded', deadline: 200 });
    await world.converge(session);
    world.controllerSays(award, { workload: 'Absent' });
    await world.converge(session);
    world.ledger.award(1n, { state: 'Ended' });
    await world.converge(session);
    world.controllerSays(award, { workload: 'Absent', released: true });
    await world.converge(session);
    const { name } = identityOf({ genesis: GENESIS, subscription: 1n, tenure: 1 });
    const lines = world.lines.slice(from).map(({ message, tenure }) => ({ message, tenure }));
    expect(new Set(lines.map(({ message }) => message))).toEqual(
      new Set([
        'the Deployment follows its award',
        'a report to the chain was applied or refused',
        'the Deployment of a tenure that is over was deleted',
      ]),
    );
    expect(lines.filter(({ tenure }) => tenure !== name)).toEqual([]);
  });

  it('metrics show the state on chain until the session ends', async () => {
    world.offer();
    const session = await world.session(world.provider());
    await world.converge(session);
    await session.compare(world.stop.signal);
    expect(await world.metric('dinfra_heartbeat_blocks_left')).toBe(140 - world.ledger.block);
    expect(await world.metric('dinfra_offer_capacity')).toBe(0);
    world.end();
    await session.run(world.stop.signal);
    expect(await world.metric('dinfra_heartbeat_blocks_left')).toBeUndefined();
  });

  it('metrics show the balances of a provider while its session runs', async () => {
    world.ledger.money = { free: 350n, owed: 20n, withdrawable: 0n };
    const session = await world.session(world.provider());
    const running = session.run(world.stop.signal);
    await settle();
    expect(await world.metric('dinfra_account_free')).toBe(3.5);
    world.end();
    await running;
    expect(await world.metric('dinfra_account_free')).toBeUndefined();
  });

  it('the bridge writes three times for a new award that the controller has looked at: two objects and one status', async () => {
    world.offer();
    const session = await world.session(world.provider());
    await world.converge(session);
    const before = world.cluster.writes.length;
    const award = world.ledger.award(1n, { state: 'Awarded', deadline: 200 });
    await world.converge(session);
    const { metadata } = world.deploymentOf(award);
    const ready = {
      type: 'Ready' as const,
      status: 'False' as const,
      observedGeneration: 1,
      lastTransitionTime: '2026-01-01T00:00:00Z',
      reason: 'AwaitingAcceptance',
      message: 'waiting',
    };
    world.cluster.put(deployments, { metadata, status: { observedGeneration: 1, conditions: [ready] } });
    await world.converge(session);
    const writes = world.cluster.writes.slice(before).filter(({ kind }) => kind !== 'Provider' && kind !== 'Offer');
    expect(writes.map(({ verb, kind, subresource }) => [verb, kind, subresource].join(' ').trim())).toEqual([
      'create Subscription',
      'create Deployment',
      'apply Subscription status',
    ]);
  });

  it('a provider at rest causes no write and no submission however often it is compared', async () => {
    world.offer();
    for (const id of [1n, 2n, 3n]) world.ledger.award(id);
    const session = await world.session(world.provider());
    await world.converge(session);
    for (const id of [1n, 2n, 3n]) world.controllerSays(world.ledger.award(id), {});
    await world.converge(session);
    const [writes, submitted] = [world.cluster.writes.length, world.submitted.length];
    for (let round = 0; round < 20; round++) {
      await world.clock.advance(30_000);
      world.ledger.finalise();
      await session.compare(world.stop.signal);
    }
    await settle();
    expect(world.cluster.writes.slice(writes)).toEqual([]);
    expect(world.submitted).toHaveLength(submitted);
  });
});

describe('a comparison', () => {
  it('a comparison lists each kind of object as often with two thousand tenures as with two', async () => {
    const listsFor = async (tenures: bigint) => {
      const one = new BridgeWorld();
      one.offer();
      for (let id = 0n; id < tenures; id++) one.ledger.award(id);
      const session = await one.session(one.provider());
      await one.converge(session);
      let lists = 0;
      const { deployments: view, subscriptions: others } = one.context;
      for (const store of [view, others]) {
        const list = store.list.bind(store);
        Object.assign(store, {
          list: () => {
            lists += 1;
            return list();
          },
        });
      }
      await session.compare(one.stop.signal);
      one.end();
      return lists;
    };
    expect(await listsFor(2_000n)).toBe(await listsFor(2n));
  });

  it('a comparison says when it begins to write and when that has ended, also when the API server answers no write', async () => {
    world.ledger.award(1n);
    world.cluster.failWhen(({ kind }) => (kind === 'Deployment' ? 'hang' : undefined));
    const session = await world.session(world.provider());
    await session.compare(world.stop.signal);
    await settle();
    expect(world.mirroring).toEqual(['Begins', 'Ends']);
  });

  it('a comparison with more writes than time allows goes on with the other stages, and the next one writes the rest', async () => {
    for (let id = 0n; id < 40n; id++) world.ledger.award(id);
    const session = await world.session(world.provider());
    // Each write takes longer than the stage may begin new ones.
    world.cluster.failWhen(({ kind }) => (kind === 'Provider' ? undefined : world.clock.advance(1_000)));
    await session.compare(world.stop.signal);
    const first = world.deployments().length;
    expect(first).toBeLessThan(40);
    expect(world.readyOf(world.providerNow())).toMatchObject({ status: 'False', reason: 'Registering' });
    await world.converge(session, 30);
    expect(world.deployments()).toHaveLength(40);
  });
});

describe('an object that the API server refuses', () => {
  it('a refused object blocks no other object, no report and no later stage, and is named with a count', async () => {
    world.offer();
    const [bad, good] = [world.ledger.award(1n, { state: 'Awarded' }), world.ledger.award(2n)];
    world.cluster.failWhen(({ kind }, manifest) =>
      kind === 'Deployment' && JSON.stringify(manifest).includes('"subscription":"1"') ? 422 : undefined,
    );
    const session = await world.session(world.provider());
    await world.converge(session);
    expect(world.deployments().map(({ spec }) => spec.subscription)).toEqual(['2']);
    world.controllerSays(good, { workload: 'Down' });
    await session.compare(world.stop.signal);
    await world.clock.advance(30_000);
    await session.compare(world.stop.signal);
    expect(world.submitted).toContain(`degraded with 10300 ${good.subscription}/1`);
    expect(world.condition(world.providerNow(), 'Mirrored')).toMatchObject({
      status: 'False',
      reason: 'MirrorIncomplete',
      message: expect.stringMatching(/^1 object could not be written: Deployment dinfra-1-1-/),
    });
    expect(world.readyOf(world.providerNow())).toMatchObject({ status: 'True' });
    const refused = world.context.subscriptions.list().find(({ spec }) => spec.id === `${bad.subscription}`);
    expect(world.condition(refused, 'Mirrored')).toMatchObject({ status: 'False', reason: 'MirrorIncomplete' });
    expect(world.readyOf(refused)).toMatchObject({ status: 'False', reason: 'ClusterInvalid' });
    expect(world.condition(refused, 'Stalled')).toMatchObject({ status: 'True' });
    expect(await world.metric('dinfra_mirror_objects_refused')).toBe(1);
  });

  it('a refused object is retried with backoff, and immediately once it should say something else', async () => {
    world.ledger.award(1n);
    const attempts = () => world.cluster.writes.filter(({ kind }) => kind === 'Deployment').length;
    const heal = world.cluster.failWhen(({ kind }) => (kind === 'Deployment' ? 422 : undefined));
    const session = await world.session(world.provider());
    await world.converge(session);
    const first = attempts();
    await session.compare(world.stop.signal);
    expect(attempts()).toBe(first);
    await world.clock.advance(300_000);
    await session.compare(world.stop.signal);
    expect(attempts()).toBe(first + 1);
    world.ledger.award(1n, { state: 'Suspended' });
    await session.compare(world.stop.signal);
    expect(attempts()).toBe(first + 2);
    heal();
    await world.clock.advance(300_000);
    await world.converge(session);
    expect(world.deployments()).toHaveLength(1);
    expect(world.condition(world.providerNow(), 'Mirrored')).toMatchObject({ status: 'True' });
    expect(await world.metric('dinfra_mirror_objects_refused')).toBe(0);
  });

  it('an award whose objects are refused is declined before its deadline', async () => {
    world.ledger.award(1n, { state: 'Awarded', deadline: world.ledger.block + 30 });
    world.cluster.failWhen(({ kind }) => (kind === 'Deployment' ? 422 : undefined));
    const session = await world.session(world.provider());
    await session.compare(world.stop.signal);
    world.ledger.finalise(19);
    await session.compare(world.stop.signal);
    expect(world.submitted.filter((text) => text.startsWith('decline'))).toEqual([]);
    world.ledger.finalise();
    await session.compare(world.stop.signal);
    expect(world.submitted).toContain('decline with 10008 1/1');
  });
});

describe('an API server that answers no write', () => {
  it('an API server that answers no write delays neither reports nor the next comparison', async () => {
    const award = world.ledger.award(1n);
    const session = await world.session(world.provider());
    await world.converge(session);
    world.controllerSays(award, { workload: 'Down', reasonCode: 10_300 });
    await session.compare(world.stop.signal);
    await world.clock.advance(30_000);
    world.ledger.award(2n);
    world.cluster.failWhen(() => 'hang');
    expect(await session.compare(world.stop.signal)).toBe(false);
    expect(world.submitted).toContain('degraded with 10300 1/1');
  });
});

describe('an API server that rejects the credentials', () => {
  it('rejected credentials are reported as such, and not as a refused object', async () => {
    world.ledger.award(1n);
    world.cluster.failWhen(({ kind }) => (kind === 'Deployment' ? 401 : undefined));
    const session = await world.session(world.provider());
    await session.compare(world.stop.signal);
    expect(world.readyOf(world.providerNow())).toMatchObject({ status: 'False', reason: 'ClusterUnauthorized' });
    expect(world.condition(world.providerNow(), 'Mirrored')).toBeUndefined();
  });
});

describe('a schema that cannot be fetched', () => {
  it('a schema that cannot be fetched delays no other type and no comparison, and is reported on its Offer', async () => {
    world.ledger.publish('vm/v1');
    world.offer();
    world.offer('vms', { descriptorType: 'vm/v1' });
    world.fetchSchema = (type, _sources, signal) =>
      type === 'helm/v1'
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
        : Promise.resolve('{}');
    const session = await world.session(world.provider());
    await world.converge(session);
    expect(world.readyOf(world.offerNow('vms'))).toMatchObject({ status: 'True' });
    expect(world.readyOf(world.providerNow())).toMatchObject({ status: 'True' });
    await new Promise((resolve) => setTimeout(resolve, 80));
    await world.converge(session);
    expect(world.readyOf(world.offerNow())).toMatchObject({ status: 'False', reason: 'ReconcileTimeout' });
    expect(world.readyOf(world.offerNow('vms'))).toMatchObject({ status: 'True' });
  });
});

describe('a bug in one stage', () => {
  it('a bug in one stage is reported on the Provider within one comparison, and stops no other stage', async () => {
    world.offer();
    const session = await world.session(world.provider());
    await world.converge(session);
    world.servesType = () => {
      throw new TypeError('x is not a function');
    };
    world.ledger.award(1n);
    expect(await session.compare(world.stop.signal)).toBe(false);
    expect(world.deployments()).toHaveLength(1);
    expect(world.readyOf(world.providerNow())).toMatchObject({
      status: 'False',
      reason: 'UnexpectedError',
      message: 'the operator failed: x is not a function',
    });
  });
});

describe('a source that cannot be read', () => {
  it('a source that cannot be read leaves everything as it is and is reported on the Provider', async () => {
    world.ledger.award(1n);
    const session = await world.session(world.provider());
    await world.converge(session);
    world.ledger.reachable = false;
    expect(await session.compare(world.stop.signal)).toBe(false);
    expect(world.deployments()).toMatchObject([{ spec: { state: 'Active' } }]);
    expect(world.readyOf(world.providerNow())).toMatchObject({ status: 'False', reason: 'ChainUnreachable' });
  });

  it('a source that cannot be read is reported on an Offer without a status', async () => {
    const session = await world.session(world.provider());
    await world.converge(session);
    world.ledger.reachable = false;
    world.offer();
    await session.compare(world.stop.signal);
    expect(world.readyOf(world.offerNow())).toMatchObject({
      status: 'False',
      reason: 'ChainUnreachable',
      message: 'Provider acme: the chain at memory does not answer',
    });
  });

  it('stalled finality is reported on the Provider until a higher block arrives', async () => {
    const session = await world.session(world.provider());
    await world.converge(session);
    expect(await world.metric('dinfra_chain_up')).toBe(1);
    world.ledger.stall();
    await session.compare(world.stop.signal);
    expect(world.readyOf(world.providerNow())).toMatchObject({ status: 'False', reason: 'ChainStalled' });
    expect(await world.metric('dinfra_chain_up')).toBe(0);
    world.ledger.finalise();
    await session.compare(world.stop.signal);
    expect(world.readyOf(world.providerNow())).toMatchObject({ status: 'True' });
    expect(await world.metric('dinfra_chain_up')).toBe(1);
  });

  it('the source of another account tears nothing down and gets no heartbeat', async () => {
    world.ledger.award(1n);
    const session = await world.session(world.provider());
    await world.converge(session);
    const canReport = world.sources[0]?.canReport;
    expect(canReport?.()).toBe(true);
    world.ledger.registered(9);
    world.ledger.awards.clear();
    await session.compare(world.stop.signal);
    expect(world.deployments()).toMatchObject([{ spec: { state: 'Active' } }]);
    expect(world.readyOf(world.providerNow())).toMatchObject({ reason: 'ProviderChanged' });
    expect(world.condition(world.providerNow(), 'Stalled')).toMatchObject({ status: 'True' });
    expect(canReport?.()).toBe(false);
    const tenure = { genesis: GENESIS, subscription: 1n, tenure: 1 };
    expect(await session.standing(tenure, world.stop.signal)).toBe('Unknown');
  });

  it('an award that cannot be decoded does not affect the others', async () => {
    world.ledger.award(1n);
    world.ledger.award(2n);
    const session = await world.session(world.provider());
    await world.converge(session);
    world.ledger.remove(1n);
    const error = new RetryableError('AwardUndecodable', { message: 'subscription 1 is in state 9' });
    world.ledger.unreadable.push({ tenure: { genesis: GENESIS, subscription: 1n, tenure: 1 }, error });
    world.ledger.award(2n, { state: 'Suspended' });
    await world.converge(session);
    expect(world.deployments().map(({ spec }) => spec.state)).toEqual(['Active', 'Suspended']);
    expect(world.condition(world.providerNow(), 'Mirrored')).toMatchObject({ reason: 'AwardUndecodable' });
    expect(await world.metric('dinfra_awards_unreadable')).toBe(1);
  });
});

describe('a restored cluster', () => {
  it('a restored cluster that finds a hundred Ended tenures begins ten teardowns and waits for a person with the rest', async () => {
    for (let id = 0n; id < 100n; id++) world.ledger.award(id, { state: 'Ended' });
    const session = await world.session(world.provider());
    await world.converge(session);
    const ended = () => world.deployments().filter(({ spec }) => spec.state === 'Ended');
    expect(ended()).toHaveLength(10);
    // They are stopped meanwhile.
    expect(world.deployments().filter(({ spec }) => spec.state === 'Suspended')).toHaveLength(90);
    expect(world.condition(world.providerNow(), 'TeardownHeld')).toMatchObject({
      status: 'True',
      message: expect.stringMatching(/^90 teardowns wait, as 10 may begin within an hour/),
    });
    expect(await world.metric('dinfra_teardowns_held')).toBe(90);
    world.provider('acme', { spec: { teardown: { approvedUntil: '2026-01-02T00:00:00Z' } } });
    await world.converge(session);
    expect(ended()).toHaveLength(100);
  });
});

describe('the limits of a consumer', () => {
  it('an award beyond the limit of its Provider for one consumer is declined', async () => {
    world.offer('helm');
    world.ledger.award(1n, { state: 'Active' });
    world.ledger.award(2n, { state: 'Awarded' });
    const session = await world.session(world.provider('acme', { spec: { consumerLimits: { tenures: 1 } } }));
    await world.converge(session);
    expect(world.submitted).toContain('decline with 10009 2/1');
  });
});

describe('two Offers of one type', () => {
  it('of two Offers of one type the older is sold, and its reactor is recorded', async () => {
    world.offer('alpha', { reactorRef: { name: 'cluster-b' } }, { creationTimestamp: '2026-11-25T11:00:00Z' });
    world.offer('zeta');
    world.ledger.award(1n, { state: 'Awarded' });
    const session = await world.session(world.provider());
    await world.converge(session);
    expect(world.deployments()).toMatchObject([{ spec: { reactorRef: { name: 'cluster-a' } } }]);
    expect(world.readyOf(world.offerNow('zeta'))).toMatchObject({ status: 'True' });
    expect(world.readyOf(world.offerNow('alpha'))).toMatchObject({ status: 'False', reason: 'OfferDuplicate' });
    expect(world.condition(world.offerNow('alpha'), 'Stalled')).toMatchObject({ status: 'True' });
    expect(world.condition(world.offerNow('alpha'), 'Reconciling')).toBeUndefined();
  });
});

describe('an Offer', () => {
  it.each([
    ['Missing', 'ReactorMissing'],
    ['No', 'ReactorTypeUnsupported'],
  ] as const)('an Offer whose Reactor is %s is Stalled and not sold', async (answer, reason) => {
    world.servesType = () => answer;
    world.offer();
    const session = await world.session(world.provider());
    await world.converge(session);
    expect(world.ledger.provider?.offers.size).toBe(0);
    expect(world.readyOf(world.offerNow())).toMatchObject({ status: 'False', reason });
    expect(world.condition(world.offerNow(), 'Stalled')).toMatchObject({ status: 'True', reason });
    expect(world.events).toContainEqual(expect.objectContaining({ about: 'Offer web', reason }));
  });

  it('an Offer whose Reactor is deleted is withdrawn, and one whose Reactor was not reached yet stays as it is', async () => {
    world.offer();
    const session = await world.session(world.provider());
    await world.converge(session);
    world.servesType = () => 'Unknown';
    await world.converge(session);
    expect(world.ledger.provider?.offers.get('helm/v1')).toMatchObject({ withdrawn: false });
    world.servesType = () => 'Missing';
    await world.converge(session);
    expect(world.ledger.provider?.offers.get('helm/v1')).toMatchObject({ withdrawn: true });
    world.servesType = () => 'Unknown';
    await world.converge(session);
    expect(world.ledger.provider?.offers.get('helm/v1')).toMatchObject({ withdrawn: true });
  });

  it('an Offer of a type the chain does not have is Stalled', async () => {
    world.offer('odd', { descriptorType: 'odd/v1' });
    const session = await world.session(world.provider());
    await world.converge(session);
    expect(world.condition(world.offerNow('odd'), 'Stalled')).toMatchObject({ reason: 'DescriptorTypeNotOnChain' });
  });
});

describe('a Provider that is deleted', () => {
  it('a deleted Provider withdraws its offers, keeps reporting, and stays until its last tenant is gone', async () => {
    world.offer();
    const award = world.ledger.award(1n, { state: 'Accepted' });
    const session = await world.session(world.provider());
    await world.converge(session);
    expect(world.providerNow()?.metadata.finalizers).toEqual([IN_USE_FINALIZER]);
    world.cluster.remove(providers, { namespace: 'acme', name: 'acme' });
    await world.converge(session);
    expect(world.ledger.provider).toMatchObject({ status: 'Paused' });
    expect(world.ledger.provider?.offers.get('helm/v1')).toMatchObject({ withdrawn: true });
    expect(world.readyOf(world.providerNow())).toMatchObject({
      status: 'False',
      reason: 'InUse',
      message: expect.stringContaining('1 tenure is left'),
    });
    expect(world.readyOf(world.offerNow())).toMatchObject({ reason: 'Withdrawn' });
    expect(world.events).toContainEqual(expect.objectContaining({ about: 'Provider acme', reason: 'InUse' }));
    world.controllerSays(award, {});
    await world.converge(session);
    expect(world.submitted).toContain('ready 1/1');
    expect(world.sources[0]?.canReport()).toBe(true);
    world.ledger.award(1n, { state: 'Ended' });
    await world.converge(session);
    expect(world.providerNow()).toBeDefined();
    world.controllerSays(award, { workload: 'Absent', released: true });
    await world.converge(session);
    expect(world.providerNow()).toBeUndefined();
  });
});

describe('a requested reconcile', () => {
  it.each([
    ['Provider', () => world.provider('acme', { metadata: { annotations: { [RECONCILE_ANNOTATION]: 'now' } } })],
    ['Offer', () => world.offer('web', {}, { annotations: { [RECONCILE_ANNOTATION]: 'now' } })],
    [
      'Subscription',
      () => {
        const [one] = world.context.subscriptions.list();
        if (one === undefined) throw new Error('no Subscription');
        const metadata = { ...one.metadata, annotations: { [RECONCILE_ANNOTATION]: 'now' } };
        return world.cluster.put(subscriptions, { metadata });
      },
    ],
  ] as const)(
    'a requested reconcile of a %s reads everything again and is echoed in its status',
    async (_kind, annotate) => {
      world.offer();
      world.ledger.award(1n);
      const session = await world.session(world.provider());
      await world.converge(session);
      const { invalidated } = world.source.reads;
      const { metadata, kind } = annotate();
      session.enqueue(true);
      await world.converge(session);
      expect(world.source.reads.invalidated).toBe(invalidated + 1);
      const type: ResourceType = { Provider: providers, Offer: offers, Subscription: subscriptions }[kind];
      const now = world.cluster.view(type).get(`${metadata.namespace}/${metadata.name}`);
      expect(now).toMatchObject({ status: { lastHandledReconcileAt: 'now' } });
      const writes = world.cluster.writes.length;
      await session.compare(world.stop.signal);
      expect(world.cluster.writes).toHaveLength(writes);
    },
  );
});

describe('a reported Deployment', () => {
  it('a report that is final on chain shows in the condition Reported and in an event', async () => {
    const award = world.ledger.award(1n, { state: 'Accepted' });
    const session = await world.session(world.provider());
    await world.converge(session);
    world.controllerSays(award, {});
    await world.converge(session);
    expect(world.condition(world.deploymentOf(award), 'Reported')).toMatchObject({
      status: 'True',
      reason: 'Confirmed',
    });
    expect(world.cluster.writes).toContainEqual(
      expect.objectContaining({ kind: deployments.kind, subresource: 'status' }),
    );
    expect(world.events).toContainEqual(expect.objectContaining({ reason: 'Confirmed' }));
  });
});
