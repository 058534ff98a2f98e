import { describeAwardSource } from '../../test/support/award-source-conformance.ts';
import { hashOf, MemoryLedger, MemorySource } from '../../test/support/memory-source.ts';

// The source the bridge's tests use obeys the same rules as the real ones.
describeAwardSource('in memory', async () => {
  const ledger = new MemoryLedger().publish('helm/v1');
  let next = 0n;
  return {
    type: 'helm/v1',
    open: (listener) => new MemorySource(ledger, listener),
    subscribe: async () => {
      next += 1n;
      ledger.award(next, { state: 'Awarded', deadline: ledger.block + ledger.acceptPeriod });
      return next;
    },
    cancel: async (subscription) => {
      ledger.award(subscription, { state: 'Ended', reason: 1 });
    },
    keep: async (bytes) => {
      const hash = hashOf(bytes);
      ledger.preimages.set(hash, bytes);
      return hash;
    },
    advance: async () => ledger.finalise(),
    setReachable: async (reachable) => {
      ledger.reachable = reachable;
    },
    close: async () => undefined,
  };
});
