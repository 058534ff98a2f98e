// Auto-generated via `yarn polkadot-types-from-chain`, do not edit
/* eslint-disable */

// import type lookup before we augment - in some environments
// this is required to allow for ambient/previous definitions
import '@polkadot/api-base/types/errors';

import type { ApiTypes, AugmentedError } from '@polkadot/api-base/types';

export type __AugmentedError<ApiType extends ApiTypes> = AugmentedError<ApiType>;

declare module '@polkadot/api-base/types/errors' {
  interface AugmentedErrors<ApiType extends ApiTypes> {
    balances: {
      /**
       * Beneficiary account must pre-exist.
       **/
      DeadAccount: AugmentedError<ApiType>;
      /**
       * The delta cannot be zero.
       **/
      DeltaZero: AugmentedError<ApiType>;
      /**
       * Value too low to create account due to existential deposit.
       **/
      ExistentialDeposit: AugmentedError<ApiType>;
      /**
       * A vesting schedule already exists for this account.
       **/
      ExistingVestingSchedule: AugmentedError<ApiType>;
      /**
       * Transfer/payment would kill account.
       **/
      Expendability: AugmentedError<ApiType>;
      /**
       * Balance too low to send value.
       **/
      InsufficientBalance: AugmentedError<ApiType>;
      /**
       * The issuance cannot be modified since it is already deactivated.
       **/
      IssuanceDeactivated: AugmentedError<ApiType>;
      /**
       * Account liquidity restrictions prevent withdrawal.
       **/
      LiquidityRestrictions: AugmentedError<ApiType>;
      /**
       * Number of freezes exceed `MaxFreezes`.
       **/
      TooManyFreezes: AugmentedError<ApiType>;
      /**
       * Number of holds exceed `VariantCountOf<T::RuntimeHoldReason>`.
       **/
      TooManyHolds: AugmentedError<ApiType>;
      /**
       * Number of named reserves exceed `MaxReserves`.
       **/
      TooManyReserves: AugmentedError<ApiType>;
      /**
       * Vesting balance too high to send value.
       **/
      VestingBalance: AugmentedError<ApiType>;
    };
    preimage: {
      /**
       * Preimage has already been noted on-chain.
       **/
      AlreadyNoted: AugmentedError<ApiType>;
      /**
       * The user is not authorized to perform this action.
       **/
      NotAuthorized: AugmentedError<ApiType>;
      /**
       * The preimage cannot be removed since it has not yet been noted.
       **/
      NotNoted: AugmentedError<ApiType>;
      /**
       * The preimage request cannot be removed since no outstanding requests exist.
       **/
      NotRequested: AugmentedError<ApiType>;
      /**
       * A preimage may not be removed when there are outstanding requests.
       **/
      Requested: AugmentedError<ApiType>;
      /**
       * Preimage is too large to store on-chain.
       **/
      TooBig: AugmentedError<ApiType>;
      /**
       * Too few hashes were requested to be upgraded (i.e. zero).
       **/
      TooFew: AugmentedError<ApiType>;
      /**
       * More than `MAX_HASH_UPGRADE_BULK_COUNT` hashes were requested to be upgraded at once.
       **/
      TooMany: AugmentedError<ApiType>;
    };
    provider: {
      /**
       * The account already owns or operates a provider.
       **/
      AlreadyProvider: AugmentedError<ApiType>;
      /**
       * An offer must accept one strategy at least, and only known ones.
       **/
      BadStrategies: AugmentedError<ApiType>;
      /**
       * The name is empty or has characters other than `a-z 0-9 . _ - /`.
       **/
      BadTypeName: AugmentedError<ApiType>;
      /**
       * A capacity above `MaxCapacity`.
       **/
      CapacityTooLarge: AugmentedError<ApiType>;
      /**
       * A capacity of zero: remove the offer instead.
       **/
      CapacityZero: AugmentedError<ApiType>;
      /**
       * The document is empty or longer than `MaxContentLen`.
       **/
      ContentLength: AugmentedError<ApiType>;
      /**
       * The provider is leaving.
       **/
      Leaving: AugmentedError<ApiType>;
      /**
       * The provider is paused or leaving already.
       **/
      NotActive: AugmentedError<ApiType>;
      /**
       * The type was not offered to this account.
       **/
      NotHeir: AugmentedError<ApiType>;
      /**
       * The notice period is over: the provider is not heard any more.
       **/
      NoticeOver: AugmentedError<ApiType>;
      /**
       * The provider is not leaving.
       **/
      NotLeaving: AugmentedError<ApiType>;
      /**
       * The account is the owner, not an operator beside it.
       **/
      NotOperator: AugmentedError<ApiType>;
      /**
       * The provider is neither paused nor leaving.
       **/
      NotPaused: AugmentedError<ApiType>;
      /**
       * The account neither owns nor operates a provider.
       **/
      NotProvider: AugmentedError<ApiType>;
      /**
       * Only the owner of the provider may do this.
       **/
      NotProviderOwner: AugmentedError<ApiType>;
      /**
       * Only the owner of the type may do this.
       **/
      NotTypeOwner: AugmentedError<ApiType>;
      /**
       * A counter would overflow.
       **/
      Overflow: AugmentedError<ApiType>;
      /**
       * The noted preimage has another length than was given.
       **/
      PreimageLength: AugmentedError<ApiType>;
      /**
       * The preimage is not noted on this chain.
       **/
      PreimageMissing: AugmentedError<ApiType>;
      /**
       * A price above `MaxPrice`.
       **/
      PriceTooHigh: AugmentedError<ApiType>;
      /**
       * A price of zero.
       **/
      PriceZero: AugmentedError<ApiType>;
      /**
       * Tenures of the provider are not released yet.
       **/
      StillLive: AugmentedError<ApiType>;
      /**
       * The provider has `MaxOffers` offers.
       **/
      TooManyOffers: AugmentedError<ApiType>;
      /**
       * The type has `MaxProvidersPerType` providers.
       **/
      TooManyProviders: AugmentedError<ApiType>;
      /**
       * The provider has `MaxRules` consumer rules.
       **/
      TooManyRules: AugmentedError<ApiType>;
      /**
       * A type of this name exists, or existed and was retired.
       **/
      TypeExists: AugmentedError<ApiType>;
      /**
       * The type is retired.
       **/
      TypeRetired: AugmentedError<ApiType>;
      /**
       * The provider has no offer for the type.
       **/
      UnknownOffer: AugmentedError<ApiType>;
      /**
       * No provider has this id.
       **/
      UnknownProvider: AugmentedError<ApiType>;
      /**
       * No type has this name.
       **/
      UnknownType: AugmentedError<ApiType>;
    };
    proxy: {
      /**
       * Account is already a proxy.
       **/
      Duplicate: AugmentedError<ApiType>;
      /**
       * Call may not be made by proxy because it may escalate its privileges.
       **/
      NoPermission: AugmentedError<ApiType>;
      /**
       * Cannot add self as proxy.
       **/
      NoSelfProxy: AugmentedError<ApiType>;
      /**
       * Proxy registration not found.
       **/
      NotFound: AugmentedError<ApiType>;
      /**
       * Sender is not a proxy of the account to be proxied.
       **/
      NotProxy: AugmentedError<ApiType>;
      /**
       * There are too many proxies registered or too many announcements pending.
       **/
      TooMany: AugmentedError<ApiType>;
      /**
       * Announcement, if made at all, was made too recently.
       **/
      Unannounced: AugmentedError<ApiType>;
      /**
       * A call which is incompatible with the proxy type's filter was attempted.
       **/
      Unproxyable: AugmentedError<ApiType>;
    };
    subscription: {
      /**
       * An amount of zero.
       **/
      AmountZero: AugmentedError<ApiType>;
      /**
       * The grace is not between `MinGrace` and `MaxGrace`.
       **/
      GraceOutOfBounds: AugmentedError<ApiType>;
      /**
       * A highest price of zero.
       **/
      MaxPriceZero: AugmentedError<ApiType>;
      /**
       * No provider can take the subscription now.
       **/
      NoProviderEligible: AugmentedError<ApiType>;
      /**
       * Only the consumer may do this.
       **/
      NotConsumer: AugmentedError<ApiType>;
      /**
       * Nothing was earned since the last time.
       **/
      NothingEarned: AugmentedError<ApiType>;
      /**
       * The provider was heard of recently enough.
       **/
      NotLost: AugmentedError<ApiType>;
      /**
       * There is no update to answer.
       **/
      NoUpdate: AugmentedError<ApiType>;
      /**
       * A counter or an amount would overflow.
       **/
      Overflow: AugmentedError<ApiType>;
      /**
       * Providers may give reasons from 10000 to 19999 only.
       **/
      ReasonOutOfRange: AugmentedError<ApiType>;
      /**
       * The subscription has this descriptor, and no update to take back.
       **/
      SameContent: AugmentedError<ApiType>;
      /**
       * The provider still has time to release the tenure.
       **/
      TooEarly: AugmentedError<ApiType>;
      /**
       * No subscription has this id.
       **/
      UnknownSubscription: AugmentedError<ApiType>;
      /**
       * The provider has no such tenure.
       **/
      UnknownTenure: AugmentedError<ApiType>;
      /**
       * The update is another one by now.
       **/
      UpdateChanged: AugmentedError<ApiType>;
      /**
       * The subscription or the tenure is not in a state that allows this.
       **/
      WrongState: AugmentedError<ApiType>;
    };
    sudo: {
      /**
       * Sender must be the Sudo account.
       **/
      RequireSudo: AugmentedError<ApiType>;
    };
    system: {
      /**
       * The origin filter prevent the call to be dispatched.
       **/
      CallFiltered: AugmentedError<ApiType>;
      /**
       * Failed to extract the runtime version from the new runtime.
       * 
       * Either calling `Core_version` or decoding `RuntimeVersion` failed.
       **/
      FailedToExtractRuntimeVersion: AugmentedError<ApiType>;
      /**
       * The name of specification does not match between the current runtime
       * and the new runtime.
       **/
      InvalidSpecName: AugmentedError<ApiType>;
      /**
       * A multi-block migration is ongoing and prevents the current code from being replaced.
       **/
      MultiBlockMigrationsOngoing: AugmentedError<ApiType>;
      /**
       * Suicide called when the account has non-default composite data.
       **/
      NonDefaultComposite: AugmentedError<ApiType>;
      /**
       * There is a non-zero reference count preventing the account from being purged.
       **/
      NonZeroRefCount: AugmentedError<ApiType>;
      /**
       * No upgrade authorized.
       **/
      NothingAuthorized: AugmentedError<ApiType>;
      /**
       * The specification version is not allowed to decrease between the current runtime
       * and the new runtime.
       **/
      SpecVersionNeedsToIncrease: AugmentedError<ApiType>;
      /**
       * The submitted code is not authorized.
       **/
      Unauthorized: AugmentedError<ApiType>;
    };
    utility: {
      /**
       * Too many calls batched.
       **/
      TooManyCalls: AugmentedError<ApiType>;
    };
  } // AugmentedErrors
} // declare module
