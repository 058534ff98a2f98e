// Auto-generated via `yarn polkadot-types-from-chain`, do not edit
/* eslint-disable */

// import type lookup before we augment - in some environments
// this is required to allow for ambient/previous definitions
import '@polkadot/api-base/types/events';

import type { ApiTypes, AugmentedEvent } from '@polkadot/api-base/types';
import type { Bytes, Null, Option, Result, bool, u128, u16, u32, u64 } from '@polkadot/types-codec';
import type { AccountId32, H256 } from '@polkadot/types/interfaces/runtime';
import type { DinfraRuntimeProxiesProxyType, DinfraRuntimeRuntimeHoldReason, FrameSupportTokensMiscBalanceStatus, FrameSystemDispatchEventInfo, PalletBalancesUnexpectedKind, PalletDinfraProviderContent, PalletDinfraProviderPolicy, PalletProxyDepositKind, SpRuntimeDispatchError } from '@polkadot/types/lookup';

export type __AugmentedEvent<ApiType extends ApiTypes> = AugmentedEvent<ApiType>;

declare module '@polkadot/api-base/types/events' {
  interface AugmentedEvents<ApiType extends ApiTypes> {
    balances: {
      /**
       * A balance was set by root.
       **/
      BalanceSet: AugmentedEvent<ApiType, [who: AccountId32, free: u128], { who: AccountId32, free: u128 }>;
      /**
       * Some amount was burned from an account.
       **/
      Burned: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * Some debt has been dropped from the Total Issuance.
       **/
      BurnedDebt: AugmentedEvent<ApiType, [amount: u128], { amount: u128 }>;
      /**
       * Held balance was burned from an account.
       **/
      BurnedHeld: AugmentedEvent<ApiType, [reason: DinfraRuntimeRuntimeHoldReason, who: AccountId32, amount: u128], { reason: DinfraRuntimeRuntimeHoldReason, who: AccountId32, amount: u128 }>;
      /**
       * Some amount was deposited (e.g. for transaction fees).
       **/
      Deposit: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * An account was removed whose balance was non-zero but below ExistentialDeposit,
       * resulting in an outright loss.
       **/
      DustLost: AugmentedEvent<ApiType, [account: AccountId32, amount: u128], { account: AccountId32, amount: u128 }>;
      /**
       * An account was created with some free balance.
       **/
      Endowed: AugmentedEvent<ApiType, [account: AccountId32, freeBalance: u128], { account: AccountId32, freeBalance: u128 }>;
      /**
       * Some balance was frozen.
       **/
      Frozen: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * Some balance was placed on hold.
       **/
      Held: AugmentedEvent<ApiType, [reason: DinfraRuntimeRuntimeHoldReason, who: AccountId32, amount: u128], { reason: DinfraRuntimeRuntimeHoldReason, who: AccountId32, amount: u128 }>;
      /**
       * Total issuance was increased by `amount`, creating a credit to be balanced.
       **/
      Issued: AugmentedEvent<ApiType, [amount: u128], { amount: u128 }>;
      /**
       * Some balance was locked.
       **/
      Locked: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * Some amount was minted into an account.
       **/
      Minted: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * Some credit was balanced and added to the TotalIssuance.
       **/
      MintedCredit: AugmentedEvent<ApiType, [amount: u128], { amount: u128 }>;
      /**
       * Some balance was released from hold.
       **/
      Released: AugmentedEvent<ApiType, [reason: DinfraRuntimeRuntimeHoldReason, who: AccountId32, amount: u128], { reason: DinfraRuntimeRuntimeHoldReason, who: AccountId32, amount: u128 }>;
      /**
       * Total issuance was decreased by `amount`, creating a debt to be balanced.
       **/
      Rescinded: AugmentedEvent<ApiType, [amount: u128], { amount: u128 }>;
      /**
       * Some balance was reserved (moved from free to reserved).
       **/
      Reserved: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * Some balance was moved from the reserve of the first account to the second account.
       * Final argument indicates the destination balance type.
       **/
      ReserveRepatriated: AugmentedEvent<ApiType, [from: AccountId32, to: AccountId32, amount: u128, destinationStatus: FrameSupportTokensMiscBalanceStatus], { from: AccountId32, to: AccountId32, amount: u128, destinationStatus: FrameSupportTokensMiscBalanceStatus }>;
      /**
       * Some amount was restored into an account.
       **/
      Restored: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * Some amount was removed from the account (e.g. for misbehavior).
       **/
      Slashed: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * Some amount was suspended from an account (it can be restored later).
       **/
      Suspended: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * Some balance was thawed.
       **/
      Thawed: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * The `TotalIssuance` was forcefully changed.
       **/
      TotalIssuanceForced: AugmentedEvent<ApiType, [old: u128, new_: u128], { old: u128, new_: u128 }>;
      /**
       * Transfer succeeded.
       **/
      Transfer: AugmentedEvent<ApiType, [from: AccountId32, to: AccountId32, amount: u128], { from: AccountId32, to: AccountId32, amount: u128 }>;
      /**
       * The `transferred` balance is placed on hold at the `dest` account.
       **/
      TransferAndHold: AugmentedEvent<ApiType, [reason: DinfraRuntimeRuntimeHoldReason, source: AccountId32, dest: AccountId32, transferred: u128], { reason: DinfraRuntimeRuntimeHoldReason, source: AccountId32, dest: AccountId32, transferred: u128 }>;
      /**
       * A transfer of `amount` on hold from `source` to `dest` was initiated.
       **/
      TransferOnHold: AugmentedEvent<ApiType, [reason: DinfraRuntimeRuntimeHoldReason, source: AccountId32, dest: AccountId32, amount: u128], { reason: DinfraRuntimeRuntimeHoldReason, source: AccountId32, dest: AccountId32, amount: u128 }>;
      /**
       * An unexpected/defensive event was triggered.
       **/
      Unexpected: AugmentedEvent<ApiType, [PalletBalancesUnexpectedKind]>;
      /**
       * Some balance was unlocked.
       **/
      Unlocked: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * Some balance was unreserved (moved from reserved to free).
       **/
      Unreserved: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
      /**
       * An account was upgraded.
       **/
      Upgraded: AugmentedEvent<ApiType, [who: AccountId32], { who: AccountId32 }>;
      /**
       * Some amount was withdrawn from the account (e.g. for transaction fees).
       **/
      Withdraw: AugmentedEvent<ApiType, [who: AccountId32, amount: u128], { who: AccountId32, amount: u128 }>;
    };
    preimage: {
      /**
       * A preimage has ben cleared.
       **/
      Cleared: AugmentedEvent<ApiType, [hash_: H256], { hash_: H256 }>;
      /**
       * A preimage has been noted.
       **/
      Noted: AugmentedEvent<ApiType, [hash_: H256], { hash_: H256 }>;
      /**
       * A preimage has been requested.
       **/
      Requested: AugmentedEvent<ApiType, [hash_: H256], { hash_: H256 }>;
    };
    provider: {
      /**
       * `rules` is the number of rules the provider has now.
       **/
      ConsumerRulesSet: AugmentedEvent<ApiType, [provider: u32, rules: u32], { provider: u32, rules: u32 }>;
      /**
       * Blocks up to and including `until` are covered.
       **/
      HeartbeatReceived: AugmentedEvent<ApiType, [provider: u32, until: u32], { provider: u32, until: u32 }>;
      /**
       * The last tenure of a withdrawn offer was released, or it had none.
       **/
      OfferRemoved: AugmentedEvent<ApiType, [provider: u32, name: Bytes], { provider: u32, name: Bytes }>;
      OfferSet: AugmentedEvent<ApiType, [provider: u32, name: Bytes, price: u128, capacity: u32], { provider: u32, name: Bytes, price: u128, capacity: u32 }>;
      /**
       * The offer takes no new awards.
       **/
      OfferWithdrawn: AugmentedEvent<ApiType, [provider: u32, name: Bytes], { provider: u32, name: Bytes }>;
      PolicySet: AugmentedEvent<ApiType, [provider: u32, policy: PalletDinfraProviderPolicy], { provider: u32, policy: PalletDinfraProviderPolicy }>;
      /**
       * The provider serves what it runs until block `until` and takes nothing new.
       **/
      ProviderLeaving: AugmentedEvent<ApiType, [provider: u32, until: u32], { provider: u32, until: u32 }>;
      ProviderLeft: AugmentedEvent<ApiType, [provider: u32], { provider: u32 }>;
      ProviderPaused: AugmentedEvent<ApiType, [provider: u32], { provider: u32 }>;
      ProviderRegistered: AugmentedEvent<ApiType, [provider: u32, owner: AccountId32, operator: AccountId32], { provider: u32, owner: AccountId32, operator: AccountId32 }>;
      ProviderResumed: AugmentedEvent<ApiType, [provider: u32], { provider: u32 }>;
      ProviderUpdated: AugmentedEvent<ApiType, [provider: u32], { provider: u32 }>;
      TypeRegistered: AugmentedEvent<ApiType, [name: Bytes, owner: AccountId32], { name: Bytes, owner: AccountId32 }>;
      TypeRetired: AugmentedEvent<ApiType, [name: Bytes], { name: Bytes }>;
      /**
       * The type goes to `to` when that account accepts it; with none the offer is taken back.
       **/
      TypeTransferOffered: AugmentedEvent<ApiType, [name: Bytes, to: Option<AccountId32>], { name: Bytes, to: Option<AccountId32> }>;
      TypeTransferred: AugmentedEvent<ApiType, [name: Bytes, owner: AccountId32], { name: Bytes, owner: AccountId32 }>;
      TypeUpdated: AugmentedEvent<ApiType, [name: Bytes, version: u32], { name: Bytes, version: u32 }>;
    };
    proxy: {
      /**
       * An announcement was placed to make a call in the future.
       **/
      Announced: AugmentedEvent<ApiType, [real: AccountId32, proxy: AccountId32, callHash: H256], { real: AccountId32, proxy: AccountId32, callHash: H256 }>;
      /**
       * A deposit stored for proxies or announcements was poked / updated.
       **/
      DepositPoked: AugmentedEvent<ApiType, [who: AccountId32, kind: PalletProxyDepositKind, oldDeposit: u128, newDeposit: u128], { who: AccountId32, kind: PalletProxyDepositKind, oldDeposit: u128, newDeposit: u128 }>;
      /**
       * A proxy was added.
       **/
      ProxyAdded: AugmentedEvent<ApiType, [delegator: AccountId32, delegatee: AccountId32, proxyType: DinfraRuntimeProxiesProxyType, delay: u32], { delegator: AccountId32, delegatee: AccountId32, proxyType: DinfraRuntimeProxiesProxyType, delay: u32 }>;
      /**
       * A proxy was executed correctly, with the given.
       **/
      ProxyExecuted: AugmentedEvent<ApiType, [result: Result<Null, SpRuntimeDispatchError>], { result: Result<Null, SpRuntimeDispatchError> }>;
      /**
       * A proxy was removed.
       **/
      ProxyRemoved: AugmentedEvent<ApiType, [delegator: AccountId32, delegatee: AccountId32, proxyType: DinfraRuntimeProxiesProxyType, delay: u32], { delegator: AccountId32, delegatee: AccountId32, proxyType: DinfraRuntimeProxiesProxyType, delay: u32 }>;
      /**
       * A pure account has been created by new proxy with given
       * disambiguation index and proxy type.
       **/
      PureCreated: AugmentedEvent<ApiType, [pure: AccountId32, who: AccountId32, proxyType: DinfraRuntimeProxiesProxyType, disambiguationIndex: u16, at: u32, extrinsicIndex: u32], { pure: AccountId32, who: AccountId32, proxyType: DinfraRuntimeProxiesProxyType, disambiguationIndex: u16, at: u32, extrinsicIndex: u32 }>;
      /**
       * A pure proxy was killed by its spawner.
       **/
      PureKilled: AugmentedEvent<ApiType, [pure: AccountId32, spawner: AccountId32, proxyType: DinfraRuntimeProxiesProxyType, disambiguationIndex: u16], { pure: AccountId32, spawner: AccountId32, proxyType: DinfraRuntimeProxiesProxyType, disambiguationIndex: u16 }>;
    };
    subscription: {
      /**
       * To be ready by block `deadline`.
       **/
      Accepted: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, deadline: u32], { id: u64, tenure: u32, provider: u32, deadline: u32 }>;
      /**
       * The provider reports it ready. Funds last until block `paid_until`.
       **/
      Activated: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, paidUntil: u32], { id: u64, tenure: u32, provider: u32, paidUntil: u32 }>;
      /**
       * To be accepted or declined by block `deadline`.
       **/
      Awarded: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, price: u128, deadline: u32], { id: u64, tenure: u32, provider: u32, price: u128, deadline: u32 }>;
      /**
       * The provider did not release the tenure in time and somebody cleaned up; its capacity is free again.
       **/
      CleanedUp: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32], { id: u64, tenure: u32, provider: u32 }>;
      /**
       * It does not run as it should and is not paid. Back by block `deadline`, or it is taken away.
       **/
      Degraded: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, reason: u16, deadline: u32], { id: u64, tenure: u32, provider: u32, reason: u16, deadline: u32 }>;
      /**
       * The subscription is over, and its tenure if one ran. The rest of the funds went back to the consumer.
       **/
      Ended: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: Option<u32>, reason: u16, refund: u128], { id: u64, tenure: u32, provider: Option<u32>, reason: u16, refund: u128 }>;
      /**
       * The tenure is over because its provider declined, gave up, missed a deadline or was lost. The subscription goes
       * on: `Awarded`, `Pending` or `Ended` follows.
       **/
      Failed: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, reason: u16], { id: u64, tenure: u32, provider: u32, reason: u16 }>;
      /**
       * The provider has sealed something for the consumer.
       **/
      InfoSet: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32], { id: u64, tenure: u32, provider: u32 }>;
      /**
       * Earned and moved to the hold of the provider's owner.
       **/
      Paid: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, amount: u128], { id: u64, tenure: u32, provider: u32, amount: u128 }>;
      /**
       * Nobody eligible was found; it is tried again. `provider` had it before.
       **/
      Pending: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: Option<u32>], { id: u64, tenure: u32, provider: Option<u32> }>;
      /**
       * From Degraded back to Active.
       **/
      Recovered: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, paidUntil: u32], { id: u64, tenure: u32, provider: u32, paidUntil: u32 }>;
      /**
       * The provider has removed everything of the tenure; its capacity is free again.
       **/
      Released: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32], { id: u64, tenure: u32, provider: u32 }>;
      /**
       * Nothing of the subscription is left. Its deposit went back to the consumer.
       **/
      Removed: AugmentedEvent<ApiType, [id: u64], { id: u64 }>;
      /**
       * From Suspended back to Active.
       **/
      Resumed: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, paidUntil: u32], { id: u64, tenure: u32, provider: u32, paidUntil: u32 }>;
      /**
       * A step that was due could not be taken, which should never happen. Nothing changed; it is tried again.
       **/
      StepFailed: AugmentedEvent<ApiType, [id: u64, error: SpRuntimeDispatchError], { id: u64, error: SpRuntimeDispatchError }>;
      /**
       * There is a new subscription. `Awarded` or `Pending` follows.
       **/
      Subscribed: AugmentedEvent<ApiType, [id: u64, consumer: AccountId32], { id: u64, consumer: AccountId32 }>;
      /**
       * The funds are used up. Kept until block `deadline`.
       **/
      Suspended: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, deadline: u32], { id: u64, tenure: u32, provider: u32, deadline: u32 }>;
      ToppedUp: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: Option<u32>, by: AccountId32, amount: u128], { id: u64, tenure: u32, provider: Option<u32>, by: AccountId32, amount: u128 }>;
      UpdateAccepted: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, content: PalletDinfraProviderContent], { id: u64, tenure: u32, provider: u32, content: PalletDinfraProviderContent }>;
      UpdateDeclined: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: u32, reason: u16], { id: u64, tenure: u32, provider: u32, reason: u16 }>;
      /**
       * The consumer wants another descriptor.
       **/
      UpdateRequested: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: Option<u32>, content: PalletDinfraProviderContent], { id: u64, tenure: u32, provider: Option<u32>, content: PalletDinfraProviderContent }>;
      /**
       * The consumer does not want it any more.
       **/
      UpdateWithdrawn: AugmentedEvent<ApiType, [id: u64, tenure: u32, provider: Option<u32>], { id: u64, tenure: u32, provider: Option<u32> }>;
      /**
       * Earnings were released to the owner.
       **/
      Withdrawn: AugmentedEvent<ApiType, [owner: AccountId32, amount: u128], { owner: AccountId32, amount: u128 }>;
    };
    sudo: {
      /**
       * The sudo key has been updated.
       **/
      KeyChanged: AugmentedEvent<ApiType, [old: Option<AccountId32>, new_: AccountId32], { old: Option<AccountId32>, new_: AccountId32 }>;
      /**
       * The key was permanently removed.
       **/
      KeyRemoved: AugmentedEvent<ApiType, []>;
      /**
       * A sudo call just took place.
       **/
      Sudid: AugmentedEvent<ApiType, [sudoResult: Result<Null, SpRuntimeDispatchError>], { sudoResult: Result<Null, SpRuntimeDispatchError> }>;
      /**
       * A [sudo_as](Pallet::sudo_as) call just took place.
       **/
      SudoAsDone: AugmentedEvent<ApiType, [sudoResult: Result<Null, SpRuntimeDispatchError>], { sudoResult: Result<Null, SpRuntimeDispatchError> }>;
    };
    system: {
      /**
       * `:code` was updated to the code with the given hash.
       **/
      CodeUpdated: AugmentedEvent<ApiType, [hash_: H256], { hash_: H256 }>;
      /**
       * An extrinsic failed.
       **/
      ExtrinsicFailed: AugmentedEvent<ApiType, [dispatchError: SpRuntimeDispatchError, dispatchInfo: FrameSystemDispatchEventInfo], { dispatchError: SpRuntimeDispatchError, dispatchInfo: FrameSystemDispatchEventInfo }>;
      /**
       * An extrinsic completed successfully.
       **/
      ExtrinsicSuccess: AugmentedEvent<ApiType, [dispatchInfo: FrameSystemDispatchEventInfo], { dispatchInfo: FrameSystemDispatchEventInfo }>;
      /**
       * An account was reaped.
       **/
      KilledAccount: AugmentedEvent<ApiType, [account: AccountId32], { account: AccountId32 }>;
      /**
       * A new account was created.
       **/
      NewAccount: AugmentedEvent<ApiType, [account: AccountId32], { account: AccountId32 }>;
      /**
       * An invalid authorized upgrade was rejected while trying to apply it.
       **/
      RejectedInvalidAuthorizedUpgrade: AugmentedEvent<ApiType, [codeHash: H256, error: SpRuntimeDispatchError], { codeHash: H256, error: SpRuntimeDispatchError }>;
      /**
       * On on-chain remark happened.
       **/
      Remarked: AugmentedEvent<ApiType, [sender: AccountId32, hash_: H256], { sender: AccountId32, hash_: H256 }>;
      /**
       * An upgrade was authorized.
       **/
      UpgradeAuthorized: AugmentedEvent<ApiType, [codeHash: H256, checkVersion: bool], { codeHash: H256, checkVersion: bool }>;
    };
    transactionPayment: {
      /**
       * A transaction fee `actual_fee`, of which `tip` was added to the minimum inclusion fee,
       * has been paid by `who`.
       **/
      TransactionFeePaid: AugmentedEvent<ApiType, [who: AccountId32, actualFee: u128, tip: u128], { who: AccountId32, actualFee: u128, tip: u128 }>;
    };
    utility: {
      /**
       * Batch of dispatches completed fully with no error.
       **/
      BatchCompleted: AugmentedEvent<ApiType, []>;
      /**
       * Batch of dispatches completed but has errors.
       **/
      BatchCompletedWithErrors: AugmentedEvent<ApiType, []>;
      /**
       * Batch of dispatches did not complete fully. Index of first failing dispatch given, as
       * well as the error.
       **/
      BatchInterrupted: AugmentedEvent<ApiType, [index: u32, error: SpRuntimeDispatchError], { index: u32, error: SpRuntimeDispatchError }>;
      /**
       * A call was dispatched.
       **/
      DispatchedAs: AugmentedEvent<ApiType, [result: Result<Null, SpRuntimeDispatchError>], { result: Result<Null, SpRuntimeDispatchError> }>;
      /**
       * The fallback call was dispatched.
       **/
      IfElseFallbackCalled: AugmentedEvent<ApiType, [mainError: SpRuntimeDispatchError], { mainError: SpRuntimeDispatchError }>;
      /**
       * Main call was dispatched.
       **/
      IfElseMainSuccess: AugmentedEvent<ApiType, []>;
      /**
       * A single item within a Batch of dispatches has completed with no error.
       **/
      ItemCompleted: AugmentedEvent<ApiType, []>;
      /**
       * A single item within a Batch of dispatches has completed with error.
       **/
      ItemFailed: AugmentedEvent<ApiType, [error: SpRuntimeDispatchError], { error: SpRuntimeDispatchError }>;
    };
  } // AugmentedEvents
} // declare module
