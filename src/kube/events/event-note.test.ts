import fc from 'fast-check';
import { expect, test } from 'vitest';
import { microTime } from '../client/micro-time.ts';
import { cutToBytes, newSeries } from './event-note.ts';

test('text is truncated by bytes, between characters, and only when it is too long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 3, max: 80 }), (text, max) => {
      const cut = cutToBytes(text, max);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
      if (Buffer.byteLength(text) <= max) expect(cut).toBe(text);
      else {
        expect(cut.endsWith('…')).toBe(true);
        expect(text.startsWith(cut.slice(0, -1))).toBe(true);
        expect(Buffer.byteLength(cut)).toBeGreaterThan(max - 7);
      }
    }),
  );
});

test('a MicroTime always has six fractional digits', () => {
  expect(microTime(Date.UTC(2026, 10, 21, 5, 7, 9, 115))).toBe('2026-11-21T05:07:09.115000Z');
  expect(microTime(0)).toBe('1970-01-01T00:00:00.000000Z');
});

test('an Event is in the namespace of its object, or in default, and its name is a DNS name', () => {
  const object = (name: string, namespace?: string) => ({
    apiVersion: 'v1',
    kind: 'X',
    metadata: {
      name,
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '',
      ...(namespace === undefined ? {} : { namespace }),
    },
  });
  const note = { type: 'Normal', reason: 'R', action: 'A', note: 'n' } as const;
  expect(newSeries(object('web', 'prod'), note, 'abc', 0).ref).toEqual({ namespace: 'prod', name: 'web.abc' });
  expect(newSeries(object('node-1'), note, 'abc', 0).ref.namespace).toBe('default');
  const { name } = newSeries(object(`${'a'.repeat(199)}.b`), note, 'abc', 0).ref;
  expect(name).toBe(`${'a'.repeat(199)}.abc`);
});
