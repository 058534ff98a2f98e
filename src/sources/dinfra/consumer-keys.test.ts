import { describe, expect, it } from 'vitest';
import { accountsOf } from './consumer-keys.ts';

const BOB = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty';
const BOB_ON_POLKADOT = '14E5nqKAp3oAJcmzgZhUD2RcptBeUBScxKHgJKU4HPNcKVf3';
const BOB_KEY = '0x8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48';
const MISTYPED = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694tz';

describe('the accounts a Provider lists', () => {
  it('accounts are compared by their public keys, whatever their address prefix, without duplicates', () => {
    expect(accountsOf([BOB, BOB_ON_POLKADOT])).toEqual([BOB_KEY]);
  });

  it('entries that are not accounts are left out', () => {
    expect(accountsOf([MISTYPED, BOB])).toEqual([BOB_KEY]);
  });
});
