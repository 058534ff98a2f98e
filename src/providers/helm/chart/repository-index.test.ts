import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { cpuMs } from '../../../../test/support/cpu-time.ts';
import { lookUpChart } from './repository-index.ts';

const DIGEST = 'ab'.repeat(32);
const INDEX = `apiVersion: v1
entries:
  other:
  - version: 9.9.9
    name: other
    description: |
      entries:
        web:
        - version: 0.0.0
    urls: [other.tgz]
  web:
  - apiVersion: v2
    created: "2026-01-01T00:00:00Z"
    dependencies:
    - name: redis
      version: 1.2.3
    digest: ${DIGEST}
    name: web
    urls:
    - charts/web-2.0.0.tgz
    version: 2.0.0
  - name: web
    urls:
    - https://elsewhere.example.org/web-1.0.0.tgz
    version: "1.0.0"
generated: "2026-01-01T00:00:00Z"
`;

describe('the index of a chart repository', () => {
  test('the entry of a chart version is found in the index of a repository', () => {
    expect(lookUpChart(INDEX, 'web', '2.0.0')).toEqual({
      found: 'Entry',
      entry: { version: '2.0.0', urls: ['charts/web-2.0.0.tgz'], digest: `sha256:${DIGEST}` },
    });
    expect(lookUpChart(INDEX, 'web', 'v1.0.0')).toMatchObject({ found: 'Entry', entry: { digest: undefined } });
  });

  test('a missing chart version is reported with the versions the index has', () => {
    expect(lookUpChart(INDEX, 'web', '1.2.3')).toEqual({ found: 'NoVersion', others: ['2.0.0', '1.0.0'] });
    expect(lookUpChart(INDEX, 'web', '2.0')).toMatchObject({ found: 'NoVersion' });
  });

  test('a chart is not found under another name or in the text of a description', () => {
    expect(lookUpChart(INDEX, 'we', '2.0.0')).toEqual({ found: 'NoChart' });
    expect(lookUpChart(INDEX, 'web.*', '2.0.0')).toEqual({ found: 'NoChart' });
    expect(lookUpChart(INDEX, 'web', '0.0.0')).toMatchObject({ found: 'NoVersion' });
    expect(lookUpChart(INDEX, '__proto__', '1')).toEqual({ found: 'NoChart' });
  });

  test('the index of a chart repository may be JSON', () => {
    const json = JSON.stringify({ entries: { web: [{ version: '1.0.0', urls: ['a.tgz'] }] } });
    expect(lookUpChart(json, 'web', '1.0.0')).toMatchObject({ found: 'Entry', entry: { urls: ['a.tgz'] } });
    expect(lookUpChart(json, '__proto__', '1')).toEqual({ found: 'NoChart' });
  });

  test('an index that is something else entirely is refused', () => {
    for (const text of [
      '',
      '<html>login</html>',
      '{"a":1}',
      '{',
      'entries: [',
      'a: 1',
      'entries:\n  web:\n  - version: 1.0.0\n    urls: [',
    ]) {
      expect(lookUpChart(text, 'web', '1.0.0'), text).toEqual({ found: 'NotAnIndex' });
    }
  });

  test('the index of a chart repository is parsed in every YAML style', () => {
    const name = fc.constantFrom('web', 'web-2', 'a.b', 'x_y', '1password');
    const version = fc.constantFrom('1.0.0', '1.0.1', '2.0.0-rc.1', '2.0.0+build', '10.0.0');
    const entry = fc.record({
      version,
      urls: fc.constant(['a.tgz']),
      description: fc.string({ unit: 'grapheme-ascii', maxLength: 120 }),
    });
    const index = fc.dictionary(name, fc.uniqueArray(entry, { selector: (item) => item.version, maxLength: 4 }));
    const style = fc.record({ indent: fc.constantFrom(2, 4), indentSeq: fc.boolean() });
    fc.assert(
      fc.property(index, style, name, version, (entries, options, wantedName, wantedVersion) => {
        const text = stringify({ apiVersion: 'v1', entries, generated: 'now' }, options);
        const there = Object.hasOwn(entries, wantedName) ? entries[wantedName] : undefined;
        const answer = lookUpChart(text, wantedName, wantedVersion);
        if (there === undefined) expect(answer, text).toEqual({ found: 'NoChart' });
        else if (there.some((item) => item.version === wantedVersion)) {
          expect(answer, text).toMatchObject({ found: 'Entry', entry: { version: wantedVersion, urls: ['a.tgz'] } });
        } else expect(answer, text).toMatchObject({ found: 'NoVersion' });
      }),
      { numRuns: 500 },
    );
  });

  test('an index that would take minutes to parse is refused', () => {
    const entry = `  - version: 1.0.0\n    urls: [a.tgz]\n    x:\n      ${'? '.repeat(300)}a\n`;
    const started = cpuMs();
    expect(lookUpChart(`apiVersion: v1\nentries:\n  demo:\n${entry}`, 'demo', '1.0.0').found).not.toBe('Entry');
    expect(cpuMs() - started).toBeLessThan(3_000);
  });

  test('searching a large index takes time linear in its size', () => {
    const entry = (chart: number, version: number) =>
      `  - digest: ${DIGEST}\n    name: chart-${chart}\n    urls: [chart-${chart}-1.${version}.0.tgz]\n    version: 1.${version}.0\n`;
    const charts = Array.from({ length: 400 }, (_, chart) => {
      const versions = Array.from({ length: 200 }, (__, version) => entry(chart, version));
      return `  chart-${chart}:\n${versions.join('')}`;
    });
    const index = `apiVersion: v1\nentries:\n${charts.join('')}`;
    const started = cpuMs();
    expect(lookUpChart(index, 'chart-399', '1.199.0')).toMatchObject({ found: 'Entry' });
    expect(index.length).toBeGreaterThan(10_000_000);
    expect(cpuMs() - started).toBeLessThan(3_000);
  });

  test.each([
    ['versions', `entries:\n  web:\n${'  - v\n'.repeat(8_000_000)}`],
    ['empty objects', `{"entries":{"web":[${'{},'.repeat(15_000_000)}{}]}}`],
    ['tabs', `entries: {\n${'\t\n'.repeat(100_000)}`],
  ])('an index made of millions of %s is refused quickly', (_, index) => {
    const started = cpuMs();
    expect(lookUpChart(index, 'web', '1.0.0').found).not.toBe('Entry');
    expect(cpuMs() - started).toBeLessThan(3_000);
  });
});
