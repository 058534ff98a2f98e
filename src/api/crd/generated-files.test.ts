import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generatedFiles } from './generated-files.ts';

const root = new URL('../../../', import.meta.url);

const files = await generatedFiles(root);

test.each(files)('$path is up to date with the schemas: `npm run generate` changes nothing', async ({ path, text }) => {
  expect(await readFile(new URL(path, root), 'utf8')).toBe(text);
});

test.each(['crds', 'schemas/dinfra.io'])('%s has no file that is not generated from the schemas', async (folder) => {
  const made = files.map(({ path }) => path);
  const found = (await readdir(new URL(`${folder}/`, root))).map((name) => `${folder}/${name}`);
  expect(found.filter((path) => !made.includes(path))).toEqual([]);
});
