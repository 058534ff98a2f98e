import { reasonName } from '../../award/reason-names.ts';
import type { ConsumerSubscription } from '../../sources/dinfra/consumer-reader.ts';
import { formatAmount, type Unit } from './amount.ts';
import { columns, facts } from './output.ts';

/** Subscriptions as a list. */
export function listText(subscriptions: readonly ConsumerSubscription[], unit: Unit): string {
  if (subscriptions.length === 0) return 'No subscriptions.';
  return columns(
    ['ID', 'TYPE', 'STATE', 'PROVIDER', 'PRICE', 'BLOCKS LEFT', 'REASON'],
    subscriptions.map(({ id, type, state, provider, price, cost, reason }) => [
      `${id}`,
      type,
      state,
      provider === undefined ? '-' : `${provider}`,
      price === undefined ? '-' : formatAmount(price, unit),
      cost?.blocksLeft === undefined ? '-' : `${cost.blocksLeft}`,
      reason === undefined ? '' : reasonName(reason),
    ]),
  );
}

/** One subscription in full. */
export function statusText(subscription: ConsumerSubscription, unit: Unit): string {
  const { cost } = subscription;
  const amount = (value: bigint | undefined) => (value === undefined ? undefined : formatAmount(value, unit));
  const number = (value: number | undefined) => (value === undefined ? undefined : `${value}`);
  return facts([
    ['Subscription', `${subscription.id}`],
    ['Type', subscription.type],
    ['State', subscription.state],
    ['Reason', subscription.reason === undefined ? undefined : reasonName(subscription.reason)],
    ['Provider', number(subscription.provider)],
    ['Tenure', number(subscription.tenure)],
    ['Failed before', subscription.failed.length === 0 ? undefined : failures(subscription)],
    ['Price per block', amount(subscription.price)],
    ['Paid until block', number(subscription.paidUntil)],
    ['Next deadline', subscription.deadline === undefined ? undefined : `block ${subscription.deadline}`],
    ['Blocks left', number(cost?.blocksLeft)],
    ['Spent', amount(cost?.spent)],
    ['Owed', amount(cost?.owed)],
    ['Back if cancelled', amount(cost?.refundable)],
    ['Deposit', amount(cost?.deposit)],
    ['Descriptor', subscription.descriptorHash],
  ]);
}

/** Which providers gave it up, and why: all a consumer can see while it is Pending. */
function failures({ failed }: ConsumerSubscription): string {
  return failed.map(({ provider, reason }) => `provider ${provider}: ${reasonName(reason)}`).join('; ');
}
