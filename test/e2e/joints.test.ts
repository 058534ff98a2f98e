/**
 * Ordinary events between chain and cloud, one after the other, while tenants run: whatever happens to the resources
 * around them, each tenant stays as it is and nothing is created twice. Uses a separate cluster, because a schema that
 * is published here would apply to every file.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperatorProcess } from '../../dev/operator-process.ts';
import type { Condition } from '../../src/api/condition.ts';
import type { Deployment } from '../../src/api/deployment.ts';
import { RECONCILE_ANNOTATION } from '../../src/api/labels.ts';
import { DEGRADED_AFTER_MS } from '../../src/bridge/report/next-report.ts';
import { chainCodeOf } from '../../src/errors/catalogue.ts';
import { chartArchive, WEB_CHART } from '../support/chart-archives.ts';
import { Consumer, wishFor, withoutNote } from '../support/consumer.ts';
import { Stage } from '../support/stage.ts';

const DEPLOYMENTS = 'deployments.dinfra.io';
const SUBSCRIPTIONS = 'subscriptions.dinfra.io';
const NAMES = '{.metadata.name}';
const RESYNC_SECONDS = 5;
/** Everything is observed once more within this time, in seconds. */
const SETTLES_MS = 6_000;
/** For as many blocks as the file may take: what runs out of funds is stopped. */
const funds = 100n * 10n ** 12n;
const small = wishFor('vm/v1', { image: 'debian-12', cpu: 1, memoryMiB: 1024 }, { funds });
const medium = wishFor('vm/v1', { image: 'debian-12', cpu: 2, memoryMiB: 4096 }, { funds });

interface Tenant {
  readonly id: bigint;
  /** Of its Deployment. */
  readonly name: string;
}

let stage: Stage;
/** The first leader, which is stopped in the middle of its work. */
let paused: OperatorProcess;
let chart: Tenant;
let vm: Tenant;
/** Created in the other cloud account, once it exists. */
let other: Tenant;
/** When the Deployment of the VM was suspended, by the monotonic clock. */
let suspendedAt = 0;

beforeAll(async () => {
  stage = await Stage.open('joints', { cluster: 'own' });
  const { environment, consumer, world } = stage;
  environment.chain.tick(500);
  paused = await startOperator();
  await environment.applySamples();
  await stage.until('three types are for sale', 60, () => world.sells(3));
  const archive = (await chartArchive(WEB_CHART)).toString('base64');
  const ids = await consumer.subscribe([wishFor('helm/v1', { chart: { archive } }, { funds }), small]);
  await stage.until('a VM is being made', 60, async () => environment.cloud.calls.has('deployVirtualMachine'));
  // What is not accepted within fifty blocks goes to somebody else: slower, while nobody leads.
  environment.chain.tick(2_000);
  paused.freeze();
  await startOperator();
  environment.chain.tick(500);
  chart = await running(ids[0]);
  vm = await running(ids[1]);
});

afterAll(async () => {
  paused?.thaw();
  await paused?.kill();
  await stage?.close();
});

test('a leader that is paused while it creates tenants and resumed past its lease changes nothing more and exits', async () => {
  const { environment } = stage;
  await stage.until('both are Ready', 60, async () => {
    return (await ready(chart))?.status === 'True' && (await ready(vm))?.status === 'True';
  });
  // Without blocks the leader of now has nothing to send either.
  environment.chain.tick(0);
  await sleep(1_000);
  const before = { ...(await outside()), ...(await sent()) };
  const { exited } = paused;
  paused.thaw();
  expect(await exited).toBe('exit code 1');
  expect({ ...(await outside()), ...(await sent()) }).toEqual(before);
  expect(before).toMatchObject({ deploys: 1 });
  await paused.kill();
  environment.chain.tick(500);
});

describe('a person', () => {
  test('every kind echoes a reconcile that was requested by annotation', async () => {
    const at = new Date().toISOString();
    const types = ['provider', 'offer', 'reactor', DEPLOYMENTS, SUBSCRIPTIONS, 'descriptortype'];
    for (const type of types) {
      await stage.environment.kubectl(['annotate', type, '--all', '--overwrite', `${RECONCILE_ANNOTATION}=${at}`]);
    }
    for (const type of types) {
      await stage.until(`every ${type} echoes the request`, 20, async () => {
        const echoes = await each(type, '{.status.lastHandledReconcileAt}');
        return echoes.length > 0 && echoes.every((echo) => echo === at);
      });
    }
  });

  test('a mirrored spec edited to Ended removes nothing', async () => {
    const before = await outside();
    const slip = stage.patch(DEPLOYMENTS, vm.name, { spec: { state: 'Ended' } });
    await expect(slip).rejects.toThrow('only the operator writes this spec');
    // Nor where that policy is not installed.
    await stage.removePolicy('mirrored');
    await stage.until('the policy holds no more', 20, () =>
      stage.patch(DEPLOYMENTS, vm.name, { spec: { state: 'Ended' } }).then(
        () => true,
        () => false,
      ),
    );
    const toEnded = async () => {
      for (const { name } of [chart, vm]) await stage.patch(DEPLOYMENTS, name, { spec: { state: 'Ended' } });
      for (const name of await each(SUBSCRIPTIONS, NAMES)) {
        await stage.patch(SUBSCRIPTIONS, name, { spec: { state: 'Ended' } });
      }
    };
    await toEnded();
    await areActiveAgain();
    // The same while nothing corrects it: an operator that starts has not read the chain yet.
    await stage.environment.stopOperator();
    await toEnded();
    await startOperator();
    await areActiveAgain();
    expect(await outside()).toEqual(before);
  });

  test('an edited label of a mirrored object is corrected', async () => {
    await stage.patch(DEPLOYMENTS, vm.name, { metadata: { labels: { 'dinfra.io/provider': 'nobody' } } });
    await stage.until('the label is right', 20, async () => {
      const { metadata } = await deployment(vm);
      return metadata.labels?.['dinfra.io/provider'] === 'acme';
    });
  });

  test('spec.suspend on a running Deployment pauses it and touches nothing', async () => {
    const before = await outside();
    await stage.patch(DEPLOYMENTS, vm.name, { spec: { suspend: true } });
    await stage.until('the Deployment is Paused', 20, async () => (await ready(vm))?.reason === 'Paused');
    suspendedAt = performance.now();
    expect(await outside()).toEqual(before);
  });

  test('a deleted Deployment that a foreign finalizer keeps is mirrored again, and its workload stays', async () => {
    const before = await outside();
    const { uid, finalizers = [] } = (await deployment(chart)).metadata;
    await stage.patch(DEPLOYMENTS, chart.name, { metadata: { finalizers: [...finalizers, 'example.com/backup'] } });
    await stage.environment.kubectl(['delete', DEPLOYMENTS, chart.name, '--wait=false']);
    await stage.until('only the foreign finalizer is left', 20, async () => {
      const { metadata } = await deployment(chart);
      return metadata.finalizers?.join() === 'example.com/backup';
    });
    await sleep(SETTLES_MS);
    expect(await outside()).toEqual(before);
    await stage.patch(DEPLOYMENTS, chart.name, { metadata: { finalizers: [] } });
    await stage.until('it is mirrored again', 30, async () => {
      return (await deployment(chart)).metadata.uid !== uid && (await ready(chart))?.status === 'True';
    });
    expect(await outside()).toEqual(before);
    expect(await stage.world.state(chart.id)).toBe('Active');
  });
});

describe('Offers', () => {
  test('after an Offer changes its reactor, running tenants stay at the old one and new tenants go to the new one', async () => {
    const before = await outside();
    await addOtherCloud();
    await stage.patch('offer', 'vm', { spec: { reactorRef: { name: 'other-cloud' } } });
    await stage.until('the Offer is as it was on chain', 30, () => isReady('offer', 'vm'));
    expect(await outside()).toEqual(before);
    other = await running((await stage.consumer.subscribe([medium]))[0]);
    expect((await deployment(other)).spec.reactorRef).toEqual({ name: 'other-cloud' });
    expect((await deployment(vm)).spec.reactorRef).toEqual({ name: 'cloud' });
    expect(vmsOf('stranger')).toHaveLength(1);
    expect(vmsOf('dinfra').map(({ name }) => name)).toEqual([vm.name]);
  });

  test('spec.suspend on a running Deployment is not reported to the chain as down', async () => {
    await sleep(Math.max(0, suspendedAt + DEGRADED_AFTER_MS + 5_000 - performance.now()));
    expect(await ready(vm)).toMatchObject({ status: 'True', reason: 'Paused' });
    expect(await eventsOf(vm)).not.toContain('Degraded');
    await stage.patch(DEPLOYMENTS, vm.name, { spec: { suspend: false } });
    await stage.until('the Deployment is Running', 20, async () => (await ready(vm))?.reason === 'Running');
  });

  test('the second of two Offers of one type is Stalled and names the first', async () => {
    await apply(offer('vm-cheaper', { pricePerBlock: '1' }));
    await stage.until('the second Offer is Stalled', 20, async () => {
      const stalled = await condition('offer', 'vm-cheaper', 'Stalled');
      return stalled?.reason === 'OfferDuplicate' && stalled.message.startsWith('Offer vm already sells');
    });
    expect(await priceOnChain('vm/v1')).toBe('5000000000');
    await stage.environment.kubectl(['delete', 'offer', 'vm-cheaper']);
  });

  test('an Offer whose Reactor is missing is Stalled and not sold', async () => {
    await stage.patch('offer', 'compose', { spec: { reactorRef: { name: 'nowhere' } } });
    await stage.until('the Offer is Stalled', 20, async () => {
      const stalled = await condition('offer', 'compose', 'Stalled');
      return stalled?.reason === 'ReactorMissing' && stalled.message.includes('nowhere');
    });
    await stage.until('it is not sold', 20, async () => (await priceOnChain('compose/v1')) === undefined);
  });

  test('a stricter schema published later changes nothing for running tenants, and applies to new ones', async () => {
    const before = await outside();
    const schema = await stricterSchema();
    const alice = await Consumer.open(stage.environment.chain.endpoint, '//Alice');
    const { content, preimage } = wishFor('', schema);
    const { preimage: notes, provider } = alice.api.tx;
    const published = { hash_: content.hash, len: content.length, source: content.source };
    await alice.send(notes.notePreimage(`0x${Buffer.from(preimage ?? []).toString('hex')}`));
    await alice.send(provider.updateType('vm/v1', published)).finally(() => alice.close());
    await stage.until('the new schema is in the cluster', 30, async () => {
      const types = await each('descriptortype', '{.spec.name} {.spec.version}');
      return types.includes('vm/v1 2');
    });
    const [late = -1n] = await stage.consumer.subscribe([withoutNote(small)]);
    await stage.until('an order of the old kind is declined', 30, async () => {
      const heard = await stage.consumer.heard(late);
      return heard.some(({ event, reason }) => event === 'Failed' && reason === chainCodeOf('DescriptorSchema'));
    });
    // A new process has no cached verdict on running tenants.
    await stage.environment.stopOperator();
    await startOperator();
    await handled(vm);
    expect(await ready(vm)).toMatchObject({ status: 'True', reason: 'Running' });
    const { spec, status } = await deployment(vm);
    expect(spec.accepted?.schemaVersion).toBe(1);
    expect(status.facts).toMatchObject({ order: 'Realisable', workload: 'Up' });
    expect(await outside()).toEqual(before);
    expect(await eventsOf(vm)).not.toContain('Degraded');
  });
});

describe('the Provider', () => {
  test('the second of two Providers of one account is Stalled and names the first', async () => {
    await apply(await provider('rival'));
    await stage.until('the second Provider is Stalled', 30, async () => {
      const stalled = await condition('provider', 'rival', 'Stalled');
      const first = `Provider ${stage.environment.namespace}/acme already serves account`;
      return stalled?.reason === 'AccountInUse' && stalled.message.startsWith(first);
    });
    expect(await isReady('provider', 'acme')).toBe(true);
    expect((await deployment(vm)).spec.providerRef).toEqual({ name: 'acme' });
    await stage.environment.kubectl(['delete', 'provider', 'rival', '--timeout=20s']);
  });

  test('a cluster restored without its Deployments creates nothing twice', async () => {
    const before = await outside();
    await stage.environment.stopOperator();
    await loseMirror();
    await startOperator();
    await areActiveAgain();
    await stage.until('each is at its Reactor again', 30, async () => {
      const found = await Promise.all([chart, vm, other].map(async (one) => (await deployment(one)).spec.reactorRef));
      return found.map((ref) => ref?.name).join() === 'cluster,cloud,other-cloud';
    });
    expect(await outside()).toEqual(before);
    for (const one of [chart, vm, other]) expect(await eventsOf(one)).not.toContain('Degraded');
  });

  test('tenants of a renamed Provider keep running, and nothing is created twice', async () => {
    const before = await outside();
    const items = [
      await provider('acme-renamed'),
      offer('renamed-vm', { providerRef: { name: 'acme-renamed' } }),
      offer('renamed-helm', {
        providerRef: { name: 'acme-renamed' },
        descriptorType: 'helm/v1',
        reactorRef: { name: 'cluster' },
      }),
    ];
    // Like GitOps: new objects are applied, then removed ones are pruned.
    await apply(...items);
    await stage.environment.kubectl(['delete', 'provider', 'acme', '--timeout=30s']);
    await stage.environment.kubectl(['delete', 'offer', 'vm', 'helm', 'compose', '--timeout=30s']);
    await stage.until('its tenants are those of the new one', 30, async () => {
      const names = await each(DEPLOYMENTS, '{.spec.providerRef.name}');
      return names.length === 3 && names.every((name) => name === 'acme-renamed');
    });
    await stage.until('the new Provider is Ready', 30, () => isReady('provider', 'acme-renamed'));
    for (const name of ['renamed-vm', 'renamed-helm']) {
      await stage.until(`Offer ${name} is Ready`, 30, () => isReady('offer', name));
    }
    await areActiveAgain();
    expect(await outside()).toEqual(before);
    expect((await stage.consumer.api.query.provider.nextProviderId()).toNumber()).toBe(1);
    for (const one of [chart, vm, other]) expect(await eventsOf(one)).not.toContain('Degraded');
  });

  test('a restored cluster that finds several Ended tenures at once tears down no more than the limit allows', async () => {
    const { environment, consumer } = stage;
    await stage.patch('provider', 'acme-renamed', { spec: { teardown: { maxPerHour: 1 } } });
    await environment.stopOperator();
    await consumer.send(...[chart, other].map(({ id }) => consumer.api.tx.subscription.cancel(id)));
    await loseMirror();
    await startOperator();
    await stage.until('one waits for a person', 60, async () => {
      const held = await condition('provider', 'acme-renamed', 'TeardownHeld');
      return held?.status === 'True' && held.message.startsWith('1 teardown waits');
    });
    await stage.until('one is gone', 60, async () => {
      return releases(await outside()) + vmsOf('stranger').length === 1;
    });
    await sleep(SETTLES_MS);
    expect(releases(await outside()) + vmsOf('stranger').length).toBe(1);
    const approvedUntil = new Date(Date.now() + 600_000).toISOString();
    await stage.patch('provider', 'acme-renamed', { spec: { teardown: { approvedUntil } } });
    await stage.until('both are gone', 60, async () => {
      return releases(await outside()) + vmsOf('stranger').length === 0;
    });
    expect(vmsOf('dinfra').map(({ name }) => name)).toEqual([vm.name]);
  });

  test('a Provider and a Reactor deleted while a tenant runs wait and report it; the offers are withdrawn', async () => {
    const { environment, consumer, world } = stage;
    await environment.kubectl(['delete', 'provider', 'acme-renamed', '--wait=false']);
    await environment.kubectl(['delete', 'reactor', 'cloud', '--wait=false']);
    await stage.until('the Provider says what it waits for', 30, async () => {
      const state = await condition('provider', 'acme-renamed', 'Ready');
      return state?.reason === 'InUse' && state.message.includes('1 tenure is left');
    });
    await stage.until('the Reactor says what it waits for', 30, async () => {
      return (await condition('reactor', 'cloud', 'Reconciling'))?.reason === 'InUse';
    });
    await stage.until('its offers are withdrawn', 30, async () => {
      const prices = await Promise.all(['vm/v1', 'helm/v1'].map((type) => priceOnChain(type)));
      return prices.every((price) => price === undefined);
    });
    expect(await ready(vm)).toMatchObject({ status: 'True' });
    expect(await world.state(vm.id)).toBe('Active');
    expect(vmsOf('dinfra').map(({ name }) => name)).toEqual([vm.name]);
    await consumer.cancel(vm.id);
    await stage.until('both are gone, and all that was made', 60, async () => {
      const left = [...(await each('provider', NAMES)), ...(await each(DEPLOYMENTS, NAMES))];
      const reactors = await each('reactor', NAMES);
      return left.length === 0 && !reactors.includes('cloud') && vmsOf('dinfra').length === 0;
    });
  });
});

async function startOperator(): Promise<OperatorProcess> {
  const operator = await stage.environment.startOperator({ resyncSeconds: RESYNC_SECONDS });
  await stage.until('the operator leads', 30, () => operator.leads());
  return operator;
}

/** How many calls that change something the cloud was sent, and how many transactions the chain. */
async function sent(): Promise<Readonly<Record<string, unknown>>> {
  const { cloud, chain } = stage.environment;
  const changes = [...cloud.calls].filter(([command]) => !/^(?:list|get|query|find)/.test(command));
  const { api } = stage.consumer;
  const { owner } = (await api.query.provider.providers(0)).unwrap();
  return {
    cloud: Object.fromEntries(changes),
    nonce: (await api.query.system.account(owner)).nonce.toNumber(),
    pending: await chain.call('author_pendingExtrinsics', []),
  };
}

/** Waits until the tenant of a subscription is up. */
async function running(id = -1n): Promise<Tenant> {
  await stage.until(`subscription ${id} is Active`, 90, async () => (await stage.world.state(id)) === 'Active');
  return { id, name: (await stage.world.deploymentOf(id)) ?? '' };
}

/** Everything outside of our own resources: nothing of it may be lost or created twice. */
async function outside(): Promise<Readonly<Record<string, unknown>>> {
  const names = [chart.name, vm.name, ...(other === undefined ? [] : [other.name])];
  const { releases: revisions, pods } = await stage.world.fingerprint(names);
  const { cloud } = stage.environment;
  return {
    releases: revisions,
    pods,
    vms: [...vmsOf('dinfra'), ...vmsOf('stranger')].map(({ name, id, state }) => `${name} ${id} ${state}`),
    deploys: cloud.calls.get('deployVirtualMachine') ?? 0,
    stops: cloud.calls.get('stopVirtualMachine') ?? 0,
    destroys: cloud.calls.get('destroyVirtualMachine') ?? 0,
  };
}

function releases(world: Readonly<Record<string, unknown>>): number {
  return String(world['releases'])
    .split('\n')
    .filter((line) => line !== '').length;
}

function vmsOf(account: string) {
  return stage.environment.cloud.books().accounts[account]?.vms ?? [];
}

async function areActiveAgain(): Promise<void> {
  for (const one of [chart, vm, ...(other === undefined ? [] : [other])]) {
    await stage.until(`${one.name} is Active and Ready`, 60, async () => {
      const { spec, status, metadata } = await deployment(one);
      const isReadyNow = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
      return spec.state === 'Active' && isReadyNow && status.observedGeneration === metadata.generation;
    });
    expect(await stage.world.state(one.id)).toBe('Active');
  }
  await stage.until('the Subscriptions are Active', 30, async () => {
    const states = await each(SUBSCRIPTIONS, '{.spec.state}');
    return states.length > 0 && states.every((state) => state === 'Active');
  });
}

/** Requests a reconcile of a Deployment and waits for it. */
async function handled({ name }: Tenant): Promise<void> {
  const at = new Date().toISOString();
  await stage.environment.kubectl(['annotate', DEPLOYMENTS, name, '--overwrite', `${RECONCILE_ANNOTATION}=${at}`]);
  await stage.until('it was reconciled', 30, async () => {
    return (await deployment({ name })).status.lastHandledReconcileAt === at;
  });
}

/** Removes everything that the bridge has mirrored, like a restore of everything else. */
async function loseMirror(): Promise<void> {
  const { environment } = stage;
  for (const name of await each(DEPLOYMENTS, NAMES)) {
    await environment.kubectl(['patch', DEPLOYMENTS, name, '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
  }
  await environment.kubectl(['delete', DEPLOYMENTS, '--all', '--timeout=20s']);
  await environment.kubectl(['delete', SUBSCRIPTIONS, '--all', '--timeout=20s']);
}

/** The other account of the cloud, as a Reactor with credentials the operator may read. */
async function addOtherCloud(): Promise<void> {
  const { environment } = stage;
  const { apiKey, secretKey } = environment.cloud.accounts.stranger;
  const { spec } = await stage.object<{ spec: { cloudStack: object } }>('reactor', 'cloud');
  const name = 'other-cloud';
  await stage.allowSecret(name);
  await apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { apiKey, secretKey } },
    ours('Reactor', name, { cloudStack: { ...spec.cloudStack, credentialsSecretRef: { name } } }),
  );
  await stage.until('the other cloud is Ready', 30, () => isReady('reactor', name));
}

function offer(name: string, spec: object): object {
  return ours('Offer', name, {
    providerRef: { name: 'acme' },
    descriptorType: 'vm/v1',
    reactorRef: { name: 'other-cloud' },
    pricePerBlock: '5000000000',
    capacity: 4,
    ...spec,
  });
}

/** A Provider of acme's account. */
async function provider(name: string): Promise<object> {
  const { spec } = await stage.object<{ spec: object }>('provider', 'acme');
  return ours('Provider', name, spec);
}

function ours(kind: string, name: string, spec: object): object {
  return { apiVersion: 'dinfra.io/v1alpha1', kind, metadata: { name }, spec };
}

async function apply(...items: readonly object[]): Promise<void> {
  await stage.environment.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

/** Publishes a schema of vm/v1 that requires two CPUs. */
async function stricterSchema(): Promise<string> {
  const list = await stage.environment.kubectl(['get', 'descriptortype', '-o', 'json']);
  const { items } = JSON.parse(list) as { items: readonly { spec: { name: string; schema: unknown } }[] };
  const stored = items.find(({ spec }) => spec.name === 'vm/v1')?.spec.schema;
  const schema = (typeof stored === 'string' ? JSON.parse(stored) : stored) as { properties: { cpu: object } };
  return JSON.stringify({ ...schema, properties: { ...schema.properties, cpu: { type: 'integer', minimum: 2 } } });
}

/** The price of a type on chain; undefined if it is not sold. */
async function priceOnChain(type: string): Promise<string | undefined> {
  const found = await stage.consumer.api.query.provider.offers(0, type);
  if (found.isNone || found.unwrap().withdrawn.isTrue) return undefined;
  return found.unwrap().price.toString();
}

/** The names of a tenant's events on chain. */
async function eventsOf({ id }: Tenant): Promise<readonly string[]> {
  return (await stage.consumer.heard(id)).map(({ event }) => event);
}

async function each(type: string, template: string): Promise<string[]> {
  const path = `jsonpath={range .items[*]}${template}{"\\n"}{end}`;
  return (await stage.environment.kubectl(['get', type, '-o', path])).split('\n').filter((line) => line !== '');
}

function deployment({ name }: Pick<Tenant, 'name'>): Promise<Deployment> {
  return stage.object<Deployment>(DEPLOYMENTS, name);
}

function ready({ name }: Tenant): Promise<Condition | undefined> {
  return condition(DEPLOYMENTS, name, 'Ready');
}

async function isReady(type: string, name: string): Promise<boolean> {
  return (await condition(type, name, 'Ready'))?.status === 'True';
}

/** A condition that describes the current spec. */
async function condition(type: string, name: string, wanted: string): Promise<Condition | undefined> {
  const { metadata, status } = await stage.object<Deployment>(type, name);
  if (status.observedGeneration !== metadata.generation) return undefined;
  return status.conditions?.find(({ type: found }) => found === wanted);
}
