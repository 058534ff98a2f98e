import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpuMs } from '../../../test/support/cpu-time.ts';
import { TerminalError } from '../../errors/dinfra-error.ts';
import { MAX_DEPTH, parseJson } from './json.ts';

function faultOf(input: string | Uint8Array): TerminalError {
  try {
    parseJson(typeof input === 'string' ? Buffer.from(input) : input, 'the descriptor');
  } catch (error) {
    if (error instanceof TerminalError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test('every JSON value without duplicate keys is parsed as by JSON.parse', () => {
  fc.assert(
    fc.property(fc.json({ depthSize: 'medium', maxDepth: 20 }), (text) => {
      expect(parseJson(Buffer.from(text), 'the descriptor')).toEqual(JSON.parse(text));
    }),
  );
});

test('parsing any bytes returns a value or throws an error of ours', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        parseJson(bytes, 'the descriptor');
      } catch (error) {
        expect(error).toBeInstanceOf(TerminalError);
      }
    }),
  );
});

test.each([
  ['text that is not JSON', '{"a":1,}', /^the descriptor is not a JSON document: .*position 7/],
  ['nothing', '', /^the descriptor is not a JSON document/],
  ['YAML', 'a: 1', /is not a JSON document/],
  ['two documents', '{}{}', /is not a JSON document/],
  ['NaN', '{"a":NaN}', /is not a JSON document/],
  ['a byte order mark', '\uFEFF{}', /starts with a byte order mark/],
  ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), /is not UTF-8 text/],
  ['half of a UTF-8 character', new Uint8Array([0x22, 0xc3, 0x22]), /is not UTF-8 text/],
])('%s is refused', (_what, input, message) => {
  const error = faultOf(input);
  expect(error.code).toBe('DescriptorNotJson');
  expect(error.message).toMatch(message);
});

test.each([
  ['{"a":1,"a":2}', '/a'],
  ['{"x":[{"y":0},{"b":{"c":1,"c":1}}]}', '/x/1/b/c'],
  ['{"a":1,"\\u0061":2}', '/a'],
  ['{"":{"":1,"":2}}', '//'],
  ['{"a/b":{"~":1,"~":1}}', '/a~1b/~0'],
])('a duplicate key is refused with its path: %s', (text, path) => {
  const error = faultOf(text);
  expect(error.message).toMatch(/has the key ".*" twice/);
  expect(error.path).toBe(path);
});

test('the same key in two objects, and a string equal to a key, are not duplicates', () => {
  const text = '{"a":{"a":"a"},"b":["a","a",{"a":"}{\\",["}]}';
  expect(parseJson(Buffer.from(text), 'it')).toEqual(JSON.parse(text));
});

test(`${MAX_DEPTH} levels are accepted, one more is refused`, () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  expect(parseJson(Buffer.from(nested(MAX_DEPTH)), 'it')).toEqual(JSON.parse(nested(MAX_DEPTH)));
  expect(faultOf(nested(MAX_DEPTH + 1)).message).toBe('the descriptor is nested deeper than 64 levels');
  expect(faultOf(nested(130_000)).message).toBe('the descriptor is nested deeper than 64 levels');
});

test('keys with a meaning in JavaScript are ordinary data', () => {
  const value = parseJson(Buffer.from('{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}'), 'it');
  expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor']);
  expect((value as { admin?: boolean }).admin).toBeUndefined();
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test('a document of 256 KiB is parsed in a moment', () => {
  const texts = [
    JSON.stringify('x'.repeat(262_000)),
    JSON.stringify('\\'.repeat(131_000)),
    `[${'[],'.repeat(87_000)}0]`,
  ];
  for (const text of texts) {
    const started = cpuMs();
    parseJson(Buffer.from(text), 'it');
    expect(cpuMs() - started).toBeLessThan(2_000);
  }
});
