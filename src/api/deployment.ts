import { type Static, Type } from 'typebox';
import { tenureStates } from '../award/award.ts';
import type { Tenure } from '../award/identity.ts';
import type { Json } from '../base/json.ts';
import { addressOf, ageColumn, type Definition, messageColumn, readyColumn, reasonColumn } from './definition.ts';
import {
  account,
  contentRef,
  descriptorTypeName,
  endReason,
  form,
  hex32,
  immutable,
  immutableNumber,
  lastHandledReconcileAt,
  localRef,
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
    part: Type.Optional(
      Type.String({
        maxLength: 20,
        description:
          'Which of several Deployments of the award it is. Absent when one Deployment realises the whole award.',
        ...form('[a-z0-9]([-a-z0-9]*[a-z0-9])?', 'must be a lower-case RFC 1123 label', immutable('part')),
      }),
    ),
    subscriptionRef: localRef('The Subscription it belongs to.'),
    providerRef: localRef('The Provider that runs it. Changes when the Provider resource is renamed.'),
    reactorRef: Type.Optional(
      localRef(
        'The Reactor that realises it: that of the Offer that was sold, recorded with the award. Absent while it is looked for, after the cluster was restored without this object.',
      ),
    ),
    consumer: account('The account it runs for.', immutable('consumer')),
    accessKey: hex32("The consumer's ed25519 access key.", immutable('accessKey')),
    descriptorType: descriptorTypeName('Type of the descriptor.', immutable('descriptorType')),
    descriptor: contentRef('What to run.'),
    accepted: Type.Optional(
      Type.Object(
        {
          hash: hex32('blake2-256 of the descriptor that was validated.'),
          schemaVersion: u32('Version of the schema it was validated against. Later versions do not matter to it.'),
          contentRef: localRef('The ConfigMap that keeps the bytes of the descriptor in the cluster.'),
        },
        {
          description:
            'The descriptor as it was accepted: validated once, its bytes kept in the cluster, so that nothing outside can change what runs.',
        },
      ),
    ),
    update: Type.Optional(
      contentRef('What the consumer wants to run instead. The operator accepts or declines it on chain.'),
    ),
    state: Type.Enum([...tenureStates], {
      description: 'State of the tenure on chain, at the last mirrored finalised block.',
    }),
    endReason: Type.Optional(endReason('Why the tenure ended.')),
    suspend: Type.Optional(
      Type.Boolean({
        description:
          'Set by a person: the operator observes and reports, and changes nothing until it is false again. Default false.',
      }),
    ),
  },
  { description: 'What to run for one tenure.' },
);

/** Ids and jobs a reactor stores. Opaque to everything but the reactor. */
const memo = Type.Unsafe<{ readonly [key: string]: Json }>(
  Type.Object(
    {},
    {
      'x-kubernetes-preserve-unknown-fields': true,
      maxProperties: 64,
      description: 'What the reactor stores between reconciles: ids and jobs. At most 8 KiB.',
    },
  ),
);

const realisation = Type.Object(
  {
    reactor: Type.Optional(
      Type.Object(
        {
          name: objectName('Name of the Reactor.'),
          kind: Type.String({ maxLength: 63, description: 'Kind of the backend, for instance `helm`.' }),
        },
        { description: 'The Reactor that realises it. Stays the same for the life of the tenure.' },
      ),
    ),
    name: Type.Optional(objectName('Name of everything created for it in the backend: namespace, release, VM.')),
    descriptorHash: Type.Optional(hex32('Hash of the descriptor that was realised last.')),
    intent: Type.Optional(
      Type.Object(
        {
          action: Type.Enum(['Create'], { description: 'The step that cannot be repeated blindly.' }),
          at: timestamp('When it was recorded.'),
          attempt: u32('1 for the first of this tenure.'),
        },
        {
          description:
            'Written before the step, so that after a lost reply its result is looked for and the step is not repeated.',
        },
      ),
    ),
    memo: Type.Optional(memo),
    failures: Type.Optional(u32('Consecutive failures.')),
    retryAfter: Type.Optional(timestamp('No further attempt before then.')),
    since: Type.Optional(timestamp('When something was first made for it.')),
  },
  { description: 'What was created for it, and what the next attempt must know.' },
);

/** The facts the bridge reports from. Reasons and messages are for people, these fields are for programs. */
const facts = Type.Object(
  {
    order: Type.Enum(['Realisable', 'Impossible', 'Undecided'], {
      description: 'Whether what was ordered can be realised here.',
    }),
    orderSince: timestamp('When `order` last changed.'),
    workload: Type.Enum(['Absent', 'Up', 'Down', 'Unseen'], {
      description: 'State of the workload. `Unseen`: its backend cannot be reached, which proves nothing.',
    }),
    workloadSince: timestamp('When `workload` last changed.'),
    reasonCode: Type.Optional(
      Type.Integer({
        format: 'int32',
        minimum: 10_000,
        maximum: 19_999,
        description: 'The reason code for the chain if it has to be declined or degraded now.',
      }),
    ),
    released: Type.Boolean({ description: 'True on proof that nothing of this tenure is left in the backend.' }),
  },
  { description: 'What is known about the tenure, for programs: reports to the chain follow from it.' },
);

const accepted = Type.Object(
  {
    hash: hex32('blake2-256 of the descriptor.'),
    schemaVersion: u32('Version of the schema it was validated against.'),
    contentRef: localRef('The ConfigMap that keeps its bytes.'),
  },
  { description: 'The descriptor that was validated and pinned last. Copied to `spec.accepted` with the acceptance.' },
);

const updateVerdict = Type.Object(
  {
    hash: hex32('Hash of the descriptor that was looked at.'),
    verdict: Type.Enum(['Acceptable', 'Refused'], {
      description: 'Whether it can replace the current one.',
    }),
    reason: Type.String({ maxLength: 64, description: 'Why it was refused: a reason of docs/reasons.md.' }),
    reasonCode: Type.Optional(
      Type.Integer({
        format: 'int32',
        minimum: 10_000,
        maximum: 19_999,
        description: 'The reason code for the chain with the refusal.',
      }),
    ),
    message: sentence('The same in words.'),
  },
  { description: 'The verdict on the descriptor in spec.update.' },
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
    access: Type.Optional(
      Type.String({
        maxLength: 4096,
        pattern: '^[A-Za-z0-9+/]*={0,2}$',
        description: 'Access data for the consumer, sealed to the access key: Base64. Opaque to everybody else.',
      }),
    ),
    facts: Type.Optional(facts),
    accepted: Type.Optional(accepted),
    lastHandledReconcileAt,
    update: Type.Optional(updateVerdict),
    realisation: Type.Optional(realisation),
    lastTransitionTime: Type.Optional(timestamp('When Ready last changed.')),
  },
  { description: 'Observed state of the tenure.', ...statusDefault },
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
  description: 'What to run for one tenure of a subscription, and its status. Created by the operator for each award.',
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

/** Their address in the API. */
export const deployments = addressOf<Deployment>(deploymentDefinition);

/** The award a Deployment, or a part of it, realises. */
export function tenureOf({ spec: { genesisHash, subscription, tenure, part } }: Pick<Deployment, 'spec'>): Tenure {
  return { genesis: genesisHash, subscription: BigInt(subscription), tenure, ...(part !== undefined && { part }) };
}
