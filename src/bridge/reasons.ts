import type { FamiliesOf, Reasons } from '../errors/catalogue.ts';

/** Reasons of Providers, Offers and Subscriptions, and of what the source of awards is told. */
export const bridgeReasons = {
  AccountSecretMissing: {
    family: 'retryable',
    summary: "The Secret with the provider's account is missing, or lacks the key.",
    remedy: 'Create the Secret that spec.accountSecretRef of the Provider names.',
  },
  AccountSecretInvalid: {
    family: 'retryable',
    summary: 'The Secret with the account or the access key of the provider holds something else.',
    remedy: 'Put a mnemonic, a hex seed or a derivation path into the Secret; the message names the key.',
  },
  ConsumerInvalid: {
    family: 'retryable',
    summary: 'An account in the consumer policy of the Provider is mistyped.',
    remedy: 'Correct the account that the message names. Until then the policy holds for the others.',
  },
  ProviderChanged: {
    family: 'retryable',
    summary: 'The account acts for another provider on chain than the one the resource was registered as, or for none.',
    remedy:
      'Put the account back into the Secret, or have the owner name the new one on chain. A provider that has left is registered anew with a new Provider resource.',
  },
  AccountInUse: {
    family: 'refused',
    summary: 'An older Provider resource already serves this account on the same chain.',
    remedy: 'Delete one of the two Providers, or give this one an account of its own.',
  },
  InUse: {
    family: 'condition',
    summary: 'It is being deleted, and tenants depend on it: it stays until the last of them is gone.',
    remedy: 'Wait for the tenures to end; the message says how many are left. Nothing new is sold meanwhile.',
  },
  MirrorComplete: {
    family: 'condition',
    summary: 'Every award of the Provider is mirrored in the cluster.',
    remedy: 'Nothing to do.',
  },
  MirrorIncomplete: {
    family: 'condition',
    summary: 'Some objects of the mirror could not be written; all others go on.',
    remedy: 'The message names the first and why; the API server may refuse it, or an admission policy may.',
  },
  Registering: {
    family: 'condition',
    summary: 'The chain is being told of the Provider or the Offer.',
    remedy: 'Nothing to do.',
  },
  Registered: {
    family: 'condition',
    summary: 'The chain says of the Provider or the Offer what its resource says.',
    remedy: 'Nothing to do.',
  },
  Withdrawn: {
    family: 'condition',
    summary: 'The Offer has no capacity and is withdrawn from the chain; what runs goes on.',
    remedy: 'Raise spec.capacity to take awards again.',
  },
  OfferDuplicate: {
    family: 'condition',
    summary: 'An older Offer of the same Provider sells the same descriptor type; a chain has one offer for each.',
    remedy: 'Delete one of the two Offers.',
  },
  ProviderMissing: {
    family: 'condition',
    summary: 'The Offer names a Provider that does not exist in its namespace.',
    remedy: 'Create the Provider, or correct spec.providerRef.',
  },
  ReactorTypeUnsupported: {
    family: 'condition',
    summary: 'The Reactor that the Offer names does not realise descriptors of that type, so the Offer is not sold.',
    remedy: 'Name a Reactor of the right kind in spec.reactorRef, or correct spec.descriptorType.',
  },
  DescriptorTypeNotOnChain: {
    family: 'condition',
    summary: 'Nobody has registered the descriptor type of the Offer on the chain.',
    remedy: 'Register the type (dinfra type register), or correct spec.descriptorType.',
  },
  TeardownHeld: {
    family: 'condition',
    summary:
      'More tenures ended at once than the Provider lets be torn down within an hour: the rest waits for a person.',
    remedy:
      'Look at what waits; set spec.teardown.approvedUntil of the Provider to a time in the near future to let it go on.',
  },
  CallRefused: {
    family: 'retryable',
    summary: 'The chain refused a call of the provider; the message has its name for why.',
    remedy: 'Look up the error in docs/chain.md. The call is sent again, later each time, while it is needed.',
  },
  Told: {
    family: 'condition',
    summary: 'The chain has been told; the message says what and in which block.',
    remedy: 'Nothing to do.',
  },
} as const satisfies Reasons;

declare module '../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof bridgeReasons> {}
}
