import { expect, it } from 'vitest';
import { pageWith } from './page.ts';

const page = `# Benchmarks

<!-- figures: memory -->
old
<!-- end -->
Between.
<!-- figures: chain -->
stays
<!-- end -->
`;
const report = {
  at: '2026-11-21T10:00:00.000Z',
  machine: 'two cores',
  figures: [
    { name: 'memory.base_mib', value: 120.25, unit: 'MiB', runs: 1, method: 'RSS.', bound: { atMost: 160 } },
    { name: 'memory.free', value: 3, unit: '', runs: 2, method: 'Guessed.' },
  ],
};

it('a report replaces the table of its bench, and nothing else of the page', () => {
  expect(pageWith(page, 'memory', report)).toBe(`# Benchmarks

<!-- figures: memory -->

Measured on 2026-11-21 on two cores.

| figure | value | wanted | runs | how |
| --- | --- | --- | --- | --- |
| \`memory.base_mib\` | 120 MiB | at most 160 | 1 | RSS. |
| \`memory.free\` | 3  |  | 2 | Guessed. |

<!-- end -->
Between.
<!-- figures: chain -->
stays
<!-- end -->
`);
});

it('a bench without a place on the page is named', () => {
  expect(() => pageWith(page, 'helm', report)).toThrow('docs/benchmarks.md has no <!-- figures: helm -->');
});
