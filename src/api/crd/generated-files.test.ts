import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generatedFiles } from './generated-files.ts';

const root = new URL('../../../', import.meta.url);

const files = await generatedFiles(root);

test.each(files)('$path is up to date with the schemas: `npm run generate` changes nothing', async ({ path, text }) => {
  expect(await readFile(new URL(path, root), 'utf8')).toBe(text);
});

test('crds/ has no file that is not generated from the schemas', async () => {
  const made = files.map(({ path }) => path);
  const found = (await readdir(new URL('crds/', root))).map((name) => `crds/${name}`);
  expect(found.filter((path) => !made.includes(path))).toEqual([]);
});
