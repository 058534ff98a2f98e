import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { KEY_BYTES, publicKeyBlob, sshNumber, sshString } from './wire.ts';

const MAGIC = 'openssh-key-v1\0';
/** Block size of the cipher `none`, in bytes. */
const BLOCK = 8;
/** Line width of Base64 in OpenSSH's own files. */
const LINE = 70;
/** The PKCS #8 prefix before the seed (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * An ed25519 private key in OpenSSH's format (PROTOCOL.key), without a passphrase: `ssh-keygen -p` sets one.
 * Deterministic: the same seed and comment give the same text.
 *
 * @param seed 32 bytes: what RFC 8032 calls the private key. Throws a RangeError for anything else.
 * @param comment Shown in key listings; no line breaks, or a RangeError.
 */
export function openSshPrivateKey(seed: Uint8Array, comment = ''): string {
  if (seed.length !== KEY_BYTES) throw new RangeError(`an ed25519 seed has ${KEY_BYTES} bytes, not ${seed.length}`);
  if (/[\r\n\0]/.test(comment)) throw new RangeError('the comment of a key is one line');
  const publicKey = publicKeyOf(seed);
  const secret = Buffer.concat([
    // Twice the same number: with a cipher it detects a wrong passphrase, without one it has no meaning.
    sshNumber(0),
    sshNumber(0),
    publicKeyBlob(publicKey),
    sshString(Buffer.concat([seed, publicKey])),
    sshString(comment),
  ]);
  const whole = Buffer.concat([
    Buffer.from(MAGIC),
    sshString('none'),
    sshString('none'),
    sshString(''),
    sshNumber(1),
    sshString(publicKeyBlob(publicKey)),
    sshString(padded(secret)),
  ]);
  const lines = whole.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

function publicKeyOf(seed: Uint8Array): Buffer {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url');
}

/** 1, 2, 3 … up to a whole number of blocks. */
function padded(bytes: Buffer): Buffer {
  const missing = (BLOCK - (bytes.length % BLOCK)) % BLOCK;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}
