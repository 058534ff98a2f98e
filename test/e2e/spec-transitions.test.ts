/**
 * Changes of every field that a person writes, generated from the schemas in crds/, while a tenant's VM runs: each is
 * refused by the API server, or reverted without lasting effects. Afterwards nothing is written at rest, by this
 * operator or by a restarted one. DINFRA_TRANSITIONS=all makes every accepted change, otherwise a sample.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { OperatorProcess } from '../../dev/operator-process.ts';
import { RetryableError } from '../../src/errors/dinfra-error.ts';
import { isConflict } from '../../src/kube/client/api-error.ts';
import { KubeClient } from '../../src/kube/client/kube-client.ts';
import { loadClusterAccess } from '../../src/kube/client/kubeconfig.ts';
import { wishFor } from '../support/consumer.ts';
import { GatedKubeconfig, HttpGate } from '../support/http-gate.ts';
import { type Change, changed, changesOf, type Schema } from '../support/schema-changes.ts';
import { Stage } from '../support/stage.ts';

const SAMPLE = 16;
const SETTLES_S = 90;
/** Ten minutes at rest are ten reconciles of everything: with an interval of a second they take ten seconds. */
const RESYNC_SECONDS = 1;
const LOOKS = 15;

const written = [
  { kind: 'provider', name: 'acme' },
  { kind: 'offer', name: 'vm' },
  { kind: 'offer', name: 'helm' },
  { kind: 'reactor', name: 'cloud' },
  { kind: 'reactor', name: 'cluster' },
] as const;
type Written = (typeof written)[number];

interface Stored {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  readonly spec: object;
  readonly status?: object;
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Excluded writes: leases, events, and reviews that are sent by POST. */
const NO_CHANGE = /\/(?:leases|events|selfsubject\w+|subjectaccessreviews|tokenreviews|token)(?:\/|\?|$)|[?&]dryRun=/;

let stage: Stage;
let client: KubeClient;
let gate: HttpGate;
let kubeconfig: string;
let operator: OperatorProcess;
let deployment: string;
const writes: string[] = [];

beforeAll(async () => {
  stage = await Stage.open('transitions');
  const { environment, consumer, world } = stage;
  client = new KubeClient(loadClusterAccess(environment.kubeconfig));
  const account = new GatedKubeconfig(environment.release.kubeconfig);
  gate = await HttpGate.open({
    target: account.target,
    effectOf: () => undefined,
    carry: async () => undefined,
    onRequest: ({ method, url }) => {
      if (WRITES.has(method) && !NO_CHANGE.test(url)) writes.push(`${method} ${url}`);
    },
  });
  kubeconfig = join(environment.folder, 'gated-kubeconfig');
  account.write(kubeconfig, gate);
  operator = await startOperator();
  await environment.applySamples();
  await stage.until('three types are for sale', 60, () => world.sells(3));
  const vm = { image: 'debian-12', cpu: 1, memoryMiB: 1024 };
  const [id = 0n] = await consumer.subscribe([wishFor('vm/v1', vm, { funds: 1_000n * 10n ** 12n })]);
  await stage.until('the VM is Active', 120, async () => (await world.state(id)) === 'Active');
  deployment = (await world.deploymentOf(id)) ?? '';
  await stage.until('it is Ready', 60, async () => (await world.ready(deployment)).status === 'True');
});

afterAll(async () => {
  await operator?.stop();
  await gate?.close();
  await client?.close();
  await stage?.close();
});

test('a reverted change of a spec leaves nothing behind, and the tenant keeps its VM', {
  timeout: 1_800_000,
}, async () => {
  const accepted: { readonly object: Written; readonly change: Change }[] = [];
  let refused = 0;
  for (const object of written) {
    const stored = await read(object);
    for (const change of changesOf(specSchema(object.kind), stored.spec)) {
      if (await isAccepted(object, stored, change)) accepted.push({ object, change });
      else refused += 1;
    }
  }
  // Both kinds must occur, otherwise the generator is broken.
  expect(refused).toBeGreaterThan(50);
  expect(accepted.length).toBeGreaterThan(SAMPLE);
  const chosen = process.env['DINFRA_TRANSITIONS'] === 'all' ? accepted : spread(accepted, SAMPLE);
  console.log(`${refused} changes are refused, ${accepted.length} accepted, ${chosen.length} of them made`);
  const before = await settledWorld();
  for (const { object, change } of chosen) {
    const { spec } = await read(object);
    await replaceSpec(object, changed(spec, change));
    await sleep(2_000);
    await replaceSpec(object, spec);
    const what = `${object.kind} ${object.name}: ${change.path.join('.')} = ${JSON.stringify(change.value)?.slice(0, 40)}`;
    await expect
      .poll(worldNow, { timeout: SETTLES_S * 1_000, interval: 500, message: `after ${what}` })
      .toEqual(before);
  }
});

test('nothing is written at rest, however often everything is reconciled', async () => {
  await settledWorld();
  writes.length = 0;
  await sleep(LOOKS * RESYNC_SECONDS * 1_000);
  expect(writes).toEqual([]);
});

test('a restarted operator writes nothing if everything is as it should be', async () => {
  await operator.stop();
  writes.length = 0;
  operator = await startOperator();
  await stage.until('it is ready', 60, async () => (await operator.readiness()).ok);
  await sleep(LOOKS * RESYNC_SECONDS * 1_000);
  expect(writes).toEqual([]);
});

function startOperator(): Promise<OperatorProcess> {
  const { environment } = stage;
  return OperatorProcess.start({
    kubeconfig,
    flags: environment.release.flags,
    namespace: environment.namespace,
    helm: environment.binaries.helm,
    logFile: join(environment.folder, 'operator.log'),
    resyncSeconds: RESYNC_SECONDS,
  });
}

function specSchema(kind: Written['kind']): Schema {
  const text = readFileSync(new URL(`../../crds/dinfra.io_${kind}s.yaml`, import.meta.url), 'utf8');
  const crd = parse(text) as {
    spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: Schema } } } }[] };
  };
  const schema = crd.spec.versions[0]?.schema.openAPIV3Schema.properties.spec;
  if (schema === undefined) throw new Error(`crds/dinfra.io_${kind}s.yaml has no schema of the spec`);
  return schema;
}

async function isAccepted(object: Written, stored: Stored, change: Change): Promise<boolean> {
  try {
    await client.request(
      {
        method: 'PUT',
        path: `/apis/dinfra.io/v1alpha1/namespaces/${stage.environment.namespace}/${object.kind}s/${object.name}`,
        query: { dryRun: 'All' },
        body: { ...stored, spec: changed(stored.spec, change) },
        attempt: 'try a change',
      },
      AbortSignal.timeout(30_000),
    );
    return true;
  } catch (error) {
    // A status was written meanwhile: try again.
    if (isConflict(error)) return isAccepted(object, await read(object), change);
    if (error instanceof RetryableError) throw error;
    return false;
  }
}

function withoutVersion({ metadata }: Stored): object {
  const { resourceVersion: _, ...rest } = metadata;
  return rest;
}

/** Replaces the object, because patches cannot remove fields. */
async function replaceSpec(object: Written, spec: object): Promise<void> {
  const stored = await read(object);
  const replacement = { ...stored, metadata: withoutVersion(stored), spec };
  await stage.environment.kubectl(['replace', '-f', '-'], JSON.stringify(replacement));
}

function read({ kind, name }: Written): Promise<Stored> {
  return stage.object<Stored>(`${kind}s.dinfra.io`, name);
}

/** The world once it no longer changes. */
async function settledWorld(): Promise<unknown> {
  let last: string | undefined;
  await stage.until('nothing changes any more', SETTLES_S, async () => {
    const now = JSON.stringify(await worldNow());
    const same = now === last;
    last = now;
    if (!same) await sleep(3_000);
    return same;
  });
  return worldNow();
}

/** Everything that has to be restored: our resources, the provider and its offers on chain, the VM in the cloud. */
async function worldNow(): Promise<unknown> {
  const { environment, consumer } = stage;
  const types = 'providers,offers,reactors,subscriptions,deployments.dinfra.io';
  const list = JSON.parse(await environment.kubectl(['get', types, '-o', 'json'])) as { items: readonly Stored[] };
  const { provider } = consumer.api.query;
  const offers = await provider.offers.entries(0);
  return {
    resources: list.items.map(({ kind, metadata, spec, status }) => ({
      kind,
      name: metadata.name,
      spec,
      status: lasting(status),
    })),
    provider: (await provider.providers(0)).toJSON(),
    offers: offers.map(([{ args }, offer]) => [args[1].toUtf8(), offer.toJSON()]),
    rules: (await provider.consumerRules.entries(0)).map(([{ args }]) => args[1].toString()).sort(),
    vms: (await stage.world.fingerprint([deployment]))['vms'],
  };
}

/** A status without the values that change with every event: generations, times and blocks. */
function lasting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lasting);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key]) => !/^(?:observedGeneration|.*Time|.*Since|since|at|block|number|hash|cursor|.*Block)$/.test(key),
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, lasting(inner)]));
}

function spread<T>(all: readonly T[], count: number): T[] {
  const step = all.length / count;
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * step)]).filter((one) => one !== undefined);
}
