import { type Static, Type } from 'typebox';
import { addressOf, ageColumn, type Definition, messageColumn, readyColumn, reasonColumn } from './definition.ts';
import {
  descriptorTypeName,
  immutable,
  immutableRef,
  lastHandledReconcileAt,
  localRef,
  statusBasics,
  statusDefault,
  u32,
  u128String,
} from './fields.ts';
import { type DeepReadonly, GROUP, type Resource, VERSION } from './resource.ts';

const OfferSpecSchema = Type.Object(
  {
    providerRef: immutableRef('providerRef', 'The Provider that sells.'),
    descriptorType: descriptorTypeName(
      'What is sold: the name of a descriptor type on chain, for instance `helm/v1`. Cannot be changed.',
      immutable('descriptorType'),
    ),
    reactorRef: localRef('The Reactor that realises it. Tenures that run stay with the Reactor they were made by.'),
    pricePerBlock: u128String("Price of one block, in the chain's smallest unit. A change holds for new awards only."),
    capacity: u32('How many tenures may run at once. 0 takes no new awards.'),
  },
  { description: 'The desired offer on chain.' },
);

const OfferStatusSchema = Type.Object(
  {
    ...statusBasics,
    lastHandledReconcileAt,
    onChain: Type.Optional(
      Type.Object(
        {
          pricePerBlock: u128String("Price of one block, in the chain's smallest unit."),
          capacity: u32('How many tenures may run at once.'),
          used: u32('How many are awarded and not yet released.'),
        },
        { description: 'The offer on chain.' },
      ),
    ),
  },
  { description: 'The offer as it is.', ...statusDefault },
);

/** One thing a provider sells: written by people. */
export type Offer = Resource<'Offer', OfferSpec, OfferStatus>;
export type OfferSpec = DeepReadonly<Static<typeof OfferSpecSchema>>;
export type OfferStatus = DeepReadonly<Static<typeof OfferStatusSchema>>;

export const offerDefinition = {
  group: GROUP,
  version: VERSION,
  plural: 'offers',
  singular: 'offer',
  kind: 'Offer',
  shortName: 'doffer',
  namespaced: true,
  description:
    'One descriptor type sold by one Provider at a price, up to a capacity. The operator keeps it so on chain.',
  spec: OfferSpecSchema,
  status: OfferStatusSchema,
  columns: [
    { name: 'Type', type: 'string', jsonPath: '.spec.descriptorType', description: 'Descriptor type sold.' },
    { name: 'Price', type: 'string', jsonPath: '.spec.pricePerBlock', description: 'Price of one block.' },
    { name: 'Capacity', type: 'integer', jsonPath: '.spec.capacity', description: 'Tenures that may run at once.' },
    {
      name: 'Used',
      type: 'integer',
      jsonPath: '.status.onChain.used',
      description: 'Tenures awarded and not yet released.',
    },
    readyColumn,
    reasonColumn,
    ageColumn,
    {
      name: 'Provider',
      type: 'string',
      jsonPath: '.spec.providerRef.name',
      description: 'Provider that sells it.',
      priority: 1,
    },
    {
      name: 'Reactor',
      type: 'string',
      jsonPath: '.spec.reactorRef.name',
      description: 'Reactor that realises it.',
      priority: 1,
    },
    messageColumn,
  ],
  selectableFields: ['.spec.providerRef.name', '.spec.descriptorType', '.spec.reactorRef.name'],
} as const satisfies Definition;

/** Their address in the API. */
export const offers = addressOf<Offer>(offerDefinition);
