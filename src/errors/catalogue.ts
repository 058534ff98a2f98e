/** One reason: how the operator treats it, what it means, what the reader can do. */
export interface CatalogueEntry {
  /** `condition` entries are states, never raised as an error. */
  readonly family: 'retryable' | 'terminal' | 'refused' | 'condition';
  /** One sentence for docs/reasons.md. */
  readonly summary: string;
  readonly remedy: string;
  /**
   * The reason code the chain hears when an award is declined or given up for this, in the provider's range
   * 10000 to 19999. Only for reasons that end a tenure.
   */
  readonly chainCode?: number;
}

/**
 * Every reason the operator can give. The key is the condition's reason, the event's reason, the metric's label and a
 * heading in docs/reasons.md; a test walks both lists.
 */
export const catalogue = {
  // Descriptors
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
    summary: 'The bytes received do not match the hash the consumer subscribed with.',
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
  DescriptorTypeNotOffered: {
    family: 'terminal',
    summary: 'This provider has no Offer for the descriptor type.',
    remedy: 'Create an Offer for the type, or withdraw it on chain.',
    chainCode: 10_007,
  },
  // Chain
  ChainUnreachable: {
    family: 'retryable',
    summary: 'No chain endpoint answers, or what answers is not a Substrate node.',
    remedy:
      'Check spec.chain.endpoints of the Provider and the network policy; the operator keeps trying each in turn.',
  },
  ChainStalled: {
    family: 'retryable',
    summary: 'The node is connected and reports no new finalised block.',
    remedy: 'Check the node; the operator has dropped the connection and tries the next endpoint.',
  },
  ChainGenesisMismatch: {
    family: 'retryable',
    summary: 'The node belongs to another chain than the one this Provider is on.',
    remedy: 'Correct spec.chain.endpoints. Nothing is touched meanwhile.',
  },
  ChainDiverged: {
    family: 'retryable',
    summary: 'The node does not know the last finalised block whose effects are in the cluster.',
    remedy: 'Point the Provider at a node of the same history. Nothing is touched meanwhile.',
  },
  ChainUndecodable: {
    family: 'retryable',
    summary: 'A reply of the chain could not be understood, for example after a runtime upgrade.',
    remedy: 'Upgrade the operator if it lasts. Nothing is skipped: the whole state is read again.',
  },
} as const satisfies Record<string, CatalogueEntry>;

/** A key of the catalogue. */
export type Reason = keyof typeof catalogue;

/** The reasons of one family: raising one under another family's type does not compile. */
export type ReasonOf<F extends CatalogueEntry['family']> = {
  [R in Reason]: (typeof catalogue)[R]['family'] extends F ? R : never;
}[Reason];

/** The entry of a reason. */
export function entryOf(reason: Reason): CatalogueEntry {
  return catalogue[reason];
}
