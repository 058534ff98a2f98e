import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock, settle } from '../../../test/support/manual-clock.ts';
import { IN_USE_FINALIZER, RECONCILE_ANNOTATION } from '../../api/labels.ts';
import type { Reactor as ReactorResource } from '../../api/reactor.ts';
import { silentLogger } from '../../base/logger.ts';
import { RetryableError } from '../../errors/dinfra-error.ts';
import { Store } from '../../kube/cache/store.ts';
import type { KubeClient } from '../../kube/client/kube-client.ts';
import { Controller } from '../../kube/queue/controller.ts';
import type { Reactor } from '../../providers/port.ts';
import { ReactorMetrics } from './reactor-metrics.ts';
import { type MadeReactor, ReactorReconciler } from './reactor-reconciler.ts';
import { ReactorRegistry } from './reactor-registry.ts';

const KEY = 'acme/cloud';
const { signal } = new AbortController();

let clock: ManualClock;
let store: Store<ReactorResource>;
let registry: ReactorRegistry;
let dependents: number;
let notes: { readonly reason: string; readonly note: string }[];
let probe: MadeReactor['probe'];
let secret: object | undefined;
let reconciler: ReactorReconciler;
let stop: AbortController;

beforeEach(() => {
  clock = new ManualClock();
  store = new Store();
  registry = new ReactorRegistry();
  [dependents, notes, secret] = [0, [], { kind: 'Secret', metadata: { name: 'keys', resourceVersion: '1' } }];
  probe = async () => 'It answers.';
  stop = new AbortController();
  reconciler = new ReactorReconciler({
    client: cluster(),
    reactors: store,
    registry,
    factory: {
      secretName: () => 'keys',
      make: async () => ({ reactor, probe: (s) => probe(s), close: async () => {} }),
    },
    events: { record: (_regarding, { reason, note }) => notes.push({ reason, note }) },
    metrics: new ReactorMetrics(new Registry(), store),
    orphans: { deployments: new Store(), standing: async () => 'Unknown', log: silentLogger },
    dependents: () => dependents,
    onChange: () => undefined,
    onRecovered: () => undefined,
    now: () => clock.wallTime(),
  });
});
afterEach(() => stop.abort());

const reactor = { kind: 'test', types: new Set(['vm/v1']), listManaged: async () => [] } as unknown as Reactor;

/** The part of the API server that this reconciler uses: one Reactor and one Secret. */
function cluster(): Pick<KubeClient, 'apply' | 'find' | 'jsonPatch'> {
  const write = (change: object) => {
    const now = { ...found(), ...change } as ReactorResource;
    const version = Number(now.metadata.resourceVersion) + 1;
    store.put({ ...now, metadata: { ...now.metadata, resourceVersion: String(version) } });
    return now as never;
  };
  return {
    find: async () => secret as never,
    apply: async (_type, manifest) => write({ status: (manifest as unknown as ReactorResource).status }),
    jsonPatch: async (_type, _ref, steps) => {
      const finalizers = steps.some(({ op }) => op === 'remove') ? [] : [IN_USE_FINALIZER];
      return write({ metadata: { ...found().metadata, finalizers } });
    },
  };
}

function add(metadata: Partial<ReactorResource['metadata']> = {}): void {
  store.put({
    apiVersion: 'dinfra.io/v1alpha1',
    kind: 'Reactor',
    metadata: {
      name: 'cloud',
      namespace: 'acme',
      uid: 'u',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: {} as ReactorResource['spec'],
    status: { observedGeneration: -1 },
  });
}

function found(): ReactorResource {
  const resource = store.get(KEY);
  if (resource === undefined) throw new Error('there is no Reactor');
  return resource;
}

/** The conditions by type, e.g. `Ready: 'True ReactorReachable'`. */
const conditions = () =>
  Object.fromEntries(
    (found().status.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );

const reconcile = () => reconciler.reconcile(KEY, signal, silentLogger, signal);

test('a Reactor whose backend answers is Ready and serves its types', async () => {
  add();
  await reconcile();
  expect(conditions()).toEqual({ Ready: 'True ReactorReachable' });
  expect(registry.servesType(KEY, 'vm/v1')).toBe('Yes');
});

test('a Reactor without its Secret is Stalled, and Ready again once a person has made it', async () => {
  secret = undefined;
  add();
  await reconcile();
  expect(conditions()).toEqual({ Ready: 'False ReactorCredentialsMissing', Stalled: 'True ReactorCredentialsMissing' });
  secret = { kind: 'Secret', metadata: { name: 'keys', resourceVersion: '1' } };
  await reconcile();
  expect(conditions()).toEqual({ Ready: 'True ReactorReachable' });
});

test('a Reactor whose keys its cloud refuses is Stalled', async () => {
  probe = () => Promise.reject(new RetryableError('CloudStackUnauthorized', { message: 'unable to verify' }));
  add();
  await reconcile();
  expect(conditions()).toMatchObject({ Stalled: 'True CloudStackUnauthorized' });
});

test('a Reactor whose cloud is unreachable is InProgress, not Stalled: nobody has to change it', async () => {
  probe = () => Promise.reject(new RetryableError('CloudStackUnreachable', { message: 'away' }));
  add();
  await reconcile();
  expect(conditions()).toEqual({
    Ready: 'False CloudStackUnreachable',
    Reconciling: 'True CloudStackUnreachable',
  });
});

test('a bug in a probe is reported in the status', async () => {
  probe = () => Promise.reject(new TypeError('x is undefined'));
  add();
  await reconcile();
  expect(conditions()).toMatchObject({ Ready: 'False UnexpectedError' });
});

test('a cloud that hangs is reported in the status within a minute, and delays no other probe', async () => {
  probe = (deadline) =>
    new Promise((_resolve, reject) => deadline.addEventListener('abort', () => reject(deadline.reason)));
  add();
  const controller = new Controller({ name: 'reactor', reconcile: reconciler.reconcile, clock, laneOf: (key) => key });
  void controller.run(stop.signal);
  controller.enqueue(KEY);
  await settle();
  expect(conditions()).toEqual({});
  await clock.advance(55_000);
  expect(conditions()).toMatchObject({ Ready: 'False ReconcileTimeout' });
});

test('a reconcile requested by annotation is echoed in the status', async () => {
  add({ annotations: { [RECONCILE_ANNOTATION]: 'now-1' } });
  await reconcile();
  expect(found().status.lastHandledReconcileAt).toBe('now-1');
});

describe('a Reactor that tenants depend on', () => {
  const DELETED = { deletionTimestamp: '2026-01-01T01:00:00Z', finalizers: [IN_USE_FINALIZER] };

  test('a Reactor has a finalizer from its first reconcile on', async () => {
    add();
    await reconcile();
    expect(found().metadata.finalizers).toEqual([IN_USE_FINALIZER]);
  });

  test('a deleted Reactor keeps working and says how many tenants need it', async () => {
    dependents = 3;
    add(DELETED);
    await reconcile();
    expect(found().metadata.finalizers).toEqual([IN_USE_FINALIZER]);
    expect(registry.get(KEY)).toBe(reactor);
    expect(conditions()).toEqual({ Ready: 'True ReactorReachable', Reconciling: 'True InUse' });
    const said = 'The Reactor is being deleted and stays until no tenant needs it: 3 Deployments depend on it.';
    expect(found().status.conditions?.find(({ type }) => type === 'Reconciling')?.message).toBe(said);
    expect(notes).toContainEqual({ reason: 'InUse', note: said });
  });

  test('a deleted Reactor is removed with its last tenant', async () => {
    add(DELETED);
    await reconcile();
    expect(found().metadata.finalizers).toEqual([]);
    expect(() => registry.get(KEY)).toThrow('there is no Reactor');
  });
});

test('nothing is written at rest', async () => {
  add();
  await reconcile();
  await reconcile();
  const { resourceVersion } = found().metadata;
  await reconcile();
  expect(found().metadata.resourceVersion).toBe(resourceVersion);
});
