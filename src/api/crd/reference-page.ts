import type { Definition, PrinterColumn } from '../definition.ts';
import { specTable, statusTable, table } from './field-table.ts';

/**
 * A reference page with its made parts made anew. A made part stands between `<!-- made: <name> -->` and
 * `<!-- end -->`; everything else is written by people and stays. Parts: `spec`, `status`, `columns`, `example`.
 * Throws on a part it does not know, and when one of the four is not there.
 */
export function referencePage(definition: Definition, page: string, example: string): string {
  const parts: Readonly<Record<string, string>> = {
    example: `\`\`\`yaml\n${example.trimEnd()}\n\`\`\``,
    spec: specTable(definition.spec),
    status: statusTable(definition.status),
    columns: columnTable(definition.columns),
  };
  const seen = new Set<string>();
  const made = page.replaceAll(/<!-- made: (\w+) -->\n.*?<!-- end -->/gs, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`${definition.kind}: no part of a reference page is called ${name}`);
    seen.add(name);
    return `<!-- made: ${name} -->\n${part}\n<!-- end -->`;
  });
  const missing = Object.keys(parts).filter((name) => !seen.has(name));
  if (missing.length > 0) throw new Error(`${definition.kind}: its page has no part ${missing.join(', ')}`);
  return made;
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
