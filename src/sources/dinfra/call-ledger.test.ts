import { describe, expect, it } from 'vitest';
import { CallLedger } from './call-ledger.ts';

describe('the ledger of calls', () => {
  it('a call is due once, and not again while it is in flight', () => {
    const ledger = new CallLedger();
    expect(ledger.isDue('accept 1/1', 10)).toBe(true);
    ledger.sent(['accept 1/1']);
    expect(ledger.isDue('accept 1/1', 11)).toBe(false);
  });

  it('a call is not due again before its effect can be seen', () => {
    const ledger = new CallLedger();
    ledger.sent(['a']);
    ledger.settled('a', { kind: 'Applied', block: 15 });
    expect(ledger.isDue('a', 14)).toBe(false);
    expect(ledger.isDue('a', 15)).toBe(true);
  });

  it('a call whose result is unknown is due immediately', () => {
    const ledger = new CallLedger();
    ledger.sent(['a']);
    ledger.settled('a', { kind: 'Lost' });
    expect(ledger.isDue('a', 10)).toBe(true);
  });

  it('a refused call backs off and keeps the error', () => {
    const ledger = new CallLedger();
    const waits: number[] = [];
    for (let block = 100, i = 0; i < 9; i++) {
      ledger.sent(['a']);
      ledger.settled('a', { kind: 'Refused', error: 'subscription.WrongState', block });
      let wait = 0;
      while (!ledger.isDue('a', block + wait)) wait++;
      waits.push(wait);
      block += wait;
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600]);
    expect(ledger.refusal('a')).toBe('subscription.WrongState');
  });

  it('a call that is no longer wanted is forgotten, unless it is in flight', () => {
    const ledger = new CallLedger();
    ledger.sent(['a', 'b']);
    ledger.settled('a', { kind: 'Refused', error: 'x', block: 1 });
    ledger.retain(new Set());
    expect(ledger.isDue('a', 1)).toBe(true);
    expect(ledger.isDue('b', 1)).toBe(false);
  });
});
