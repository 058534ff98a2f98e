import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { madePages } from './made-pages.ts';

const root = new URL('../../', import.meta.url);

test.each(await madePages(root))('$path is up to date: `npm run generate` changes nothing', async ({ path, text }) => {
  expect(await readFile(new URL(path, root), 'utf8')).toBe(text);
});
