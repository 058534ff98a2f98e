import { type Static, Type } from 'typebox';
import { addressOf, ageColumn, type Definition, messageColumn, readyColumn, reasonColumn } from './definition.ts';
import {
  ABSENT,
  account,
  form,
  hex32,
  immutableOnceSet,
  lastHandledReconcileAt,
  rules,
  secretKeyRef,
  statusBasics,
  statusDefault,
  timestamp,
  u32,
  url,
} from './fields.ts';
import { type DeepReadonly, GROUP, type Resource, VERSION } from './resource.ts';

function pallet(crate: string, name: string) {
  return Type.String({
    maxLength: 64,
    default: name,
    description: `Name of ${crate} in the runtime, as its metadata has it or in camelCase.`,
    ...form('[A-Za-z][A-Za-z0-9_]*', 'must be the name of a pallet: a letter, then letters, digits and _'),
  });
}

const pallets = Type.Object(
  {
    provider: pallet('pallet-dinfra-provider', 'Provider'),
    subscription: pallet('pallet-dinfra-subscription', 'Subscription'),
  },
  {
    description: 'What the runtime of the chain calls our two pallets. Default: as in our runtime.',
    ...rules({
      rule: 'self.provider != self.subscription',
      message: 'provider and subscription are two pallets: give two names',
      fieldPath: '.subscription',
    }),
  },
);

const chain = Type.Object(
  {
    endpoints: Type.Array(url(['ws', 'wss']), {
      minItems: 1,
      maxItems: 5,
      'x-kubernetes-list-type': 'set',
      description: 'WebSocket URLs of nodes of the chain. The first that answers is used, the others are fallbacks.',
    }),
    genesisHash: Type.Optional(
      hex32(
        'Genesis hash the endpoints must have; one of another chain is refused. Cannot be changed once set. Default: the chain first seen.',
      ),
    ),
    pallets: Type.Optional(pallets),
    finalityTimeoutSeconds: Type.Optional(
      Type.Integer({
        format: 'int32',
        minimum: 10,
        maximum: 86_400,
        description:
          'How long finality may stall before the next endpoint is tried and the Provider reports ChainStalled. Default: three times the longest recent gap between two finalised blocks, at least five block times and 30 seconds; 180 before the first gap is known.',
      }),
    ),
  },
  { description: 'The chain to sell on.', ...rules(immutableOnceSet('genesisHash')) },
);

const consumerPolicy = Type.Object(
  {
    mode: Type.Enum(['Open', 'AllowList', 'DenyList'], {
      default: 'Open',
      description: '`Open`: anyone. `AllowList`: only `consumers`. `DenyList`: anyone but `consumers`.',
    }),
    consumers: Type.Array(account('SS58 address.'), {
      maxItems: 256,
      default: [],
      'x-kubernetes-list-type': 'set',
      description: 'The accounts `mode` refers to. Empty with `Open`.',
    }),
  },
  {
    default: {},
    description: 'Whose subscriptions may be awarded to this provider.',
    oneOf: [
      { properties: { mode: { pattern: '^Open$' }, consumers: { items: ABSENT } } },
      { properties: { mode: { pattern: '^(Allow|Deny)List$' } }, required: ['mode'] },
    ],
    ...rules({
      rule: "self.mode != 'Open' || self.consumers.size() == 0",
      message: 'consumers must be empty when mode is Open; use AllowList or DenyList',
      fieldPath: '.consumers',
    }),
  },
);

const consumerLimits = Type.Object(
  {
    tenures: Type.Optional(
      Type.Integer({
        format: 'int32',
        minimum: 1,
        maximum: 100_000,
        description: 'How many tenures one consumer may have at once. Default: no limit.',
      }),
    ),
    awardsPerHour: Type.Optional(
      Type.Integer({
        format: 'int32',
        minimum: 1,
        maximum: 100_000,
        description:
          'How many awards one consumer is given within an hour; an operator that starts counts anew. Default: no limit.',
      }),
    ),
  },
  { description: 'What one consumer may have of this provider. Awards beyond it are declined.' },
);

const teardown = Type.Object(
  {
    maxPerHour: Type.Optional(
      Type.Integer({
        format: 'int32',
        minimum: 0,
        maximum: 100_000,
        description:
          'How many teardowns may start within an hour automatically. Further ones wait for approval. 0: every teardown waits. Default: 10, or a tenth of the running tenures when that is more.',
      }),
    ),
    approvedUntil: Type.Optional(
      timestamp('The limit is lifted until then: set by a person who has checked the waiting teardowns.'),
    ),
  },
  { default: {}, description: 'Safeguards against a mistaken mass teardown.' },
);

const metadata = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, description: 'Name shown to consumers.' }),
    url: Type.Optional(url(['https'], 'Page about the provider.')),
  },
  { description: 'What consumers read about the provider on chain.' },
);

const ProviderSpecSchema = Type.Object(
  {
    chain,
    accountSecretRef: secretKeyRef(
      'The account that signs for the provider.',
      'suri',
      'Key of the Secret that holds the account, sr25519: a mnemonic, a hex seed, or a derivation such as `//Alice`.',
    ),
    accessKeySecretRef: Type.Optional(
      secretKeyRef(
        'The ed25519 key consumers seal secrets to. Default: the ed25519 key of the secret in `accountSecretRef`.',
        'seed',
        'Key of the Secret that holds the 32-byte seed: `0x` and 64 hex digits.',
      ),
    ),
    metadata: Type.Optional(metadata),
    consumerPolicy,
    consumerLimits: Type.Optional(consumerLimits),
    teardown,
    paused: Type.Boolean({
      default: false,
      description: 'True: accept no new awards. Running tenures are not affected.',
    }),
    ipfsGateways: Type.Array(url(['http', 'https']), {
      maxItems: 5,
      default: [],
      'x-kubernetes-list-type': 'set',
      description:
        'Trustless IPFS gateways to fetch descriptors from, in order of preference. Every answer is checked against the hash.',
    }),
  },
  { description: 'The desired provider on chain.' },
);

const ProviderStatusSchema = Type.Object(
  {
    ...statusBasics,
    lastHandledReconcileAt,
    providerId: Type.Optional(u32('Number of the provider on chain.')),
    account: Type.Optional(account('Address of the account that signs.')),
    chain: Type.Optional(
      Type.Object(
        {
          genesisHash: hex32('Genesis hash of the chain.'),
          finalized: Type.Optional(
            Type.Object(
              {
                number: u32('Block number.'),
                hash: hex32('Block hash.'),
              },
              { description: 'The finalised block up to which the chain is mirrored in the cluster.' },
            ),
          ),
        },
        { description: 'The chain as last seen.' },
      ),
    ),
    counts: Type.Optional(
      Type.Object(
        {
          tenures: u32('Tenures the chain lists for this provider: not yet released.'),
          ready: u32('Those of them whose Deployment is Ready.'),
        },
        { description: 'How much runs.' },
      ),
    ),
    teardowns: Type.Optional(
      Type.Object(
        {
          begun: u32('Teardowns that began within the hour before the last one.'),
          lastAt: timestamp('When the last one began.'),
        },
        {
          description:
            'How much of `spec.teardown.maxPerHour` is used. Absent when no teardown started within the hour.',
        },
      ),
    ),
  },
  { description: 'The provider as it is.', ...statusDefault },
);

/** A provider's account on a chain: written by people. */
export type Provider = Resource<'Provider', ProviderSpec, ProviderStatus>;
export type ProviderSpec = DeepReadonly<Static<typeof ProviderSpecSchema>>;
export type ProviderStatus = DeepReadonly<Static<typeof ProviderStatusSchema>>;

export const providerDefinition = {
  group: GROUP,
  version: VERSION,
  plural: 'providers',
  singular: 'provider',
  kind: 'Provider',
  shortName: 'dprov',
  namespaced: true,
  description:
    'An account on a chain that offers capacity. The operator registers it and keeps the registration up to date.',
  rules: [
    {
      // The name is the value of a label on everything made for the provider.
      rule: 'self.metadata.name.size() <= 63',
      message: 'metadata.name must be at most 63 characters long',
    },
  ],
  spec: ProviderSpecSchema,
  status: ProviderStatusSchema,
  columns: [
    { name: 'Id', type: 'integer', jsonPath: '.status.providerId', description: 'Number of the provider on chain.' },
    readyColumn,
    reasonColumn,
    {
      name: 'Tenures',
      type: 'integer',
      jsonPath: '.status.counts.tenures',
      description: 'Tenures awarded and not yet released.',
    },
    {
      name: 'Up',
      type: 'integer',
      jsonPath: '.status.counts.ready',
      description: 'Tenures whose Deployment is Ready.',
    },
    ageColumn,
    { name: 'Paused', type: 'string', jsonPath: '.spec.paused', description: 'No new awards.', priority: 1 },
    { name: 'Account', type: 'string', jsonPath: '.status.account', description: 'Account that signs.', priority: 1 },
    {
      name: 'Block',
      type: 'integer',
      jsonPath: '.status.chain.finalized.number',
      description: 'Last mirrored finalised block.',
      priority: 1,
    },
    messageColumn,
  ],
  selectableFields: [],
} as const satisfies Definition;

/** Their address in the API. */
export const providers = addressOf<Provider>(providerDefinition);
