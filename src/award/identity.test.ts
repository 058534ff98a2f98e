import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descriptorTypeName, identityOf, parseMarker, subscriptionName } from './identity.ts';

const genesis = fc.stringMatching(/^0x[0-9a-f]{64}$/);
const tenure = fc.record({
  genesis,
  subscription: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  tenure: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
});
const label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

describe('the names of a tenure', () => {
  it('the names of a tenure depend on nothing but the tenure', () => {
    fc.assert(
      fc.property(tenure, (one) => {
        expect(identityOf({ ...one })).toEqual(identityOf(one));
      }),
    );
  });

  it('the name of a tenure is a label every backend accepts, whatever its numbers', () => {
    fc.assert(
      fc.property(tenure, (one) => {
        const { name } = identityOf(one);
        expect(name).toMatch(label);
        expect(name.length).toBeLessThanOrEqual(49);
      }),
    );
  });

  it('names differ for any two tenures of a chain, and markers for any two tenures of any chains', () => {
    fc.assert(
      fc.property(tenure, tenure, (one, other) => {
        fc.pre(one.genesis !== other.genesis || one.subscription !== other.subscription || one.tenure !== other.tenure);
        const ours = identityOf(one);
        expect(identityOf(other).marker).not.toBe(ours.marker);
        expect(identityOf({ ...other, genesis: one.genesis }).name === ours.name).toBe(
          one.subscription === other.subscription && one.tenure === other.tenure,
        );
      }),
    );
  });

  it('subscription 1, tenure 11 and subscription 11, tenure 1 have different names', () => {
    const names = [
      { subscription: 1n, tenure: 11 },
      { subscription: 11n, tenure: 1 },
    ].map((numbers) => identityOf({ genesis: `0x${'45'.repeat(32)}`, ...numbers }).name);
    expect(new Set(names).size).toBe(2);
  });
});

describe('a marker', () => {
  it('a marker can be parsed back into its tenure', () => {
    fc.assert(
      fc.property(tenure, (one) => {
        expect(parseMarker(identityOf(one).marker)).toEqual(one);
      }),
    );
  });

  it.each([
    '',
    'dinfra:',
    `dinfra:0x${'45'.repeat(32)}:1`,
    `dinfra:0x${'45'.repeat(32)}:01:1`,
    `dinfra:0x${'45'.repeat(32)}:1:0`,
    `dinfra:0x${'45'.repeat(32)}:1:1 `,
    `DINFRA:0x${'45'.repeat(32)}:1:1`,
  ])('text that is not exactly a marker is not parsed as one: %j', (text) => {
    expect(parseMarker(text)).toBeUndefined();
  });
});

describe('the names of what is mirrored beside it', () => {
  it('Subscription names of two providers of a chain differ in one namespace', () => {
    fc.assert(
      fc.property(genesis, fc.nat(), fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (chain, a, b, id) => {
        expect(subscriptionName(chain, a, id) === subscriptionName(chain, b, id)).toBe(a === b);
        expect(subscriptionName(chain, a, id)).toMatch(label);
      }),
    );
  });

  it('the name of a DescriptorType is a label for any type, and differs for types that look alike', () => {
    const chain = `0x${'45'.repeat(32)}`;
    fc.assert(
      fc.property(fc.string(), (type) => {
        const name = descriptorTypeName(chain, type);
        expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
        expect(name.length).toBeLessThanOrEqual(63);
      }),
    );
    expect(descriptorTypeName(chain, 'helm/v1')).not.toBe(descriptorTypeName(chain, 'helm.v1'));
  });
});
