import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { Definition } from '../definition.ts';
import { customResourceDefinition } from './custom-resource-definition.ts';
import { definitions } from './definitions.ts';
import { jsonSchema } from './json-schema.ts';
import { referencePage } from './reference-page.ts';

/** A file generated from the schemas: its path relative to the checkout, and its text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** The example of each reference page. For the three kinds people write these are the samples. */
const examples: Readonly<Record<string, string>> = {
  Provider: 'config/samples/provider.yaml',
  Offer: 'config/samples/offer-helm.yaml',
  Reactor: 'config/samples/reactor-cloudstack.yaml',
  DescriptorType: 'docs/resources/examples/descriptor-type.yaml',
  Subscription: 'docs/resources/examples/subscription.yaml',
  Deployment: 'docs/resources/examples/deployment.yaml',
};

/** Every file generated from the schemas. `root` is the checkout with the pages and their examples. */
export async function generatedFiles(root: URL): Promise<readonly GeneratedFile[]> {
  const pages = definitions.map((definition) => pageFile(root, definition));
  return [...definitions.map(crdFile), kustomization(), ...definitions.map(schemaFile), ...(await Promise.all(pages))];
}

/**
 * Makes crds/ a Kustomize base. It has no extension because `kubectl apply -f crds` reads every file with one as an
 * object.
 */
function kustomization(): GeneratedFile {
  const yaml = stringify({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: definitions.map(crdName),
    commonAnnotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,ServerSideApply=true' },
  });
  return { path: 'crds/Kustomization', text: yaml };
}

function crdName({ group, plural }: Definition): string {
  return `${group}_${plural}.yaml`;
}

function crdFile(definition: Definition): GeneratedFile {
  const yaml = stringify(customResourceDefinition(definition), { lineWidth: 0, aliasDuplicateObjects: false });
  return {
    path: `crds/${crdName(definition)}`,
    text: `# Made from src/api by \`npm run generate\`: change the schemas there, not this file.\n${yaml}`,
  };
}

/** The name that kubeconform looks for: `{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`. */
function schemaFile(definition: Definition): GeneratedFile {
  const { group, kind, version } = definition;
  return {
    path: `schemas/${group}/${kind.toLowerCase()}_${version}.json`,
    text: `${JSON.stringify(jsonSchema(definition), undefined, 2)}\n`,
  };
}

async function pageFile(root: URL, definition: Definition): Promise<GeneratedFile> {
  const path = `docs/resources/${definition.kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.md`;
  const read = (file: string) => readFile(new URL(file, root), 'utf8');
  const example = examples[definition.kind];
  if (example === undefined) throw new Error(`${definition.kind} has no example for its page`);
  return { path, text: referencePage(definition, await read(path), await read(example)) };
}
