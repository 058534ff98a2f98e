import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collect } from '../../../test/support/collect.ts';
import { lines } from './lines.ts';

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer, void, void> {
  let from = 0;
  for (let i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

test('lines are the same however the stream is split into chunks, even in the middle of a character', async () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\n'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line),
      fc.string({ maxLength: 4 }).filter((text) => !text.includes('\n')),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      async (wanted, rest, sizes) => {
        const bytes = Buffer.from(wanted.map((text) => `${text}\n`).join('') + rest);
        const found: string[] = [];
        let left = '';
        for await (const part of lines(chunked(bytes, sizes), 1000, (cut) => {
          left = cut.toString();
        })) {
          found.push(part.toString());
        }
        expect(found).toEqual(wanted);
        expect(left).toBe(rest);
      },
    ),
  );
});

test('an endless line is an error at the size limit', async () => {
  const endless = chunked(Buffer.alloc(100, 'x'), [10]);
  await expect(collect(lines(endless, 50, () => undefined))).rejects.toMatchObject({
    code: 'ClusterReplyTooLarge',
  });
});
