import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { findBinaries } from '../../dev/binaries.ts';
import { kustomizeFiles } from '../../dev/kustomize/kustomize-files.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const root = new URL('../../', import.meta.url);
const { helm, kubectl } = findBinaries();
const files = await kustomizeFiles(root, helm);

async function build(folder: string): Promise<readonly Manifest[]> {
  const { stdout } = await execa(kubectl, ['kustomize', fileURLToPath(new URL(`config/kustomize/${folder}`, root))]);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

test.each(files)('$path is up to date with the chart: `npm run generate:kustomize` changes nothing', async (file) => {
  expect(await readFile(new URL(file.path, root), 'utf8')).toBe(file.text);
});

test('the Kustomize base has the CRDs, which Argo CD does not prune, and no labels of helm', async () => {
  const objects = await build('base');
  const kinds = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  expect(kinds).toHaveLength(6);
  for (const { metadata } of kinds) {
    expect(metadata.annotations?.['argocd.argoproj.io/sync-options']).toBe('Prune=false,ServerSideApply=true');
  }
  expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Namespace', 'Deployment', 'Role']));
  expect(JSON.stringify(objects)).not.toMatch(/helm\.sh\/|"Helm"/);
});

test('an overlay in another namespace leaves no reference to the namespace of the base, not even in admission policies', async () => {
  const objects = await build('example');
  const inNamespaces = objects.flatMap(({ metadata }) => metadata.namespace ?? []);
  expect(new Set(inNamespaces)).toEqual(new Set(['acme']));
  const policies = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
  expect(policies.length).toBeGreaterThan(1);
  for (const { metadata, ...policy } of policies) {
    // Names of cluster-scoped objects stay the same.
    const text = JSON.stringify(policy);
    expect([metadata.name, text.includes('dinfra-system')]).toEqual([metadata.name, false]);
    expect([metadata.name, /"acme"|'acme'|:acme:/.test(text)]).toEqual([metadata.name, true]);
  }
  const bindings = objects.filter(({ kind }) => kind.endsWith('RoleBinding'));
  expect(bindings.length).toBeGreaterThan(2);
  for (const binding of bindings) {
    expect(binding).toMatchObject({ subjects: [{ name: 'dinfra-operator', namespace: 'acme' }] });
  }
});
