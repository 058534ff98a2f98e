import type { TSchema } from 'typebox';
import { Default } from 'typebox/value';
import type { Rule } from '../fields.ts';
import { requiredOf } from './structural-schema.ts';

/** The list of conditions every status has. */
const CONDITIONS = 'conditions';

/** The parts of a schema the tables use. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: TSchema;
  readonly additionalProperties?: TSchema;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

interface Row {
  /** Path of the field, lists marked `[]`. */
  readonly field: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** A Markdown table of every spec field, in the schema's order, with defaults and validation. */
export function specTable(schema: TSchema): string {
  return table(
    ['field', 'type', 'default', 'meaning'],
    rowsOf(schema, '').map((row) => [
      `\`${row.field}\``,
      typeOf(row.schema),
      row.required ? 'required' : defaultOf(row.schema),
      meaningOf(row.schema),
    ]),
  );
}

/** A Markdown table of every status field, in the schema's order. */
export function statusTable(schema: TSchema): string {
  return table(
    ['field', 'type', 'meaning'],
    rowsOf(schema, '').map((row) => [`\`${row.field}\``, typeOf(row.schema), row.schema.description ?? '']),
  );
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function rowsOf(parent: TSchema, prefix: string): readonly Row[] {
  const required = requiredOf(parent);
  return Object.entries((parent as Schema).properties ?? {}).flatMap(([name, property]) => {
    const field = `${prefix}${name}`;
    const row = { field, schema: property as Schema, required: required.includes(name) };
    // Conditions are the same for all kinds and documented once.
    return name === CONDITIONS ? [row] : [row, ...rowsWithin(property, field)];
  });
}

function rowsWithin(property: TSchema, field: string): readonly Row[] {
  const { items } = property as Schema;
  return items === undefined ? rowsOf(property, `${field}.`) : rowsOf(items, `${field}[].`);
}

function defaultOf(schema: Schema): string {
  return schema.default === undefined ? '' : `\`${JSON.stringify(Default(schema as TSchema, schema.default))}\``;
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.format === 'date-time') return 'time, RFC 3339';
  switch (schema.type) {
    case 'integer':
      return `integer${rangeOf(schema)}`;
    case 'array':
      return `list of ${schema.items === undefined ? 'values' : typeOf(schema.items as Schema)}, ${itemsOf(schema)}`;
    case 'string':
      return `string, up to ${schema.maxLength} characters`;
    case 'object':
      return schema.additionalProperties === undefined
        ? 'object'
        : `map to ${typeOf(schema.additionalProperties as Schema)}, up to ${schema.maxProperties}`;
    default:
      return schema.type ?? '';
  }
}

function rangeOf({ minimum, maximum }: Schema): string {
  return maximum === undefined ? ` from ${minimum}` : ` from ${minimum} to ${maximum}`;
}

function itemsOf({ minItems, maxItems }: Schema): string {
  return minItems === undefined ? `up to ${maxItems}` : `${minItems} to ${maxItems}`;
}

/** The description, then the message of every rule, including those of its items. */
function meaningOf(schema: Schema): string {
  const rules = [schema, (schema.items ?? schema.additionalProperties ?? {}) as Schema].flatMap(
    (part) => part['x-kubernetes-validations'] ?? [],
  );
  const checked = rules.map(({ message }) => message).join('; ');
  return [schema.description ?? '', checked && `Checked: ${checked}.`].join(' ').trim();
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
