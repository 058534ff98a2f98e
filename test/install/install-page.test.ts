import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { findBinaries } from '../../dev/binaries.ts';
import { deployments } from '../../src/api/deployment.ts';
import { chart } from '../support/chart.ts';
import { judge } from '../support/judge.ts';
import { judged } from '../support/judged.ts';

// Tests every example of docs/install.md. Kinds of other projects are validated by our own schemas, written from their
// documentation: test/fixtures/gitops.

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = await readFile(join(root, 'docs/install.md'), 'utf8');
const { helm } = findBinaries();

interface Example {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);
const examples = blocks('yaml').flatMap((text) =>
  parseAllDocuments(text, { strict: true }).map((document) => document.toJS() as Example),
);
const commands = blocks('sh')
  .flatMap((text) => text.replaceAll(/ \\\n\s*/g, ' ').split('\n'))
  .filter((line) => line !== '');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dinfra-install-page-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const one = (kind: string): Example => {
  const found = examples.filter((example) => example.kind === kind);
  expect([kind, found.length]).toEqual([kind, 1]);
  return found[0] as Example;
};

/** Runs the command of the page that begins with these words, unchanged, in the checkout and with its chart. */
async function runCommand(beginning: string, as: string): Promise<string> {
  const [command, ...others] = commands.filter((line) => line.startsWith(beginning));
  expect([beginning, others]).toEqual([beginning, []]);
  const line = `${command}`
    .replace(beginning, as)
    .replace('oci://ghcr.io/dinfra/charts/dinfra-operator', chart)
    .replace(/ > \S+$/, '');
  const path = [dirname(helm), process.env['PATH'] ?? ''].join(delimiter);
  return (await execa('sh', ['-c', line], { cwd: root, env: { PATH: path } })).stdout;
}

/** Kinds and names of the objects that the chart renders with these values. */
async function rendered(name: string, namespace: string, values: unknown): Promise<readonly string[]> {
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, stringify(values));
  const { stdout } = await execa(helm, ['template', name, chart, '--namespace', namespace, '--values', file]);
  return namesIn(stdout);
}

function namesIn(manifests: string): readonly string[] {
  return parseAllDocuments(manifests).flatMap((document) => {
    const object = document.toJS() as Example | null;
    return object === null ? [] : [`${object.kind} ${object.metadata.name}`];
  });
}

judged('every object of docs/install.md is valid', async () => {
  expect(examples.length).toBeGreaterThan(7);
  const files = await Promise.all(
    examples.map(async (example, index) => {
      const file = join(folder, `example-${index}.json`);
      await writeFile(file, JSON.stringify(example));
      return file;
    }),
  );
  const layout = '{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json';
  const locations = ['schemas', 'test/fixtures/gitops'].map((path) => `-schema-location=${root}${path}/${layout}`);
  // The ConfigMap is a kind of Kubernetes, for which there is no schema here.
  const args = ['-strict', '-summary', '-skip=ConfigMap', ...locations, ...files];
  expect(await judge('kubeconform', args)).toMatchObject({
    ok: true,
    text: expect.stringContaining(`Valid: ${examples.length - 1}, Invalid: 0, Errors: 0, Skipped: 1`),
  });
});

test('the values of the Argo CD example render a Provider, its Reactor, an Offer and the ConfigMap of the page', async () => {
  const { metadata, spec } = one('Application');
  const { helm: options } = spec['source'] as { helm: { releaseName: string; valuesObject: unknown } };
  const { namespace } = spec['destination'] as { namespace: string };
  expect(metadata.name).toBe('acme');
  expect(await rendered(options.releaseName, namespace, options.valuesObject)).toEqual(
    expect.arrayContaining([
      'Provider acme',
      'Reactor cluster',
      'Offer helm',
      'ConfigMap acme-dinfra-operator-argocd',
      'CustomResourceDefinition providers.dinfra.io',
    ]),
  );
});

judged('the Provider, the Reactor and the Offer that the chart makes of the Argo CD example are valid', async () => {
  const { helm: options } = one('Application').spec['source'] as { helm: { valuesObject: unknown } };
  const values = join(folder, 'argocd-values.yaml');
  const file = join(folder, 'argocd-rendered.yaml');
  await writeFile(values, stringify(options.valuesObject));
  const args = ['template', 'acme', chart, '--namespace', 'acme', '--values', values];
  await writeFile(file, (await execa(helm, args)).stdout);
  const layout = `${root}schemas/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`;
  const said = await judge('kubeconform', [
    '-strict',
    '-summary',
    '-ignore-missing-schemas',
    `-schema-location=${layout}`,
    file,
  ]);
  expect(said).toMatchObject({ ok: true, text: expect.stringContaining('Valid: 3, Invalid: 0, Errors: 0') });
});

test('the values of the Flux example render the role that its Reactor refers to, and no Provider', async () => {
  const { metadata, spec } = one('HelmRelease');
  const names = await rendered(metadata.name, `${metadata.namespace}`, spec['values']);
  const { helm: backend } = one('Reactor').spec as { helm: { tenantClusterRole: string } };
  expect(names).toContain(`ClusterRole ${backend.tenantClusterRole}`);
  expect(names.filter((name) => /^(Provider|Reactor|Offer) /.test(name))).toEqual([]);
});

test('the second Flux Kustomization waits for the first, and its health checks name the objects of the example', () => {
  const [operator, provider] = examples.filter(({ kind }) => kind === 'Kustomization');
  expect(provider?.spec['dependsOn']).toEqual([{ name: operator?.metadata.name }]);
  const checks = provider?.spec['healthChecks'] as readonly { kind: string; name: string }[];
  expect(checks.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    `Provider ${one('Provider').metadata.name}`,
    `Offer ${one('Offer').metadata.name}`,
  ]);
});

test('the rule for a restore removes the owners of Deployments, and nothing else', () => {
  const { data } = one('ConfigMap') as unknown as { data: { 'rules.yaml': string } };
  const { resourceModifierRules: rules } = parse(data['rules.yaml']) as {
    resourceModifierRules: readonly { conditions: object; mergePatches: readonly { patchData: string }[] }[];
  };
  expect(rules.map(({ conditions }) => conditions)).toEqual([
    { groupResource: `${deployments.plural}.${deployments.group}` },
  ]);
  expect(rules[0]?.mergePatches.map(({ patchData }) => parse(patchData))).toEqual([
    { metadata: { ownerReferences: null } },
  ]);
});

test('the helm command of the page renders a Provider from four values', async () => {
  const manifests = await runCommand('helm -n acme install acme', 'helm -n acme template acme');
  expect(namesIn(manifests)).toEqual(expect.arrayContaining(['Provider acme', 'Reactor cluster']));
});

test('the file for kubectl has the operator, the CRDs, the Secret that it may read, and no test', async () => {
  const manifests = await runCommand('helm template acme', 'helm template acme');
  const names = namesIn(manifests);
  expect(names).toEqual(
    expect.arrayContaining(['Deployment acme-dinfra-operator', 'CustomResourceDefinition providers.dinfra.io']),
  );
  expect(names.filter((name) => name.startsWith('Pod '))).toEqual([]);
  expect(manifests).toContain('"acme-account"');
});
