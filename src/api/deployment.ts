import { type Static, Type } from 'typebox';
import { tenureStates } from '../award/state.ts';
import type { Memo } from '../providers/port.ts';
import { addressOf, ageColumn, type Definition, messageColumn, readyColumn, reasonColumn } from './definition.ts';
import {
  account,
  contentRef,
  descriptorTypeName,
  endReason,
  hex32,
  immutable,
  immutableNumber,
  immutableRef,
  objectName,
  rules,
  sentence,
  statusBasics,
  statusDefault,
  timestamp,
  u32,
  u64String,
} from './fields.ts';
import { type DeepReadonly, GROUP, type Resource, VERSION } from './resource.ts';

const DeploymentSpecSchema = Type.Object(
  {
    genesisHash: hex32('Genesis hash of the chain.', immutable('genesisHash')),
    subscription: u64String('Number of the subscription on that chain.', immutable('subscription')),
    tenure: Type.Integer({
      format: 'int64',
      minimum: 1,
      maximum: 4_294_967_295,
      description: 'The award this is about: 1 for the first. Never reused.',
      ...rules(immutableNumber('tenure')),
    }),
    subscriptionRef: immutableRef('subscriptionRef', 'The Subscription it belongs to.'),
    providerRef: immutableRef('providerRef', 'The Provider that runs it.'),
    consumer: account('The account it runs for.', immutable('consumer')),
    accessKey: hex32("The consumer's ed25519 access key.", immutable('accessKey')),
    descriptorType: descriptorTypeName('Type of the descriptor.', immutable('descriptorType')),
    descriptor: contentRef('What to run.'),
    update: Type.Optional(
      contentRef('What the consumer wants to run instead. The operator accepts or declines it on chain.'),
    ),
    state: Type.Enum([...tenureStates], {
      description: 'Where the tenure stands on chain, at the finalised block mirrored last.',
    }),
    endReason: Type.Optional(endReason('Why the tenure ended.')),
    suspend: Type.Optional(
      Type.Boolean({
        description:
          'Set by a person: the operator looks and reports, and touches nothing until it is false again. Default false.',
      }),
    ),
  },
  { description: 'What to run for one tenure.' },
);

/** Ids and jobs a reactor wants to find again. Its content is the reactor's own. */
const memo = Type.Unsafe<Memo>(
  Type.Object(
    {},
    {
      'x-kubernetes-preserve-unknown-fields': true,
      maxProperties: 64,
      description: 'What the backend wants to find again: ids and jobs. At most 8 KiB.',
    },
  ),
);

const realisation = Type.Object(
  {
    reactor: Type.Optional(
      Type.Object(
        {
          name: objectName('Name of the Reactor.'),
          kind: Type.String({ maxLength: 63, description: 'Which backend it is, for instance `helm`.' }),
        },
        { description: 'The Reactor that realises it. Stays the same for the life of the tenure.' },
      ),
    ),
    name: Type.Optional(objectName('Name of everything made for it in the backend: namespace, release, VM.')),
    descriptorHash: Type.Optional(hex32('Hash of the descriptor that was realised last.')),
    intent: Type.Optional(
      Type.Object(
        {
          action: Type.Enum(['Create'], { description: 'The step that cannot be repeated blindly.' }),
          at: timestamp('When it was recorded.'),
          attempt: u32('1 for the first of this tenure.'),
        },
        { description: 'Written before the step is taken, so that a lost reply is looked for and not sent twice.' },
      ),
    ),
    memo: Type.Optional(memo),
    failures: Type.Optional(u32('How often in a row it has failed.')),
    retryAfter: Type.Optional(timestamp('No further attempt before then.')),
    since: Type.Optional(timestamp('When something was first made for it.')),
  },
  { description: 'What was made for it, and what the next attempt must know.' },
);

const updateVerdict = Type.Object(
  {
    hash: hex32('Hash of the descriptor that was looked at.'),
    verdict: Type.Enum(['Acceptable', 'Refused'], {
      description: 'Whether it can be realised in place of the present one.',
    }),
    reason: Type.String({ maxLength: 64, description: 'Why it was refused: a reason of docs/reasons.md.' }),
    message: sentence('The same in words.'),
  },
  { description: 'What the operator thinks of the descriptor in spec.update.' },
);

const DeploymentStatusSchema = Type.Object(
  {
    ...statusBasics,
    message: Type.Optional(sentence('What is up, what is awaited.')),
    endpoints: Type.Optional(
      Type.Array(
        Type.Object({
          name: Type.String({ minLength: 1, maxLength: 63, description: 'What it is, for instance `rpc` or `ssh`.' }),
          address: Type.String({ minLength: 1, maxLength: 512, description: 'URL, or `host:port`.' }),
        }),
        { maxItems: 64, 'x-kubernetes-list-type': 'atomic', description: 'Where the consumer reaches it.' },
      ),
    ),
    update: Type.Optional(updateVerdict),
    realisation: Type.Optional(realisation),
    lastTransitionTime: Type.Optional(timestamp('When Ready last changed.')),
  },
  { description: 'How it goes.', ...statusDefault },
);

/** What to run for one tenure: spec written by the bridge, status by the controller. */
export type Deployment = Resource<'Deployment', DeploymentSpec, DeploymentStatus>;
export type DeploymentSpec = DeepReadonly<Static<typeof DeploymentSpecSchema>>;
export type DeploymentStatus = DeepReadonly<Static<typeof DeploymentStatusSchema>>;

export const deploymentDefinition = {
  group: GROUP,
  version: VERSION,
  plural: 'deployments',
  singular: 'deployment',
  kind: 'Deployment',
  shortName: 'ddep',
  namespaced: true,
  description: 'What to run for one tenure of a subscription, and how it goes. Made by the operator for each award.',
  spec: DeploymentSpecSchema,
  status: DeploymentStatusSchema,
  columns: [
    { name: 'Type', type: 'string', jsonPath: '.spec.descriptorType', description: 'Descriptor type.' },
    { name: 'Chain', type: 'string', jsonPath: '.spec.state', description: 'State of the tenure on chain.' },
    readyColumn,
    reasonColumn,
    {
      name: 'Since',
      type: 'date',
      jsonPath: '.status.lastTransitionTime',
      description: 'Time since Ready last changed.',
    },
    {
      name: 'Endpoint',
      type: 'string',
      jsonPath: '.status.endpoints[0].address',
      description: 'Where the consumer reaches it: the first of its endpoints.',
    },
    ageColumn,
    { name: 'Consumer', type: 'string', jsonPath: '.spec.consumer', description: 'For whom it runs.', priority: 1 },
    {
      name: 'Subscription',
      type: 'string',
      jsonPath: '.spec.subscription',
      description: 'Number of the subscription on chain.',
      priority: 1,
    },
    { name: 'Tenure', type: 'integer', jsonPath: '.spec.tenure', description: 'Number of the award.', priority: 1 },
    {
      name: 'Backend',
      type: 'string',
      jsonPath: '.status.realisation.reactor.kind',
      description: 'Backend it runs in.',
      priority: 1,
    },
    {
      name: 'Backend Name',
      type: 'string',
      jsonPath: '.status.realisation.name',
      description: 'Its name in the backend: namespace, release, VM.',
      priority: 1,
    },
    messageColumn,
  ],
  selectableFields: ['.spec.subscription', '.spec.providerRef.name', '.spec.consumer', '.spec.state'],
} as const satisfies Definition;

/** Where the API has them. */
export const deployments = addressOf<Deployment>(deploymentDefinition);
