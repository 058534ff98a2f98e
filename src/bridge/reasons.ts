import type { FamiliesOf, Reasons } from '../errors/catalogue.ts';

/** Reasons of Providers, Offers, Subscriptions and of reports to the source of awards. */
export const bridgeReasons = {
  AccountSecretMissing: {
    family: 'retryable',
    summary: "The Secret with the provider's account is missing, or does not have the key.",
    remedy: 'Create the Secret that spec.accountSecretRef of the Provider names.',
  },
  AccountSecretInvalid: {
    family: 'retryable',
    summary: 'The Secret with the account or the access key of the provider does not contain a valid key.',
    remedy: 'Put a mnemonic, a hex seed or a derivation path into the Secret; the message names the key.',
  },
  ConsumerInvalid: {
    family: 'retryable',
    summary: 'An account in the consumer policy of the Provider is mistyped.',
    remedy: 'Correct the account that the message names. Until then the policy applies with the other accounts.',
  },
  ProviderChanged: {
    family: 'retryable',
    summary: 'On chain, the account no longer acts for the provider that this resource was registered as.',
    remedy:
      'Put the account back into the Secret, or have the owner name the new one on chain. To register again after the provider was removed from the chain, create a new Provider resource.',
  },
  AccountInUse: {
    family: 'refused',
    summary: 'An older Provider resource already serves this account on the same chain.',
    remedy: 'Delete one of the two Providers, or give this one an account of its own.',
  },
  InUse: {
    family: 'condition',
    summary: 'The resource is being deleted, and tenants depend on it: it stays until the last of them is gone.',
    remedy: 'Wait for the tenures to end; the message says how many are left. Nothing new is sold meanwhile.',
  },
  MirrorComplete: {
    family: 'condition',
    summary: 'Every award of the Provider is mirrored in the cluster.',
    remedy: 'Nothing to do.',
  },
  MirrorIncomplete: {
    family: 'condition',
    summary: 'Some objects of the mirror could not be written; all others are up to date.',
    remedy: 'The message names the first object and the error, for example a refusal by an admission policy.',
  },
  Registering: {
    family: 'condition',
    summary: 'The Provider or the Offer is being registered on chain.',
    remedy: 'Nothing to do.',
  },
  Registered: {
    family: 'condition',
    summary: 'The Provider or the Offer is registered on chain as its resource says.',
    remedy: 'Nothing to do.',
  },
  Withdrawn: {
    family: 'condition',
    summary: 'The Offer has no capacity and is withdrawn from the chain; running tenures are not affected.',
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
    summary: 'The descriptor type of the Offer is not registered on the chain.',
    remedy: 'Register the type (dinfra type register), or correct spec.descriptorType.',
  },
  TeardownHeld: {
    family: 'condition',
    summary:
      'More tenures ended at once than may be torn down within an hour: the rest waits for approval by a person.',
    remedy:
      'Check the tenures that wait, then set spec.teardown.approvedUntil of the Provider to a time in the near future.',
  },
  CallRefused: {
    family: 'retryable',
    summary: 'The chain refused a call of the provider; the message has the name of the error.',
    remedy: 'Look up the error in docs/chain.md. The call is sent again with backoff for as long as it is needed.',
  },
  Confirmed: {
    family: 'condition',
    summary: 'The report is final on chain; the message has the call and the block.',
    remedy: 'Nothing to do.',
  },
} as const satisfies Reasons;

declare module '../errors/catalogue.ts' {
  interface ReasonFamilies extends FamiliesOf<typeof bridgeReasons> {}
}
