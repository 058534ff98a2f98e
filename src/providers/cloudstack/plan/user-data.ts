import { gzipSync } from 'node:zlib';
import { TerminalError } from '../../../errors/dinfra-error.ts';
import type { VmOrder } from './vm-order.ts';

/**
 * Longest Base64 text every server takes by POST: 32,768 is the default of `vm.userdata.max.length`, and up to 4.13 the
 * limit itself is refused.
 */
export const MAX_USER_DATA = 32_767;

/**
 * The `userdata` parameter of an order; undefined if it has none. The consumer's own text is included as it is. If the
 * order adds a host name or further SSH keys, both become parts of a MIME archive, which cloud-init merges. It is
 * compressed only if it would not fit otherwise, because not every reader of user-data can decompress it.
 */
export function encodeUserData(order: VmOrder): string | undefined {
  const bytes = composed(order);
  if (bytes === undefined) return undefined;
  const plain = bytes.toString('base64');
  if (plain.length <= MAX_USER_DATA) return plain;
  const packed = gzipSync(bytes, { level: 9 }).toString('base64');
  if (packed.length <= MAX_USER_DATA) return packed;
  throw new TerminalError('VmUserDataTooLarge', {
    message: `userData takes ${packed.length} characters as Base64 even when compressed; ${MAX_USER_DATA} fit, which is ${packed.length - MAX_USER_DATA} fewer`,
    path: order.userData === undefined ? '/sshKeys' : '/userData',
  });
}

function composed(order: VmOrder): Buffer | undefined {
  const additions = cloudConfig(order);
  const own = order.userData === undefined ? undefined : Buffer.from(order.userData);
  if (additions === undefined) return own;
  if (own === undefined) return Buffer.from(additions, 'utf8');
  return archive(own, additions);
}

/** The other fields of the order as cloud-config. JSON is valid YAML and avoids its quoting rules. */
function cloudConfig({ hostname, sshKeys }: VmOrder): string | undefined {
  if (hostname === undefined && sshKeys.length === 0) return undefined;
  const config = {
    ...(hostname === undefined ? {} : { hostname, preserve_hostname: false }),
    ...(sshKeys.length === 0 ? {} : { ssh_authorized_keys: sshKeys }),
  };
  return `#cloud-config\n${JSON.stringify(config, null, 1)}\n`;
}

const BOUNDARY = 'dinfra-b7ae2c1f6c0e4b21';

/** Both parts as one MIME archive. The parts are Base64, so no text can contain the boundary. */
function archive(own: Buffer, additions: string): Buffer {
  const part = (bytes: Buffer, headers: readonly string[]) =>
    [
      `--${BOUNDARY}`,
      ...headers,
      'Content-Transfer-Encoding: base64',
      '',
      ...(bytes.toString('base64').match(/.{1,76}/g) ?? []),
    ].join('\r\n');
  const merge = 'X-Merge-Type: list(append)+dict(no_replace,recurse_list)+str()';
  const text = [
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    'MIME-Version: 1.0',
    '',
    // With text/plain, cloud-init detects the type from the first line.
    part(own, ['Content-Type: text/plain']),
    part(Buffer.from(additions, 'utf8'), ['Content-Type: text/cloud-config', merge]),
    `--${BOUNDARY}--`,
    '',
  ].join('\r\n');
  return Buffer.from(text, 'utf8');
}
