import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DelayQueue } from './delay-queue.ts';

test('delayed keys come out ordered by due time, whatever the order and number of changes', () => {
  const change = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), at: fc.nat(100) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.array(fc.nat(60)), (changes, shifts) => {
      const queue = new DelayQueue<null>();
      const model = new Map<string, number>();
      changes.forEach(({ key, at }, step) => {
        queue.set({ key, at, value: null });
        model.set(key, at);
        if (!shifts.includes(step)) return;
        const taken = queue.shift();
        expect(taken?.at).toBe(Math.min(...model.values()));
        model.delete(taken?.key ?? '');
      });
      for (const [key, at] of model) expect(queue.get(key)?.at).toBe(at);
      const times = Array.from({ length: model.size }, () => queue.shift()?.at);
      expect(times).toEqual([...model.values()].sort((a, b) => a - b));
      expect(queue.size).toBe(0);
      expect(queue.peek()).toBeUndefined();
    }),
  );
});
