import type { TSchema } from 'typebox';
import { stringify } from 'yaml';
import { table } from '../../src/api/crd/field-table.ts';

/** The part of a schema that the renderers need. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** values.yaml: every value with its default, and its description above it. */
export function valuesYaml(schema: TSchema): string {
  return `# Made from dev/chart/values.ts by \`npm run generate\`: change that file, not this one.\n${fieldsYaml(schema as Schema, '')}`;
}

/** values.schema.json: helm refuses values that do not match it, including unknown keys. */
export function valuesSchema(schema: TSchema): string {
  const draft = { $schema: 'https://json-schema.org/draft-07/schema#', ...withGlobal(schema as Schema) };
  return `${JSON.stringify(draft, undefined, 2)}\n`;
}

/** The table of values of the chart's README. */
export function valuesTable(schema: TSchema): string {
  const rows = leavesOf(schema as Schema, '').map(({ path, leaf }) => [
    `\`${path}\``,
    leaf.enum?.map((value) => `\`${value}\``).join(', ') ?? leaf.type ?? '',
    `\`${JSON.stringify(leaf.default)}\``,
    leaf.description ?? '',
  ]);
  return table(['value', 'type', 'default', 'meaning'], rows);
}

/** helm passes `global` to every chart that is a dependency of another one. */
function withGlobal(schema: Schema): Schema {
  return { ...schema, properties: { ...schema.properties, global: { type: 'object' } } };
}

function fieldsYaml({ properties = {} }: Schema, indent: string): string {
  return Object.entries(properties)
    .map(([name, field]) => {
      const comment =
        field.description === undefined || field.description === '' ? '' : `${indent}# ${field.description}\n`;
      return field.default === undefined && field.properties !== undefined
        ? `${comment}${indent}${name}:\n${fieldsYaml(field, `${indent}  `)}`
        : `${comment}${indented(stringify({ [name]: field.default }, { lineWidth: 0 }), indent)}`;
    })
    .join(indent === '' ? '\n' : '');
}

function indented(text: string, indent: string): string {
  return text.replaceAll(/^(?=.)/gm, indent);
}

function leavesOf(
  { properties = {} }: Schema,
  prefix: string,
): readonly { readonly path: string; readonly leaf: Schema }[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    return field.default === undefined && field.properties !== undefined
      ? leavesOf(field, `${path}.`)
      : [{ path, leaf: field }];
  });
}
