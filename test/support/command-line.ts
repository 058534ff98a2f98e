import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import '../../src/reasons.ts';
import { dinfra } from '../../src/cli/command/program.ts';
import { takeConsole } from '../../src/substrate/library-console.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** The result of a command, with its outputs. */
export interface Said {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the dinfra command in this process, because loading its libraries takes longer than running it. */
export async function dinfraHere(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Said> {
  // Like the command itself.
  takeConsole(() => undefined);
  let [ok, stdout, stderr] = [true, '', ''];
  const program = dinfra({
    environment,
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    fail: () => {
      ok = false;
    },
  });
  await program.parseAsync([...args], { from: 'user' });
  return { ok, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}

/**
 * Runs the dinfra command as a process, in an environment without variables of ours.
 *
 * @param input for its standard input, which is not a terminal.
 */
export async function dinfraAlone(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  input = '',
): Promise<Said> {
  const { DINFRA_URL: _url, DINFRA_SURI: _suri, DINFRA_PASSWORD: _password, ...others } = process.env;
  const { failed, stdout, stderr } = await execa(process.execPath, [main, ...args], {
    env: { ...others, ...environment },
    extendEnv: false,
    input,
    reject: false,
    timeout: 60_000,
  });
  return { ok: !failed, stdout, stderr };
}
