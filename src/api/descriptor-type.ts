import { type Static, Type } from 'typebox';
import { addressOf, ageColumn, type Definition, messageColumn, readyColumn, reasonColumn } from './definition.ts';
import {
  account,
  descriptorTypeName,
  hex32,
  immutable,
  lastHandledReconcileAt,
  statusBasics,
  statusDefault,
  u32,
} from './fields.ts';
import { type DeepReadonly, GROUP, type Resource, VERSION } from './resource.ts';

/** Largest schema a DescriptorType carries, in bytes: as large as a descriptor may be. */
const MAX_SCHEMA_BYTES = 256 * 1024;

const DescriptorTypeSpecSchema = Type.Object(
  {
    genesisHash: hex32('Genesis hash of the chain the type is registered on.', immutable('genesisHash')),
    name: descriptorTypeName('Name on chain, for instance `helm/v1`.', immutable('name')),
    owner: account('The account that may change the type.'),
    version: u32('Version of the schema; grows with each change.'),
    schemaHash: hex32('blake2-256 of the bytes of `schema`.'),
    schema: Type.String({
      maxLength: MAX_SCHEMA_BYTES,
      description: 'JSON Schema of the descriptors, as text: its bytes have the hash above.',
    }),
    retired: Type.Boolean({ default: false, description: 'True: no new subscriptions of this type.' }),
  },
  { description: 'The type on chain.' },
);

const DescriptorTypeStatusSchema = Type.Object(
  { ...statusBasics, lastHandledReconcileAt },
  { description: 'Whether the type can be used.', ...statusDefault },
);

/** A descriptor type of a chain: written by the bridge. */
export type DescriptorType = Resource<'DescriptorType', DescriptorTypeSpec, DescriptorTypeStatus>;
export type DescriptorTypeSpec = DeepReadonly<Static<typeof DescriptorTypeSpecSchema>>;
export type DescriptorTypeStatus = DeepReadonly<Static<typeof DescriptorTypeStatusSchema>>;

export const descriptorTypeDefinition = {
  group: GROUP,
  version: VERSION,
  plural: 'descriptortypes',
  singular: 'descriptortype',
  kind: 'DescriptorType',
  shortName: 'dtype',
  namespaced: false,
  description:
    'A descriptor type registered on a chain, and the JSON Schema of its descriptors. Mirrored by the operator.',
  spec: DescriptorTypeSpecSchema,
  status: DescriptorTypeStatusSchema,
  columns: [
    { name: 'Type', type: 'string', jsonPath: '.spec.name', description: 'Name on chain.' },
    { name: 'Version', type: 'integer', jsonPath: '.spec.version', description: 'Version of the schema.' },
    readyColumn,
    reasonColumn,
    { name: 'Retired', type: 'string', jsonPath: '.spec.retired', description: 'No new subscriptions.' },
    ageColumn,
    { name: 'Owner', type: 'string', jsonPath: '.spec.owner', description: 'Account that may change it.', priority: 1 },
    { name: 'Genesis', type: 'string', jsonPath: '.spec.genesisHash', description: 'Chain it is on.', priority: 1 },
    messageColumn,
  ],
  selectableFields: ['.spec.name', '.spec.genesisHash'],
} as const satisfies Definition;

/** Their address in the API. */
export const descriptorTypes = addressOf<DescriptorType>(descriptorTypeDefinition);
