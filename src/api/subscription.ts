import { type Static, Type } from 'typebox';
import { tenureStates } from '../award/award.ts';
import { addressOf, ageColumn, type Definition, messageColumn, readyColumn, reasonColumn } from './definition.ts';
import {
  account,
  contentRef,
  descriptorTypeName,
  endReason,
  hex32,
  immutable,
  lastHandledReconcileAt,
  localRef,
  statusBasics,
  statusDefault,
  u32,
  u64String,
  u128String,
} from './fields.ts';
import { type DeepReadonly, GROUP, type Resource, VERSION } from './resource.ts';

const SubscriptionSpecSchema = Type.Object(
  {
    genesisHash: hex32('Genesis hash of the chain.', immutable('genesisHash')),
    id: u64String('Number of the subscription on that chain.', immutable('id')),
    providerRef: localRef('The Provider it is awarded to. Changes when the Provider resource is renamed.'),
    consumer: account('The account that subscribed and pays.', immutable('consumer')),
    descriptorType: descriptorTypeName('Descriptor type subscribed to.', immutable('descriptorType')),
    descriptor: contentRef('What the consumer wants to run.'),
    pricePerBlock: u128String("Price of one block, in the chain's smallest unit."),
    state: Type.Enum(['Pending', ...tenureStates], {
      description: 'State of the agreement at the last mirrored finalised block.',
    }),
    tenure: u32('The award this is about: 1 for the first.'),
    paidUntilBlock: Type.Optional(
      u32('Block at which the funds run out, as things are. Absent while nothing is paid.'),
    ),
    endReason: Type.Optional(endReason('Why it ended.')),
  },
  { description: 'The agreement on chain.' },
);

const SubscriptionStatusSchema = Type.Object(
  {
    ...statusBasics,
    lastHandledReconcileAt,
    deploymentRef: Type.Optional(localRef('The Deployment of the current tenure.')),
  },
  { description: 'The status of the tenure.', ...statusDefault },
);

/** An agreement on chain: written by the bridge. */
export type Subscription = Resource<'Subscription', SubscriptionSpec, SubscriptionStatus>;
export type SubscriptionSpec = DeepReadonly<Static<typeof SubscriptionSpecSchema>>;
export type SubscriptionStatus = DeepReadonly<Static<typeof SubscriptionStatusSchema>>;

export const subscriptionDefinition = {
  group: GROUP,
  version: VERSION,
  plural: 'subscriptions',
  singular: 'subscription',
  kind: 'Subscription',
  shortName: 'dsub',
  namespaced: true,
  description: 'An agreement of a consumer with a Provider on chain. Mirrored by the operator.',
  spec: SubscriptionSpecSchema,
  status: SubscriptionStatusSchema,
  columns: [
    { name: 'Id', type: 'string', jsonPath: '.spec.id', description: 'Number of the subscription on chain.' },
    { name: 'Type', type: 'string', jsonPath: '.spec.descriptorType', description: 'Descriptor type.' },
    { name: 'Chain', type: 'string', jsonPath: '.spec.state', description: 'State on chain.' },
    readyColumn,
    reasonColumn,
    {
      name: 'Paid Until',
      type: 'integer',
      jsonPath: '.spec.paidUntilBlock',
      description: 'Block at which the funds run out.',
    },
    ageColumn,
    { name: 'Price', type: 'string', jsonPath: '.spec.pricePerBlock', description: 'Price of one block.', priority: 1 },
    { name: 'Tenure', type: 'integer', jsonPath: '.spec.tenure', description: 'Number of the award.', priority: 1 },
    {
      name: 'Deployment',
      type: 'string',
      jsonPath: '.status.deploymentRef.name',
      description: 'Deployment of the current tenure.',
      priority: 1,
    },
    { name: 'Consumer', type: 'string', jsonPath: '.spec.consumer', description: 'Account that pays.', priority: 1 },
    messageColumn,
  ],
  selectableFields: ['.spec.id', '.spec.providerRef.name', '.spec.consumer', '.spec.state'],
} as const satisfies Definition;

/** Their address in the API. */
export const subscriptions = addressOf<Subscription>(subscriptionDefinition);
