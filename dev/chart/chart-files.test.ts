import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { chartFiles } from './chart-files.ts';

const root = new URL('../../', import.meta.url);
const files = await chartFiles(root);

test.each(files)('$path is up to date: `npm run generate` changes nothing', async ({ path, text }) => {
  expect(await readFile(new URL(path, root), 'utf8')).toBe(text);
});

test('the chart contains the definition of every kind and no other', async () => {
  const carried = await readdir(new URL('charts/dinfra-operator/files/crds/', root));
  const made = (await readdir(new URL('crds/', root))).filter((file) => file.endsWith('.yaml'));
  expect(carried.toSorted()).toEqual(made.toSorted());
});
