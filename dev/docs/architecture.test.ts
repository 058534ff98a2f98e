import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { folderImports } from './folder-imports.ts';

const found = folderImports(fileURLToPath(new URL('../../src/', import.meta.url)));
const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');

const [, section = ''] = /^## Folders\n(.*?)^## /ms.exec(page) ?? [];

/** The folders of the table: name to what it says they import; undefined for anything. */
const told = new Map(
  [...section.matchAll(/^\| `([\w.]+)` \| .+ \| (.*)\|$/gm)].map(([, folder = '', imports = '']) => [
    folder,
    imports.trim() === 'anything' ? undefined : [...imports.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  ]),
);

describe('docs/architecture.md', () => {
  test('has a line for every folder of src, and for no other', () => {
    expect([...told.keys()].toSorted()).toEqual([...found.keys()].toSorted());
  });

  test.each([...told].filter(([, imports]) => imports !== undefined))('says what %s imports', (folder, imports) => {
    expect(imports).toEqual(found.get(folder));
  });

  test('lists the folders so that each imports only what stands above it', () => {
    const order = [...told.keys()];
    const below = [...found].flatMap(([folder, imports]) =>
      imports
        .filter((other) => order.indexOf(other) > order.indexOf(folder))
        .map((other) => `${folder} imports ${other}`),
    );
    expect(below).toEqual([]);
  });
});
