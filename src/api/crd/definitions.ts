import type { Definition } from '../definition.ts';
import { deploymentDefinition } from '../deployment.ts';
import { descriptorTypeDefinition } from '../descriptor-type.ts';
import { offerDefinition } from '../offer.ts';
import { providerDefinition } from '../provider.ts';
import { reactorDefinition } from '../reactor.ts';
import { subscriptionDefinition } from '../subscription.ts';

/** Every kind of the API, in the order of the docs. */
export const definitions: readonly Definition[] = [
  providerDefinition,
  offerDefinition,
  reactorDefinition,
  descriptorTypeDefinition,
  subscriptionDefinition,
  deploymentDefinition,
];
