import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { CloudStackClient } from '../../src/providers/cloudstack/api/client.ts';
import { dinfraAlone } from '../../test/support/command-line.ts';

interface Told {
  readonly endpoint: string;
  readonly accounts: { readonly user: { readonly apiKey: string; readonly secretKey: string } };
}

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinfra-cloud-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the simulator as a user would, on a free port. `use` has it while it runs; then it is ended by Ctrl-C. */
async function withCloud(flags: readonly string[], use: (told: Told) => Promise<void>): Promise<void> {
  const args = [main, '--json', 'dev', 'cloudstack', '--port', '0', ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await use(JSON.parse(await firstAnswer(child)));
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  }
}

/** The first JSON object on standard output, which is written over several lines. */
async function firstAnswer({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no output');
  let text = '';
  for await (const line of createInterface({ input: stdout })) {
    text += line;
    if (line === '}') return text;
  }
  throw new Error(`it ended after: ${text}`);
}

async function asUser<T>({ endpoint, accounts }: Told, use: (client: CloudStackClient) => Promise<T>): Promise<T> {
  const client = new CloudStackClient({ endpoint, credentials: accounts.user, clock: systemClock });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const soon = () => AbortSignal.timeout(5_000);

describe('dinfra dev cloudstack', () => {
  it('answers a client that has the keys it printed, and keeps them and what was made over a restart', async () => {
    const state = ['--state', join(folder, 'state.json')];
    let before: Told | undefined;
    await withCloud(state, async (told) => {
      before = told;
      await asUser(told, async (client) => {
        const zones = await client.list('listZones', {}, soon());
        expect(zones.map((zone) => zone['name'])).toContain('zone-1');
        await client.call('createSSHKeyPair', { name: 'kept' }, soon());
      });
    });
    await withCloud(state, async (told) => {
      expect(told.accounts).toEqual(before?.accounts);
      const pairs = await asUser(told, (client) => client.list('listSSHKeyPairs', {}, soon()));
      expect(pairs.map((pair) => pair['name'])).toEqual(['kept']);
    });
  });

  it('tells a browser where its API is', async () => {
    await withCloud([], async ({ endpoint }) => {
      const page = await fetch(new URL('/', endpoint));
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('its API is at /client/api');
    });
  });

  it('lets go wrong what it was told to, and as often', async () => {
    await withCloud(['--fault', 'createSSHKeyPair:Error,code=431,text=not today,times=1'], (told) =>
      asUser(told, async (client) => {
        const call = () => client.call('createSSHKeyPair', { name: 'a' }, soon());
        await expect(call()).rejects.toThrow('not today');
        await expect(call()).resolves.toBeDefined();
      }),
    );
  });

  it('says what is in its way and ends', async () => {
    await withCloud([], async ({ endpoint }) => {
      const { port } = new URL(endpoint);
      const taken = await dinfraAlone(['dev', 'cloudstack', '--port', port]);
      expect(taken).toMatchObject({ ok: false, stdout: '' });
      expect(taken.stderr).toBe(
        `dinfra: --port ${port} of 127.0.0.1 is taken\n        Name another --port; 0 takes any free one.`,
      );
    });
    const garbled = join(folder, 'garbled.json');
    writeFileSync(garbled, '{"tables": ');
    const said = await Promise.all(
      [
        ['--port', '70000'],
        ['--state', garbled],
        ['--fault', 'listZones:Explode'],
        ['--setting', 'nothing'],
      ].map((flags) => dinfraAlone(['dev', 'cloudstack', '--port', '0', ...flags])),
    );
    expect(said.map(({ ok }) => ok)).toEqual([false, false, false, false]);
    const [port, state, fault, setting] = said.map(({ stderr }) => stderr);
    expect(port).toContain("argument '70000' is invalid. It has to be a whole number from 0 to 65535.");
    expect(state).toContain(`--state ${garbled} cannot be used`);
    expect(fault).toContain('"Explode" is none of');
    expect(setting).toContain('--setting "nothing" is not a name and a value');
    for (const { stderr } of said) expect(stderr).not.toContain('    at ');
  });
});
