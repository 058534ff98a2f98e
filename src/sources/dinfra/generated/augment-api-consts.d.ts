// Auto-generated via `yarn polkadot-types-from-chain`, do not edit
/* eslint-disable */

// import type lookup before we augment - in some environments
// this is required to allow for ambient/previous definitions
import '@polkadot/api-base/types/consts';

import type { ApiTypes, AugmentedConst } from '@polkadot/api-base/types';
import type { u128, u16, u32, u64, u8 } from '@polkadot/types-codec';
import type { Perbill } from '@polkadot/types/interfaces/runtime';
import type { FrameSystemLimitsBlockLength, FrameSystemLimitsBlockWeights, SpVersionRuntimeVersion, SpWeightsRuntimeDbWeight } from '@polkadot/types/lookup';

export type __AugmentedConst<ApiType extends ApiTypes> = AugmentedConst<ApiType>;

declare module '@polkadot/api-base/types/consts' {
  interface AugmentedConsts<ApiType extends ApiTypes> {
    aura: {
      /**
       * The slot duration Aura should run with, expressed in milliseconds.
       * 
       * The effective value of this type can be changed with a runtime upgrade.
       * 
       * For backwards compatibility either use [`MinimumPeriodTimesTwo`] or a const.
       **/
      slotDuration: u64 & AugmentedConst<ApiType>;
    };
    balances: {
      /**
       * The minimum amount required to keep an account open. MUST BE GREATER THAN ZERO!
       * 
       * If you *really* need it to be zero, you can enable the feature `insecure_zero_ed` for
       * this pallet. However, you do so at your own risk: this will open up a major DoS vector.
       * In case you have multiple sources of provider references, you may also get unexpected
       * behaviour if you set this to zero.
       * 
       * Bottom line: Do yourself a favour and make it at least one!
       **/
      existentialDeposit: u128 & AugmentedConst<ApiType>;
      /**
       * The maximum number of individual freeze locks that can exist on an account at any time.
       **/
      maxFreezes: u32 & AugmentedConst<ApiType>;
      /**
       * The maximum number of locks that should exist on an account.
       * Not strictly enforced, but used for weight estimation.
       * 
       * Use of locks is deprecated in favour of freezes. See `https://github.com/paritytech/substrate/pull/12951/`
       **/
      maxLocks: u32 & AugmentedConst<ApiType>;
      /**
       * The maximum number of named reserves that can exist on an account.
       * 
       * Use of reserves is deprecated in favour of holds. See `https://github.com/paritytech/substrate/pull/12951/`
       **/
      maxReserves: u32 & AugmentedConst<ApiType>;
    };
    provider: {
      /**
       * Held for each byte of a document kept as a preimage.
       **/
      byteDeposit: u128 & AugmentedConst<ApiType>;
      /**
       * Blocks covered by one heartbeat.
       **/
      heartbeatPeriod: u32 & AugmentedConst<ApiType>;
      /**
       * Largest capacity of an offer, in tenures.
       **/
      maxCapacity: u32 & AugmentedConst<ApiType>;
      /**
       * Longest descriptor or schema, in bytes.
       **/
      maxContentLen: u32 & AugmentedConst<ApiType>;
      /**
       * Longest metadata of a provider, in bytes.
       **/
      maxMetadata: u32 & AugmentedConst<ApiType>;
      /**
       * Most offers of one provider.
       **/
      maxOffers: u32 & AugmentedConst<ApiType>;
      /**
       * Highest price per block. Prices times blocks must not overflow the balance type.
       **/
      maxPrice: u128 & AugmentedConst<ApiType>;
      /**
       * Most providers of one descriptor type. An award looks at all of them, so its weight grows with this.
       **/
      maxProvidersPerType: u32 & AugmentedConst<ApiType>;
      /**
       * Most consumer rules of one provider.
       **/
      maxRules: u32 & AugmentedConst<ApiType>;
      /**
       * Most consumer rules set by one call.
       **/
      maxRulesPerCall: u32 & AugmentedConst<ApiType>;
      /**
       * Longest name of a descriptor type, in bytes.
       **/
      maxTypeName: u32 & AugmentedConst<ApiType>;
      /**
       * Blocks for which a provider that leaves still serves what it runs.
       **/
      noticePeriod: u32 & AugmentedConst<ApiType>;
      /**
       * Held for each offer.
       **/
      offerDeposit: u128 & AugmentedConst<ApiType>;
      /**
       * Held for a provider. Must not be zero: the hold keeps the owner's account in existence, so that it can be paid.
       **/
      providerDeposit: u128 & AugmentedConst<ApiType>;
      /**
       * Held for each consumer rule.
       **/
      ruleDeposit: u128 & AugmentedConst<ApiType>;
      /**
       * Held for a descriptor type, without its schema.
       **/
      typeDeposit: u128 & AugmentedConst<ApiType>;
    };
    proxy: {
      /**
       * The base amount of currency needed to reserve for creating an announcement.
       * 
       * This is held when a new storage item holding a `Balance` is created (typically 16
       * bytes).
       **/
      announcementDepositBase: u128 & AugmentedConst<ApiType>;
      /**
       * The amount of currency needed per announcement made.
       * 
       * This is held for adding an `AccountId`, `Hash` and `BlockNumber` (typically 68 bytes)
       * into a pre-existing storage value.
       **/
      announcementDepositFactor: u128 & AugmentedConst<ApiType>;
      /**
       * The maximum amount of time-delayed announcements that are allowed to be pending.
       **/
      maxPending: u32 & AugmentedConst<ApiType>;
      /**
       * The maximum amount of proxies allowed for a single account.
       **/
      maxProxies: u32 & AugmentedConst<ApiType>;
      /**
       * The base amount of currency needed to reserve for creating a proxy.
       * 
       * This is held for an additional storage item whose value size is
       * `sizeof(Balance)` bytes and whose key size is `sizeof(AccountId)` bytes.
       **/
      proxyDepositBase: u128 & AugmentedConst<ApiType>;
      /**
       * The amount of currency needed per proxy added.
       * 
       * This is held for adding 32 bytes plus an instance of `ProxyType` more into a
       * pre-existing storage value. Thus, when configuring `ProxyDepositFactor` one should take
       * into account `32 + proxy_type.encode().len()` bytes of data.
       **/
      proxyDepositFactor: u128 & AugmentedConst<ApiType>;
    };
    subscription: {
      /**
       * Blocks within which an award is to be accepted or declined.
       **/
      acceptPeriod: u32 & AugmentedConst<ApiType>;
      /**
       * Blocks after the end of its last heartbeat from which a provider counts as lost.
       **/
      lostAfter: u32 & AugmentedConst<ApiType>;
      /**
       * Blocks for which a tenure may be degraded before it is taken away.
       **/
      maxDegraded: u32 & AugmentedConst<ApiType>;
      /**
       * Most subscriptions whose deadlines one block works through. The rest waits for the next.
       **/
      maxExpiriesPerBlock: u32 & AugmentedConst<ApiType>;
      /**
       * Providers that may fail one subscription; with one more it ends.
       **/
      maxFailed: u32 & AugmentedConst<ApiType>;
      /**
       * Longest grace a consumer may choose, in blocks.
       **/
      maxGrace: u32 & AugmentedConst<ApiType>;
      /**
       * Searches after which a subscription that nobody takes ends.
       **/
      maxRetries: u32 & AugmentedConst<ApiType>;
      /**
       * Blocks that must be funded, beside the grace, when a tenure is awarded or resumed.
       **/
      minFundedBlocks: u32 & AugmentedConst<ApiType>;
      /**
       * Shortest grace a consumer may choose, in blocks.
       **/
      minGrace: u32 & AugmentedConst<ApiType>;
      /**
       * Blocks within which an accepted tenure is to be ready.
       **/
      readyPeriod: u32 & AugmentedConst<ApiType>;
      /**
       * Blocks after its end from which anybody may clean a tenure up.
       **/
      releasePeriod: u32 & AugmentedConst<ApiType>;
      /**
       * Blocks between two searches for a provider.
       **/
      retryPeriod: u32 & AugmentedConst<ApiType>;
      /**
       * Held for a subscription, without its descriptor.
       **/
      subscriptionDeposit: u128 & AugmentedConst<ApiType>;
      /**
       * Part of its price that a tenure costs while it is Suspended.
       **/
      suspendedPrice: Perbill & AugmentedConst<ApiType>;
    };
    system: {
      /**
       * Maximum number of block number to block hash mappings to keep (oldest pruned first).
       **/
      blockHashCount: u32 & AugmentedConst<ApiType>;
      /**
       * The maximum length of a block (in bytes).
       **/
      blockLength: FrameSystemLimitsBlockLength & AugmentedConst<ApiType>;
      /**
       * Block & extrinsics weights: base values and limits.
       **/
      blockWeights: FrameSystemLimitsBlockWeights & AugmentedConst<ApiType>;
      /**
       * The weight of runtime database operations the runtime can invoke.
       **/
      dbWeight: SpWeightsRuntimeDbWeight & AugmentedConst<ApiType>;
      /**
       * The designated SS58 prefix of this chain.
       * 
       * This replaces the "ss58Format" property declared in the chain spec. Reason is
       * that the runtime should know about the prefix in order to make use of it as
       * an identifier of the chain.
       **/
      ss58Prefix: u16 & AugmentedConst<ApiType>;
      /**
       * Get the chain's in-code version.
       **/
      version: SpVersionRuntimeVersion & AugmentedConst<ApiType>;
    };
    timestamp: {
      /**
       * The minimum period between blocks.
       * 
       * Be aware that this is different to the *expected* period that the block production
       * apparatus provides. Your chosen consensus system will generally work with this to
       * determine a sensible block time. For example, in the Aura pallet it will be double this
       * period on default settings.
       **/
      minimumPeriod: u64 & AugmentedConst<ApiType>;
    };
    transactionPayment: {
      /**
       * A fee multiplier for `Operational` extrinsics to compute "virtual tip" to boost their
       * `priority`
       * 
       * This value is multiplied by the `final_fee` to obtain a "virtual tip" that is later
       * added to a tip component in regular `priority` calculations.
       * It means that a `Normal` transaction can front-run a similarly-sized `Operational`
       * extrinsic (with no tip), by including a tip value greater than the virtual tip.
       * 
       * ```rust,ignore
       * // For `Normal`
       * let priority = priority_calc(tip);
       * 
       * // For `Operational`
       * let virtual_tip = (inclusion_fee + tip) * OperationalFeeMultiplier;
       * let priority = priority_calc(tip + virtual_tip);
       * ```
       * 
       * Note that since we use `final_fee` the multiplier applies also to the regular `tip`
       * sent with the transaction. So, not only does the transaction get a priority bump based
       * on the `inclusion_fee`, but we also amplify the impact of tips applied to `Operational`
       * transactions.
       **/
      operationalFeeMultiplier: u8 & AugmentedConst<ApiType>;
    };
    utility: {
      /**
       * The limit on the number of batched calls.
       **/
      batchedCallsLimit: u32 & AugmentedConst<ApiType>;
    };
  } // AugmentedConsts
} // declare module
