import { examples, type Kind } from './api-user.ts';

export const HASH = `0x${'ab'.repeat(32)}`;
const digits = "must be a whole number in the chain's smallest unit, written as a string of digits";
const hex = 'must be 0x and 64 lower-case hex digits';
const type =
  'must be the name of a descriptor type, for instance helm/v1: lower-case letters, digits and . / _ - between them';

/** Objects the API server refuses: a kind, the field that is changed, its value, and what the API server says. */
export const refused: readonly [Kind, string, unknown, string][] = [
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

/** Objects the API server takes: a kind, the field that is changed, and its value. */
export const taken: readonly [Kind, string, unknown][] = [
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
