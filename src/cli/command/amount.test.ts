import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAmount, parseAmount } from './amount.ts';

const unit = { symbol: 'UNIT', decimals: 12 };

describe('an amount', () => {
  it('an amount is parsed and printed in whole units', () => {
    expect(parseAmount('12.5', unit)).toBe(12_500_000_000_000n);
    expect(parseAmount('0', unit)).toBe(0n);
    expect(formatAmount(12_500_000_000_000n, unit)).toBe('12.5 UNIT');
    expect(formatAmount(1n, unit)).toBe('0.000000000001 UNIT');
    expect(formatAmount(3_000_000_000_000n, unit)).toBe('3 UNIT');
  });

  it('a printed amount is parsed back to itself', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 96n }), (amount) => {
        expect(parseAmount(formatAmount(amount, unit).split(' ')[0] ?? '', unit)).toBe(amount);
      }),
    );
  });

  it('an amount that does not fit into 128 bits is refused', () => {
    expect(parseAmount(`${2n ** 128n - 1n}`.slice(0, 21), { symbol: 'UNIT', decimals: 18 })).toBeGreaterThan(
      2n ** 127n,
    );
    expect(() => parseAmount('9'.repeat(24), { symbol: 'UNIT', decimals: 18 })).toThrow(
      'more than a balance on chain can hold',
    );
  });

  it.each(['', '-1', '1,5', '1e3', '.5', '1.', '0x10', '0.0000000000001'])('the amount "%s" is refused', (text) => {
    expect(() => parseAmount(text, unit)).toThrow('is not an amount of UNIT');
  });
});
