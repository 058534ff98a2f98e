/**
 * Invalid orders, by mistake or on purpose, submitted to the chain directly. Runs in the cluster of KUBECONFIG or else
 * an embedded one; its nodes have to run a pause container, for the valid neighbour.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controllerReasons } from '../../src/controller/reasons.ts';
import { cidOf } from '../../src/descriptors/content/content-hash.ts';
import { chainCodeOf, type Reason } from '../../src/errors/catalogue.ts';
import { cloudStackReasons } from '../../src/providers/cloudstack/reasons.ts';
import { chartArchive, WEB_CHART } from '../support/chart-archives.ts';
import { startChartRepository } from '../support/chart-repository.ts';
import { type Wish, wishFor, wishOnIpfs } from '../support/consumer.ts';
import { type HttpHost, startHttpHost } from '../support/http-host.ts';
import { Stage } from '../support/stage.ts';

let stage: Stage;
let charts: HttpHost;
let gateway: HttpHost;
let good: Wish;
/** The contents of the gateway, by path. */
const lies = new Map<string, Buffer>();

interface Mistake {
  readonly what: string;
  readonly wish: () => Wish;
  readonly reason: Reason;
  /** What the message has to contain. */
  readonly named: readonly string[];
}

/** CloudStack's number of the limit on VMs. */
const VMS = '0';

const vm = { image: 'debian-12', cpu: 1, memoryMiB: 1024 };

const mistakes: readonly Mistake[] = [
  {
    what: 'a descriptor that no source has',
    wish: () => wishOnIpfs('helm/v1', '{"chart": "of a descriptor nobody has"}'),
    reason: 'DescriptorMissing',
    named: ["the chain's preimages does not have it"],
  },
  {
    what: 'a descriptor for which the gateway sends other bytes',
    wish: () => lied('{"chart": "as ordered"}', '{"chart": "as altered"}'.slice(0, 23)),
    reason: 'DescriptorHashMismatch',
    named: ['of hash 0x'],
  },
  {
    what: 'a descriptor for which the gateway never stops sending',
    wish: () => lied('{"chart": "short"}', ' '.repeat(1024 * 1024)),
    reason: 'DescriptorHashMismatch',
    named: ['more than 18 bytes'],
  },
  {
    what: 'a descriptor that is not JSON',
    wish: () => wishFor('helm/v1', 'chart: substrate-node\n'),
    reason: 'DescriptorNotJson',
    named: ['the descriptor'],
  },
  {
    what: 'a descriptor that violates its schema',
    wish: () => wishFor('vm/v1', { ...vm, cpu: 'two' }),
    reason: 'DescriptorSchema',
    named: ['cpu', 'two', 'integer'],
  },
  {
    what: 'a chart that does not exist',
    wish: () =>
      wishFor('helm/v1', { chart: { repository: `${charts.origin}/charts`, name: 'absent', version: '1.0.0' } }),
    reason: 'ChartNotFound',
    named: ['absent'],
  },
  {
    what: 'a version of a chart that does not exist',
    wish: () =>
      wishFor('helm/v1', { chart: { repository: `${charts.origin}/charts`, name: 'demo', version: '9.9.9' } }),
    reason: 'ChartNotFound',
    named: ['demo', '9.9.9'],
  },
  {
    what: 'a chart whose values do not fit',
    wish: () =>
      wishFor('helm/v1', {
        chart: { repository: `${charts.origin}/charts`, name: 'demo', version: '0.1.0' },
        values: { replicas: 'three' },
      }),
    reason: 'ChartValuesInvalid',
    named: ['replicas'],
  },
  {
    what: 'an offering CloudStack does not have',
    wish: () => wishFor('vm/v1', { ...vm, cpu: 8, memoryMiB: 16_384 }),
    reason: 'CloudStackOfferingUnknown',
    named: ['gone-offering'],
  },
  {
    what: 'a template CloudStack does not have',
    wish: () => wishFor('vm/v1', { ...vm, image: 'gone' }),
    reason: 'CloudStackTemplateUnknown',
    named: ['gone-template'],
  },
  {
    what: 'an image the provider does not offer',
    wish: () => wishFor('vm/v1', { ...vm, image: 'windows-3.11' }),
    reason: 'VmImageNotOffered',
    named: ['image', 'windows-3.11', 'debian-12'],
  },
  {
    what: 'a size the provider does not offer',
    wish: () => wishFor('vm/v1', { ...vm, cpu: 256 }),
    reason: 'VmSizeNotOffered',
    named: ['cpu', '256'],
  },
];

beforeAll(async () => {
  stage = await Stage.open('bad-input');
  charts = await startChartRepository([{ name: 'demo', version: '0.1.0', archive: await chartArchive(WEB_CHART) }]);
  gateway = await startHttpHost(({ url = '' }, reply) => {
    const lie = lies.get(new URL(url, 'http://gateway').pathname);
    if (lie === undefined) reply.writeHead(404).end('not found');
    else reply.writeHead(200).end(lie);
  });
  good = wishFor('helm/v1', { chart: { repository: `${charts.origin}/charts`, name: 'demo', version: '0.1.0' } });
  const { environment } = stage;
  await environment.startOperator();
  await environment.applySamples();
  await stage.patch('provider', 'acme', { spec: { ipfsGateways: [gateway.origin] } });
  await stage.patch('reactor', 'cluster', {
    spec: { helm: { charts: { plainHttpHosts: [charts.host], privateAddresses: true } } },
  });
  await stage.patch('reactor', 'cloud', {
    spec: {
      cloudStack: {
        sizes: [
          { cpu: 1, memoryMiB: 1024, offering: 'small' },
          { cpu: 8, memoryMiB: 16_384, offering: 'gone-offering' },
        ],
        images: [
          { name: 'debian-12', template: 'debian-12' },
          { name: 'gone', template: 'gone-template' },
        ],
      },
    },
  });
  await stage.patch('offer', 'helm', { spec: { capacity: 30 } });
  await stage.patch('offer', 'vm', { spec: { capacity: 30 } });
  await stage.until('charts and VMs are for sale', 60, async () => {
    const offers = await stage.world.offers();
    const capacities = ['helm/v1', 'vm/v1'].map((type) => offers.get(type)?.capacity);
    return capacities.join() === '30,30' && (await stage.world.isFresh());
  });
});

afterAll(async () => {
  await stage?.close();
  await gateway?.close();
  await charts?.close();
});

describe('orders that the chain refuses', () => {
  test('the chain refuses a descriptor of more than 256 KiB', async () => {
    const wish = wishOnIpfs('helm/v1', ' '.repeat(256 * 1024 + 1));
    await expect(stage.consumer.subscribe([wish])).rejects.toThrow('provider.ContentLength');
  });

  test('the chain refuses a preimage that was not noted', async () => {
    const { type, content } = wishFor('helm/v1', '{"chart": "never noted"}');
    await expect(stage.consumer.subscribe([{ type, content }])).rejects.toThrow('provider.PreimageMissing');
  });

  test('the chain refuses a preimage with another length than in the reference', async () => {
    const { content, ...rest } = wishFor('helm/v1', '{"chart": "longer than it says"}');
    const wish = { ...rest, content: { ...content, length: content.length - 1 } };
    await expect(stage.consumer.subscribe([wish])).rejects.toThrow('provider.PreimageLength');
  });
});

describe('orders that cannot be realised', () => {
  let ids: readonly bigint[];
  let goodId: bigint;

  beforeAll(async () => {
    const all = await stage.consumer.subscribe([...mistakes.map(({ wish }) => wish()), good]);
    // No block until everything was checked: with an answer of the chain, the Deployments would be removed.
    stage.environment.chain.tick(0);
    ids = all.slice(0, -1);
    goodId = all.at(-1) ?? -1n;
    expect(all).toHaveLength(mistakes.length + 1);
  });

  test.each(mistakes.map(({ what }, index) => [what, index] as const))(
    '%s stalls its Deployment with the reason',
    async (_what, index) => {
      const { reason, named } = mistakes[index] as Mistake;
      await stage.until(`Deployment of subscription ${ids[index]} is Stalled`, 30, async () => {
        const conditions = await conditionsOf(ids[index] ?? -1n);
        return conditions.some(({ type, status }) => type === 'Stalled' && status === 'True');
      });
      const conditions = await conditionsOf(ids[index] ?? -1n);
      const stalled = conditions.find(({ type }) => type === 'Stalled');
      const ready = conditions.find(({ type }) => type === 'Ready');
      expect(stalled).toMatchObject({ status: 'True', reason });
      expect(ready).toMatchObject({ status: 'False', reason, message: stalled?.message });
      for (const word of named) expect(stalled?.message).toContain(word);
    },
  );

  test('each impossible order is declined on chain with its reason code', async () => {
    stage.environment.chain.tick(500);
    for (const [index, { reason }] of mistakes.entries()) {
      const id = ids[index] ?? -1n;
      const code = chainCodeOf(reason);
      expect(code).toBeDefined();
      await stage.until(`the chain has heard ${code} of subscription ${id}`, 60, async () =>
        (await stage.consumer.heard(id)).some(({ event, reason: heard }) => event === 'Failed' && heard === code),
      );
      const heard = await stage.consumer.heard(id);
      expect(heard.map(({ event }) => event)).not.toContain('Accepted');
    }
  });

  test('declined Deployments are all deleted and do not count as teardowns, because nothing was created for them', async () => {
    await stage.until('only the good Deployment is left', 90, async () => {
      const names = await stage.environment.kubectl(['get', 'deployments.dinfra.io', '-o', 'name']);
      return names.split('\n').filter((line) => line !== '').length === 1;
    });
    const { status } = await stage.object<{ status: { conditions: Condition[] } }>('provider', 'acme');
    expect(status.conditions.map(({ type }) => type)).not.toContain('TeardownHeld');
    expect(stage.environment.cloud.calls.get('deployVirtualMachine')).toBeUndefined();
  });

  test('a valid order beside impossible ones becomes Ready', async () => {
    await stage.until(
      `subscription ${goodId} is Active`,
      60,
      async () => (await stage.world.state(goodId)) === 'Active',
    );
    expect((await conditionsOf(goodId)).find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True' });
  });

  test('an order that the cloud has no room for is declined before its deadline', async () => {
    const { environment, consumer } = stage;
    const account = environment.cloud.world.tables.accounts.find(({ name }) => name === 'dinfra');
    if (account === undefined) throw new Error('the cloud has no account dinfra');
    const { limits } = account;
    account.limits = { ...limits, [VMS]: 0 };
    // The chain waits fifty blocks for an answer to an award.
    environment.chain.tick(1_000);
    const [id = -1n] = await consumer.subscribe([wishFor('vm/v1', { ...vm, hostname: 'one-too-many' })]);
    const { chainCode } = cloudStackReasons.CloudStackLimitReached;
    await stage.until(`the chain has heard of subscription ${id}`, 90, async () =>
      (await consumer.heard(id)).some(({ event }) => event === 'Failed'),
    );
    expect((await consumer.heard(id)).find(({ event }) => event === 'Failed')).toMatchObject({ reason: chainCode });
    account.limits = limits;
    environment.chain.tick(500);
  });

  test('a type that is no longer offered is declined, even if it was awarded while the operator did not run', async () => {
    const { environment, consumer } = stage;
    await environment.stopOperator();
    await environment.kubectl(['delete', 'offer', 'vm']);
    const [id = -1n] = await consumer.subscribe([wishFor('vm/v1', { ...vm, hostname: 'late' })]);
    await environment.startOperator();
    const { chainCode } = controllerReasons.DescriptorTypeNotOffered;
    await stage.until(`the chain has heard ${chainCode} of subscription ${id}`, 60, async () =>
      (await consumer.heard(id)).some(({ event, reason }) => event === 'Failed' && reason === chainCode),
    );
    const said = await environment.kubectl([
      'get',
      'events.events.k8s.io',
      '-o',
      'jsonpath={range .items[?(@.reason=="DescriptorTypeNotOffered")]}{.note}{"\\n"}{end}',
    ]);
    expect(said).toContain('no Offer of type vm/v1');
    expect(await stage.world.state(goodId)).toBe('Active');
  });

  test('a Secret with another account tears nothing down and registers no provider', async () => {
    await useAccount('//Dave', 'ProviderChanged');
    expect((await conditionsOf(goodId)).find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True' });
    expect((await stage.consumer.api.query.provider.providers.entries()).length).toBe(1);
    await useAccount('//Bob', 'Registered');
    expect(await stage.world.state(goodId)).toBe('Active');
  });

  test('the valid order is torn down when its consumer cancels', async () => {
    await stage.consumer.cancel(goodId);
    await stage.until('nothing is left', 90, async () => {
      const names = await stage.environment.kubectl(['get', 'deployments.dinfra.io', '-o', 'name']);
      return names === '' && (await stage.world.offers()).get('helm/v1')?.used === 0;
    });
  });
});

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

async function conditionsOf(subscription: bigint): Promise<readonly Condition[]> {
  const name = await stage.world.deploymentOf(subscription);
  if (name === undefined) return [];
  const { status } = await stage.object<{ status?: { conditions?: readonly Condition[] } }>(
    'deployments.dinfra.io',
    name,
  );
  return status?.conditions ?? [];
}

/** Writes an account into the Provider's Secret, and waits until the Provider's Ready has this reason. */
async function useAccount(suri: string, reason: Reason): Promise<void> {
  await stage.patch('secret', 'acme-account', { stringData: { suri } });
  // A Secret is read every five minutes, and whenever its Provider has changed.
  await stage.patch('provider', 'acme', { spec: { metadata: { name: `ACME of ${suri}` } } });
  await stage.until(`the Provider says ${reason}`, 60, async () => {
    const { status } = await stage.object<{ status: { conditions: readonly Condition[] } }>('provider', 'acme');
    return status.conditions.some((condition) => condition.type === 'Ready' && condition.reason === reason);
  });
}

/** A subscription to a descriptor on IPFS for which the gateway sends other bytes. */
function lied(descriptor: string, sent: string): Wish {
  const wish = wishOnIpfs('helm/v1', descriptor);
  lies.set(`/ipfs/${cidOf(wish.content.hash)}`, Buffer.from(sent));
  return wish;
}
