import { describe, expect, it } from 'vitest';
import { consumerProblem } from './wanted-registration.ts';

const BOB = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty';
const BOB_ON_POLKADOT = '14E5nqKAp3oAJcmzgZhUD2RcptBeUBScxKHgJKU4HPNcKVf3';
const MISTYPED = '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694tz';

describe('consumerProblem', () => {
  it('the first mistyped account in the consumers of a Provider is named', () => {
    expect(consumerProblem([BOB, MISTYPED])).toMatchObject({
      code: 'ConsumerInvalid',
      message: `spec.consumerPolicy.consumers[1] is "${MISTYPED}", which is not an account: check it for a typing error`,
    });
  });

  it('consumers are accepted as accounts of any address prefix', () => {
    expect(consumerProblem([])).toBeUndefined();
    expect(consumerProblem([BOB, BOB_ON_POLKADOT])).toBeUndefined();
  });
});
