import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiUser, examples, type Kind, kinds, root, withField } from '../support/api-user.ts';
import { HASH, refused, taken } from '../support/judged-objects.ts';

// What the API server accepts and refuses, with the messages that a person reads.

const user = new ApiUser('validation');
beforeAll(() => user.start());
afterAll(() => user.stop());

const samples = (await readdir(new URL('config/samples/', root))).filter((file) => file.endsWith('.yaml'));

test('config/samples is not empty', () => {
  expect(samples).not.toEqual([]);
});

test.each(samples)('the API server accepts config/samples/%s', async (file) => {
  const path = new URL(`config/samples/${file}`, root).pathname;
  expect(await user.kubectl(['apply', '--dry-run=server', '-f', path])).toMatchObject({ ok: true });
});

test.each(kinds)('the API server accepts the example of kind %s', async (kind) => {
  expect(await user.tryApply(examples[kind])).toMatchObject({ ok: true });
});

test.each(refused)('%s: %s = %j is refused with the reason', async (kind, path, value, message) => {
  const said = await user.tryApply(withField(examples[kind], path, value));
  expect(said.ok).toBe(false);
  expect(said.text).toContain(message);
});

test.each(taken)('%s: %s = %j is accepted', async (kind, path, value) => {
  expect(await user.tryApply(withField(examples[kind], path, value))).toMatchObject({ ok: true });
});

const fixed: readonly [Kind, string, unknown, string][] = [
  [
    'Provider',
    'spec.chain.genesisHash',
    `0x${'cd'.repeat(32)}`,
    `spec.chain.genesisHash: Invalid value: genesisHash was "${HASH}" and cannot be changed once it is set`,
  ],
  ['Provider', 'spec.chain.genesisHash', undefined, `genesisHash was "${HASH}" and cannot be changed once it is set`],
  [
    'Offer',
    'spec.providerRef.name',
    'other',
    'providerRef.name was "acme" and cannot be changed; make a new object instead',
  ],
  ['Offer', 'spec.descriptorType', 'vm/v1', 'descriptorType was "helm/v1" and cannot be changed'],
  ['DescriptorType', 'spec.name', 'vm/v1', 'name was "helm/v1" and cannot be changed'],
  ['Subscription', 'spec.id', '18', 'id was "17" and cannot be changed'],
  ['Subscription', 'spec.consumer', examples.DescriptorType.spec['owner'], 'consumer was "5FHneW'],
  ['Deployment', 'spec.genesisHash', HASH, 'genesisHash was "0x91b171'],
  ['Deployment', 'spec.subscription', '18', 'subscription was "17" and cannot be changed'],
  [
    'Deployment',
    'spec.tenure',
    2,
    'spec.tenure: Invalid value: 2: tenure cannot be changed; make a new object instead',
  ],
  ['Deployment', 'spec.accessKey', HASH, 'accessKey was "0x8eaf'],
];

test.each(fixed)('%s: %s cannot become %j', async (kind, path, value, message) => {
  const example = user.example(kind, 'fixed');
  const object = kind === 'Provider' ? withField(example, 'spec.chain.genesisHash', HASH) : example;
  expect(await user.apply(object)).toMatchObject({ ok: true });
  const said = await user.apply(withField(object, path, value));
  expect(said.ok).toBe(false);
  expect(said.text).toContain(message);
});

test('a genesis hash can be added later', async () => {
  const object = user.example('Provider', 'late');
  expect(await user.apply(object)).toMatchObject({ ok: true });
  expect(await user.apply(withField(object, 'spec.chain.genesisHash', HASH))).toMatchObject({ ok: true });
});

test('a schema may have at most 256 KiB', async () => {
  // Written like the bridge does: `kubectl apply` keeps a copy in an annotation, which also has a limit.
  const write = (length: number) =>
    user.kubectl(
      ['apply', '--server-side', '--dry-run=server', '-f', '-'],
      withField(examples.DescriptorType, 'spec.schema', 'x'.repeat(length)),
    );
  expect(await write(262_144)).toMatchObject({ ok: true });
  expect((await write(262_145)).text).toContain('spec.schema: Too long: may not be more than 262144 bytes');
});
