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
  it('are the same whenever they are made, so that nothing has to be remembered', () => {
    fc.assert(
      fc.property(tenure, (one) => {
        expect(identityOf({ ...one })).toEqual(identityOf(one));
      }),
    );
  });

  it('are a label that every backend takes, whatever the numbers', () => {
    fc.assert(
      fc.property(tenure, (one) => {
        const { name } = identityOf(one);
        expect(name).toMatch(label);
        expect(name.length).toBeLessThanOrEqual(49);
      }),
    );
  });

  it('differ for any two tenures of a chain, and the markers for any two at all', () => {
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

  it('never run together where one number ends and the next begins', () => {
    const names = [
      { subscription: 1n, tenure: 11 },
      { subscription: 11n, tenure: 1 },
    ].map((numbers) => identityOf({ genesis: `0x${'45'.repeat(32)}`, ...numbers }).name);
    expect(new Set(names).size).toBe(2);
  });
});

describe('a marker', () => {
  it('says which tenure it is of', () => {
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
  ])('is exact, or none: %j', (text) => {
    expect(parseMarker(text)).toBeUndefined();
  });
});

describe('the names of what is mirrored beside it', () => {
  it('keep two providers of a chain apart in one namespace', () => {
    fc.assert(
      fc.property(genesis, fc.nat(), fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (chain, a, b, id) => {
        expect(subscriptionName(chain, a, id) === subscriptionName(chain, b, id)).toBe(a === b);
        expect(subscriptionName(chain, a, id)).toMatch(label);
      }),
    );
  });

  it('are labels for types of any name, and keep apart those that look alike', () => {
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
