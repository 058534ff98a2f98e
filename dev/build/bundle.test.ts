import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from './bundle.ts';
import { licenceTexts } from './licences.ts';

// Outside of the checkout, where no node_modules is found.
const folder = mkdtempSync(join(tmpdir(), 'dinfra-bundle-'));
beforeAll(() => bundle(folder), 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['dinfra-operator', 'dinfra'])('%s runs from the bundle alone', async (name) => {
  const { stdout } = await execa(process.execPath, [join(folder, `${name}.js`), '--help'], { cwd: folder });
  expect(stdout).toContain(`Usage: ${name}`);
});

test('the bundled operator prints its version and the commit it was built from', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  const { stdout } = await execa(process.execPath, [join(folder, 'dinfra-operator.js'), '--version'], { cwd: folder });
  expect(stdout).toMatch(new RegExp(`^${version}( \\([0-9a-f]{12}\\))?$`));
});

test('code of the bundle that starts a worker thread finds its file', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
  const workers = files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const names = [...text.matchAll(/["'](\.\/[a-z-]+-worker\.js)["']/g)].map(([, name = '']) => name);
    return names.map((name) => join(folder, dirname(file), name));
  });
  expect(workers).not.toEqual([]);
  expect(workers.filter((path) => !existsSync(path))).toEqual([]);
});

test('the bundle contains nothing that only development needs', () => {
  const maps = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js.map'));
  expect(maps.length).toBeGreaterThan(2);
  const sources = maps.flatMap(
    (file) => (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { readonly sources: readonly string[] }).sources,
  );
  expect(sources.some((source) => source.endsWith('src/main.ts'))).toBe(true);
  const ours = sources.filter((source) => !source.includes('node_modules'));
  expect(ours.filter((source) => /\/(dev|simulator|test)\//.test(source))).toEqual([]);
});

test('the bundle includes the licences of all its packages', () => {
  const texts = readFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['@polkadot/api', 'pino', 'undici', 'yaml']) expect(texts).toContain(`\n${name} `);
});

test('a package under the GPL is refused', () => {
  const gpl = { name: 'left-pad', version: '1.0.0', licence: 'GPL-3.0-only', text: '' };
  expect(() => licenceTexts([gpl])).toThrow('left-pad@1.0.0 (GPL-3.0-only)');
  expect(() => licenceTexts([{ ...gpl, licence: '(MIT OR GPL-3.0-only)' }])).not.toThrow();
});
