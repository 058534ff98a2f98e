import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { judge } from '../support/judge.ts';
import { judged } from '../support/judged.ts';

const folder = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));
const files = readdirSync(folder).map((name) => `${folder}${name}`);

judged('actionlint finds nothing in the workflows', async () => {
  expect(files.length).toBeGreaterThan(3);
  expect(await judge('actionlint', ['-color=false', '-shellcheck=', '-pyflakes=', ...files])).toEqual({
    ok: true,
    text: '',
  });
});

test.each(files)('%s pins actions by SHA, and has only explicit permissions', (file) => {
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(/^permissions: \{\}$/m);
  const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
  expect(used.length).toBeGreaterThan(0);
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
});
