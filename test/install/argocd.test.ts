import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test as plain } from 'vitest';
import { parse } from 'yaml';
import { definitions } from '../../src/api/crd/definitions.ts';
import { RECONCILE_ANNOTATION } from '../../src/api/labels.ts';
import { GROUP } from '../../src/api/resource.ts';
import { judge } from '../support/judge.ts';
import { judged as test } from '../support/judged.ts';

// The customizations in the layout of upstream, tested the way upstream tests them: each `health_test.yaml` and
// `action_test.yaml` against its scripts, in the Lua engine of Argo CD.

const root = fileURLToPath(new URL('../../config/argocd/resource_customizations/', import.meta.url));

interface HealthTests {
  readonly tests: readonly { readonly inputPath: string; readonly healthStatus: object }[];
}

interface ActionTests {
  readonly discoveryTests: readonly { readonly inputPath: string; readonly result: readonly Discovered[] }[];
  readonly actionTests: readonly {
    readonly action: string;
    readonly inputPath: string;
    readonly expectedOutputPath: string;
  }[];
}

interface Discovered {
  readonly name: string;
  readonly disabled: boolean;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

const load = <T>(path: string) => parse(readFileSync(path, 'utf8')) as T;
const found = (name: string) => globSync(`**/${name}`, { cwd: root }).map((path) => join(root, path));

const healthTests = found('health_test.yaml').flatMap((file) =>
  load<HealthTests>(file).tests.map((one) => ({ folder: dirname(file), ...one })),
);
const actionFiles = found('action_test.yaml').map((file) => ({ folder: dirname(file), ...load<ActionTests>(file) }));
const discoveryTests = actionFiles.flatMap(({ folder, discoveryTests }) =>
  discoveryTests.map((one) => ({ folder, ...one })),
);
const actionTests = actionFiles.flatMap(({ folder, actionTests }) => actionTests.map((one) => ({ folder, ...one })));

const shown = (folder: string, path: string) => join(folder, path).slice(root.length);

async function run(script: string, object: unknown): Promise<unknown> {
  const { ok, text } = await judge('lua', [script], object);
  if (!ok) throw new Error(text);
  return JSON.parse(text);
}

/** Without annotations that contain the time of a request, which differ each time. */
function withoutTime(object: Manifest): Manifest {
  const { annotations } = object.metadata;
  if (annotations?.[RECONCILE_ANNOTATION] === undefined) return object;
  expect(annotations[RECONCILE_ANNOTATION]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [RECONCILE_ANNOTATION]: 'then' } },
  };
}

/** Like Argo CD with the result of an action: Lua has only one empty table, so former empty lists are restored. */
function asItWas(output: unknown, input: unknown): unknown {
  if (Array.isArray(input) && input.length === 0 && Object.keys(output as object).length === 0) return input;
  if (Array.isArray(output))
    return output.map((item, index) => asItWas(item, (input as unknown[] | undefined)?.[index]));
  if (typeof output !== 'object' || output === null) return output;
  const before = (input ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(output).map(([key, value]) => [key, asItWas(value, before[key])]));
}

plain('every kind has a health check and actions, and every script has its tests', () => {
  const kinds = definitions.map(({ group, kind }) => `${group}/${kind}`).toSorted();
  for (const file of ['health.lua', 'health_test.yaml']) {
    expect(
      found(file)
        .map((path) => dirname(path).slice(root.length))
        .toSorted(),
    ).toEqual(kinds);
  }
  for (const file of ['actions/discovery.lua', 'actions/action_test.yaml']) {
    expect(
      found(file)
        .map((path) => dirname(dirname(path)).slice(root.length))
        .toSorted(),
    ).toEqual(kinds);
  }
  const tested = actionTests.map(({ folder, action }) => join(folder, action, 'action.lua'));
  expect(found('action.lua').filter((path) => !tested.includes(path))).toEqual([]);
});

plain('every health of Argo CD but Missing and Unknown is among what was recorded', () => {
  const statuses = new Set(healthTests.map(({ healthStatus }) => (healthStatus as { status: string }).status));
  expect(statuses).toEqual(new Set(['Healthy', 'Progressing', 'Degraded', 'Suspended']));
});

plain('Argo CD asks a person before it prunes or deletes a Provider, a Reactor or an Offer of the samples', () => {
  const samples = fileURLToPath(new URL('../../config/samples/', import.meta.url));
  const objects = globSync('*.yaml', { cwd: samples }).map((file) => load<Manifest>(join(samples, file)));
  const ours = objects.filter(({ apiVersion }) => apiVersion.startsWith(GROUP));
  expect(new Set(ours.map(({ kind }) => kind))).toEqual(new Set(['Provider', 'Reactor', 'Offer']));
  for (const { kind, metadata } of ours) {
    expect([kind, metadata.annotations]).toEqual([
      kind,
      { 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' },
    ]);
  }
});

describe('Argo CD shows the health of', () => {
  test.each(healthTests.map((one) => [shown(one.folder, one.inputPath), one] as const))(
    '%s as recorded',
    async (_, { folder, inputPath, healthStatus }) => {
      expect(await run(join(folder, 'health.lua'), load(join(folder, inputPath)))).toEqual(healthStatus);
    },
  );
});

describe('Argo CD offers the actions of', () => {
  test.each(discoveryTests.map((one) => [shown(one.folder, one.inputPath), one] as const))(
    '%s',
    async (_, { folder, inputPath, result }) => {
      const actions = (await run(join(folder, 'discovery.lua'), load(join(folder, inputPath)))) as object;
      const offered = Object.entries(actions).map(([name, { disabled }]) => ({ name, disabled: disabled === true }));
      expect(new Map(offered.map(({ name, disabled }) => [name, disabled]))).toEqual(
        new Map(result.map(({ name, disabled }) => [name, disabled])),
      );
    },
  );
});

describe('the action', () => {
  test.each(actionTests.map((one) => [one.action, shown(one.folder, one.inputPath), one] as const))(
    '%s of %s gives the expected object',
    async (action, _, { folder, inputPath, expectedOutputPath }) => {
      const input = load<Manifest>(join(folder, inputPath));
      const output = asItWas(await run(join(folder, action, 'action.lua'), input), input);
      expect(withoutTime(output as Manifest)).toEqual(withoutTime(load(join(folder, expectedOutputPath))));
    },
  );
});
