import { afterAll, expect, test } from 'vitest';
import type { ContentRef } from '../base/content-ref.ts';
import { RetryableError, TerminalError } from '../errors/dinfra-error.ts';
import { contentHash } from './content/content-hash.ts';
import { type ContentSource, preimageSource } from './content/content-source.ts';
import { Descriptors } from './descriptors.ts';
import { SchemaChecker } from './schema/schema-checker.ts';

const checker = new SchemaChecker({ timeMs: 500 });
afterAll(() => checker.close());

const signal = new AbortController().signal;
const type = { name: 'helm/v1', schema: '{"type":"object","properties":{"replicas":{"type":"integer"}}}' };

/** A source of preimages with exactly this content. */
function noted(content: string | Uint8Array): { readonly ref: ContentRef; readonly sources: readonly ContentSource[] } {
  const bytes = Buffer.from(content);
  const ref: ContentRef = { hash: contentHash(bytes), length: bytes.length, source: 'Preimage' };
  return { ref, sources: [preimageSource(async (hash) => (hash === ref.hash ? bytes : undefined))] };
}

function descriptor(content: string | Uint8Array, by = type) {
  const { ref, sources } = noted(content);
  return new Descriptors(checker).descriptor(ref, by, sources, signal);
}

async function faultOf(promise: Promise<unknown>) {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof TerminalError || error instanceof RetryableError) {
    return { code: error.code, message: error.message, path: error.path };
  }
  throw error;
}

test('a descriptor is fetched, verified, parsed and checked', async () => {
  expect((await descriptor('{"replicas":3}')).json).toEqual({ replicas: 3 });
});

test('a wrong field is named with its value and what was expected', async () => {
  expect(await faultOf(descriptor('{"replicas":"three"}'))).toEqual({
    code: 'DescriptorSchema',
    message: 'replicas is "three"; helm/v1 wants an integer',
    path: '/replicas',
  });
});

test('a verdict on the same descriptor and the same schema is computed once', async () => {
  let checks = 0;
  const counting = new SchemaChecker({ timeMs: 500 });
  const check = counting.check.bind(counting);
  counting.check = (...question) => {
    checks += 1;
    return check(...question);
  };
  const descriptors = new Descriptors(counting);
  for (const content of ['{"replicas":3}', '{"replicas":"three"}']) {
    const { ref, sources } = noted(content);
    const outcomes = [];
    for (let times = 0; times < 3; times++) {
      outcomes.push(await descriptors.descriptor(ref, type, sources, signal).catch((error: unknown) => error));
    }
    expect(outcomes[2]).toEqual(outcomes[0]);
  }
  expect(checks).toBe(2);
  const { ref, sources } = noted('{"replicas":3}');
  await descriptors.descriptor(ref, { ...type, schema: `${type.schema} ` }, sources, signal);
  expect(checks).toBe(3);
  await counting.close();
});

test('bytes that are not JSON have another reason than JSON that does not match', async () => {
  expect(await faultOf(descriptor('replicas: 3'))).toMatchObject({ code: 'DescriptorNotJson' });
});

test('an unusable schema is reported as a fault of the type', async () => {
  const fault = await faultOf(descriptor('{}', { name: 'helm/v1', schema: '{"type":"objekt"}' }));
  expect(fault).toMatchObject({ code: 'DescriptorTypeUnknown', message: expect.stringContaining('type is "objekt"') });
});

test('a check that exceeds its time is a refusal with a reason', async () => {
  const schema = '{"properties":{"x":{"pattern":"^(?=(a+)+$)"}}}';
  const fault = await faultOf(descriptor(JSON.stringify({ x: `${'a'.repeat(50)}!` }), { name: 'bad/v1', schema }));
  expect(fault).toMatchObject({
    code: 'DescriptorSchema',
    message: 'checking it against the schema of bad/v1 would take more than 0.5 s',
  });
});

test('a descriptor that no source has is missing, and one that cannot be read now is unreachable', async () => {
  const { ref } = noted('{}');
  const descriptors = new Descriptors(checker);
  const nowhere = [preimageSource(async () => undefined)];
  const down = [preimageSource(() => Promise.reject(new Error('down')))];
  expect(await faultOf(descriptors.descriptor(ref, type, nowhere, signal))).toMatchObject({
    code: 'DescriptorMissing',
  });
  expect(await faultOf(descriptors.descriptor(ref, type, down, signal))).toMatchObject({
    code: 'DescriptorUnreachable',
  });
});

test('a schema is returned as the text that was published', async () => {
  const { ref, sources } = noted(` ${type.schema}\n`);
  expect(await new Descriptors(checker).schema('helm/v1', ref, sources, signal)).toBe(` ${type.schema}\n`);
});

test.each([
  ['is not JSON', 'type: object', 'the schema of x/v1 is not a JSON document'],
  ['is not UTF-8', new Uint8Array([0xff]), 'the schema of x/v1 is not UTF-8 text'],
  ['refers to elsewhere', '{"$ref":"http://169.254.169.254"}', 'only references within the schema'],
])('a schema that %s makes its type unknown', async (_what, content, message) => {
  const { ref, sources } = noted(content);
  expect(await faultOf(new Descriptors(checker).schema('x/v1', ref, sources, signal))).toMatchObject({
    code: 'DescriptorTypeUnknown',
    message: expect.stringContaining(message),
  });
});

test('a missing schema makes its type unknown, and one that cannot be read now does not', async () => {
  const { ref } = noted('{}');
  const descriptors = new Descriptors(checker);
  const nowhere = descriptors.schema('x/v1', ref, [], signal);
  const down = descriptors.schema('x/v1', ref, [preimageSource(() => Promise.reject(new Error('down')))], signal);
  expect(await faultOf(nowhere)).toMatchObject({ code: 'DescriptorTypeUnknown' });
  expect(await faultOf(down)).toMatchObject({ code: 'DescriptorUnreachable' });
});
