import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '@polkadot/keyring';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DevChain } from '../../dev/chain.ts';
import { openSshPublicKey } from '../../src/ssh/openssh-public-key.ts';
import { dinfraAlone, dinfraHere, type Said } from '../support/command-line.ts';
import { Consumer } from '../support/consumer.ts';
import { lackingCommand, lackingSshKeygen, leftOut } from '../support/left-out.ts';

const schema = 'config/descriptor-types/vm-v1.schema.json';
const sample = 'config/samples/descriptors/substrate-node-vm.json';
const PRICE = 1_000_000n;
/** Enough for a subscription with the default grace. */
const FUNDS = ['--type', 'vm/v1', '--funds', '1'];

let folder: string;
let chain: DevChain;
let provider: Consumer;
let registered: Said;
/** A server that never answers. */
const mute = createServer(() => undefined);
/** A server that is not a node. */
const website: Server = createHttpServer((_request, response) => response.end('<html>'));
/** Started early, because it takes its full timeout. */
let noAnswer: Promise<Said>;

/** Runs the command against the chain. */
const run = (args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  dinfraHere(['--url', chain.endpoint, ...args], environment);
const asCharlie = (...args: string[]) => run(['--account', '//Charlie', ...args]);
/** A provider without a recent heartbeat gets no award. */
const heartbeat = () => provider.send(provider.api.tx.provider.heartbeat());

/** The JSON output of a command. Fails with its message if there is none. */
async function answer(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const { stdout, stderr } = await run(['--json', ...args], environment);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** Both lines of a refusal. */
async function refusal(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { ok, stdout, stderr } = await run(args, environment);
  expect(ok).toBe(false);
  expect(stdout).toBe('');
  // Two lines at most, and no stack.
  expect(stderr.split('\n').length).toBeLessThanOrEqual(2);
  expect(stderr).not.toContain('    at ');
  return stderr;
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

const listen = (server: ReturnType<typeof createServer> | Server) =>
  new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dinfra-cli-'));
  noAnswer = dinfraHere(['--url', await listen(mute), 'list', '--consumer', 'x']);
  chain = await DevChain.start(join(folder, 'chain'));
  chain.tick(300);
  registered = await dinfraAlone(['--account', '//Alice', 'type', 'register', 'vm/v1', schema], {
    DINFRA_URL: chain.endpoint,
  });
  provider = await Consumer.open(chain.endpoint, '//Bob');
  const { tx } = provider.api;
  const { address } = new Keyring({ type: 'sr25519' }).addFromUri('//Bob');
  await provider.send(
    tx.provider.registerProvider(address, `0x${'01'.repeat(32)}`, '', 'Open'),
    tx.provider.setOffer('vm/v1', PRICE, 5, 63),
    tx.provider.heartbeat(),
  );
}, 90_000);

afterAll(async () => {
  mute.close();
  website.close();
  await provider?.close();
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('descriptor types', () => {
  it('a descriptor type is registered once with its schema on chain, and listed with the providers that offer it', async () => {
    expect(registered.stdout).toMatch(/^Descriptor type vm\/v1 was registered in block \d+\.$/);
    const [types, text, again] = await Promise.all([
      answer(['type', 'list']),
      run(['type', 'list']),
      refusal(['--account', '//Alice', 'type', 'register', 'vm/v1', schema]),
    ]);
    expect(types).toMatchObject([{ name: 'vm/v1', version: 1, retired: false, providers: [0] }]);
    expect(text.stdout).toMatch(/^NAME +VERSION +OFFERED BY +OWNER\nvm\/v1 +1 +provider 0 +5Grwva/);
    expect(again).toContain('the chain already has a descriptor type of that name');
  });

  it('a descriptor type with an invalid or missing schema is not registered', async () => {
    const broken = file('broken.json', '{"type": ');
    const foreign = file('foreign.json', '{"type": "object", "properties": {"a": {"type": "whole number"}}}');
    const large = file('large.json', JSON.stringify({ description: 'x'.repeat(256 * 1024) }));
    const [none, missing, unusable, tooLarge] = await Promise.all([
      refusal(['--account', '//Alice', 'type', 'register', 'x/v1', broken]),
      refusal(['--account', '//Alice', 'type', 'register', 'x/v1', join(folder, 'nowhere.json')]),
      refusal(['--account', '//Alice', 'type', 'register', 'x/v1', foreign]),
      refusal(['--account', '//Alice', 'type', 'register', 'x/v1', large]),
    ]);
    expect(none).toContain('broken.json');
    expect(unusable).toContain('whole number');
    expect(tooLarge).toMatch(/large\.json has \d+ bytes; a schema has at most 262144/);
    expect(missing).toContain('nowhere.json cannot be read: ENOENT');
  });
});

describe('a subscription', () => {
  it('a subscription is created, listed for its consumer only, topped up, shown and cancelled', async () => {
    await heartbeat();
    const made = await answer(['--account', '//Charlie', 'subscribe', sample, ...FUNDS]);
    expect(made).toMatchObject({ type: 'vm/v1', state: 'Awarded', provider: 0, tenure: 1, price: `${PRICE}` });
    const id: string = made.id;

    const charlie = new Keyring({ type: 'sr25519' }).addFromUri('//Charlie').address;
    const [own, others, named, text] = await Promise.all([
      answer(['--account', '//Charlie', 'list']),
      answer(['--account', '//Dave', 'list']),
      answer(['list', '--consumer', charlie]),
      run(['status', id]),
    ]);
    expect(own.map((one: { id: string }) => one.id)).toEqual([id]);
    expect(others).toEqual([]);
    expect(named).toEqual(own);
    expect(text.stdout).toMatch(/^Subscription: +\d+\nType: +vm\/v1\nState: +Awarded\nProvider: +0\n/);

    const before = await answer(['status', id]);
    const topUp = await run(['--account', '//Dave', 'top-up', id, '0.5']);
    expect(topUp.stdout).toMatch(new RegExp(`^Added 0.5 UNIT to subscription ${id} in block \\d+\\.$`));
    const after = await answer(['status', id]);
    expect(BigInt(after.cost.refundable) - BigInt(before.cost.refundable)).toBe(500_000_000_000n);

    expect(await refusal(['--account', '//Dave', 'top-up', id, '99999999'])).toMatch(
      /the account has not enough funds\n +Give funds to 5DAAnr.*, or ask for less\./,
    );
    expect(await refusal(['top-up', id, '1'], { DINFRA_SURI: '//Nobody' })).toMatch(
      /5FQzhS[a-zA-Z0-9]+: the account cannot pay its fee \(.*\n.*balance/,
    );
    expect(await refusal(['--account', '//Dave', 'cancel', id])).toContain('belongs to another account');
    expect((await asCharlie('cancel', id)).stdout).toMatch(new RegExp(`^Subscription ${id} was cancelled in block`));
    // Nothing was accepted yet, so the subscription ends immediately.
    expect(await refusal(['status', id])).toContain(`the chain has no subscription ${id}`);
    expect(await refusal(['--account', '//Charlie', 'cancel', id])).toContain('the chain has no such subscription');
  });

  it('a subscription that could not work is refused before anything is paid, with what to do', async () => {
    const big = file('big.json', JSON.stringify({ ...JSON.parse(readFileSync(sample, 'utf8')), cpu: 'two' }));
    const subscribe = (...args: string[]) => refusal(['--account', '//Charlie', 'subscribe', ...args]);
    await heartbeat();
    const before = await answer(['--account', '//Charlie', 'list']);
    const [schemaFault, unknown, poor, key, missing, amount, stranger] = await Promise.all([
      subscribe(big, ...FUNDS),
      subscribe(sample, '--type', 'vm/v2', '--funds', '1'),
      subscribe(sample, '--type', 'vm/v1', '--funds', '0.00001'),
      subscribe(sample, ...FUNDS, '--access-key', '0x1234'),
      subscribe(join(folder, 'nowhere.json'), ...FUNDS),
      subscribe(sample, '--type', 'vm/v1', '--funds', '1,5'),
      subscribe(sample, ...FUNDS, '--provider', '7'),
    ]);
    expect(schemaFault).toContain('cpu');
    expect(schemaFault).toContain('"two"');
    expect(unknown).toMatch(/no descriptor type "vm\/v2"\n.*dinfra type list/);
    expect(poor).toMatch(/FundsTooLow\n.*give more --funds/);
    expect(key).toMatch(/--access-key 0x1234 is not an ed25519 public key.*64 digits/);
    expect(missing).toContain('nowhere.json cannot be read: ENOENT');
    expect(amount).toContain('"1,5" is not an amount of UNIT');
    expect(stranger).toContain('provider 0:');
    expect(await answer(['--account', '//Charlie', 'list'])).toEqual(before);
  });

  it('a subscription of a compose file that no VM could run is refused before anything is paid', async () => {
    const type = 'config/descriptor-types/compose-v1.schema.json';
    expect(await run(['--account', '//Alice', 'type', 'register', 'compose/v1', type])).toMatchObject({ ok: true });
    const whole = JSON.parse(readFileSync('config/samples/descriptors/substrate-node-compose.json', 'utf8'));
    const build = file('build.json', JSON.stringify({ ...whole, compose: 'services: {web: {build: .}}' }));
    const said = await refusal(['--account', '//Charlie', 'subscribe', build, '--type', 'compose/v1', '--funds', '1']);
    expect(said).toMatch(/in the compose file, services\.web\.build has nothing to build from.*\n.*docs\/compose\.md/);
  });

  it('a subscription that does not exist is reported as such', async () => {
    const [status, topUp, badNumber, badAddress] = await Promise.all([
      refusal(['status', '4711']),
      refusal(['--account', '//Charlie', 'top-up', '4711', '1']),
      dinfraAlone(['status', 'first']),
      refusal(['list', '--consumer', '5Nonsense']),
    ]);
    expect(status).toMatch(/no subscription 4711\n.*dinfra list/);
    expect(topUp).toContain('no such subscription');
    expect(badNumber.stderr).toContain(
      "value 'first' is invalid for argument 'id'. It must be the number of a subscription.",
    );
    expect(badNumber.stderr).toMatch(/^dinfra: .*\n +See dinfra help/);
    expect(badAddress).toContain('--consumer 5Nonsense is not an address');
  });
});

describe('an endpoint that is not a chain', () => {
  it('an endpoint that is not a chain is reported within seconds', async () => {
    const [refused, page, url, silent] = await Promise.all([
      dinfraHere(['--url', 'ws://127.0.0.1:1', 'status', '1']),
      dinfraHere(['--url', await listen(website), 'status', '1']),
      dinfraHere(['--url', 'https://user:hunter2@example.test/token', 'status', '1']),
      noAnswer,
    ]);
    expect(refused.stderr).toMatch(/ws:\/\/127\.0\.0\.1:1 does not answer: the connection was refused.*\n.*--url/);
    expect(page.stderr).toMatch(/ answers 200 OK instead of opening a WebSocket\n/);
    expect(url.stderr).toMatch(/--url is not a WebSocket address: it begins with "https:"\n/);
    expect(url.stderr).not.toMatch(/hunter2|token/);
    expect(silent.stderr).toMatch(/does not answer: nothing came within 10 s\n/);
    for (const { ok } of [refused, page, url, silent]) expect(ok).toBe(false);
  });
});

const withSshKeygen = it.skipIf(leftOut('SSH keys of an account', lackingSshKeygen()));

describe('the SSH key of an account', () => {
  withSshKeygen('only the account’s SSH key opens the VM whose authorized key comes from the chain', async () => {
    await heartbeat();
    const key = join(folder, 'id');
    const [written, made] = await Promise.all([
      asCharlie('ssh-key', '--out', key, '--comment', 'charlie'),
      answer(['--account', '//Charlie', 'subscribe', sample, ...FUNDS]),
    ]);
    expect(written.ok, written.stderr).toBe(true);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const entry = (await provider.api.query.subscription.subscriptions(made.id)).unwrap();
    const authorized = openSshPublicKey(entry.accessKey.toU8a(), 'on chain');
    const stranger = join(folder, 'stranger');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);

    // Verifies the key like sshd does at a login: not every machine has sshd.
    const challenge = file('challenge', 'prove it');
    const signers = file('signers', `charlie ${authorized}\n`);
    execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'login', '-f', key, challenge]);
    const verify = ['-Y', 'verify', '-n', 'login', '-I', 'charlie', '-f', signers, '-s', `${challenge}.sig`];
    expect(execFileSync('ssh-keygen', verify, { input: 'prove it', encoding: 'utf8' })).toMatch(/^Good/);

    const sshd = findSshd();
    const lacking = sshd === undefined ? 'there is no sshd on this machine (openssh-server)' : lackingCommand('ssh');
    if (leftOut('the login itself', lacking) || sshd === undefined) return;
    const login = loginTo(sshd, authorized);
    const inside = await login(key);
    if (leftOut('the login itself', refusalOfUser())) return;
    expect(inside).toMatchObject({ failed: false, stdout: 'inside' });
    expect(await login(stranger)).toMatchObject({ failed: true, stderr: expect.stringContaining('Permission denied') });
  });

  it('an SSH key is not written over an existing file', async () => {
    const taken = file('taken', 'somebody’s only key');
    expect(await refusal(['--account', '//Charlie', 'ssh-key', '--out', taken])).toContain(
      'already exists and is not overwritten',
    );
    expect(readFileSync(taken, 'utf8')).toBe('somebody’s only key');
  });

  withSshKeygen('an SSH key is refused for an sr25519 keystore, and the suggested alternative works', async () => {
    await heartbeat();
    const PASSWORD = 'hunter2-hunter2';
    const dave = new Keyring({ type: 'sr25519' }).addFromUri('//Dave');
    const keystore = file('dave.json', JSON.stringify(dave.toJson(PASSWORD)));
    const as = ['--keystore', keystore];
    const own = join(folder, 'own');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'dave', '-f', own]);
    const [refused, wrong, made] = await Promise.all([
      refusal([...as, 'ssh-key'], { DINFRA_PASSWORD: PASSWORD }),
      refusal([...as, 'ssh-key'], { DINFRA_PASSWORD: 'not-hunter2' }),
      answer([...as, 'subscribe', sample, ...FUNDS, '--access-key', `${own}.pub`], { DINFRA_PASSWORD: PASSWORD }),
    ]);
    expect(refused).toMatch(/holds an sr25519 account\n.*ssh-keygen -t ed25519 -f FILE.*--access-key FILE\.pub/);
    expect(wrong).toContain('the password does not open');
    expect(refused + wrong).not.toMatch(/hunter2/);
    const entry = (await provider.api.query.subscription.subscriptions(made.id)).unwrap();
    expect(openSshPublicKey(entry.accessKey.toU8a(), 'dave')).toBe(readFileSync(`${own}.pub`, 'utf8').trim());
  });

  it('an SSH key is made from a secret on standard input', async () => {
    const mnemonic = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
    const [piped, set] = await Promise.all([
      dinfraAlone(['ssh-key', '--secret-file', '-', '--public'], {}, `${mnemonic}//vm\n`),
      run(['ssh-key', '--public'], { DINFRA_SURI: `${mnemonic}//vm` }),
    ]);
    const { publicKey } = new Keyring({ type: 'ed25519' }).addFromUri(`${mnemonic}//vm`);
    expect(piped.stdout).toBe(openSshPublicKey(publicKey, 'dinfra'));
    expect(set.stdout).toBe(piped.stdout);
  });
});

function findSshd(): string | undefined {
  return ['/usr/sbin/sshd', '/usr/bin/sshd', '/usr/local/sbin/sshd'].find(
    (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
  );
}

/** sshd's message for an account that cannot log in with any key: it is locked or has no valid shell. */
function refusalOfUser(): string | undefined {
  const log = readFileSync(join(folder, 'sshd.log'), { encoding: 'utf8', flag: 'a+' });
  return /not allowed because .*|fatal: .*|Privilege separation .*/.exec(log)?.[0];
}

/** Logs in to an sshd with one authorized key, without a port: the client is connected to its standard input. */
function loginTo(sshd: string, authorized: string): (key: string) => Promise<object> {
  const hostKey = join(folder, 'host');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  // As root, sshd needs a folder that its service creates.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const config = file(
    'sshd_config',
    [
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${file('authorized_keys', `${authorized}\n`)}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      // The folder is in /tmp, which is world-writable.
      'StrictModes no',
      'PidFile none',
      'PermitRootLogin prohibit-password',
    ].join('\n'),
  );
  const known = file('known_hosts', `vm ${readFileSync(`${hostKey}.pub`, 'utf8')}`);
  const options = {
    IdentitiesOnly: 'yes',
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: known,
    PreferredAuthentications: 'publickey',
    ProxyCommand: `${sshd} -i -e -f ${config} -E ${join(folder, 'sshd.log')}`,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return (key) =>
    execa('ssh', ['-F', 'none', ...flags, '-i', key, `${userInfo().username}@vm`, 'echo inside'], {
      reject: false,
      timeout: 15_000,
      stdin: 'ignore',
    });
}
