/**
 * Safeguards against a provider's mistakes: objects deleted by hand, and many ends at once. Runs in the cluster of
 * KUBECONFIG or else an embedded one; its nodes have to run a pause container.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OperatorProcess } from '../../dev/operator-process.ts';
import { chartArchive, WEB_CHART } from '../support/chart-archives.ts';
import { wishFor, withoutNote } from '../support/consumer.ts';
import { Stage } from '../support/stage.ts';

const TENANTS = 5;
/** The limit of teardowns within an hour. */
const LIMIT = 2;

const BOB = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty';
const BOB_ON_POLKADOT = '14E5nqKAp3oAJcmzgZhUD2RcptBeUBScxKHgJKU4HPNcKVf3';
const MISTYPED = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694tz';

let stage: Stage;
let operator: OperatorProcess;
let ids: readonly bigint[];
let names: readonly string[];

beforeAll(async () => {
  stage = await Stage.open('safeguards');
  const { environment, consumer, world } = stage;
  environment.chain.tick(500);
  operator = await environment.startOperator();
  await environment.applySamples();
  await stage.patch('provider', 'acme', { spec: { teardown: { maxPerHour: LIMIT } } });
  await stage.until('three types are for sale', 60, () => world.sells(3));
  const chart = wishFor('helm/v1', { chart: { archive: (await chartArchive(WEB_CHART)).toString('base64') } });
  const wishes = Array.from({ length: TENANTS }, (_, index) => (index === 0 ? chart : withoutNote(chart)));
  ids = await consumer.subscribe(wishes);
  for (const id of ids) {
    await stage.until(`subscription ${id} is Active`, 90, async () => (await world.state(id)) === 'Active');
  }
  names = await Promise.all(ids.map(async (id) => (await world.deploymentOf(id)) ?? ''));
});

afterAll(() => stage?.close());

test('everything the operator makes says what it is, by whom, and nothing has the name of an Application of Argo CD', async () => {
  const { environment } = stage;
  const [name = ''] = names;
  const selector = 'app.kubernetes.io/managed-by=dinfra-operator,app.kubernetes.io/part-of=dinfra';
  const labelled = async (type: string, ...args: readonly string[]) => {
    const label = (key: string) => `{.metadata.labels.app\\.kubernetes\\.io/${key}}`;
    const template = `jsonpath={range .items[*]}${label('component')} ${label('instance')}{"\\n"}{end}`;
    const text = await environment.kubectl(['get', type, ...args, '-l', selector, '-o', template]);
    return text.split('\n').filter((line) => line !== '');
  };
  expect(await labelled('deployments.dinfra.io')).toContain(`deployment ${name}`);
  expect(await labelled('subscriptions.dinfra.io')).toHaveLength(TENANTS);
  expect((await labelled('descriptortypes')).length).toBeGreaterThan(2);
  expect(await labelled('configmaps')).toEqual([expect.stringMatching(/^descriptor descriptor-[0-9a-f]{16}$/)]);
  expect(await labelled('leases')).toEqual(['lease dinfra-operator-lease']);
  expect(await labelled('namespaces')).toContain(`tenant ${name}`);
  expect(await labelled('networkpolicies', '-n', name)).toEqual([`confinement ${name}`]);
});

test('objects deleted by hand are mirrored again, and their workloads are not touched', async () => {
  const { environment, world } = stage;
  const [name = ''] = names;
  const before = await stage.baseline([name]);
  const uidsOf = async (resource: string) => {
    const template = 'jsonpath={range .items[*]}{.metadata.uid}{"\\n"}{end}';
    return (await environment.kubectl(['get', resource, '-o', template])).split('\n').filter((uid) => uid !== '');
  };
  const old = [...(await uidsOf('deployments.dinfra.io')), ...(await uidsOf('subscriptions.dinfra.io'))];
  await environment.kubectl(['delete', 'deployments.dinfra.io,subscriptions.dinfra.io', '--all']);
  await stage.until('all of them are there again and Ready', 60, async () => {
    const now = [...(await uidsOf('deployments.dinfra.io')), ...(await uidsOf('subscriptions.dinfra.io'))];
    if (now.length !== old.length || now.some((uid) => old.includes(uid))) return false;
    return (await Promise.all(names.map((one) => world.ready(one)))).every(({ status }) => status === 'True');
  });
  const { releases, pods } = await world.fingerprint([name]);
  expect({ releases, pods }).toEqual({ releases: before['releases'], pods: before['pods'] });
  for (const id of ids) expect(await world.state(id)).toBe('Active');
});

test('a Subscription deleted by hand takes its Deployment along, both are mirrored again, and nothing that runs is moved', async () => {
  const { environment, world } = stage;
  const [, name = ''] = names;
  const before = await stage.baseline([name]);
  const owned = await ownerOf(name);
  expect(owned.by).toMatchObject({ kind: 'Subscription', controller: true, blockOwnerDeletion: false });
  await environment.kubectl(['delete', 'subscriptions.dinfra.io', owned.by.name]);
  // The garbage collector may come before the next comparison, or find an owner again: both have to end like this.
  await stage.until('another Subscription owns its Deployment', 60, async () => {
    const now = await ownerOf(name).catch(() => undefined);
    return now !== undefined && now.by.uid !== owned.by.uid && !now.isLeaving;
  });
  await stage.until('it is Ready', 60, async () => (await world.ready(name)).status === 'True');
  const { releases, pods } = await world.fingerprint([name]);
  expect({ releases, pods }).toEqual({ releases: before['releases'], pods: before['pods'] });
  for (const id of ids) expect(await world.state(id)).toBe('Active');
});

test('more ends than may be torn down within an hour wait for a person, and a condition and an event say so', async () => {
  const { environment, consumer } = stage;
  const before = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await releasesOf(name)] as const)),
  );
  await consumer.send(...ids.map((id) => consumer.api.tx.subscription.cancel(id)));
  await stage.until(`${LIMIT} are gone`, 90, async () => (await left()).length === TENANTS - LIMIT);
  await stage.until('the Provider says that the others wait', 30, async () => {
    const held = await condition('TeardownHeld');
    return held?.status === 'True' && held.message.startsWith(`${TENANTS - LIMIT} teardowns wait`);
  });
  const event = ['get', 'events.events.k8s.io', '--field-selector', 'reason=TeardownHeld', '-o', 'name'];
  await stage.until('an event says so', 15, async () => (await environment.kubectl(event)) !== '');
  expect(await operator.metrics()).toMatch(/^dinfra_teardowns_held\{.*\} 3$/m);
  // What waits is kept, and does not run for free.
  for (const name of await left()) {
    expect(await releasesOf(name)).toEqual(before[name]);
    const pods = ['-n', name, 'get', 'pods', '-o', 'name'];
    await stage.until(`${name} has no pods`, 60, async () => (await environment.kubectl(pods)) === '');
  }
});

test('a restarted operator does not start counting teardowns from zero', async () => {
  const { environment } = stage;
  await operator.kill();
  operator = await environment.startOperator();
  await stage.until('it is ready', 30, async () => (await operator.readiness()).ok);
  await stage.until('it says that the others wait', 30, async () =>
    /^dinfra_teardowns_held\{.*\} 3$/m.test(await operator.metrics()),
  );
  expect(await left()).toHaveLength(TENANTS - LIMIT);
});

test('teardowns that a person approves go on', async () => {
  const approvedUntil = new Date(Date.now() + 600_000).toISOString();
  await stage.patch('provider', 'acme', { spec: { teardown: { approvedUntil } } });
  await stage.until('all are gone', 90, async () => {
    return (await left()).length === 0 && (await stage.world.offers()).get('helm/v1')?.used === 0;
  });
  await stage.until('nothing is said to wait', 15, async () => (await condition('TeardownHeld')) === undefined);
});

test('a mistyped account in the consumer policy is named, and blocks no other change', async () => {
  const mode = 'AllowList';
  await stage.patch('provider', 'acme', { spec: { consumerPolicy: { mode, consumers: [BOB_ON_POLKADOT, MISTYPED] } } });
  await stage.patch('offer', 'helm', { spec: { pricePerBlock: '7' } });
  const { provider } = stage.consumer.api.query;
  await stage.until('the chain has the new price', 30, async () => {
    const offer = await provider.offers(0, 'helm/v1');
    return offer.unwrap().price.toString() === '7';
  });
  await stage.until('the Provider names the account', 15, async () => {
    const ready = await condition('Ready');
    return ready?.status === 'False' && ready.reason === 'ConsumerInvalid' && ready.message.includes(MISTYPED);
  });
  const rules = await provider.consumerRules.entries(0);
  expect(rules.map(([{ args }]) => args[1].toString())).toEqual([BOB]);
  // The same account with another prefix: submitted once, and not again with each block. It is counted when it is final.
  await stage.until('the rules are counted', 15, async () => (await operator.metrics()).includes('setConsumerRules'));
  expect(await operator.metrics()).toMatch(/^dinfra_chain_calls_total\{.*setConsumerRules.*\} 1$/m);
});

/** The owner of a Deployment. */
async function ownerOf(name: string) {
  const { metadata } = await stage.object<{
    metadata: {
      deletionTimestamp?: string;
      ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
    };
  }>('deployments.dinfra.io', name);
  const [by] = metadata.ownerReferences ?? [];
  if (by === undefined) throw new Error(`Deployment ${name} has no owner`);
  return { by, isLeaving: metadata.deletionTimestamp !== undefined };
}

async function left(): Promise<string[]> {
  const { deployments } = await stage.world.remains(names);
  return [...deployments];
}

async function releasesOf(name: string): Promise<string | undefined> {
  return (await stage.world.fingerprint([name]))['releases'];
}

async function condition(type: string) {
  const { status } = await stage.object<{
    status: { conditions: { type: string; status: string; reason: string; message: string }[] };
  }>('provider', 'acme');
  return status.conditions.find((one) => one.type === type);
}
