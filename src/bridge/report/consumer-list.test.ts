import { describe, expect, it } from 'vitest';
import { consumerProblem } from './consumer-list.ts';

const BOB = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty';
const BOB_ON_POLKADOT = '14E5nqKAp3oAJcmzgZhUD2RcptBeUBScxKHgJKU4HPNcKVf3';
const MISTYPED = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694tz';

describe('the consumers of a Provider', () => {
  it('with a mistyped account among them name the first that is none', () => {
    expect(consumerProblem([BOB, MISTYPED])).toMatchObject({
      code: 'ConsumerInvalid',
      message: `spec.consumerPolicy.consumers[1] is "${MISTYPED}", which is no account: look for a typing error`,
    });
  });

  it('are no problem when all of them are accounts, of whatever prefix', () => {
    expect(consumerProblem([])).toBeUndefined();
    expect(consumerProblem([BOB, BOB_ON_POLKADOT])).toBeUndefined();
  });
});
