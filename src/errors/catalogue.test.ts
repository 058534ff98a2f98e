import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { catalogue, registerReasons } from './catalogue.ts';

const entries = [...catalogue()];
const page = await readFile(new URL('../../docs/reasons.md', import.meta.url), 'utf8');
const headings = [...page.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
const coded = entries.flatMap(([name, { chainCode }]) => (chainCode === undefined ? [] : [{ name, chainCode }]));

describe('docs/reasons.md', () => {
  test('docs/reasons.md has one heading for every reason of the catalogue', () => {
    expect(headings.toSorted()).toEqual(entries.map(([name]) => name).toSorted());
  });
});

describe('the catalogue', () => {
  const folder = new URL('../', import.meta.url);
  const files = globSync('**/reasons.ts', { cwd: folder }).filter((file) => file !== 'reasons.ts');

  test('the layers with reasons are found', () => {
    expect(files.length).toBeGreaterThan(8);
  });

  test.each(files)('the catalogue has every reason of %s', async (file) => {
    const layer: Readonly<Record<string, object>> = await import(new URL(file, folder).href);
    const names = Object.values(layer).flatMap((reasons) => Object.keys(reasons));
    expect(names).not.toEqual([]);
    expect(entries.map(([name]) => name)).toEqual(expect.arrayContaining(names));
  });

  test('the catalogue refuses a name or a chain code that is already in use', () => {
    const entry = { family: 'terminal', summary: 'A b.', remedy: 'C d.' } as const;
    expect(() => registerReasons({ Running: entry })).toThrow('two layers have the reason Running');
    expect(() => registerReasons({ Another: { ...entry, chainCode: 10_001 } })).toThrow(
      'Another and DescriptorMissing share the code 10001',
    );
  });
});

describe('a reason', () => {
  test.each(entries)('%s is a word the API server takes as a condition’s reason', (name) => {
    expect(name).toMatch(/^[A-Z][A-Za-z0-9]{0,62}$/);
  });

  test.each(entries)('%s says what it means and what to do, in whole sentences', (_, { summary, remedy }) => {
    expect(summary).toMatch(/^\S.*[^.]\.$/);
    expect(remedy).toMatch(/^\S.*[^.]\.$/);
  });
});

describe('a code on chain', () => {
  test.each(coded)("the chain code of $name is in the provider's range", ({ chainCode }) => {
    expect(chainCode).toBeGreaterThanOrEqual(10_000);
    expect(chainCode).toBeLessThan(20_000);
  });

  test('every terminal reason for which an order can be declined has a chain code', () => {
    // The cluster's are about the operator's own requests, never about an order.
    const own = ['ClusterInvalid', 'KubeconfigInvalid'];
    const silent = entries.filter(([, { family, chainCode }]) => family === 'terminal' && chainCode === undefined);
    expect(silent.map(([name]) => name)).toEqual(own);
  });
});
