import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect } from 'vitest';
import { examples, type Kind, kinds, type Manifest, root, withField } from '../support/api-user.ts';
import { judge } from '../support/judge.ts';
import { judged as test } from '../support/judged.ts';
import { refused, taken } from '../support/judged-objects.ts';

// Tests the files of schemas/ with kubeconform.

const location = `${fileURLToPath(root)}schemas/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dinfra-schemas-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** kubeconform's result for each file: `statusValid`, `statusInvalid`, or that the kind is unknown. */
async function verdicts(files: readonly string[]): Promise<ReadonlyMap<string, { status: string; msg: string }>> {
  const { text } = await judge('kubeconform', [
    '-strict',
    '-output=json',
    '-verbose',
    '-skip=Secret',
    `-schema-location=${location}`,
    ...files,
  ]);
  const { resources } = JSON.parse(text) as { resources: { filename: string; status: string; msg: string }[] };
  return new Map(resources.map(({ filename, status, msg }) => [filename, { status, msg }]));
}

/** Its results for objects, in their order. */
async function verdictsOn(objects: readonly Manifest[]): Promise<readonly string[]> {
  const files = objects.map((_, index) => join(folder, `${index}.json`));
  for (const [index, file] of files.entries()) await writeFile(file, JSON.stringify(objects[index]));
  const said = await verdicts(files);
  return files.map((file) => said.get(file)?.status ?? 'nothing');
}

const changed = ([kind, path, value]: readonly [Kind, string, unknown, ...unknown[]]) =>
  withField(examples[kind], path, value);

test('kubeconform accepts every sample, and the example of every kind', async () => {
  const samples = (await readdir(new URL('config/samples/', root)))
    .filter((file) => file.endsWith('.yaml') && file !== 'account-secret.yaml')
    .map((file) => fileURLToPath(new URL(`config/samples/${file}`, root)));
  expect(samples.length).toBeGreaterThan(4);
  const said = await verdicts(samples);
  expect(samples.map((file) => said.get(file))).toEqual(samples.map(() => ({ status: 'statusValid', msg: '' })));
  expect(await verdictsOn(kinds.map((kind) => examples[kind]))).toEqual(kinds.map(() => 'statusValid'));
});

test('kubeconform accepts what the API server accepts', async () => {
  expect(await verdictsOn(taken.map(changed))).toEqual(taken.map(() => 'statusValid'));
});

/** What only a CEL rule can check. */
const ruleOnly = [
  'provider and subscription are two pallets: give two names',
  'metadata.name must be at most 63 characters long',
  'must be at most 340282366920938463463374607431768211455',
];

test('kubeconform refuses what the API server refuses, except for three rules that JSON Schema cannot express', async () => {
  const statuses = await verdictsOn(refused.map(changed));
  const wanted = refused.map(([kind, path, value, message]) => {
    const isRule = ruleOnly.some((rule) => message.includes(rule));
    return { kind, path, value, status: isRule ? 'statusValid' : 'statusInvalid' };
  });
  expect(refused.map(([kind, path, value], index) => ({ kind, path, value, status: statuses[index] }))).toEqual(wanted);
});
