import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url);
const page = readFileSync(new URL('docs/development.md', root), 'utf8');
const [, section = ''] = page.split('### Tests of the fourteen points');
const rows = [...section.matchAll(/^\| (\d+) \| (.+) \| (.+) \| `(\S+\.test\.ts)` \|$/gm)].map(
  ([, point, event, name = '', file = '']) => ({ point: Number(point), event, name, file }),
);

describe('the table of the fourteen points in docs/development.md', () => {
  it('every point is in the table', () => {
    expect([...new Set(rows.map(({ point }) => point))]).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
  });

  it.each(rows)('point $point: $event is shown by a test that exists', ({ file, name }) => {
    const path = new URL(file, root);
    expect(existsSync(path), file).toBe(true);
    // The name of a test that is not skipped, not text of a comment.
    const quoted = [`'${name}'`, `\`${name}\``, `"${name}"`];
    const source = readFileSync(path, 'utf8');
    expect(
      quoted.some((one) => new RegExp(`\\b(?:it|test)\\(\\s*${escaped(one)}`).test(source)),
      name,
    ).toBe(true);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
