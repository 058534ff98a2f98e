import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRelease } from './release-record.ts';

const encode = (release: unknown) =>
  Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64');

describe('the record of a release', () => {
  test('says how it stands and what was installed', async () => {
    const release = { info: { status: 'deployed', description: 'Install complete' }, manifest: 'a: 1', chart: {} };
    expect(await decodeRelease(encode(release))).toEqual({
      status: 'deployed',
      description: 'Install complete',
      manifest: 'a: 1',
    });
  });

  test('may lack what helm leaves out when it is empty', async () => {
    expect(await decodeRelease(encode({ info: { status: 'failed' } }))).toEqual({
      status: 'failed',
      description: '',
      manifest: '',
    });
  });

  test('is no record when the tenant has put something else in its place', async () => {
    const bomb = encode({ info: { status: 'deployed' }, manifest: 'x'.repeat(20 * 1024 * 1024) });
    const others = ['', '!', 'bm90IGhlbG0=', encode(null), encode([]), encode({ info: { status: 5 } }), bomb];
    for (const data of others) expect(await decodeRelease(data)).toBeUndefined();
  });

  test('never crashes the reader, whatever its bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.json(), async (text, json) => {
        await decodeRelease(text);
        await decodeRelease(encode(JSON.parse(json)));
      }),
    );
  });
});
