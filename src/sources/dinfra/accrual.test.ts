import { expect, test } from 'vitest';
import { coveredBlocks, freeForFees, owedFor } from './accrual.ts';

test('blocks are covered up to the end of the last heartbeat and not after it', () => {
  const heartbeat = { at: 100, until: 150, counted: 70 };
  expect(coveredBlocks(heartbeat, 100)).toBe(70);
  expect(coveredBlocks(heartbeat, 120)).toBe(90);
  expect(coveredBlocks(heartbeat, 150)).toBe(120);
  expect(coveredBlocks(heartbeat, 400)).toBe(120);
});

test('an Active tenure is owed its price for each block covered since it was settled', () => {
  expect(owedFor({ isActive: true, price: 5n, mark: 80 }, 90)).toBe(50n);
  expect(owedFor({ isActive: true, price: 5n, mark: 90 }, 90)).toBe(0n);
  expect(owedFor({ isActive: false, price: 5n, mark: 80 }, 90)).toBe(0n);
});

test('frozen balance pays no fees unless it is on hold as well', () => {
  expect(freeForFees(100n, 0n, 0n)).toBe(100n);
  expect(freeForFees(100n, 30n, 0n)).toBe(70n);
  expect(freeForFees(100n, 30n, 20n)).toBe(90n);
  expect(freeForFees(100n, 30n, 40n)).toBe(100n);
  expect(freeForFees(10n, 30n, 0n)).toBe(0n);
});
