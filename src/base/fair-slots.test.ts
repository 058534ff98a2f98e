import { describe, expect, test } from 'vitest';
import { FairSlots } from './fair-slots.ts';

const forever = new AbortController().signal;

/** Work that ends when it is told to. */
function work(slots: FairSlots, tenant: string, begun: string[]) {
  const end = Promise.withResolvers<void>();
  const done = slots.run(tenant, forever, async () => {
    begun.push(tenant);
    await end.promise;
  });
  return { end: end.resolve, done };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('places that are shared', () => {
  test('one tenant that requests all slots leaves one to others', async () => {
    const slots = new FairSlots(4);
    const begun: string[] = [];
    const loud = Array.from({ length: 9 }, () => work(slots, 'loud', begun));
    await soon();
    expect(begun).toEqual(['loud', 'loud', 'loud']);
    const other = work(slots, 'other', begun);
    await soon();
    expect(begun.at(-1)).toBe('other');
    for (const { end } of [...loud, other]) end();
    await Promise.all([...loud, other].map(({ done }) => done));
    expect(begun).toHaveLength(10);
  });

  test('waiting tenants get slots round-robin', async () => {
    const slots = new FairSlots(1);
    const begun: string[] = [];
    const all = ['a', 'a', 'a', 'b', 'c'].map((tenant) => work(slots, tenant, begun));
    for (const { end } of all) end();
    await Promise.all(all.map(({ done }) => done));
    expect(begun.indexOf('b')).toBeLessThan(begun.lastIndexOf('a'));
    expect(begun.indexOf('c')).toBeLessThan(begun.lastIndexOf('a'));
  });

  test('work that throws returns its slot, and a caller that aborts takes none', async () => {
    const slots = new FairSlots(1);
    const begun: string[] = [];
    const first = work(slots, 'a', begun);
    const leaving = new AbortController();
    const gone = slots.run('b', leaving.signal, async () => begun.push('b'));
    leaving.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    first.end();
    await first.done;
    await expect(slots.run('c', forever, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    await slots.run('d', forever, async () => begun.push('d'));
    expect(begun).toEqual(['a', 'd']);
  });
});
