import { stringify } from 'yaml';
import type { Definition } from '../definition.ts';
import { customResourceDefinition } from './custom-resource-definition.ts';
import { definitions } from './definitions.ts';

/** A file made from the schemas: its path from the root of the checkout, and its text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** Every file made from the schemas. */
export function generatedFiles(): readonly GeneratedFile[] {
  return definitions.map(crdFile);
}

function crdFile(definition: Definition): GeneratedFile {
  const yaml = stringify(customResourceDefinition(definition), { lineWidth: 0, aliasDuplicateObjects: false });
  return {
    path: `crds/${definition.group}_${definition.plural}.yaml`,
    text: `# Made from src/api by \`npm run generate\`: change the schemas there, not this file.\n${yaml}`,
  };
}
