import { describe, expect, it } from 'vitest';
import { awardOf, GENESIS, HASH } from '../../../test/support/memory-source.ts';
import type { Deployment } from '../../api/deployment.ts';
import { Label } from '../../api/labels.ts';
import type { Offer } from '../../api/offer.ts';
import type { Subscription } from '../../api/subscription.ts';
import type { Award } from '../../award/award.ts';
import { atOnce } from '../../base/slices.ts';
import { indexMirror } from './mirror-index.ts';
import { type MirrorFacts, type MirrorPlan, planMirror } from './mirror-plan.ts';
import { TenureNames } from './tenure-names.ts';

const PINNED = { hash: HASH, schemaVersion: 2, contentRef: { name: 'dinfra-content-1' } };

function offer(name: string, reactor: string): Offer {
  const metadata = { name, uid: name, resourceVersion: '1', generation: 1, creationTimestamp: '' };
  const spec = {
    providerRef: { name: 'acme' },
    descriptorType: 'helm/v1',
    reactorRef: { name: reactor },
    pricePerBlock: '5',
    capacity: 3,
  };
  return { apiVersion: 'dinfra.io/v1alpha1', kind: 'Offer', metadata, spec, status: { observedGeneration: 1 } };
}

/** A mirror that starts empty and applies what is planned. */
class Mirror {
  deployments: Deployment[] = [];
  subscriptions: Subscription[] = [];
  providerName = 'acme';

  plan(awards: readonly Award[], more: Partial<MirrorFacts> = {}): MirrorPlan {
    const names = more.names ?? new TenureNames(GENESIS, 3);
    const index = atOnce(indexMirror(this.deployments, this.subscriptions, 'ns', names));
    return atOnce(
      planMirror({
        names,
        providerName: this.providerName,
        awards,
        unreadable: new Set(),
        index,
        sold: new Map([['helm/v1', offer('web', 'cluster-a')]]),
        teardownsLeft: 10,
        begun: new Set<string>(),
        ...more,
      }),
    );
  }

  take(plan: MirrorPlan): this {
    for (const write of plan.writes) {
      const { name, labels } = write.object;
      const metadata = {
        name,
        labels,
        namespace: 'ns',
        uid: name,
        resourceVersion: '1',
        generation: 1,
        creationTimestamp: '',
      };
      const common = { apiVersion: 'dinfra.io/v1alpha1', metadata } as const;
      if (write.kind === 'Deployment') {
        const before = this.deployments.find((one) => one.metadata.name === name);
        const others = this.deployments.filter((one) => one !== before);
        const status = before?.status ?? { observedGeneration: -1 };
        const { owner } = write;
        const uid = owner?.uid ?? this.subscriptions.find((one) => one.metadata.name === owner?.name)?.metadata.uid;
        const owners =
          owner === undefined
            ? before?.metadata.ownerReferences
            : [...owner.others, { apiVersion: 'v', kind: 'Subscription', name: owner.name, uid: `${uid}` }];
        const owned = { ...metadata, ...(owners && { ownerReferences: owners }) };
        const made = { ...common, metadata: owned, kind: 'Deployment', spec: write.object.spec, status } as const;
        this.deployments = [...others, made];
      } else {
        const others = this.subscriptions.filter((one) => one.metadata.name !== name);
        const status = { observedGeneration: -1 };
        this.subscriptions = [...others, { ...common, kind: 'Subscription', spec: write.object.spec, status }];
      }
    }
    this.deployments = this.deployments.filter((deployment) => !plan.deleteDeployments.includes(deployment));
    this.subscriptions = this.subscriptions.filter((one) => !plan.deleteSubscriptions.includes(one));
    return this;
  }

  /** Gives every Deployment these statuses. */
  status(status: Partial<Deployment['status']>): this {
    this.deployments = this.deployments.map((one) => ({ ...one, status: { ...one.status, ...status } }));
    return this;
  }

  release(): void {
    const at = '2026-01-01T00:00:00Z';
    const facts = {
      order: 'Undecided',
      orderSince: at,
      workload: 'Absent',
      workloadSince: at,
      released: true,
    } as const;
    this.status({ observedGeneration: 1, facts });
  }
}

function mirrored(awards: readonly Award[]): Mirror {
  const mirror = new Mirror();
  return mirror.take(mirror.plan(awards));
}

function specs(plan: MirrorPlan): readonly Deployment['spec'][] {
  return plan.writes.flatMap((write) => (write.kind === 'Deployment' ? [write.object.spec] : []));
}

const writes = (plan: MirrorPlan) => ({
  deployments: specs(plan).map((spec) => `${spec.subscription}/${spec.tenure} ${spec.state}`),
  subscriptions: plan.writes.flatMap((write) =>
    write.kind === 'Subscription' ? [`${write.object.spec.id} ${write.object.spec.state}`] : [],
  ),
  deletes: plan.deleteDeployments.length + plan.deleteSubscriptions.length,
});
const nothing = { deployments: [], subscriptions: [], deletes: 0 };

describe('the mirror of the desired set', () => {
  it('each award has a Subscription and a Deployment', () => {
    const plan = new Mirror().plan([awardOf(1n), awardOf(2n, { state: 'Awarded' })]);
    expect(writes(plan)).toEqual({
      deployments: ['1/1 Active', '2/1 Awarded'],
      subscriptions: ['1 Active', '2 Awarded'],
      deletes: 0,
    });
  });

  it('nothing is written if nothing has changed', () => {
    const awards = [awardOf(1n), awardOf(2n)];
    expect(writes(mirrored(awards).plan(awards))).toEqual(nothing);
  });

  it('the mirror follows the state on chain', () => {
    const plan = mirrored([awardOf(1n)]).plan([awardOf(1n, { state: 'Suspended' })]);
    expect(writes(plan)).toMatchObject({ deployments: ['1/1 Suspended'], subscriptions: ['1 Suspended'] });
  });

  it('spec.suspend, which a person sets, is not overwritten', () => {
    const mirror = mirrored([awardOf(1n)]);
    mirror.deployments = mirror.deployments.map((object) => ({ ...object, spec: { ...object.spec, suspend: true } }));
    expect(writes(mirror.plan([awardOf(1n)]))).toEqual(nothing);
  });

  it('a state that a person edited to Ended is corrected', () => {
    const mirror = mirrored([awardOf(1n)]);
    mirror.deployments = mirror.deployments.map((object) => ({ ...object, spec: { ...object.spec, state: 'Ended' } }));
    expect(writes(mirror.plan([awardOf(1n)])).deployments).toEqual(['1/1 Active']);
  });

  it('an edited label of ours is corrected, and labels of others are not touched', () => {
    const mirror = mirrored([awardOf(1n)]);
    const relabel = (labels: Readonly<Record<string, string>>) => {
      mirror.deployments = mirror.deployments.map((object) => ({
        ...object,
        metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } },
      }));
    };
    relabel({ team: 'blue' });
    expect(writes(mirror.plan([awardOf(1n)]))).toEqual(nothing);
    relabel({ [Label.tenure]: '7' });
    const plan = mirror.plan([awardOf(1n)]);
    expect(writes(plan).deployments).toEqual(['1/1 Active']);
    expect(plan.writes[0]?.object.labels).toMatchObject({ [Label.tenure]: '1' });
    expect(plan.writes[0]?.object.labels).not.toHaveProperty('team');
  });

  it('labels of others are not taken over when an award is gone', () => {
    const mirror = mirrored([awardOf(1n)]);
    mirror.deployments = mirror.deployments.map((object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { ...object.metadata.labels, team: 'blue' } },
    }));
    const [write] = mirror.plan([]).writes;
    expect(write?.object.labels).toMatchObject({ [Label.tenure]: '1', 'app.kubernetes.io/component': 'deployment' });
    expect(write?.object.labels).not.toHaveProperty('team');
  });

  it('writes what an older version mirrored once, for its labels and its owner, and never again', () => {
    const awards = [awardOf(1n), awardOf(2n)];
    const mirror = mirrored(awards);
    const before = <T extends Deployment | Subscription>({ metadata, ...rest }: T) => {
      const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => !key.startsWith('app.kubernetes.io/'));
      const { ownerReferences: _, ...others } = metadata;
      return { ...rest, metadata: { ...others, labels: Object.fromEntries(labels) } } as unknown as T;
    };
    mirror.deployments = mirror.deployments.map(before);
    mirror.subscriptions = mirror.subscriptions.map(before);
    const plan = mirror.plan(awards);
    expect(plan.writes).toHaveLength(4);
    expect(plan.begins).toEqual([]);
    expect(mirror.take(plan).plan(awards).writes).toEqual([]);
  });

  it('names no object after an Application of Argo CD, which would prune what has its name as instance', () => {
    const instances = new Mirror()
      .plan([awardOf(1n)])
      .writes.map(({ object }) => [object.name, object.labels['app.kubernetes.io/instance']]);
    expect(instances).toHaveLength(2);
    for (const [name, instance] of instances) expect(instance).toBe(name);
  });

  it('shows a Deployment under the Subscription that came back after it was deleted by hand', () => {
    const awards = [awardOf(1n)];
    const mirror = mirrored(awards);
    mirror.subscriptions = [];
    const plan = mirror.plan(awards);
    expect(writes(plan)).toMatchObject({ deployments: ['1/1 Active'], subscriptions: ['1 Active'] });
    const another = mirror.take(plan).subscriptions.map((one) => ({
      ...one,
      metadata: { ...one.metadata, uid: 'another' },
    }));
    mirror.subscriptions = another;
    expect(writes(mirror.plan(awards))).toEqual({ ...nothing, deployments: ['1/1 Active'] });
    expect(mirror.take(mirror.plan(awards)).deployments[0]?.metadata.ownerReferences).toMatchObject([
      { uid: 'another' },
    ]);
  });

  it('the reason of an end is mirrored', () => {
    const plan = mirrored([awardOf(1n)]).plan([awardOf(1n, { state: 'Ended', reason: 20_003 })]);
    expect(specs(plan)[0]?.endReason).toEqual({ code: 20_003, name: 'OutOfFunds' });
  });

  it('a subscription that was awarded again keeps both tenures, and the Subscription shows the newer one', () => {
    const plan = new Mirror().plan([awardOf(1n, { tenure: 3 }), awardOf(1n, { tenure: 1, state: 'Ended' })]);
    expect(writes(plan)).toMatchObject({ deployments: ['1/3 Active', '1/1 Ended'], subscriptions: ['1 Active'] });
  });

  it('a tenure that is gone from the chain is ended, and deleted only once nothing is left of it', () => {
    const mirror = mirrored([awardOf(1n)]);
    const gone = mirror.plan([]);
    expect(writes(gone)).toEqual({ deployments: ['1/1 Ended'], subscriptions: [], deletes: 0 });
    mirror.take(gone);
    expect(writes(mirror.plan([]))).toEqual(nothing);
    mirror.release();
    const last = mirror.plan([]);
    expect(last.deleteDeployments).toHaveLength(1);
    expect(last.deleteSubscriptions).toHaveLength(1);
  });

  it('a released Deployment is kept while the chain still lists its tenure', () => {
    const ended = [awardOf(1n, { state: 'Ended' })];
    const mirror = mirrored(ended);
    mirror.release();
    expect(writes(mirror.plan(ended))).toEqual(nothing);
  });

  it('two providers of one chain in one namespace do not touch each other’s objects', () => {
    const mirror = mirrored([awardOf(1n)]);
    const names = new TenureNames(GENESIS, 4);
    const plan = mirror.plan([awardOf(1n, { tenure: 2 })], { names, providerName: 'other' });
    expect(writes(plan)).toEqual({ deployments: ['1/2 Active'], subscriptions: ['1 Active'], deletes: 0 });
    expect(plan.writes.map(({ object }) => object.name)).not.toContain(mirror.subscriptions[0]?.metadata.name);
  });

  it('every part of an award follows its state', () => {
    const mirror = mirrored([awardOf(1n)]);
    mirror.deployments = ['web', 'db'].flatMap((part) =>
      mirror.deployments.map((one) => ({
        ...one,
        metadata: { ...one.metadata, name: `${one.metadata.name}-${part}` },
        spec: { ...one.spec, part },
      })),
    );
    const plan = mirror.plan([awardOf(1n, { state: 'Suspended' })]);
    expect(specs(plan).map(({ part, state }) => `${part} ${state}`)).toEqual(['web Suspended', 'db Suspended']);
    expect(writes(mirror.plan([])).deployments).toEqual(['1/1 Ended', '1/1 Ended']);
  });
});

describe('an award that cannot be decoded', () => {
  it('an award that cannot be decoded does not count as gone', () => {
    const mirror = mirrored([awardOf(1n), awardOf(2n)]);
    expect(writes(mirror.plan([awardOf(2n)], { unreadable: new Set(['1/1']) }))).toEqual(nothing);
  });

  it('nothing counts as gone while it is not known which award cannot be decoded', () => {
    expect(writes(mirrored([awardOf(1n), awardOf(2n)]).plan([], { unreadable: 'all' }))).toEqual(nothing);
  });
});

describe('a Provider that was renamed', () => {
  it('a renamed Provider adopts the tenures of its account, and their labels follow', () => {
    const mirror = mirrored([awardOf(1n)]);
    mirror.providerName = 'acme-2';
    const plan = mirror.plan([awardOf(1n)]);
    expect(writes(plan)).toEqual({ deployments: ['1/1 Active'], subscriptions: ['1 Active'], deletes: 0 });
    expect(plan.writes.map(({ object }) => object.labels[Label.provider])).toEqual(['acme-2', 'acme-2']);
    expect(plan.writes.map(({ object }) => object.spec.providerRef.name)).toEqual(['acme-2', 'acme-2']);
    expect(writes(mirror.take(plan).plan([awardOf(1n)]))).toEqual(nothing);
  });

  it('a tenure that is gone from the chain is ended even if its objects still name the old Provider', () => {
    const mirror = mirrored([awardOf(1n)]);
    mirror.providerName = 'acme-2';
    expect(writes(mirror.plan([])).deployments).toEqual(['1/1 Ended']);
  });
});

describe('the reactor of a tenure', () => {
  it('a tenure takes the reactor of the Offer that was sold when it was awarded', () => {
    const plan = new Mirror().plan([awardOf(1n, { state: 'Awarded' })]);
    expect(specs(plan)[0]?.reactorRef).toEqual({ name: 'cluster-a' });
  });

  it('a tenure keeps its reactor when the Offer changes its own', () => {
    const mirror = mirrored([awardOf(1n, { state: 'Awarded' })]);
    const sold = new Map([['helm/v1', offer('web', 'cluster-b')]]);
    expect(writes(mirror.plan([awardOf(1n, { state: 'Awarded' })], { sold }))).toEqual(nothing);
    const running = mirror.take(mirror.plan([awardOf(1n)], { sold }));
    expect(running.deployments[0]?.spec.reactorRef).toEqual({ name: 'cluster-a' });
  });

  it('a tenure first seen after its acceptance has no reactor until it was found where it runs', () => {
    const mirror = mirrored([awardOf(1n)]);
    expect(mirror.deployments[0]?.spec).not.toHaveProperty('reactorRef');
    mirror.status({ realisation: { reactor: { name: 'cluster-z', kind: 'helm' } } });
    expect(specs(mirror.plan([awardOf(1n)]))[0]?.reactorRef).toEqual({ name: 'cluster-z' });
  });
});

describe('the accepted descriptor', () => {
  it('spec.accepted is the validated descriptor once the chain has it accepted', () => {
    const mirror = mirrored([awardOf(1n, { state: 'Awarded' })]).status({ accepted: PINNED });
    expect(writes(mirror.plan([awardOf(1n, { state: 'Awarded' })]))).toEqual(nothing);
    expect(specs(mirror.plan([awardOf(1n, { state: 'Accepted' })]))[0]?.accepted).toEqual(PINNED);
  });

  it('spec.accepted does not change when the same bytes were validated against a later schema', () => {
    const mirror = mirrored([awardOf(1n, { state: 'Awarded' })]).status({ accepted: PINNED });
    mirror.take(mirror.plan([awardOf(1n)])).status({ accepted: { ...PINNED, schemaVersion: 9 } });
    expect(writes(mirror.plan([awardOf(1n)]))).toEqual(nothing);
  });

  it('spec.accepted stays the previous descriptor until an accepted update was validated', () => {
    const mirror = mirrored([awardOf(1n, { state: 'Awarded' })]).status({ accepted: PINNED });
    mirror.take(mirror.plan([awardOf(1n)]));
    const hash = `0x${'22'.repeat(32)}`;
    const updated = awardOf(1n, { content: { hash, length: 9, source: 'Ipfs' } });
    mirror.take(mirror.plan([updated]));
    expect(mirror.deployments[0]?.spec.accepted).toEqual(PINNED);
    mirror.status({ accepted: { ...PINNED, hash } });
    expect(specs(mirror.plan([updated]))[0]?.accepted).toEqual({ ...PINNED, hash });
  });
});

describe('the limit of teardowns', () => {
  it('no more teardowns begin than the limit allows, and those that wait are named and stopped meanwhile', () => {
    const mirror = mirrored([1n, 2n, 3n, 4n].map((id) => awardOf(id)));
    const plan = mirror.plan([], { teardownsLeft: 3 });
    expect(plan.begins).toHaveLength(3);
    expect(plan.held).toHaveLength(1);
    expect(specs(plan).map(({ state }) => state)).toEqual(['Ended', 'Ended', 'Ended', 'Suspended']);
    mirror.take(plan);
    const waiting = mirror.plan([], { teardownsLeft: 0 });
    expect(waiting.held).toEqual(plan.held);
    expect(specs(waiting)).toEqual([]);
    const approved = mirror.plan([], { teardownsLeft: 1 });
    expect(approved.begins).toEqual(plan.held);
    expect(specs(approved).map(({ state }) => state)).toEqual(['Ended']);
  });

  it('tenures that a restored cluster first sees as Ended count as teardowns', () => {
    const ended = Array.from({ length: 100 }, (_, id) => awardOf(BigInt(id), { state: 'Ended' }));
    const plan = new Mirror().plan(ended, { teardownsLeft: 10 });
    expect(plan.begins).toHaveLength(10);
    expect(plan.held).toHaveLength(90);
    const states = Map.groupBy(specs(plan), ({ state }) => state);
    expect([states.get('Ended')?.length, states.get('Suspended')?.length]).toEqual([10, 90]);
  });

  it('a declined award does not count as a teardown, because nothing was created for it', () => {
    const mirror = mirrored([awardOf(1n, { state: 'Awarded' }), awardOf(2n)]);
    const plan = mirror.plan([], { teardownsLeft: 0 });
    expect(writes(plan).deployments).toEqual(['1/1 Ended', '2/1 Suspended']);
    expect(plan.begins).toEqual([]);
    expect(plan.held).toHaveLength(1);
  });

  it('a teardown that has begun and that the mirror does not show yet counts once', () => {
    const mirror = mirrored([awardOf(1n)]);
    const { begins } = mirror.plan([]);
    const again = mirror.plan([], { teardownsLeft: 0, begun: new Set(begins) });
    expect(again).toMatchObject({ begins: [], held: [] });
  });

  it('the removal of a tenure that had already ended does not count as a teardown', () => {
    const mirror = mirrored([awardOf(1n, { state: 'Ended' })]);
    mirror.release();
    expect(mirror.plan([], { teardownsLeft: 0 }).deleteDeployments).toHaveLength(1);
  });
});

describe('a comparison of many awards', () => {
  it('a comparison looks at each object a bounded number of times, however many there are', () => {
    let looks = 0;
    const counted = (object: Deployment): Deployment => ({
      ...object,
      get spec() {
        looks += 1;
        return object.spec;
      },
    });
    const looksFor = (count: number) => {
      const awards = Array.from({ length: count }, (_, id) => awardOf(BigInt(id)));
      const mirror = mirrored(awards);
      mirror.deployments = mirror.deployments.map(counted);
      looks = 0;
      expect(writes(mirror.plan(awards))).toEqual(nothing);
      return looks / count;
    };
    expect(looksFor(400)).toBeLessThanOrEqual(looksFor(100) * 1.1);
  });
});
