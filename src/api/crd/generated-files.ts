import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { Definition } from '../definition.ts';
import { customResourceDefinition } from './custom-resource-definition.ts';
import { definitions } from './definitions.ts';
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
  return [...definitions.map(crdFile), ...(await Promise.all(pages))];
}

function crdFile(definition: Definition): GeneratedFile {
  const yaml = stringify(customResourceDefinition(definition), { lineWidth: 0, aliasDuplicateObjects: false });
  return {
    path: `crds/${definition.group}_${definition.plural}.yaml`,
    text: `# Made from src/api by \`npm run generate\`: change the schemas there, not this file.\n${yaml}`,
  };
}

async function pageFile(root: URL, definition: Definition): Promise<GeneratedFile> {
  const path = `docs/resources/${definition.kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.md`;
  const read = (file: string) => readFile(new URL(file, root), 'utf8');
  const example = examples[definition.kind];
  if (example === undefined) throw new Error(`${definition.kind} has no example for its page`);
  return { path, text: referencePage(definition, await read(path), await read(example)) };
}
