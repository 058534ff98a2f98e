/**
 * Two providers of one chain in one cluster, each with its own operator and namespace, and a third that shares those of
 * the first; all with the same account in the same cloud. Runs in the cluster of KUBECONFIG or else an embedded one;
 * its nodes have to run a pause container.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OperatorProcess } from '../../dev/operator-process.ts';
import { OperatorRelease } from '../../dev/operator-release.ts';
import { chartArchive, WEB_CHART } from '../support/chart-archives.ts';
import { type Wish, wishFor, withoutNote } from '../support/consumer.ts';
import { Stage } from '../support/stage.ts';

/** Numbers on chain, in the order of registration. */
const ACME = 0;
const BRAVO = 1;
const COSMO = 2;

let stage: Stage;
/** Namespace of bravo, which has another operator. */
let elsewhere: string;
let bravosOperator: OperatorProcess;
let bravosRelease: OperatorRelease;
let chart: Wish;
const vm = wishFor('vm/v1', { image: 'debian-12', cpu: 1, memoryMiB: 1024 });

beforeAll(async () => {
  stage = await Stage.open('two');
  const { environment } = stage;
  elsewhere = `${environment.namespace}-b`;
  const archive = (await chartArchive(WEB_CHART)).toString('base64');
  chart = wishFor('helm/v1', { chart: { archive } });
  await environment.kubectl(['create', 'namespace', elsewhere]);
  await environment.startOperator();
  await environment.applySamples();
  environment.chain.tick(400);
  await registered('acme', environment.namespace, 3);
  const bravosFolder = join(environment.folder, 'bravo');
  mkdirSync(bravosFolder);
  bravosRelease = await OperatorRelease.install({
    binaries: environment.binaries,
    kubeconfig: environment.kubeconfig,
    namespace: elsewhere,
    folder: bravosFolder,
    crds: false,
    secrets: ['bravo', 'cloudstack-keys'],
  });
  bravosOperator = await OperatorProcess.start({
    kubeconfig: bravosRelease.kubeconfig,
    flags: bravosRelease.flags,
    namespace: elsewhere,
    helm: environment.binaries.helm,
    logFile: join(bravosFolder, 'operator.log'),
  });
  await addProvider('bravo', '//Dave', elsewhere);
  await stage.allowSecret('cosmo');
  await addProvider('cosmo', '//Eve', environment.namespace);
});

afterAll(async () => {
  await bravosOperator?.stop();
  if (stage !== undefined) {
    await bravosRelease?.uninstall();
    await inElsewhere(['delete', 'namespace', elsewhere, '--wait=false']);
  }
  await stage?.close();
});

describe('providers of one chain in one cluster', () => {
  const ids: bigint[] = [];

  test('each of three providers realises its own awards and nothing else', async () => {
    const wishes = [ACME, BRAVO, COSMO].flatMap((provider) =>
      [chart, vm].map((wish) => ({ ...wish, strategy: { Named: provider } })),
    );
    // Noted once, or the chain would refuse the second.
    ids.push(...(await stage.consumer.subscribe(wishes.map((wish, index) => (index < 2 ? wish : withoutNote(wish))))));
    expect(ids).toHaveLength(6);
    for (const id of ids) {
      await stage.until(`subscription ${id} is Active`, 120, async () => (await stage.world.state(id)) === 'Active');
    }
    expect(await deployments(stage.environment.namespace)).toEqual([
      `acme ${ids[0]}/1`,
      `acme ${ids[1]}/1`,
      `cosmo ${ids[4]}/1`,
      `cosmo ${ids[5]}/1`,
    ]);
    expect(await deployments(elsewhere)).toEqual([`bravo ${ids[2]}/1`, `bravo ${ids[3]}/1`]);
    expect(vmNames()).toHaveLength(3);
  });

  test('tenures that end at one provider are removed there, and those of the others are not touched', async () => {
    const [acmesChart = -1n, acmesVm = -1n, ...others] = ids;
    const names = await Promise.all(others.map((id) => deploymentName(id)));
    const before = await stage.baseline(names);
    expect(before['vms']?.split('\n')).toHaveLength(2);
    await stage.consumer.cancel(acmesChart);
    await stage.consumer.cancel(acmesVm);
    await stage.until('nothing of acme is left', 90, async () => {
      const left = await deployments(stage.environment.namespace);
      return !left.some((one) => one.startsWith('acme')) && vmNames().length === 2;
    });
    expect(await stage.world.fingerprint(names)).toEqual(before);
    for (const id of others) expect(await stage.world.state(id)).toBe('Active');
  });

  test('a subscription that one provider accepted and could not realise is torn down there, and realised by the next', async () => {
    await stage.patch('reactor', 'cluster', { spec: { helm: { quota: { services: '0' } } } });
    await stage.patch('offer', 'helm', { spec: { pricePerBlock: '1' } });
    // cosmo has the same quota, so it sells no charts now.
    await stage.environment.kubectl(['delete', 'offer', 'cosmo-helm']);
    await stage.until('acme is the cheaper one of two', 60, async () => {
      const acmes = await stage.consumer.api.query.provider.offers(ACME, 'helm/v1');
      const cosmos = await stage.consumer.api.query.provider.offers(COSMO, 'helm/v1');
      return acmes.unwrap().price.toNumber() === 1 && cosmos.unwrapOrDefault().withdrawn.isTrue;
    });
    const [id = -1n] = await stage.consumer.subscribe([{ ...withoutNote(chart), strategy: 'LowestPrice' }]);
    await stage.until(`subscription ${id} is Active at bravo`, 120, async () => {
      const heard = await stage.consumer.heard(id);
      return heard.some(({ event, provider }) => event === 'Activated' && provider === BRAVO);
    });
    const events = (await stage.consumer.heard(id)).map(({ event, provider }) => `${event} ${provider}`);
    expect(events).toEqual(expect.arrayContaining([`Awarded ${ACME}`, `Accepted ${ACME}`, `Failed ${ACME}`]));
    expect(await deployments(elsewhere)).toContain(`bravo ${id}/2`);
    const first = (await deploymentName(id, elsewhere)).replace(`-${id}-2-`, `-${id}-1-`);
    await stage.until(`nothing of ${first} is left`, 90, async () => {
      const { capacityUsed: _, ...left } = await stage.world.remains([first]);
      return Object.values(left).every((list) => list.length === 0);
    });
    expect(await deployments(stage.environment.namespace)).not.toContain(`acme ${id}/1`);
    expect(await stage.world.state(id)).toBe('Active');
    ids.push(id);
  });

  test('nothing is left of any provider once all subscriptions are cancelled', async () => {
    for (const id of ids.slice(2)) await stage.consumer.cancel(id);
    await stage.until('nothing is left', 120, async () => {
      const left = [...(await deployments(stage.environment.namespace)), ...(await deployments(elsewhere))];
      return left.length === 0 && vmNames().length === 0;
    });
    for (const provider of [ACME, BRAVO, COSMO]) {
      const offers = [...(await stage.world.offers(provider)).values()];
      expect(offers).not.toEqual([]);
      expect(offers.filter(({ used }) => used !== 0)).toEqual([]);
    }
    const { networks, addresses } = stage.environment.cloud.books().accounts['dinfra'] ?? {};
    expect({ networks, addresses }).toEqual({ networks: [], addresses: [] });
  });
});

/** Runs kubectl in bravo's namespace. */
function inElsewhere(args: readonly string[], input?: string): Promise<string> {
  return stage.environment.kubectl(['--namespace', elsewhere, ...args], input);
}

/** Provider, subscription and tenure of the Deployments of a namespace, in order. */
async function deployments(namespace: string): Promise<string[]> {
  const template = '{range .items[*]}{.spec.providerRef.name} {.spec.subscription}/{.spec.tenure}{"\\n"}{end}';
  const args = ['get', 'deployments.dinfra.io', '-n', namespace, '-o', `jsonpath=${template}`];
  return (await stage.environment.kubectl(args))
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

async function deploymentName(id: bigint, namespace?: string): Promise<string> {
  for (const place of namespace === undefined ? [stage.environment.namespace, elsewhere] : [namespace]) {
    const args = [
      'get',
      'deployments.dinfra.io',
      '-n',
      place,
      `--field-selector=spec.subscription=${id}`,
      '-o',
      'name',
    ];
    const [, name] = (await stage.environment.kubectl(args)).trim().split('/');
    if (name !== undefined) return name;
  }
  throw new Error(`there is no Deployment of subscription ${id}`);
}

function vmNames(): string[] {
  return (stage.environment.cloud.books().accounts['dinfra']?.vms ?? []).map(({ name }) => name);
}

/** Applies a Provider with an Offer of each type, with reactors for the same cluster and cloud. */
async function addProvider(name: string, suri: string, namespace: string): Promise<void> {
  const { environment } = stage;
  const metadata = { name, namespace };
  const { apiKey, secretKey } = environment.cloud.accounts.user;
  const offer = (type: string, reactor: string) => ({
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Offer',
    metadata: { name: `${name}-${type}`, namespace },
    spec: {
      providerRef: { name },
      descriptorType: `${type}/v1`,
      reactorRef: { name: reactor },
      pricePerBlock: '1000',
      capacity: 5,
    },
  });
  // Like in the samples, with the tenant role of the installed operator.
  const { tenantRole } = bravosRelease;
  const reactors = await Promise.all(
    ['cluster', 'cloud'].map(async (reactor) => {
      const { spec: sample } = await stage.object<{ spec: { helm?: object } }>('reactor', reactor);
      const isBravos = namespace === elsewhere && sample.helm !== undefined;
      const spec = isBravos ? { helm: { ...sample.helm, tenantClusterRole: tenantRole } } : sample;
      return { apiVersion: 'dinfra.io/v1alpha1', kind: 'Reactor', metadata: { name: reactor, namespace }, spec };
    }),
  );
  const items = [
    { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { suri } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'cloudstack-keys', namespace },
      stringData: { apiKey, secretKey },
    },
    {
      apiVersion: 'dinfra.io/v1alpha1',
      kind: 'Provider',
      metadata,
      spec: { chain: { endpoints: [environment.chain.endpoint] }, accountSecretRef: { name } },
    },
    ...reactors,
    offer('helm', 'cluster'),
    offer('vm', 'cloud'),
  ];
  await environment.kubectl(
    ['apply', '-n', namespace, '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  );
  await registered(name, namespace, 2);
}

async function registered(name: string, namespace: string, offers: number): Promise<void> {
  await stage.until(`provider ${name} has ${offers} offers on chain`, 60, async () => {
    const args = ['get', 'provider', name, '-n', namespace, '-o', 'jsonpath={.status.providerId}'];
    const id = await stage.environment.kubectl(args);
    return id !== '' && (await stage.world.sells(offers, Number(id)));
  });
}
