import type { FamiliesOf, Reasons } from '../errors/catalogue.ts';

/** Reasons of descriptors and of the schemas of their types. */
export const descriptorReasons = {
  DescriptorMissing: {
    family: 'terminal',
    summary: 'The descriptor could not be found under its hash at any configured source.',
    remedy: 'Note the preimage on chain, or pin the descriptor where the provider can fetch it, and subscribe again.',
    chainCode: 10_001,
  },
  DescriptorTooLarge: {
    family: 'terminal',
    summary: 'The descriptor is larger than 256 KiB.',
    remedy: 'Move large parts (charts, images, data) out of the descriptor and refer to them.',
    chainCode: 10_002,
  },
  DescriptorHashMismatch: {
    family: 'terminal',
    summary: 'The received bytes do not match the hash with which the consumer subscribed.',
    remedy: 'Publish the original bytes again, or subscribe with the hash of the new ones.',
    chainCode: 10_003,
  },
  DescriptorNotJson: {
    family: 'terminal',
    summary: 'The descriptor is not a JSON document.',
    remedy: 'Correct the descriptor and subscribe again.',
    chainCode: 10_004,
  },
  DescriptorSchema: {
    family: 'terminal',
    summary: 'The descriptor does not match the JSON Schema of its type.',
    remedy: 'Correct the field named in the message and subscribe again.',
    chainCode: 10_005,
  },
  DescriptorUnreachable: {
    family: 'retryable',
    summary: 'No source of descriptors answered.',
    remedy: 'Nothing to do if it is brief; otherwise check the chain endpoints and IPFS gateways of the Provider.',
  },
  DescriptorTypeUnknown: {
    family: 'terminal',
    summary: 'The descriptor type is not registered on chain, or its schema cannot be used.',
    remedy: 'The owner of the type has to publish a valid schema.',
    chainCode: 10_006,
  },
} as const satisfies Reasons;

declare module '../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof descriptorReasons> {}
}
