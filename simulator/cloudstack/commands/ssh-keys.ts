import { createHash, generateKeyPairSync } from 'node:crypto';
import { ApiError, invalid } from '../api-error.ts';
import { listParams } from '../arguments.ts';
import { type Context, listOf, type SyncCommand } from '../command.ts';
import { matches, named, newestFirst, sees, success } from '../find.ts';
import { renderKeyPair } from '../render-access.ts';
import type { KeyPair } from '../rows.ts';
import { ROOT_DOMAIN } from '../seed.ts';

export const registerSSHKeyPair: SyncCommand = {
  name: 'registerSSHKeyPair',
  description: 'Register a public key in a keypair under a certain name',
  params: {
    name: { type: 'string', required: true },
    publickey: { type: 'string', required: true },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const publicKey = args.need('publickey');
    // The server hardly validates: a second word is enough.
    if (!/^(ssh|ecdsa|sk-)\S* \S+/.test(publicKey)) throw invalid('Public key is invalid');
    // The comment is dropped.
    const key = publicKey.split(' ').slice(0, 2).join(' ');
    return { keypair: renderKeyPair(context, addPair(context, args.need('name'), key)) };
  },
};

export const createSSHKeyPair: SyncCommand = {
  name: 'createSSHKeyPair',
  description: 'Create a new keypair and returns the private key',
  params: { name: { type: 'string', required: true }, projectid: { type: 'string' } },
  run: (context, args) => {
    const pair = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const row = addPair(context, args.need('name'), `ssh-rsa ${pair.publicKey.toString('base64')}`);
    return { keypair: { privatekey: pair.privateKey, ...renderKeyPair(context, row) } };
  },
};

export const listSSHKeyPairs: SyncCommand = {
  name: 'listSSHKeyPairs',
  description: 'List registered keypairs',
  params: {
    ...listParams,
    name: { type: 'string' },
    fingerprint: { type: 'string' },
    projectid: { type: 'string' },
  },
  run: (context, args) => {
    const inProject = args.text('projectid') !== undefined;
    const rows = context.world.tables.keyPairs.filter(
      (pair) =>
        !inProject &&
        sees(context, args, pair.account) &&
        named(args.text('name'), pair.name) &&
        named(args.text('fingerprint'), pair.fingerprint) &&
        matches(args, pair.name, pair.fingerprint),
    );
    return listOf(
      'sshkeypair',
      args,
      newestFirst(rows).map((pair) => renderKeyPair(context, pair)),
    );
  },
};

export const deleteSSHKeyPair: SyncCommand = {
  name: 'deleteSSHKeyPair',
  description: 'Deletes a keypair by name',
  params: { name: { type: 'string', required: true }, projectid: { type: 'string' } },
  run: (context, args) => {
    const name = args.need('name');
    const pair = owned(context, name);
    if (pair === undefined) {
      throw new ApiError(
        431,
        4350,
        `A key pair with name '${name}' does not exist for account ${context.account.name} in specified domain id`,
        { uuidList: [{ uuid: ROOT_DOMAIN.id, description: 'domainId' }] },
      );
    }
    context.world.tables.keyPairs.drop(pair.id);
    return { ...success };
  },
};

function owned(context: Context, name: string): KeyPair | undefined {
  return context.world.tables.keyPairs.find((row) => row.name === name && row.account === context.account.id);
}

function addPair(context: Context, name: string, publicKey: string): KeyPair {
  if (owned(context, name) !== undefined) {
    throw invalid(`A key pair with name '${name}' already exists for this account.`);
  }
  // checkForKeyByPublicKey: one pair for each key and account, whatever its name.
  const sameKey = context.world.tables.keyPairs.find(
    (row) => row.publicKey === publicKey && row.account === context.account.id,
  );
  if (sameKey !== undefined) throw invalid(`A key pair with key '${publicKey}' already exists for this account.`);
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  const digest = createHash('md5').update(blob).digest('hex');
  return context.world.tables.keyPairs.add({
    created: context.clock.now(),
    name,
    account: context.account.id,
    fingerprint: digest.match(/../g)?.join(':') ?? '',
    publicKey,
  });
}
