import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../base/json.ts';
import { encodeUserData, MAX_USER_DATA } from './user-data.ts';
import { vmOrderOf } from './vm-order.ts';

function encoded(more: { [key: string]: Json }): Buffer | undefined {
  const text = encodeUserData(vmOrderOf({ image: 'debian-12', cpu: 1, memoryMiB: 1024, ...more }));
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}

describe('user-data', () => {
  it('an order without user-data has none', () => {
    expect(encoded({})).toBeUndefined();
  });

  it('user-data is the consumer’s own, byte for byte', () => {
    expect(encoded({ userData: '#!/bin/sh\necho ~*+ü\n' })?.toString()).toBe('#!/bin/sh\necho ~*+ü\n');
    const bytes = randomBytes(200);
    expect(encoded({ userDataBase64: bytes.toString('base64') })).toEqual(bytes);
  });

  it('user-data is compressed only when it would not fit otherwise', () => {
    const fits = '#cloud-config\n'.padEnd(24_000, '# filler\n');
    expect(encoded({ userData: fits })?.toString()).toBe(fits);
    const large = '#cloud-config\n'.padEnd(100_000, '# filler\n');
    expect(gunzipSync(encoded({ userData: large }) ?? Buffer.alloc(0)).toString()).toBe(large);
  });

  it('user-data that does not fit even compressed is refused before any call', () => {
    const userDataBase64 = randomBytes(25_000).toString('base64');
    expect(() => encoded({ userDataBase64 })).toThrow(`${MAX_USER_DATA} fit`);
  });

  it('the host name and additional keys are passed as cloud-config user-data', () => {
    const text = encoded({ hostname: 'node', sshKeys: ['ssh-ed25519 AAAA me'] })?.toString() ?? '';
    expect(text).toMatch(/^#cloud-config\n/);
    expect(JSON.parse(text.replace('#cloud-config\n', ''))).toEqual({
      hostname: 'node',
      preserve_hostname: false,
      ssh_authorized_keys: ['ssh-ed25519 AAAA me'],
    });
  });

  it('user-data and cloud-config are combined in a MIME archive that no text can break out of', () => {
    const userData = '#!/bin/sh\n--dinfra-b7ae2c1f6c0e4b21--\nContent-Type: text/x-evil\n';
    const text = encoded({ userData, hostname: 'node' })?.toString() ?? '';
    const parts = text
      .split('--dinfra-b7ae2c1f6c0e4b21')
      .map((part) => part.split('\r\n\r\n')[1]?.replaceAll('\r\n', ''));
    expect(parts).toHaveLength(4);
    expect(Buffer.from(parts[1] ?? '', 'base64').toString()).toBe(userData);
    expect(Buffer.from(parts[2] ?? '', 'base64').toString()).toContain('"hostname": "node"');
  });
});
