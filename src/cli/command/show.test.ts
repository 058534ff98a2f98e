import { describe, expect, it } from 'vitest';
import type { ConsumerSubscription } from '../../sources/dinfra/consumer-reader.ts';
import { statusText } from './show.ts';

const unit = { symbol: 'UNIT', decimals: 12 };

const pending: ConsumerSubscription = {
  id: 2n,
  type: 'vm/v1',
  state: 'Pending',
  consumer: '5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y',
  tenure: 1,
  provider: undefined,
  descriptorHash: `0x${'68'.repeat(32)}`,
  price: undefined,
  paidUntil: undefined,
  deadline: undefined,
  reason: undefined,
  failed: [],
  cost: undefined,
};

describe('the status of a subscription', () => {
  it('dinfra show names each provider that gave up a subscription, and why', () => {
    const failed = [
      { provider: 0, tenure: 1, reason: 10_212 },
      { provider: 4, tenure: 2, reason: 20_001 },
    ];
    expect(statusText({ ...pending, failed }, unit)).toContain(
      'Failed before: provider 0: VmImageNotOffered; provider 4: AcceptDeadlineMissed',
    );
  });

  it('dinfra show has no line about failures when there were none', () => {
    expect(statusText(pending, unit)).not.toContain('Failed');
  });
});
