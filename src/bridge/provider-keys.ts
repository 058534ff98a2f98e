import { Keyring } from '@polkadot/keyring';
import type { KeyringPair } from '@polkadot/keyring/types';
import { hexToU8a, isHex, u8aToHex } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import type { Provider } from '../api/provider.ts';
import { RetryableError } from '../errors/dinfra-error.ts';
import type { KubeClient } from '../kube/client/kube-client.ts';
import { secrets } from '../kube/client/secret.ts';

/** The keys of a provider. Secret: held in memory only, never logged, never written. */
export interface ProviderKeys {
  /** Signs transactions: sr25519. */
  readonly account: KeyringPair;
  /** Public part of the ed25519 key consumers seal secrets to, hex. */
  readonly accessKey: string;
  /** Changes whenever one of the Secrets does. */
  readonly version: string;
}

/**
 * Reads the keys a Provider refers to.
 *
 * @throws RetryableError AccountSecretMissing or AccountSecretInvalid, which name the Secret and the key but reveal
 * nothing of the value; ClusterUnreachable and the like if the Secret cannot be read.
 */
export async function readProviderKeys(
  client: Pick<KubeClient, 'find'>,
  provider: Provider,
  signal: AbortSignal,
): Promise<ProviderKeys> {
  const { accountSecretRef, accessKeySecretRef } = provider.spec;
  const namespace = provider.metadata.namespace ?? '';
  await cryptoWaitReady();
  const account = await readSecretKey(client, namespace, accountSecretRef, signal);
  const access =
    accessKeySecretRef === undefined ? account : await readSecretKey(client, namespace, accessKeySecretRef, signal);
  const pair = pairFrom('sr25519', account, `Secret ${accountSecretRef.name}, key ${accountSecretRef.key}`);
  const ref = accessKeySecretRef ?? accountSecretRef;
  const accessPair = pairFrom('ed25519', access, `Secret ${ref.name}, key ${ref.key}`);
  return {
    account: pair,
    accessKey: u8aToHex(accessPair.publicKey),
    version: `${account.version}/${access.version}`,
  };
}

interface SecretValue {
  readonly value: string;
  readonly version: string;
}

async function readSecretKey(
  client: Pick<KubeClient, 'find'>,
  namespace: string,
  ref: { readonly name: string; readonly key: string },
  signal: AbortSignal,
): Promise<SecretValue> {
  const secret = await client.find(secrets, { namespace, name: ref.name }, signal);
  const encoded = secret?.data?.[ref.key];
  if (secret === undefined || encoded === undefined) {
    const what = secret === undefined ? `there is no Secret ${ref.name}` : `Secret ${ref.name} has no key ${ref.key}`;
    throw new RetryableError('AccountSecretMissing', { message: `${what} in namespace ${namespace}` });
  }
  const value = Buffer.from(encoded, 'base64').toString('utf8').trim();
  return { value, version: `${secret.metadata.uid}.${secret.metadata.resourceVersion}` };
}

function pairFrom(type: 'sr25519' | 'ed25519', { value }: SecretValue, where: string): KeyringPair {
  const keyring = new Keyring({ type, ss58Format: 42 });
  try {
    // The library pads any other short text to a seed: a slip would become an account that everybody can guess.
    const [phrase = ''] = value.split('/', 1);
    if (!isHex(phrase, 256) && phrase !== '' && phrase.trim().split(/\s+/).length < 12) throw new Error('no phrase');
    return isHex(value, 256) ? keyring.addFromSeed(hexToU8a(value)) : keyring.addFromUri(value);
  } catch {
    // Without the cause: its message may quote the value of the Secret.
    throw new RetryableError('AccountSecretInvalid', {
      message: `${where} is not a mnemonic, a 32-byte hex seed or a derivation path`,
    });
  }
}
