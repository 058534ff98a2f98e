import type { Definition, PrinterColumn } from '../definition.ts';
import { specTable, statusTable, table } from './field-table.ts';
import { withMadeParts } from './made-parts.ts';

/**
 * A reference page with its generated parts replaced: `spec`, `status`, `columns`, `example`.
 *
 * @throws Error for an unknown part, and when one of the four is missing.
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
