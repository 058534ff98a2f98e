import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../base/json.ts';
import { checkSchema } from './check-schema.ts';

interface Group {
  readonly file: string;
  readonly description: string;
  readonly schema: Json;
  readonly tests: readonly { readonly description: string; readonly data: Json; readonly valid: boolean }[];
}

const fixture = new URL('../../../test/fixtures/json-schema-test-suite/suite.json.gz', import.meta.url);
const suite = JSON.parse(gunzipSync(readFileSync(fixture)).toString()) as {
  readonly dialects: Readonly<Record<string, readonly Group[]>>;
};

/** A schema without `$schema` is read as 2020-12. */
const named: Readonly<Record<string, string>> = { draft7: 'http://json-schema.org/draft-07/schema#' };

/** Formats are asserted here, while these dialects treat them as annotations. */
const annotations = /^(format|content|vocabulary)$/;

/** Tests of features that are refused as documented in docs/descriptors.md. */
const refused = /only references within the schema \(#…\) are followed$|may have one$/;

/** The number of passed tests of each dialect, and the tests that fail. */
const expected: readonly (readonly [string, number, readonly string[]])[] = [
  ['draft7', 747, ['ref: ref overrides any sibling keywords: ref valid, maxItems ignored']],
  ['draft2019-09', 995, []],
  ['draft2020-12', 1_012, []],
];

function judge(dialect: string) {
  const found = { right: 0, wrong: [] as string[], refusals: new Set<string>() };
  for (const { file, description, schema, tests } of suite.dialects[dialect] ?? []) {
    // A descriptor type's schema is an object.
    if (annotations.test(file) || typeof schema !== 'object' || schema === null) continue;
    const $schema = named[dialect];
    const text = JSON.stringify($schema === undefined ? schema : { $schema, ...schema });
    for (const { description: what, data, valid } of tests) {
      const verdict = checkSchema({ type: 't', schema: text, descriptor: JSON.stringify(data) });
      if (verdict.kind === 'Unusable') found.refusals.add(verdict.message);
      else if ((verdict.kind === 'Valid') === valid) found.right += 1;
      else found.wrong.push(`${file}: ${description}: ${what}`);
    }
  }
  return found;
}

describe('the official JSON Schema Test Suite', () => {
  test.each(expected)(
    'the suite of %s passes %d tests, except for the documented ones',
    (dialect, count, exceptions) => {
      const { right, wrong, refusals } = judge(dialect);
      expect(wrong).toEqual(exceptions);
      expect(right).toBe(count);
      expect([...refusals].filter((message) => !refused.test(message))).toEqual([]);
    },
  );
});
