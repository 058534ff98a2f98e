import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * What the program's own files of each folder of `src` import of other folders, by folder: `bridge` to
 * `['api', 'chain', …]`, in order. Files beside the folders are the folder `.`; tests do not count.
 */
export function folderImports(src: string): ReadonlyMap<string, readonly string[]> {
  const imports = new Map<string, Set<string>>();
  const files = globSync('**/*.ts', { cwd: src }).filter((file) => !file.endsWith('.test.ts'));
  for (const file of files) {
    const folder = folderOf(file);
    const seen = imports.get(folder) ?? new Set();
    imports.set(folder, seen);
    const text = readFileSync(join(src, file), 'utf8');
    for (const [, path = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const other = folderOf(relative(src, join(src, dirname(file), path)));
      if (other !== folder && other !== '..') seen.add(other);
    }
  }
  return new Map([...imports].map(([folder, others]) => [folder, [...others].toSorted()]));
}

function folderOf(file: string): string {
  const [first = '', ...rest] = file.split(sep);
  return rest.length === 0 ? '.' : first;
}
