import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateFolder } from './private-folder.ts';

test('a private folder is readable by its owner only, and leftovers of killed operators are removed', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'private-folder-test-'));
  // No process has this id; this one, and the first, are alive.
  const names = ['dinfra-helm-999999999-a', `dinfra-helm-${process.pid}-b`, 'dinfra-helm-1-c', 'somebody-elses'];
  for (const name of names) await mkdir(join(parent, name));
  const folder = await makePrivateFolder(parent);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await readdir(parent)).sort()).toEqual([basename(folder), 'dinfra-helm-1-c', 'somebody-elses'].sort());
  // Only once: from now on there are folders in use.
  const second = await makePrivateFolder(parent);
  expect(await readdir(parent)).toEqual(expect.arrayContaining([basename(folder), basename(second)]));
  await rm(parent, { recursive: true });
});

test('a parent folder that could not be read is read again the next time', async () => {
  const parent = join(await mkdtemp(join(tmpdir(), 'private-folder-test-')), 'later');
  await expect(makePrivateFolder(parent)).rejects.toMatchObject({ code: 'ENOENT' });
  await mkdir(parent);
  expect(basename(await makePrivateFolder(parent))).toMatch(/^dinfra-helm-/);
  await rm(join(parent, '..'), { recursive: true });
});
