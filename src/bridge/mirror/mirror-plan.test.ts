import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../api/deployment.ts';
import type { Subscription } from '../../api/subscription.ts';
import type { DesiredTenure } from '../../sources/dinfra/model.ts';
import { type MirrorFacts, type MirrorPlan, planMirror } from './mirror-plan.ts';

const GENESIS = `0x${'45'.repeat(32)}`;
const HASH = `0x${'11'.repeat(32)}`;

function row(subscription: bigint, more: Partial<DesiredTenure> = {}): DesiredTenure {
  return {
    subscription,
    tenure: 1,
    state: 'Active',
    consumer: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty',
    accessKey: HASH,
    type: 'helm/v1',
    content: { hash: HASH, length: 10, source: 'Preimage' },
    update: undefined,
    price: 5n,
    paidUntil: 90,
    deadline: undefined,
    reason: undefined,
    ...more,
  };
}

/** The chain's rows against a mirror that starts empty and takes what is planned. */
class Cluster {
  deployments: Deployment[] = [];
  subscriptions: Subscription[] = [];

  plan(rows: readonly DesiredTenure[], more: Partial<MirrorFacts> = {}): MirrorPlan {
    const { deployments, subscriptions } = this;
    const facts = {
      genesis: GENESIS,
      providerId: 3,
      providerName: 'acme',
      teardownsLeft: 10,
      begun: new Set<string>(),
    };
    return planMirror({ ...facts, rows, deployments, subscriptions, ...more });
  }

  take(plan: MirrorPlan): void {
    for (const { name, labels, spec } of plan.applyDeployments) {
      const others = this.deployments.filter(({ metadata }) => metadata.name !== name);
      const metadata = { name, labels, uid: name, resourceVersion: '1', generation: 1, creationTimestamp: '' };
      const status = { observedGeneration: -1 };
      this.deployments = [...others, { apiVersion: 'dinfra.io/v1alpha1', kind: 'Deployment', metadata, spec, status }];
    }
    for (const { name, labels, spec } of plan.applySubscriptions) {
      const others = this.subscriptions.filter(({ metadata }) => metadata.name !== name);
      const metadata = { name, labels, uid: name, resourceVersion: '1', generation: 1, creationTimestamp: '' };
      const status = { observedGeneration: -1 };
      this.subscriptions = [
        ...others,
        { apiVersion: 'dinfra.io/v1alpha1', kind: 'Subscription', metadata, spec, status },
      ];
    }
    this.deployments = this.deployments.filter((deployment) => !plan.deleteDeployments.includes(deployment));
    this.subscriptions = this.subscriptions.filter((subscription) => !plan.deleteSubscriptions.includes(subscription));
  }

  release(): void {
    const released = {
      type: 'Ready',
      status: 'False',
      reason: 'Released',
      message: '',
      lastTransitionTime: '',
    } as const;
    this.deployments = this.deployments.map((deployment) => ({
      ...deployment,
      status: { observedGeneration: 1, conditions: [released] },
    }));
  }
}

function mirrored(rows: readonly DesiredTenure[]): Cluster {
  const cluster = new Cluster();
  cluster.take(cluster.plan(rows));
  return cluster;
}

const writes = (plan: MirrorPlan) => ({
  deployments: plan.applyDeployments.map(({ spec }) => `${spec.subscription}/${spec.tenure} ${spec.state}`),
  subscriptions: plan.applySubscriptions.map(({ spec }) => `${spec.id} ${spec.state}`),
  deletes: plan.deleteDeployments.length + plan.deleteSubscriptions.length,
});
const nothing = { deployments: [], subscriptions: [], deletes: 0 };

describe('the mirror of the desired set', () => {
  it('has a Subscription and a Deployment for each award', () => {
    const plan = new Cluster().plan([row(1n), row(2n, { state: 'Awarded' })]);
    expect(writes(plan)).toEqual({
      deployments: ['1/1 Active', '2/1 Awarded'],
      subscriptions: ['1 Active', '2 Awarded'],
      deletes: 0,
    });
  });

  it('writes nothing when nothing has changed', () => {
    const rows = [row(1n), row(2n)];
    expect(writes(mirrored(rows).plan(rows))).toEqual(nothing);
  });

  it('follows the state of the chain', () => {
    const plan = mirrored([row(1n)]).plan([row(1n, { state: 'Suspended' })]);
    expect(writes(plan)).toMatchObject({ deployments: ['1/1 Suspended'], subscriptions: ['1 Suspended'] });
  });

  it('leaves what a person has set', () => {
    const cluster = mirrored([row(1n)]);
    cluster.deployments = cluster.deployments.map((object) => ({ ...object, spec: { ...object.spec, suspend: true } }));
    expect(writes(cluster.plan([row(1n)]))).toEqual(nothing);
  });

  it('names the reason of an end', () => {
    const plan = mirrored([row(1n)]).plan([row(1n, { state: 'Ended', reason: 20_003, paidUntil: undefined })]);
    expect(plan.applyDeployments[0]?.spec.endReason).toEqual({ code: 20_003, name: 'OutOfFunds' });
  });

  it('mirrors a tenure that ended before it was ever seen, as something may run under its name', () => {
    expect(writes(new Cluster().plan([row(1n, { state: 'Ended' })])).deployments).toEqual(['1/1 Ended']);
  });

  it('keeps both tenures of a subscription that came back, and the newer one in the Subscription', () => {
    const plan = new Cluster().plan([row(1n, { tenure: 3 }), row(1n, { tenure: 1, state: 'Ended' })]);
    expect(writes(plan)).toMatchObject({ deployments: ['1/3 Active', '1/1 Ended'], subscriptions: ['1 Active'] });
  });

  it('ends what is gone from the chain, and deletes it only when nothing is left of it', () => {
    const cluster = mirrored([row(1n)]);
    const gone = cluster.plan([]);
    expect(writes(gone)).toEqual({ deployments: ['1/1 Ended'], subscriptions: [], deletes: 0 });
    cluster.take(gone);
    expect(writes(cluster.plan([]))).toEqual(nothing);
    cluster.release();
    const last = cluster.plan([]);
    expect(last.deleteDeployments).toHaveLength(1);
    expect(last.deleteSubscriptions).toHaveLength(1);
  });

  it('keeps a released Deployment while the chain still lists it', () => {
    const ended = [row(1n, { state: 'Ended' })];
    const cluster = mirrored(ended);
    cluster.release();
    expect(writes(cluster.plan(ended))).toEqual(nothing);
  });

  it('begins no more teardowns than the limit leaves, and says which wait', () => {
    const rows = [1n, 2n, 3n, 4n].map((id) => row(id));
    const cluster = mirrored(rows);
    const plan = cluster.plan([], { teardownsLeft: 3 });
    expect(plan.begins).toHaveLength(3);
    expect(plan.held).toHaveLength(1);
    expect(plan.applyDeployments).toHaveLength(3);
    cluster.take(plan);
    expect(cluster.plan([], { teardownsLeft: 0 }).held).toEqual(plan.held);
  });

  it('does not count an award that was declined: nothing was made for it', () => {
    const cluster = mirrored([row(1n, { state: 'Awarded' }), row(2n)]);
    const plan = cluster.plan([], { teardownsLeft: 0 });
    expect(writes(plan).deployments).toEqual(['1/1 Ended']);
    expect(plan.begins).toEqual([]);
    expect(plan.held).toHaveLength(1);
  });

  it('does not count again what has begun and does not show yet', () => {
    const cluster = mirrored([row(1n)]);
    const { begins } = cluster.plan([]);
    const again = cluster.plan([], { teardownsLeft: 0, begun: new Set(begins) });
    expect(again).toMatchObject({ begins: [], held: [] });
  });

  it('does not count the removal of what was already ended', () => {
    const cluster = mirrored([row(1n, { state: 'Ended' })]);
    cluster.release();
    expect(cluster.plan([], { teardownsLeft: 0 }).deleteDeployments).toHaveLength(1);
  });

  it('separates two providers of one chain in one namespace', () => {
    const first = new Cluster().plan([row(1n)]);
    const second = new Cluster().plan([row(1n, { tenure: 2 })], { providerId: 4, providerName: 'other' });
    expect(first.applySubscriptions[0]?.name).not.toBe(second.applySubscriptions[0]?.name);
    expect(first.applyDeployments[0]?.name).not.toBe(second.applyDeployments[0]?.name);
  });
});
