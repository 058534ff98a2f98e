import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiUser, examples, type Kind, kinds, root, withField } from '../support/api-user.ts';

// What the API server takes and what it refuses, in the words a person reads.

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

const HASH = `0x${'ab'.repeat(32)}`;
const digits = "must be a whole number in the chain's smallest unit, written as a string of digits";
const hex = 'must be 0x and 64 lower-case hex digits';
const type =
  'must be the name of a descriptor type, for instance helm/v1: lower-case letters, digits and . / _ - between them';

const refused: readonly [Kind, string, unknown, string][] = [
  [
    'Provider',
    'spec.chain.endpoints',
    [],
    'spec.chain.endpoints: Invalid value: 0: spec.chain.endpoints in body should have at least 1 items',
  ],
  [
    'Provider',
    'spec.chain.endpoints',
    ['http://node:9944'],
    'spec.chain.endpoints[0]: Invalid value: "http://node:9944": must be a URL of ws:// or wss:// without user and password',
  ],
  [
    'Provider',
    'spec.chain.endpoints',
    ['ws://me:secret@node'],
    'must be a URL of ws:// or wss:// without user and password',
  ],
  ['Provider', 'spec.chain.endpoints', ['ws://a', 'ws://a'], 'spec.chain.endpoints[1]: Duplicate value: "ws://a"'],
  ['Provider', 'spec.chain.endpoints', new Array(6).fill(0).map((_, n) => `ws://n${n}`), 'must have at most 5 items'],
  ['Provider', 'spec.chain.genesisHash', '0xAB', `spec.chain.genesisHash: Invalid value: "0xAB": ${hex}`],
  [
    'Provider',
    'spec.chain.pallets',
    { provider: 'Market place' },
    'spec.chain.pallets.provider: Invalid value: "Market place": must be the name of a pallet',
  ],
  [
    'Provider',
    'spec.chain.pallets',
    { provider: 'Subscription' },
    'provider and subscription are two pallets: give two names',
  ],
  [
    'Provider',
    'spec.chain.finalityTimeoutSeconds',
    5,
    'spec.chain.finalityTimeoutSeconds in body should be greater than or equal to 10',
  ],
  ['Provider', 'spec.accountSecretRef', undefined, 'spec.accountSecretRef: Required value'],
  [
    'Provider',
    'spec.accountSecretRef.name',
    'My Secret',
    'spec.accountSecretRef.name: Invalid value: "My Secret": must be the name of an object',
  ],
  [
    'Provider',
    'spec.consumerPolicy',
    { mode: 'Closed' },
    'spec.consumerPolicy.mode: Unsupported value: "Closed": supported values: "Open", "AllowList", "DenyList"',
  ],
  [
    'Provider',
    'spec.consumerPolicy',
    { consumers: [examples.Subscription.spec['consumer']] },
    'spec.consumerPolicy.consumers: Invalid value: consumers must be empty when mode is Open; use AllowList or DenyList',
  ],
  [
    'Provider',
    'spec.consumerPolicy',
    { mode: 'AllowList', consumers: ['Alice'] },
    'spec.consumerPolicy.consumers[0]: Invalid value: "Alice": must be an account in SS58',
  ],
  [
    'Provider',
    'spec.teardown.maxPerHour',
    -1,
    'spec.teardown.maxPerHour: Invalid value: -1: spec.teardown.maxPerHour in body should be greater than or equal to 0',
  ],
  ['Provider', 'spec.teardown.approvedUntil', 'tomorrow', 'spec.teardown.approvedUntil: Invalid value: "tomorrow"'],
  [
    'Provider',
    'spec.metadata.url',
    'http://acme.example',
    'spec.metadata.url: Invalid value: "http://acme.example": must be a URL of https:// without user and password',
  ],
  [
    'Provider',
    'spec.ipfsGateways',
    ['ipfs.example'],
    'spec.ipfsGateways[0]: Invalid value: "ipfs.example": must be a URL of http:// or https://',
  ],
  ['Provider', 'metadata.name', 'a'.repeat(64), 'metadata.name must be at most 63 characters long'],
  ['Provider', 'spec.suri', '//Alice', 'unknown field "spec.suri"'],
  ['Offer', 'spec.pricePerBlock', '10.5', `spec.pricePerBlock: Invalid value: "10.5": ${digits}`],
  ['Offer', 'spec.pricePerBlock', '007', `spec.pricePerBlock: Invalid value: "007": ${digits}`],
  [
    'Offer',
    'spec.pricePerBlock',
    10,
    'spec.pricePerBlock: Invalid value: "integer": spec.pricePerBlock in body must be of type string: "integer"',
  ],
  [
    'Offer',
    'spec.pricePerBlock',
    `${2n ** 128n}`,
    'spec.pricePerBlock: Invalid value: "340282366920938463463374607431768211456": must be at most 340282366920938463463374607431768211455',
  ],
  ['Offer', 'spec.pricePerBlock', '9'.repeat(40), 'spec.pricePerBlock: Too long: may not be more than 39 bytes'],
  [
    'Offer',
    'spec.capacity',
    -1,
    'spec.capacity: Invalid value: -1: spec.capacity in body should be greater than or equal to 0',
  ],
  ['Offer', 'spec.capacity', 1.5, 'spec.capacity'],
  ['Offer', 'spec.descriptorType', 'Helm', `spec.descriptorType: Invalid value: "Helm": ${type}`],
  ['Offer', 'spec.reactorRef', undefined, 'spec.reactorRef: Required value'],
  ['Reactor', 'spec', {}, 'spec: Invalid value: exactly one of cloudStack, helm must be given'],
  ['Reactor', 'spec.helm', {}, 'spec: Invalid value: exactly one of cloudStack, helm must be given'],
  ['Reactor', 'spec.http', {}, 'unknown field "spec.http"'],
  [
    'Reactor',
    'spec.cloudStack.endpoint',
    'cloud.example.org',
    'spec.cloudStack.endpoint: Invalid value: "cloud.example.org": must be a URL of http:// or https://',
  ],
  ['Reactor', 'spec.cloudStack.apiKey', 'x', 'unknown field "spec.cloudStack.apiKey"'],
  [
    'Reactor',
    'spec.cloudStack.sizes',
    [],
    'spec.cloudStack.sizes: Invalid value: sizes must have at least one size, unless customSize is given',
  ],
  [
    'Reactor',
    'spec.cloudStack.network',
    { mode: 'Shared' },
    'spec.cloudStack.network.network: Required value: network is required with mode Shared: the name or id of the network',
  ],
  [
    'Reactor',
    'spec.cloudStack.network',
    { mode: 'Shared', network: 'n', publicAccess: 'StaticNat' },
    'spec.cloudStack.network.publicAccess: Invalid value: publicAccess is only for mode Isolated',
  ],
  [
    'Reactor',
    'spec',
    { helm: { quota: { pods: 'many' } } },
    'spec.helm.quota[pods]: Invalid value: "many": must be a quantity, for instance 500m or 2Gi',
  ],
  [
    'Reactor',
    'spec',
    { helm: { network: { allowEgressTo: ['10.0.0.1'] } } },
    'spec.helm.network.allowEgressTo[0]: Invalid value: "10.0.0.1": must be a range in CIDR notation',
  ],
  [
    'Reactor',
    'spec',
    { helm: { charts: { hosts: ['https://a.example'] } } },
    'spec.helm.charts.hosts[0]: Invalid value: "https://a.example": must be a host',
  ],
  ['DescriptorType', 'spec.schemaHash', 'abc', `spec.schemaHash: Invalid value: "abc": ${hex}`],
  [
    'Subscription',
    'spec.id',
    '-1',
    'spec.id: Invalid value: "-1": must be a whole number, written as a string of digits',
  ],
  ['Subscription', 'spec.state', 'Done', 'spec.state: Unsupported value: "Done"'],
  [
    'Deployment',
    'spec.tenure',
    0,
    'spec.tenure: Invalid value: 0: spec.tenure in body should be greater than or equal to 1',
  ],
  ['Deployment', 'spec.state', 'Pending', 'spec.state: Unsupported value: "Pending"'],
  [
    'Deployment',
    'spec.descriptor.source',
    'Http',
    'spec.descriptor.source: Unsupported value: "Http": supported values: "Preimage", "Ipfs"',
  ],
  ['Deployment', 'spec.endReason', { code: 70_000, name: 'x' }, 'spec.endReason.code'],
];

test.each(refused)('%s: %s = %j is refused with the reason', async (kind, path, value, message) => {
  const said = await user.tryApply(withField(examples[kind], path, value));
  expect(said.ok).toBe(false);
  expect(said.text).toContain(message);
});

const taken: readonly [Kind, string, unknown][] = [
  ['Provider', 'spec.chain.pallets', { provider: 'Hosting' }],
  ['Provider', 'spec.chain.finalityTimeoutSeconds', 86_400],
  ['Provider', 'spec.chain.endpoints', ['wss://rpc.example/substrate?x=1', 'ws://127.0.0.1:9944', 'ws://[::1]:9944']],
  ['Provider', 'spec.consumerPolicy', { mode: 'AllowList' }],
  ['Offer', 'spec.pricePerBlock', '340282366920938463463374607431768211455'],
  ['Offer', 'spec.capacity', 0],
  ['Reactor', 'spec', { helm: {} }],
  [
    'Reactor',
    'spec',
    { helm: { quota: { pods: '5', 'services.nodeports': '' }, charts: { hosts: ['*.example.org'] } } },
  ],
  ['Reactor', 'spec.cloudStack.network', { mode: 'Shared', network: 'lan', securityGroups: false }],
  ['Subscription', 'spec.id', '18446744073709551615'],
  ['Deployment', 'spec.descriptor.length', 4_294_967_295],
  ['Deployment', 'spec.endReason', { code: 20_003, name: 'OutOfFunds' }],
];

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
  // As the bridge does: `kubectl apply` by itself keeps a copy in an annotation, which is bounded too.
  const write = (length: number) =>
    user.kubectl(
      ['apply', '--server-side', '--dry-run=server', '-f', '-'],
      withField(examples.DescriptorType, 'spec.schema', 'x'.repeat(length)),
    );
  expect(await write(262_144)).toMatchObject({ ok: true });
  expect((await write(262_145)).text).toContain('spec.schema: Too long: may not be more than 262144 bytes');
});
