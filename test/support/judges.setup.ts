import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const source = fileURLToPath(new URL('../../tools/judges', import.meta.url));

/**
 * The programs that judge what we hand to others: promtool, actionlint, and Argo CD's Lua engine. Built once from their
 * Go modules into the cache; tests find them in the folder DINFRA_JUDGES.
 */
export async function setup(): Promise<void> {
  const parent =
    process.env['DINFRA_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dinfra-operator');
  const digest = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'lua/main.go']) digest.update(readFileSync(join(source, file)));
  const folder = join(parent, `judges-${digest.digest('hex').slice(0, 16)}`);
  process.env['DINFRA_JUDGES'] = folder;
  if (existsSync(folder)) return;
  console.log('building promtool, actionlint and the Lua engine, once: a few minutes on two cores …');
  const unfinished = `${folder}.tmp.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await execa('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', `${unfinished}/`, 'tool', './lua'], {
      cwd: source,
      env: { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '' },
    });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
