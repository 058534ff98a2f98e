import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';
import { signedQuery } from './signature.ts';

interface Started {
  readonly endpoint: string;
  readonly accounts: { readonly user: { readonly apiKey: string; readonly secretKey: string } };
}

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinfra-cloud-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the simulator as a user would, on a free port. `use` has it while it runs; then Ctrl-C ends it. */
async function withCloud(flags: readonly string[], use: (started: Started) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [main, '--json', '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await use(JSON.parse(await firstAnswer(child)));
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  }
}

/** The first JSON object on standard output, which spans several lines. */
async function firstAnswer({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no output');
  let answer = '';
  for await (const line of createInterface({ input: stdout })) {
    answer += line;
    if (line === '}') return answer;
  }
  throw new Error(`it ended after: ${answer}`);
}

/** Runs it to its end, which should come at once. */
async function runToEnd(flags: readonly string[]) {
  const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
  const ended = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: (await ended)[0], stdout, stderr };
}

async function call({ endpoint, accounts }: Started, parameters: Readonly<Record<string, string>>): Promise<string> {
  const url = `${endpoint}?${signedQuery(parameters, accounts.user)}`;
  return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
}

describe('cloudstack-simulator', () => {
  it('keys and resources survive a restart of the simulator with --state', async () => {
    const state = ['--state', join(folder, 'state.json')];
    let before: Started | undefined;
    await withCloud(state, async (started) => {
      before = started;
      expect(await call(started, { command: 'listZones' })).toContain('"zone-1"');
      await call(started, { command: 'createSSHKeyPair', name: 'kept' });
    });
    await withCloud(state, async (started) => {
      expect(started.accounts).toEqual(before?.accounts);
      const pairs = JSON.parse(await call(started, { command: 'listSSHKeyPairs' }));
      expect(pairs.listsshkeypairsresponse.sshkeypair).toMatchObject([{ name: 'kept' }]);
    });
  });

  it('a browser is shown where the API of the simulator is', async () => {
    await withCloud([], async ({ endpoint }) => {
      const page = await fetch(new URL('/', endpoint));
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('its API is at /client/api');
    });
  });

  it('the simulator injects the given faults, as often as requested', async () => {
    await withCloud(['--fault', 'createSSHKeyPair:Error,code=431,text=not today,times=1'], async (started) => {
      const create = () => call(started, { command: 'createSSHKeyPair', name: 'a' });
      expect(await create()).toContain('not today');
      expect(await create()).toContain('"keypair"');
    });
  });

  it('a port that is in use is named, and the simulator exits with 1', async () => {
    await withCloud([], async ({ endpoint }) => {
      const { port } = new URL(endpoint);
      expect(await runToEnd(['--port', port])).toEqual({
        code: 1,
        stdout: '',
        stderr: `cloudstack-simulator: port ${port} of 127.0.0.1 is in use\n  Choose another one with --port; 0 takes any free port.\n`,
      });
    });
  });

  it.each([
    [['--port', '70000'], "argument '70000' is invalid. It must be a whole number from 0 to 65535."],
    [['--state', 'garbled.json'], 'cannot use --state'],
    [['--fault', 'listZones:Explode'], '"Explode" is none of'],
    [['--setting', 'nothing'], '--setting "nothing" has no name and value'],
  ])('the simulator refuses %j without a stack trace', async (flags, message) => {
    writeFileSync(join(folder, 'garbled.json'), '{"tables": ');
    const { code, stderr } = await runToEnd([
      '--port',
      '0',
      ...flags.map((flag) => (flag === 'garbled.json' ? join(folder, flag) : flag)),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});

describe('the README', () => {
  it('the README of the simulator lists every option with its default and no others', () => {
    const page = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
    const rows = new Map([...page.matchAll(/^\| `(--[^`]+)` \| (.+) \|$/gm)].map(([, flags, rest]) => [flags, rest]));
    const { options } = commandLine();
    expect([...rows.keys()]).toEqual(options.map(({ flags }) => flags));
    const undocumented = options.filter(
      ({ flags, defaultValue }) =>
        (typeof defaultValue === 'number' || typeof defaultValue === 'string') &&
        !rows.get(flags)?.includes(`${defaultValue}`),
    );
    expect(undocumented.map(({ flags }) => flags)).toEqual([]);
  });
});
