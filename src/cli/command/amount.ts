import { InvalidArgumentError } from 'commander';

/** How a chain writes amounts. */
export interface Unit {
  readonly symbol: string;
  readonly decimals: number;
}

/** A balance on chain has 128 bits. */
const MOST = 2n ** 128n - 1n;

/** Parses `12.5` into the smallest unit. Throws InvalidArgumentError unless it is a decimal number. */
export function parseAmount(text: string, { symbol, decimals }: Unit): bigint {
  const match = /^(\d{1,24})(?:\.(\d+))?$/.exec(text);
  const [, whole = '', fraction = ''] = match ?? [];
  if (match === null || fraction.length > decimals) {
    throw new InvalidArgumentError(
      `"${text}" is not an amount of ${symbol}: a decimal number with at most ${decimals} digits after the point, for instance 12.5.`,
    );
  }
  const amount = BigInt(whole) * 10n ** BigInt(decimals) + BigInt(fraction.padEnd(decimals, '0') || '0');
  if (amount <= MOST) return amount;
  throw new InvalidArgumentError(`${text} ${symbol} is more than a balance on chain can hold.`);
}

/** Formats as `12.5 UNIT`, without trailing zeros. */
export function formatAmount(amount: bigint, { symbol, decimals }: Unit): string {
  const digits = amount.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${whole}${fraction === '' ? '' : `.${fraction}`} ${symbol}`;
}
