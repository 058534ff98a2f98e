import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { lackingCommand, leftOut } from './left-out.ts';

const source = fileURLToPath(new URL('../../tools/judges', import.meta.url));
/** What Go says of a machine, and not of the modules: no network, no room, too little memory, another Go than is asked for. */
const OF_THE_MACHINE =
  /dial tcp|i\/o timeout|connection refused|no such host|TLS handshake|proxyconnect|server misbehaving|unexpected EOF|no space left|read-only file system|permission denied|cannot allocate memory|signal: killed|requires go >=|GOCACHE is not defined|module lookup disabled|reading https?:/;

/**
 * The programs that judge what we hand to others: promtool, actionlint, kubeconform, and Argo CD's Lua engine. Built once from their
 * Go modules into the cache; tests find them in the folder DINFRA_JUDGES, which is empty when this machine cannot build
 * them: their tests are left out then.
 */
export async function setup(): Promise<void> {
  const parent =
    process.env['DINFRA_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dinfra-operator');
  const digest = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'lua/main.go']) digest.update(readFileSync(join(source, file)));
  const folder = join(parent, `judges-${digest.digest('hex').slice(0, 16)}`);
  const lacking = existsSync(folder) ? undefined : (lackingCommand('go') ?? (await build(folder)));
  const without = leftOut('what promtool, actionlint, kubeconform and the Lua engine of Argo CD judge', lacking);
  process.env['DINFRA_JUDGES'] = without ? '' : folder;
}

/** Returns what this machine lacks, in words. @throws Error when it is the modules that cannot be built. */
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
    // Another run has built them at the same time.
    if (existsSync(folder)) return undefined;
    const text = error instanceof Error ? error.message : String(error);
    const line = text.split('\n').find((each) => OF_THE_MACHINE.test(each));
    if (line === undefined) throw error;
    return `they cannot be built here: ${line.slice(0, 200)}`;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
