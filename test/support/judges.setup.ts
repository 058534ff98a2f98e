import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { cacheFolder } from './cache-folder.ts';
import { lackingCommand, leftOut } from './left-out.ts';

const source = fileURLToPath(new URL('../../tools/judges', import.meta.url));
/**
 * Go's errors that are about the machine, not the modules: no network, no disk space, too little memory, another Go
 * version.
 */
const OF_THE_MACHINE =
  /dial tcp|i\/o timeout|connection refused|no such host|TLS handshake|proxyconnect|server misbehaving|unexpected EOF|no space left|read-only file system|permission denied|cannot allocate memory|signal: killed|requires go >=|GOCACHE is not defined|module lookup disabled|reading https?:/;

/**
 * The programs that check our artefacts as their consumers do: promtool, actionlint, kubeconform, and Argo CD's Lua
 * engine. Built once from their Go modules into the cache; tests find them in the folder DINFRA_JUDGES. It is empty if
 * this machine cannot build them, and their tests are skipped.
 */
export async function setup(): Promise<void> {
  const digest = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'lua/main.go']) digest.update(readFileSync(join(source, file)));
  const folder = join(cacheFolder(), `judges-${digest.digest('hex').slice(0, 16)}`);
  const lacking = existsSync(folder) ? undefined : (lackingCommand('go') ?? (await build(folder)));
  const without = leftOut('what promtool, actionlint, kubeconform and the Lua engine of Argo CD judge', lacking);
  process.env['DINFRA_JUDGES'] = without ? '' : folder;
}

/** Returns a description of what this machine lacks. @throws Error if the modules themselves do not build. */
async function build(folder: string): Promise<string | undefined> {
  console.log('building promtool, actionlint, kubeconform and the Lua engine, once: a few minutes on two cores …');
  const unfinished = `${folder}.tmp.${process.pid}`;
  try {
    mkdirSync(unfinished, { recursive: true });
    await execa('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', `${unfinished}/`, 'tool', './lua'], {
      cwd: source,
      env: { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '' },
    });
    renameSync(unfinished, folder);
    return undefined;
  } catch (error) {
    // A concurrent run has built them.
    if (existsSync(folder)) return undefined;
    const text = error instanceof Error ? error.message : String(error);
    const line = text.split('\n').find((each) => OF_THE_MACHINE.test(each));
    if (line === undefined) throw error;
    return `they cannot be built here: ${line.slice(0, 200)}`;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
