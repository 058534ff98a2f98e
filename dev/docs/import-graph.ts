import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

/** The imports of a file within the repository, as paths from its root. */
export interface FileImports {
  /** Statements, including `import type`. */
  readonly static: readonly string[];
  /** `import('…')`, as expression or type. */
  readonly dynamic: readonly string[];
}

/** The imports of the program's files below a folder, by path. Tests and npm packages do not count. */
export function importGraph(root: string, folder: string): ReadonlyMap<string, FileImports> {
  const files = globSync(`${folder}/**/*.ts`, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] });
  return new Map(
    files.filter((file) => !file.endsWith('.test.ts')).map((file) => [file, importsOf(root, file)] as const),
  );
}

function importsOf(root: string, file: string): FileImports {
  const text = readFileSync(join(root, file), 'utf8');
  const pathOf = (specifier: string) => normalize(join(dirname(file), specifier));
  const statements = [...text.matchAll(/^(?:import|export)\s[^'"]*?(?:from\s*)?'(\.[^']+)'/gm)];
  return {
    static: statements.map(([, specifier = '']) => pathOf(specifier)),
    dynamic: [...text.matchAll(/\bimport\(\s*'(\.[^']+)'/g)].map(([, specifier = '']) => pathOf(specifier)),
  };
}

/**
 * The folders that each folder of `src` imports: `bridge` to `['api', 'award', …]`, in order. Files directly in src are
 * the folder `.`; files outside of src appear with their path.
 */
export function folderImports(graph: ReadonlyMap<string, FileImports>): ReadonlyMap<string, readonly string[]> {
  const imports = new Map<string, Set<string>>();
  for (const [file, found] of graph) {
    const folder = folderOf(file);
    const others = imports.get(folder) ?? new Set();
    imports.set(folder, others);
    for (const path of [...found.static, ...found.dynamic]) if (folderOf(path) !== folder) others.add(folderOf(path));
  }
  return new Map([...imports].map(([folder, others]) => [folder, [...others].toSorted()]));
}

function folderOf(file: string): string {
  const [top = '', first = '', ...rest] = file.split(sep);
  if (top !== 'src') return file;
  return rest.length === 0 ? '.' : first;
}

/** The cycles of a graph, each as the files of a strongly connected component, in order (Tarjan). */
export function circles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const [index, low] = [new Map<string, number>(), new Map<string, number>()];
  const stack: string[] = [];
  const found: (readonly string[])[] = [];
  const visit = (file: string): number => {
    const at = index.size;
    index.set(file, at);
    stack.push(file);
    let lowest = at;
    for (const other of graph.get(file) ?? []) {
      if (!graph.has(other)) continue;
      if (!index.has(other)) lowest = Math.min(lowest, visit(other));
      else if (stack.includes(other)) lowest = Math.min(lowest, index.get(other) ?? at);
    }
    low.set(file, lowest);
    if (lowest === at) {
      const component = stack.splice(stack.indexOf(file));
      if (component.length > 1) found.push(component.toSorted());
    }
    return lowest;
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}
