import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { circles, folderImports, importGraph } from './import-graph.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const graph = importGraph(root, 'src');
const simulator = importGraph(root, 'simulator');
const found = folderImports(graph);
const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');

const [, section = ''] = /^## Folders\n(.*?)^## /ms.exec(page) ?? [];

/** The folders of the table, with their documented imports; undefined for anything. */
const documented = new Map(
  [...section.matchAll(/^\| `([\w.]+)` \| .+ \| (.*)\|$/gm)].map(([, folder = '', imports = '']) => [
    folder,
    imports.trim() === 'anything' ? undefined : [...imports.matchAll(/`([\w.]+)`/g)].map(([, name]) => name),
  ]),
);

describe('docs/architecture.md', () => {
  test('docs/architecture.md has a line for every folder of src and for no other', () => {
    expect([...documented.keys()].toSorted()).toEqual([...found.keys()].toSorted());
  });

  test.each([...documented].filter(([, imports]) => imports !== undefined))(
    'docs/architecture.md lists the imports of %s',
    (folder, imports) => {
      expect(imports).toEqual(found.get(folder));
    },
  );

  test('each folder in docs/architecture.md imports only folders above it', () => {
    const order = [...documented.keys()];
    const below = [...found].flatMap(([folder, imports]) =>
      imports
        .filter((other) => order.indexOf(other) > order.indexOf(folder))
        .map((other) => `${folder} imports ${other}`),
    );
    expect(below).toEqual([]);
  });
});

test('every file that docs/architecture.md names exists', () => {
  const named = [...new Set([...page.matchAll(/`([\w/-]+\.ts)`/g)].map(([, path = '']) => path))];
  expect(named.length).toBeGreaterThan(40);
  // A table or a sentence about one folder names its files without the folder.
  const exists = (path: string) =>
    path.includes('/') ? existsSync(`${root}/src/${path}`) : globSync(`src/**/${path}`, { cwd: root }).length > 0;
  expect(named.filter((path) => !exists(path))).toEqual([]);
});

describe('imports', () => {
  /** The imports that leave a folder, as sentences. */
  const leaving = (files: typeof graph, folder: string) =>
    [...files].flatMap(([file, imports]) =>
      [...imports.static, ...imports.dynamic]
        .filter((path) => !path.startsWith(folder))
        .map((path) => `${file} imports ${path}`),
    );

  test('imports of src stay in src, so nothing that only development needs is shipped', () => {
    expect(graph.size).toBeGreaterThan(200);
    expect(leaving(graph, 'src/')).toEqual([]);
  });

  test('imports of the simulator stay in its package', () => {
    expect(simulator.size).toBeGreaterThan(30);
    expect(leaving(simulator, 'simulator/cloudstack/')).toEqual([]);
  });

  test.each([
    ['src', graph],
    ['the simulator', simulator],
  ])('imports of %s have no cycles, including types and lazy imports', (_name, files) => {
    expect(
      circles(new Map([...files].map(([file, imports]) => [file, [...imports.static, ...imports.dynamic]]))),
    ).toEqual([]);
  });

  test('imports are found in every syntactic form', () => {
    const known = graph.get('src/cli/command/program.ts');
    expect(known?.static).toContain('src/cli/command/flags.ts');
    expect(known?.dynamic).toContain('src/cli/market/market-commands.ts');
    expect(
      circles(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b', 'd']],
          ['d', []],
        ]),
      ),
    ).toEqual([['b', 'c']]);
  });
});
