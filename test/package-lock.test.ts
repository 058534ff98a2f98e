import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const packages = Object.entries(lock.packages);

/** Whether Node's resolution from one package finds another in the lock. */
function isLocked(from: string, name: string): boolean {
  const parents = from.split('/node_modules/').map((_, at, all) => all.slice(0, at + 1).join('/node_modules/'));
  return ['', ...parents].some((parent) => `${parent === '' ? '' : `${parent}/`}node_modules/${name}` in lock.packages);
}

test('the lock file has the packages of every platform, so that npm ci works on all of them', () => {
  expect(packages.length).toBeGreaterThan(400);
  const missing = packages.flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(path, name))
      .map((name) => `${name} of ${path}`),
  );
  expect(missing).toEqual([]);
});

test('the lock file has the hash of every package', () => {
  expect(packages.filter(([path, { integrity }]) => path !== '' && integrity === undefined)).toEqual([]);
});
