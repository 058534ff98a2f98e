import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiUser, examples, type Kind, kinds, type Manifest } from '../support/api-user.ts';

// Our resources as seen by a person.

const user = new ApiUser('reading');
beforeAll(() => user.start());
afterAll(() => user.stop());

async function make(kind: Kind, purpose: string): Promise<Manifest> {
  const object = user.example(kind, purpose);
  expect(await user.apply(object)).toMatchObject({ ok: true });
  return object;
}

test('defaults of a Provider are filled in', async () => {
  const spec = { chain: { endpoints: ['ws://node'] }, accountSecretRef: { name: 'account' } };
  const object = { ...user.example('Provider', 'least'), spec };
  expect(await user.apply(object)).toMatchObject({ ok: true });
  expect((await user.read(object)).spec).toEqual({
    chain: { endpoints: ['ws://node'] },
    accountSecretRef: { name: 'account', key: 'suri' },
    consumerPolicy: { mode: 'Open', consumers: [] },
    teardown: {},
    paused: false,
    ipfsGateways: [],
  });
});

test.each(kinds)('a new %s is never mistaken for a reconciled one', async (kind) => {
  // The server drops the status in the example.
  const object = await make(kind, 'new');
  expect((await user.read(object)).status).toEqual({ observedGeneration: -1 });
});

const shown: readonly [string, Kind, RegExp, RegExp][] = [
  [
    'dtype',
    'DescriptorType',
    /^NAME +TYPE +VERSION +READY +STATUS +RETIRED +AGE\nshown-\w+ +helm\/v1 +1 +True +Registered +false +\d+s$/,
    /OWNER +GENESIS +MESSAGE\n/,
  ],
  [
    'dsub',
    'Subscription',
    /^NAME +ID +TYPE +CHAIN +READY +STATUS +PAID UNTIL +AGE\nshown-\w+ +17 +helm\/v1 +Active +True +Running +14400 +\d+s$/,
    /1000000000 +1 +dinfra-17-1-3f1c09a7de +5FHneW46\w+ +StatefulSet node 1\/1$/,
  ],
  [
    'ddep',
    'Deployment',
    /^NAME +TYPE +CHAIN +READY +STATUS +SINCE +ENDPOINT +AGE\nshown-\w+ +helm\/v1 +Active +True +Running +\S+ +node\.\S+:9944 +\d+s$/,
    /5FHneW46\w+ +17 +1 +helm +dinfra-17-1-3f1c09a7de +StatefulSet node 1\/1$/,
  ],
];

test.each(shown)(
  'kubectl get %s answers what runs, for whom, is it fine, since when',
  async (short, kind, narrow, wide) => {
    const { apiVersion, metadata, status } = await make(kind, 'shown');
    const object = { apiVersion, kind, metadata: { name: metadata.name }, status };
    await user.run(['apply', '--server-side', '--subresource=status', '-f', '-'], object);
    expect(await user.run(['get', short, metadata.name])).toMatch(narrow);
    expect(await user.run(['get', short, metadata.name, '-o', 'wide'])).toMatch(wide);
  },
);

test.each([
  ['dprov', 'NAME +ID +READY +STATUS +TENURES +UP +AGE'],
  ['doffer', 'NAME +TYPE +PRICE +CAPACITY +USED +READY +STATUS +AGE'],
  ['dreactor', 'NAME +READY +STATUS +AGE'],
])('kubectl get %s has its columns', async (short, columns) => {
  await make('Provider', 'columns');
  await make('Offer', 'columns');
  await make('Reactor', 'columns');
  expect(await user.run(['get', short])).toMatch(new RegExp(`^${columns}\\n`));
});

test('kubectl get dinfra lists every kind', async () => {
  const made = await Promise.all(kinds.map((kind) => make(kind, 'listed')));
  const text = await user.run(['get', 'dinfra']);
  for (const { kind, metadata } of made) expect(text).toContain(`${kind.toLowerCase()}.dinfra.io/${metadata.name}`);
});

test('Deployments are selected by state, provider, consumer and subscription', async () => {
  const { metadata, spec } = await make('Deployment', 'chosen');
  const wanted = [
    'spec.state=Active',
    'spec.providerRef.name=acme',
    'spec.subscription=17',
    `spec.consumer=${spec['consumer']}`,
  ];
  expect(await user.run(['get', 'ddep', '--field-selector', wanted.join(',')])).toContain(metadata.name);
  expect(await user.run(['get', 'ddep', '--field-selector', 'spec.state=Ended'])).toContain('No resources found');
});

test('a memo keeps everything a reactor stores in it', async () => {
  const object = await make('Deployment', 'memo');
  const memo = { job: 'f00', ids: ['a', { b: [1, null, true] }] };
  const patch = JSON.stringify({ status: { realisation: { memo } } });
  await user.run(['patch', 'ddep', object.metadata.name, '--subresource=status', '--type=merge', '-p', patch]);
  expect((await user.read(object)).status).toMatchObject({ realisation: { memo } });
});

test('a memo whose last field is removed is omitted, because the server turns an empty one into null', async () => {
  const object = await make('Deployment', 'emptied');
  const { apiVersion, kind, metadata } = object;
  const write = (memo: object) =>
    user.run(['apply', '--server-side', '--subresource=status', '-f', '-'], {
      apiVersion,
      kind,
      metadata: { name: metadata.name },
      status: { realisation: { name: metadata.name, ...memo } },
    });
  await write({ memo: { network: 'n-1' } });
  await expect(write({ memo: {} })).rejects.toThrow('realisation.memo in body must be of type object: "null"');
  await write({});
  expect((await user.read(object)).status).toMatchObject({ realisation: { name: metadata.name } });
  expect((await user.read(object)).status).not.toHaveProperty('realisation.memo');
});

test.each(Object.values(examples))('kubectl explain has a sentence for every field of $kind', async ({ kind }) => {
  const everything = await user.run(['explain', `${kind.toLowerCase()}s.dinfra.io`, '--recursive']);
  expect(everything).toContain('observedGeneration');
  expect(await user.run(['explain', `${kind.toLowerCase()}s.dinfra.io.spec`])).not.toContain('<no description>');
  expect(await user.run(['explain', `${kind.toLowerCase()}s.dinfra.io.status`])).not.toContain('<no description>');
});
