import fc from 'fast-check';
import { base32 } from 'multiformats/bases/base32';
import { expect, test } from 'vitest';
import { cidOf, contentHash, hashOfCid } from './content-hash.ts';

// blake2b with 32 bytes of output, from `b2sum -l 256`.
const EMPTY = '0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8';
const ABC = '0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319';

const hashes = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`);

test('the content hash is blake2b with 32 bytes of output', () => {
  expect(contentHash(new Uint8Array())).toBe(EMPTY);
  expect(contentHash(Buffer.from('abc'))).toBe(ABC);
});

test('the CID of a hash is version 1, raw, blake2b-256, in base32', () => {
  const bytes = base32.decode(cidOf(ABC));
  expect(Buffer.from(bytes).toString('hex')).toBe(`0155a0e40220${ABC.slice(2)}`);
});

test('a hash can be derived from its CID, and every CID has the same prefix', () => {
  fc.assert(
    fc.property(hashes, (hash) => {
      const cid = cidOf(hash);
      expect(hashOfCid(cid)).toBe(hash);
      expect(cid).toMatch(/^bafk2bza[a-z2-7]{54}$/);
    }),
  );
});

test('two hashes never share a CID', () => {
  fc.assert(fc.property(hashes, hashes, (one, other) => (cidOf(one) === cidOf(other)) === (one === other)));
});

test('parsing any text as a CID returns undefined or a content hash, and never throws', () => {
  const damaged = fc
    .tuple(hashes, fc.nat(60), fc.string({ maxLength: 2 }))
    .map(([hash, at, text]) => cidOf(hash).slice(0, at) + text + cidOf(hash).slice(at + text.length));
  fc.assert(
    fc.property(fc.oneof(fc.string(), damaged), (text) => {
      expect(hashOfCid(text) ?? `0x${'0'.repeat(64)}`).toMatch(/^0x[0-9a-f]{64}$/);
    }),
  );
});

test.each([
  ['of version 0', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'],
  ['of another hash function', 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'],
  ['of another codec', 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'],
  ['that is cut short', cidOf(ABC).slice(0, -4)],
])('a CID %s is not one of ours', (_what, cid) => {
  expect(hashOfCid(cid)).toBeUndefined();
});

test.each(['', 'abc', ABC.toUpperCase(), `${ABC}0`, ABC.slice(2)])('%j is not a content hash', (text) => {
  expect(() => cidOf(text)).toThrow('is not a content hash');
});
