import type { Definition, PrinterColumn } from '../definition.ts';
import { specTable, statusTable, table } from './field-table.ts';
import { withMadeParts } from './made-parts.ts';

/**
 * A reference page with its made parts made anew: `spec`, `status`, `columns`, `example`.
 *
 * @throws Error on a part it does not know, and when one of the four is not there.
 */
export function referencePage(definition: Definition, page: string, example: string): string {
  const parts: Readonly<Record<string, string>> = {
    example: `\`\`\`yaml\n${example.trimEnd()}\n\`\`\``,
    spec: specTable(definition.spec),
    status: statusTable(definition.status),
    columns: columnTable(definition.columns),
  };
  return withMadeParts(definition.kind, page, parts);
}

function columnTable(columns: readonly PrinterColumn[]): string {
  return table(
    ['column', 'says'],
    columns.map(({ name, description, priority }) => [
      `${name.toUpperCase()}${priority === 1 ? ' (wide)' : ''}`,
      description,
    ]),
  );
}
