// Auto-generated via `yarn polkadot-types-from-defs`, do not edit
/* eslint-disable */

// import type lookup before we augment - in some environments
// this is required to allow for ambient/previous definitions
import '@polkadot/types/lookup';

import type { BTreeMap, Bytes, Compact, Enum, Null, Option, Result, Struct, Text, U8aFixed, Vec, bool, u128, u16, u32, u64, u8 } from '@polkadot/types-codec';
import type { ITuple } from '@polkadot/types-codec/types';
import type { AccountId32, Call, H256, MultiAddress, Permill } from '@polkadot/types/interfaces/runtime';
import type { Event } from '@polkadot/types/interfaces/system';

declare module '@polkadot/types/lookup' {
  /** @name FrameSystemCall (9) */
  interface FrameSystemCall extends Enum {
    readonly isRemark: boolean;
    readonly asRemark: {
      readonly remark: Bytes;
    } & Struct;
    readonly isSetHeapPages: boolean;
    readonly asSetHeapPages: {
      readonly pages: u64;
    } & Struct;
    readonly isSetCode: boolean;
    readonly asSetCode: {
      readonly code: Bytes;
    } & Struct;
    readonly isSetCodeWithoutChecks: boolean;
    readonly asSetCodeWithoutChecks: {
      readonly code: Bytes;
    } & Struct;
    readonly isSetStorage: boolean;
    readonly asSetStorage: {
      readonly items: Vec<ITuple<[Bytes, Bytes]>>;
    } & Struct;
    readonly isKillStorage: boolean;
    readonly asKillStorage: {
      readonly keys_: Vec<Bytes>;
    } & Struct;
    readonly isKillPrefix: boolean;
    readonly asKillPrefix: {
      readonly prefix: Bytes;
      readonly subkeys: u32;
    } & Struct;
    readonly isRemarkWithEvent: boolean;
    readonly asRemarkWithEvent: {
      readonly remark: Bytes;
    } & Struct;
    readonly isAuthorizeUpgrade: boolean;
    readonly asAuthorizeUpgrade: {
      readonly codeHash: H256;
    } & Struct;
    readonly isAuthorizeUpgradeWithoutChecks: boolean;
    readonly asAuthorizeUpgradeWithoutChecks: {
      readonly codeHash: H256;
    } & Struct;
    readonly isApplyAuthorizedUpgrade: boolean;
    readonly asApplyAuthorizedUpgrade: {
      readonly code: Bytes;
    } & Struct;
    readonly type: 'Remark' | 'SetHeapPages' | 'SetCode' | 'SetCodeWithoutChecks' | 'SetStorage' | 'KillStorage' | 'KillPrefix' | 'RemarkWithEvent' | 'AuthorizeUpgrade' | 'AuthorizeUpgradeWithoutChecks' | 'ApplyAuthorizedUpgrade';
  }

  /** @name PalletTimestampCall (16) */
  interface PalletTimestampCall extends Enum {
    readonly isSet: boolean;
    readonly asSet: {
      readonly now: Compact<u64>;
    } & Struct;
    readonly type: 'Set';
  }

  /** @name PalletBalancesCall (18) */
  interface PalletBalancesCall extends Enum {
    readonly isTransferAllowDeath: boolean;
    readonly asTransferAllowDeath: {
      readonly dest: MultiAddress;
      readonly value: Compact<u128>;
    } & Struct;
    readonly isForceTransfer: boolean;
    readonly asForceTransfer: {
      readonly source: MultiAddress;
      readonly dest: MultiAddress;
      readonly value: Compact<u128>;
    } & Struct;
    readonly isTransferKeepAlive: boolean;
    readonly asTransferKeepAlive: {
      readonly dest: MultiAddress;
      readonly value: Compact<u128>;
    } & Struct;
    readonly isTransferAll: boolean;
    readonly asTransferAll: {
      readonly dest: MultiAddress;
      readonly keepAlive: bool;
    } & Struct;
    readonly isForceUnreserve: boolean;
    readonly asForceUnreserve: {
      readonly who: MultiAddress;
      readonly amount: u128;
    } & Struct;
    readonly isUpgradeAccounts: boolean;
    readonly asUpgradeAccounts: {
      readonly who: Vec<AccountId32>;
    } & Struct;
    readonly isForceSetBalance: boolean;
    readonly asForceSetBalance: {
      readonly who: MultiAddress;
      readonly newFree: Compact<u128>;
    } & Struct;
    readonly isForceAdjustTotalIssuance: boolean;
    readonly asForceAdjustTotalIssuance: {
      readonly direction: PalletBalancesAdjustmentDirection;
      readonly delta: Compact<u128>;
    } & Struct;
    readonly isBurn: boolean;
    readonly asBurn: {
      readonly value: Compact<u128>;
      readonly keepAlive: bool;
    } & Struct;
    readonly type: 'TransferAllowDeath' | 'ForceTransfer' | 'TransferKeepAlive' | 'TransferAll' | 'ForceUnreserve' | 'UpgradeAccounts' | 'ForceSetBalance' | 'ForceAdjustTotalIssuance' | 'Burn';
  }

  /** @name PalletBalancesAdjustmentDirection (23) */
  interface PalletBalancesAdjustmentDirection extends Enum {
    readonly isIncrease: boolean;
    readonly isDecrease: boolean;
    readonly type: 'Increase' | 'Decrease';
  }

  /** @name PalletSudoCall (24) */
  interface PalletSudoCall extends Enum {
    readonly isSudo: boolean;
    readonly asSudo: {
      readonly call: Call;
    } & Struct;
    readonly isSudoUncheckedWeight: boolean;
    readonly asSudoUncheckedWeight: {
      readonly call: Call;
      readonly weight: SpWeightsWeightV2Weight;
    } & Struct;
    readonly isSetKey: boolean;
    readonly asSetKey: {
      readonly new_: MultiAddress;
    } & Struct;
    readonly isSudoAs: boolean;
    readonly asSudoAs: {
      readonly who: MultiAddress;
      readonly call: Call;
    } & Struct;
    readonly isRemoveKey: boolean;
    readonly type: 'Sudo' | 'SudoUncheckedWeight' | 'SetKey' | 'SudoAs' | 'RemoveKey';
  }

  /** @name SpWeightsWeightV2Weight (25) */
  interface SpWeightsWeightV2Weight extends Struct {
    readonly refTime: Compact<u64>;
    readonly proofSize: Compact<u64>;
  }

  /** @name PalletUtilityCall (26) */
  interface PalletUtilityCall extends Enum {
    readonly isBatch: boolean;
    readonly asBatch: {
      readonly calls: Vec<Call>;
    } & Struct;
    readonly isAsDerivative: boolean;
    readonly asAsDerivative: {
      readonly index: u16;
      readonly call: Call;
    } & Struct;
    readonly isBatchAll: boolean;
    readonly asBatchAll: {
      readonly calls: Vec<Call>;
    } & Struct;
    readonly isDispatchAs: boolean;
    readonly asDispatchAs: {
      readonly asOrigin: DinfraRuntimeOriginCaller;
      readonly call: Call;
    } & Struct;
    readonly isForceBatch: boolean;
    readonly asForceBatch: {
      readonly calls: Vec<Call>;
    } & Struct;
    readonly isWithWeight: boolean;
    readonly asWithWeight: {
      readonly call: Call;
      readonly weight: SpWeightsWeightV2Weight;
    } & Struct;
    readonly isIfElse: boolean;
    readonly asIfElse: {
      readonly main: Call;
      readonly fallback: Call;
    } & Struct;
    readonly isDispatchAsFallible: boolean;
    readonly asDispatchAsFallible: {
      readonly asOrigin: DinfraRuntimeOriginCaller;
      readonly call: Call;
    } & Struct;
    readonly type: 'Batch' | 'AsDerivative' | 'BatchAll' | 'DispatchAs' | 'ForceBatch' | 'WithWeight' | 'IfElse' | 'DispatchAsFallible';
  }

  /** @name DinfraRuntimeOriginCaller (29) */
  interface DinfraRuntimeOriginCaller extends Enum {
    readonly isSystem: boolean;
    readonly asSystem: FrameSupportDispatchRawOrigin;
    readonly type: 'System';
  }

  /** @name FrameSupportDispatchRawOrigin (30) */
  interface FrameSupportDispatchRawOrigin extends Enum {
    readonly isRoot: boolean;
    readonly isSigned: boolean;
    readonly asSigned: AccountId32;
    readonly isNone: boolean;
    readonly isAuthorized: boolean;
    readonly type: 'Root' | 'Signed' | 'None' | 'Authorized';
  }

  /** @name PalletPreimageCall (31) */
  interface PalletPreimageCall extends Enum {
    readonly isNotePreimage: boolean;
    readonly asNotePreimage: {
      readonly bytes: Bytes;
    } & Struct;
    readonly isUnnotePreimage: boolean;
    readonly asUnnotePreimage: {
      readonly hash_: H256;
    } & Struct;
    readonly isRequestPreimage: boolean;
    readonly asRequestPreimage: {
      readonly hash_: H256;
    } & Struct;
    readonly isUnrequestPreimage: boolean;
    readonly asUnrequestPreimage: {
      readonly hash_: H256;
    } & Struct;
    readonly isEnsureUpdated: boolean;
    readonly asEnsureUpdated: {
      readonly hashes: Vec<H256>;
    } & Struct;
    readonly type: 'NotePreimage' | 'UnnotePreimage' | 'RequestPreimage' | 'UnrequestPreimage' | 'EnsureUpdated';
  }

  /** @name PalletProxyCall (33) */
  interface PalletProxyCall extends Enum {
    readonly isProxy: boolean;
    readonly asProxy: {
      readonly real: MultiAddress;
      readonly forceProxyType: Option<DinfraRuntimeProxiesProxyType>;
      readonly call: Call;
    } & Struct;
    readonly isAddProxy: boolean;
    readonly asAddProxy: {
      readonly delegate: MultiAddress;
      readonly proxyType: DinfraRuntimeProxiesProxyType;
      readonly delay: u32;
    } & Struct;
    readonly isRemoveProxy: boolean;
    readonly asRemoveProxy: {
      readonly delegate: MultiAddress;
      readonly proxyType: DinfraRuntimeProxiesProxyType;
      readonly delay: u32;
    } & Struct;
    readonly isRemoveProxies: boolean;
    readonly isCreatePure: boolean;
    readonly asCreatePure: {
      readonly proxyType: DinfraRuntimeProxiesProxyType;
      readonly delay: u32;
      readonly index: u16;
    } & Struct;
    readonly isKillPure: boolean;
    readonly asKillPure: {
      readonly spawner: MultiAddress;
      readonly proxyType: DinfraRuntimeProxiesProxyType;
      readonly index: u16;
      readonly height: Compact<u32>;
      readonly extIndex: Compact<u32>;
    } & Struct;
    readonly isAnnounce: boolean;
    readonly asAnnounce: {
      readonly real: MultiAddress;
      readonly callHash: H256;
    } & Struct;
    readonly isRemoveAnnouncement: boolean;
    readonly asRemoveAnnouncement: {
      readonly real: MultiAddress;
      readonly callHash: H256;
    } & Struct;
    readonly isRejectAnnouncement: boolean;
    readonly asRejectAnnouncement: {
      readonly delegate: MultiAddress;
      readonly callHash: H256;
    } & Struct;
    readonly isProxyAnnounced: boolean;
    readonly asProxyAnnounced: {
      readonly delegate: MultiAddress;
      readonly real: MultiAddress;
      readonly forceProxyType: Option<DinfraRuntimeProxiesProxyType>;
      readonly call: Call;
    } & Struct;
    readonly isPokeDeposit: boolean;
    readonly type: 'Proxy' | 'AddProxy' | 'RemoveProxy' | 'RemoveProxies' | 'CreatePure' | 'KillPure' | 'Announce' | 'RemoveAnnouncement' | 'RejectAnnouncement' | 'ProxyAnnounced' | 'PokeDeposit';
  }

  /** @name DinfraRuntimeProxiesProxyType (35) */
  interface DinfraRuntimeProxiesProxyType extends Enum {
    readonly isAny: boolean;
    readonly isProvider: boolean;
    readonly type: 'Any' | 'Provider';
  }

  /** @name PalletDinfraProviderCall (37) */
  interface PalletDinfraProviderCall extends Enum {
    readonly isRegisterType: boolean;
    readonly asRegisterType: {
      readonly name: Bytes;
      readonly schema: PalletDinfraProviderContent;
    } & Struct;
    readonly isUpdateType: boolean;
    readonly asUpdateType: {
      readonly name: Bytes;
      readonly schema: PalletDinfraProviderContent;
    } & Struct;
    readonly isTransferType: boolean;
    readonly asTransferType: {
      readonly name: Bytes;
      readonly to: Option<AccountId32>;
    } & Struct;
    readonly isRetireType: boolean;
    readonly asRetireType: {
      readonly name: Bytes;
    } & Struct;
    readonly isRegisterProvider: boolean;
    readonly asRegisterProvider: {
      readonly operator: AccountId32;
      readonly accessKey: U8aFixed;
      readonly metadata: Bytes;
      readonly policy: PalletDinfraProviderPolicy;
    } & Struct;
    readonly isUpdateProvider: boolean;
    readonly asUpdateProvider: {
      readonly operator: Option<AccountId32>;
      readonly accessKey: Option<U8aFixed>;
      readonly metadata: Option<Bytes>;
    } & Struct;
    readonly isSetPolicy: boolean;
    readonly asSetPolicy: {
      readonly policy: PalletDinfraProviderPolicy;
    } & Struct;
    readonly isSetConsumerRules: boolean;
    readonly asSetConsumerRules: {
      readonly rules: Vec<ITuple<[AccountId32, Option<PalletDinfraProviderRule>]>>;
    } & Struct;
    readonly isPause: boolean;
    readonly isResume: boolean;
    readonly isLeave: boolean;
    readonly isCompleteLeave: boolean;
    readonly asCompleteLeave: {
      readonly provider: u32;
    } & Struct;
    readonly isSetOffer: boolean;
    readonly asSetOffer: {
      readonly name: Bytes;
      readonly price: u128;
      readonly capacity: u32;
      readonly strategies: u8;
    } & Struct;
    readonly isRemoveOffer: boolean;
    readonly asRemoveOffer: {
      readonly name: Bytes;
    } & Struct;
    readonly isHeartbeat: boolean;
    readonly isAcceptType: boolean;
    readonly asAcceptType: {
      readonly name: Bytes;
    } & Struct;
    readonly isResign: boolean;
    readonly type: 'RegisterType' | 'UpdateType' | 'TransferType' | 'RetireType' | 'RegisterProvider' | 'UpdateProvider' | 'SetPolicy' | 'SetConsumerRules' | 'Pause' | 'Resume' | 'Leave' | 'CompleteLeave' | 'SetOffer' | 'RemoveOffer' | 'Heartbeat' | 'AcceptType' | 'Resign';
  }

  /** @name PalletDinfraProviderContent (39) */
  interface PalletDinfraProviderContent extends Struct {
    readonly hash_: H256;
    readonly len: u32;
    readonly source: PalletDinfraProviderContentSource;
  }

  /** @name PalletDinfraProviderContentSource (40) */
  interface PalletDinfraProviderContentSource extends Enum {
    readonly isPreimage: boolean;
    readonly isIpfs: boolean;
    readonly type: 'Preimage' | 'Ipfs';
  }

  /** @name PalletDinfraProviderPolicy (43) */
  interface PalletDinfraProviderPolicy extends Enum {
    readonly isOpen: boolean;
    readonly isAllowList: boolean;
    readonly isDenyList: boolean;
    readonly type: 'Open' | 'AllowList' | 'DenyList';
  }

  /** @name PalletDinfraProviderRule (49) */
  interface PalletDinfraProviderRule extends Enum {
    readonly isAllow: boolean;
    readonly isDeny: boolean;
    readonly type: 'Allow' | 'Deny';
  }

  /** @name PalletDinfraSubscriptionCall (51) */
  interface PalletDinfraSubscriptionCall extends Enum {
    readonly isSubscribe: boolean;
    readonly asSubscribe: {
      readonly typeName: Bytes;
      readonly content: PalletDinfraProviderContent;
      readonly accessKey: U8aFixed;
      readonly amount: Compact<u128>;
      readonly terms: PalletDinfraSubscriptionTerms;
    } & Struct;
    readonly isAccept: boolean;
    readonly asAccept: {
      readonly id: u64;
      readonly tenure: u32;
    } & Struct;
    readonly isDecline: boolean;
    readonly asDecline: {
      readonly id: u64;
      readonly tenure: u32;
      readonly reason: u16;
    } & Struct;
    readonly isReady: boolean;
    readonly asReady: {
      readonly id: u64;
      readonly tenure: u32;
      readonly info: Option<PalletDinfraSubscriptionSealed>;
    } & Struct;
    readonly isDegraded: boolean;
    readonly asDegraded: {
      readonly id: u64;
      readonly tenure: u32;
      readonly reason: u16;
    } & Struct;
    readonly isRecovered: boolean;
    readonly asRecovered: {
      readonly id: u64;
      readonly tenure: u32;
    } & Struct;
    readonly isTerminate: boolean;
    readonly asTerminate: {
      readonly id: u64;
      readonly tenure: u32;
      readonly reason: u16;
    } & Struct;
    readonly isReleased: boolean;
    readonly asReleased: {
      readonly id: u64;
      readonly tenure: u32;
    } & Struct;
    readonly isTopUp: boolean;
    readonly asTopUp: {
      readonly id: u64;
      readonly amount: Compact<u128>;
    } & Struct;
    readonly isCancel: boolean;
    readonly asCancel: {
      readonly id: u64;
    } & Struct;
    readonly isUpdate: boolean;
    readonly asUpdate: {
      readonly id: u64;
      readonly content: PalletDinfraProviderContent;
    } & Struct;
    readonly isAcceptUpdate: boolean;
    readonly asAcceptUpdate: {
      readonly id: u64;
      readonly tenure: u32;
      readonly hash_: H256;
    } & Struct;
    readonly isDeclineUpdate: boolean;
    readonly asDeclineUpdate: {
      readonly id: u64;
      readonly tenure: u32;
      readonly hash_: H256;
      readonly reason: u16;
    } & Struct;
    readonly isSetInfo: boolean;
    readonly asSetInfo: {
      readonly id: u64;
      readonly tenure: u32;
      readonly info: Option<PalletDinfraSubscriptionSealed>;
    } & Struct;
    readonly isSettle: boolean;
    readonly asSettle: {
      readonly id: u64;
    } & Struct;
    readonly isWithdraw: boolean;
    readonly asWithdraw: {
      readonly owner: AccountId32;
    } & Struct;
    readonly isRetry: boolean;
    readonly asRetry: {
      readonly id: u64;
    } & Struct;
    readonly isReportLost: boolean;
    readonly asReportLost: {
      readonly id: u64;
    } & Struct;
    readonly isCleanUp: boolean;
    readonly asCleanUp: {
      readonly provider: u32;
      readonly id: u64;
      readonly tenure: u32;
    } & Struct;
    readonly type: 'Subscribe' | 'Accept' | 'Decline' | 'Ready' | 'Degraded' | 'Recovered' | 'Terminate' | 'Released' | 'TopUp' | 'Cancel' | 'Update' | 'AcceptUpdate' | 'DeclineUpdate' | 'SetInfo' | 'Settle' | 'Withdraw' | 'Retry' | 'ReportLost' | 'CleanUp';
  }

  /** @name PalletDinfraSubscriptionTerms (52) */
  interface PalletDinfraSubscriptionTerms extends Struct {
    readonly strategy: PalletDinfraProviderStrategy;
    readonly maxPrice: u128;
    readonly grace: u32;
    readonly minReputation: Permill;
  }

  /** @name PalletDinfraProviderStrategy (53) */
  interface PalletDinfraProviderStrategy extends Enum {
    readonly isRoundRobin: boolean;
    readonly isRandom: boolean;
    readonly isMostFree: boolean;
    readonly isLowestPrice: boolean;
    readonly isNamed: boolean;
    readonly asNamed: u32;
    readonly isMostReputable: boolean;
    readonly type: 'RoundRobin' | 'Random' | 'MostFree' | 'LowestPrice' | 'Named' | 'MostReputable';
  }

  /** @name PalletDinfraSubscriptionSealed (56) */
  interface PalletDinfraSubscriptionSealed extends Struct {
    readonly format: u8;
    readonly bytes: Bytes;
  }

  /** @name SpRuntimeMultiSignature (57) */
  interface SpRuntimeMultiSignature extends Enum {
    readonly isEd25519: boolean;
    readonly asEd25519: U8aFixed;
    readonly isSr25519: boolean;
    readonly asSr25519: U8aFixed;
    readonly isEcdsa: boolean;
    readonly asEcdsa: U8aFixed;
    readonly isEth: boolean;
    readonly asEth: U8aFixed;
    readonly type: 'Ed25519' | 'Sr25519' | 'Ecdsa' | 'Eth';
  }

  /** @name FrameSystemExtensionsCheckNonZeroSender (60) */
  type FrameSystemExtensionsCheckNonZeroSender = Null;

  /** @name FrameSystemExtensionsCheckSpecVersion (61) */
  type FrameSystemExtensionsCheckSpecVersion = Null;

  /** @name FrameSystemExtensionsCheckTxVersion (62) */
  type FrameSystemExtensionsCheckTxVersion = Null;

  /** @name FrameSystemExtensionsCheckGenesis (63) */
  type FrameSystemExtensionsCheckGenesis = Null;

  /** @name FrameSystemExtensionsCheckNonce (66) */
  interface FrameSystemExtensionsCheckNonce extends Compact<u32> {}

  /** @name FrameSystemExtensionsCheckWeight (67) */
  type FrameSystemExtensionsCheckWeight = Null;

  /** @name PalletTransactionPaymentChargeTransactionPayment (68) */
  interface PalletTransactionPaymentChargeTransactionPayment extends Compact<u128> {}

  /** @name FrameMetadataHashExtensionCheckMetadataHash (69) */
  interface FrameMetadataHashExtensionCheckMetadataHash extends Struct {
    readonly mode: FrameMetadataHashExtensionMode;
  }

  /** @name FrameMetadataHashExtensionMode (70) */
  interface FrameMetadataHashExtensionMode extends Enum {
    readonly isDisabled: boolean;
    readonly isEnabled: boolean;
    readonly type: 'Disabled' | 'Enabled';
  }

  /** @name FrameSystemAccountInfo (72) */
  interface FrameSystemAccountInfo extends Struct {
    readonly nonce: u32;
    readonly consumers: u32;
    readonly providers: u32;
    readonly sufficients: u32;
    readonly data: PalletBalancesAccountData;
  }

  /** @name PalletBalancesAccountData (73) */
  interface PalletBalancesAccountData extends Struct {
    readonly free: u128;
    readonly reserved: u128;
    readonly frozen: u128;
    readonly flags: u128;
  }

  /** @name FrameSupportDispatchPerDispatchClassWeight (75) */
  interface FrameSupportDispatchPerDispatchClassWeight extends Struct {
    readonly normal: SpWeightsWeightV2Weight;
    readonly operational: SpWeightsWeightV2Weight;
    readonly mandatory: SpWeightsWeightV2Weight;
  }

  /** @name SpRuntimeDigest (76) */
  interface SpRuntimeDigest extends Struct {
    readonly logs: Vec<SpRuntimeDigestDigestItem>;
  }

  /** @name SpRuntimeDigestDigestItem (78) */
  interface SpRuntimeDigestDigestItem extends Enum {
    readonly isOther: boolean;
    readonly asOther: Bytes;
    readonly isConsensus: boolean;
    readonly asConsensus: ITuple<[U8aFixed, Bytes]>;
    readonly isSeal: boolean;
    readonly asSeal: ITuple<[U8aFixed, Bytes]>;
    readonly isPreRuntime: boolean;
    readonly asPreRuntime: ITuple<[U8aFixed, Bytes]>;
    readonly isRuntimeEnvironmentUpdated: boolean;
    readonly type: 'Other' | 'Consensus' | 'Seal' | 'PreRuntime' | 'RuntimeEnvironmentUpdated';
  }

  /** @name FrameSystemEventRecord (81) */
  interface FrameSystemEventRecord extends Struct {
    readonly phase: FrameSystemPhase;
    readonly event: Event;
    readonly topics: Vec<H256>;
  }

  /** @name FrameSystemEvent (83) */
  interface FrameSystemEvent extends Enum {
    readonly isExtrinsicSuccess: boolean;
    readonly asExtrinsicSuccess: {
      readonly dispatchInfo: FrameSystemDispatchEventInfo;
    } & Struct;
    readonly isExtrinsicFailed: boolean;
    readonly asExtrinsicFailed: {
      readonly dispatchError: SpRuntimeDispatchError;
      readonly dispatchInfo: FrameSystemDispatchEventInfo;
    } & Struct;
    readonly isCodeUpdated: boolean;
    readonly asCodeUpdated: {
      readonly hash_: H256;
    } & Struct;
    readonly isNewAccount: boolean;
    readonly asNewAccount: {
      readonly account: AccountId32;
    } & Struct;
    readonly isKilledAccount: boolean;
    readonly asKilledAccount: {
      readonly account: AccountId32;
    } & Struct;
    readonly isRemarked: boolean;
    readonly asRemarked: {
      readonly sender: AccountId32;
      readonly hash_: H256;
    } & Struct;
    readonly isUpgradeAuthorized: boolean;
    readonly asUpgradeAuthorized: {
      readonly codeHash: H256;
      readonly checkVersion: bool;
    } & Struct;
    readonly isRejectedInvalidAuthorizedUpgrade: boolean;
    readonly asRejectedInvalidAuthorizedUpgrade: {
      readonly codeHash: H256;
      readonly error: SpRuntimeDispatchError;
    } & Struct;
    readonly type: 'ExtrinsicSuccess' | 'ExtrinsicFailed' | 'CodeUpdated' | 'NewAccount' | 'KilledAccount' | 'Remarked' | 'UpgradeAuthorized' | 'RejectedInvalidAuthorizedUpgrade';
  }

  /** @name FrameSystemDispatchEventInfo (84) */
  interface FrameSystemDispatchEventInfo extends Struct {
    readonly weight: SpWeightsWeightV2Weight;
    readonly class: FrameSupportDispatchDispatchClass;
    readonly paysFee: FrameSupportDispatchPays;
  }

  /** @name FrameSupportDispatchDispatchClass (85) */
  interface FrameSupportDispatchDispatchClass extends Enum {
    readonly isNormal: boolean;
    readonly isOperational: boolean;
    readonly isMandatory: boolean;
    readonly type: 'Normal' | 'Operational' | 'Mandatory';
  }

  /** @name FrameSupportDispatchPays (86) */
  interface FrameSupportDispatchPays extends Enum {
    readonly isYes: boolean;
    readonly isNo: boolean;
    readonly type: 'Yes' | 'No';
  }

  /** @name SpRuntimeDispatchError (87) */
  interface SpRuntimeDispatchError extends Enum {
    readonly isOther: boolean;
    readonly isCannotLookup: boolean;
    readonly isBadOrigin: boolean;
    readonly isModule: boolean;
    readonly asModule: SpRuntimeModuleError;
    readonly isConsumerRemaining: boolean;
    readonly isNoProviders: boolean;
    readonly isTooManyConsumers: boolean;
    readonly isToken: boolean;
    readonly asToken: SpRuntimeTokenError;
    readonly isArithmetic: boolean;
    readonly asArithmetic: SpArithmeticArithmeticError;
    readonly isTransactional: boolean;
    readonly asTransactional: SpRuntimeTransactionalError;
    readonly isExhausted: boolean;
    readonly isCorruption: boolean;
    readonly isUnavailable: boolean;
    readonly isRootNotAllowed: boolean;
    readonly isTrie: boolean;
    readonly asTrie: SpRuntimeProvingTrieTrieError;
    readonly type: 'Other' | 'CannotLookup' | 'BadOrigin' | 'Module' | 'ConsumerRemaining' | 'NoProviders' | 'TooManyConsumers' | 'Token' | 'Arithmetic' | 'Transactional' | 'Exhausted' | 'Corruption' | 'Unavailable' | 'RootNotAllowed' | 'Trie';
  }

  /** @name SpRuntimeModuleError (88) */
  interface SpRuntimeModuleError extends Struct {
    readonly index: u8;
    readonly error: U8aFixed;
  }

  /** @name SpRuntimeTokenError (89) */
  interface SpRuntimeTokenError extends Enum {
    readonly isFundsUnavailable: boolean;
    readonly isOnlyProvider: boolean;
    readonly isBelowMinimum: boolean;
    readonly isCannotCreate: boolean;
    readonly isUnknownAsset: boolean;
    readonly isFrozen: boolean;
    readonly isUnsupported: boolean;
    readonly isCannotCreateHold: boolean;
    readonly isNotExpendable: boolean;
    readonly isBlocked: boolean;
    readonly type: 'FundsUnavailable' | 'OnlyProvider' | 'BelowMinimum' | 'CannotCreate' | 'UnknownAsset' | 'Frozen' | 'Unsupported' | 'CannotCreateHold' | 'NotExpendable' | 'Blocked';
  }

  /** @name SpArithmeticArithmeticError (90) */
  interface SpArithmeticArithmeticError extends Enum {
    readonly isUnderflow: boolean;
    readonly isOverflow: boolean;
    readonly isDivisionByZero: boolean;
    readonly type: 'Underflow' | 'Overflow' | 'DivisionByZero';
  }

  /** @name SpRuntimeTransactionalError (91) */
  interface SpRuntimeTransactionalError extends Enum {
    readonly isLimitReached: boolean;
    readonly isNoLayer: boolean;
    readonly type: 'LimitReached' | 'NoLayer';
  }

  /** @name SpRuntimeProvingTrieTrieError (92) */
  interface SpRuntimeProvingTrieTrieError extends Enum {
    readonly isInvalidStateRoot: boolean;
    readonly isIncompleteDatabase: boolean;
    readonly isValueAtIncompleteKey: boolean;
    readonly isDecoderError: boolean;
    readonly isInvalidHash: boolean;
    readonly isDuplicateKey: boolean;
    readonly isExtraneousNode: boolean;
    readonly isExtraneousValue: boolean;
    readonly isExtraneousHashReference: boolean;
    readonly isInvalidChildReference: boolean;
    readonly isValueMismatch: boolean;
    readonly isIncompleteProof: boolean;
    readonly isRootMismatch: boolean;
    readonly isDecodeError: boolean;
    readonly type: 'InvalidStateRoot' | 'IncompleteDatabase' | 'ValueAtIncompleteKey' | 'DecoderError' | 'InvalidHash' | 'DuplicateKey' | 'ExtraneousNode' | 'ExtraneousValue' | 'ExtraneousHashReference' | 'InvalidChildReference' | 'ValueMismatch' | 'IncompleteProof' | 'RootMismatch' | 'DecodeError';
  }

  /** @name PalletBalancesEvent (93) */
  interface PalletBalancesEvent extends Enum {
    readonly isEndowed: boolean;
    readonly asEndowed: {
      readonly account: AccountId32;
      readonly freeBalance: u128;
    } & Struct;
    readonly isDustLost: boolean;
    readonly asDustLost: {
      readonly account: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isTransfer: boolean;
    readonly asTransfer: {
      readonly from: AccountId32;
      readonly to: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isBalanceSet: boolean;
    readonly asBalanceSet: {
      readonly who: AccountId32;
      readonly free: u128;
    } & Struct;
    readonly isReserved: boolean;
    readonly asReserved: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isUnreserved: boolean;
    readonly asUnreserved: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isReserveRepatriated: boolean;
    readonly asReserveRepatriated: {
      readonly from: AccountId32;
      readonly to: AccountId32;
      readonly amount: u128;
      readonly destinationStatus: FrameSupportTokensMiscBalanceStatus;
    } & Struct;
    readonly isDeposit: boolean;
    readonly asDeposit: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isWithdraw: boolean;
    readonly asWithdraw: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isSlashed: boolean;
    readonly asSlashed: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isMinted: boolean;
    readonly asMinted: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isMintedCredit: boolean;
    readonly asMintedCredit: {
      readonly amount: u128;
    } & Struct;
    readonly isBurned: boolean;
    readonly asBurned: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isBurnedDebt: boolean;
    readonly asBurnedDebt: {
      readonly amount: u128;
    } & Struct;
    readonly isSuspended: boolean;
    readonly asSuspended: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isRestored: boolean;
    readonly asRestored: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isUpgraded: boolean;
    readonly asUpgraded: {
      readonly who: AccountId32;
    } & Struct;
    readonly isIssued: boolean;
    readonly asIssued: {
      readonly amount: u128;
    } & Struct;
    readonly isRescinded: boolean;
    readonly asRescinded: {
      readonly amount: u128;
    } & Struct;
    readonly isLocked: boolean;
    readonly asLocked: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isUnlocked: boolean;
    readonly asUnlocked: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isFrozen: boolean;
    readonly asFrozen: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isThawed: boolean;
    readonly asThawed: {
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isTotalIssuanceForced: boolean;
    readonly asTotalIssuanceForced: {
      readonly old: u128;
      readonly new_: u128;
    } & Struct;
    readonly isHeld: boolean;
    readonly asHeld: {
      readonly reason: DinfraRuntimeRuntimeHoldReason;
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isBurnedHeld: boolean;
    readonly asBurnedHeld: {
      readonly reason: DinfraRuntimeRuntimeHoldReason;
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isTransferOnHold: boolean;
    readonly asTransferOnHold: {
      readonly reason: DinfraRuntimeRuntimeHoldReason;
      readonly source: AccountId32;
      readonly dest: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isTransferAndHold: boolean;
    readonly asTransferAndHold: {
      readonly reason: DinfraRuntimeRuntimeHoldReason;
      readonly source: AccountId32;
      readonly dest: AccountId32;
      readonly transferred: u128;
    } & Struct;
    readonly isReleased: boolean;
    readonly asReleased: {
      readonly reason: DinfraRuntimeRuntimeHoldReason;
      readonly who: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isUnexpected: boolean;
    readonly asUnexpected: PalletBalancesUnexpectedKind;
    readonly type: 'Endowed' | 'DustLost' | 'Transfer' | 'BalanceSet' | 'Reserved' | 'Unreserved' | 'ReserveRepatriated' | 'Deposit' | 'Withdraw' | 'Slashed' | 'Minted' | 'MintedCredit' | 'Burned' | 'BurnedDebt' | 'Suspended' | 'Restored' | 'Upgraded' | 'Issued' | 'Rescinded' | 'Locked' | 'Unlocked' | 'Frozen' | 'Thawed' | 'TotalIssuanceForced' | 'Held' | 'BurnedHeld' | 'TransferOnHold' | 'TransferAndHold' | 'Released' | 'Unexpected';
  }

  /** @name FrameSupportTokensMiscBalanceStatus (94) */
  interface FrameSupportTokensMiscBalanceStatus extends Enum {
    readonly isFree: boolean;
    readonly isReserved: boolean;
    readonly type: 'Free' | 'Reserved';
  }

  /** @name DinfraRuntimeRuntimeHoldReason (95) */
  interface DinfraRuntimeRuntimeHoldReason extends Enum {
    readonly isPreimage: boolean;
    readonly asPreimage: PalletPreimageHoldReason;
    readonly isProvider: boolean;
    readonly asProvider: PalletDinfraProviderHoldReason;
    readonly isSubscription: boolean;
    readonly asSubscription: PalletDinfraSubscriptionHoldReason;
    readonly type: 'Preimage' | 'Provider' | 'Subscription';
  }

  /** @name PalletPreimageHoldReason (96) */
  interface PalletPreimageHoldReason extends Enum {
    readonly isPreimage: boolean;
    readonly type: 'Preimage';
  }

  /** @name PalletDinfraProviderHoldReason (97) */
  interface PalletDinfraProviderHoldReason extends Enum {
    readonly isDescriptorType: boolean;
    readonly isProvider: boolean;
    readonly type: 'DescriptorType' | 'Provider';
  }

  /** @name PalletDinfraSubscriptionHoldReason (98) */
  interface PalletDinfraSubscriptionHoldReason extends Enum {
    readonly isFunds: boolean;
    readonly isDeposit: boolean;
    readonly type: 'Funds' | 'Deposit';
  }

  /** @name PalletBalancesUnexpectedKind (99) */
  interface PalletBalancesUnexpectedKind extends Enum {
    readonly isBalanceUpdated: boolean;
    readonly isFailedToMutateAccount: boolean;
    readonly type: 'BalanceUpdated' | 'FailedToMutateAccount';
  }

  /** @name PalletTransactionPaymentEvent (100) */
  interface PalletTransactionPaymentEvent extends Enum {
    readonly isTransactionFeePaid: boolean;
    readonly asTransactionFeePaid: {
      readonly who: AccountId32;
      readonly actualFee: u128;
      readonly tip: u128;
    } & Struct;
    readonly type: 'TransactionFeePaid';
  }

  /** @name PalletSudoEvent (101) */
  interface PalletSudoEvent extends Enum {
    readonly isSudid: boolean;
    readonly asSudid: {
      readonly sudoResult: Result<Null, SpRuntimeDispatchError>;
    } & Struct;
    readonly isKeyChanged: boolean;
    readonly asKeyChanged: {
      readonly old: Option<AccountId32>;
      readonly new_: AccountId32;
    } & Struct;
    readonly isKeyRemoved: boolean;
    readonly isSudoAsDone: boolean;
    readonly asSudoAsDone: {
      readonly sudoResult: Result<Null, SpRuntimeDispatchError>;
    } & Struct;
    readonly type: 'Sudid' | 'KeyChanged' | 'KeyRemoved' | 'SudoAsDone';
  }

  /** @name PalletUtilityEvent (103) */
  interface PalletUtilityEvent extends Enum {
    readonly isBatchInterrupted: boolean;
    readonly asBatchInterrupted: {
      readonly index: u32;
      readonly error: SpRuntimeDispatchError;
    } & Struct;
    readonly isBatchCompleted: boolean;
    readonly isBatchCompletedWithErrors: boolean;
    readonly isItemCompleted: boolean;
    readonly isItemFailed: boolean;
    readonly asItemFailed: {
      readonly error: SpRuntimeDispatchError;
    } & Struct;
    readonly isDispatchedAs: boolean;
    readonly asDispatchedAs: {
      readonly result: Result<Null, SpRuntimeDispatchError>;
    } & Struct;
    readonly isIfElseMainSuccess: boolean;
    readonly isIfElseFallbackCalled: boolean;
    readonly asIfElseFallbackCalled: {
      readonly mainError: SpRuntimeDispatchError;
    } & Struct;
    readonly type: 'BatchInterrupted' | 'BatchCompleted' | 'BatchCompletedWithErrors' | 'ItemCompleted' | 'ItemFailed' | 'DispatchedAs' | 'IfElseMainSuccess' | 'IfElseFallbackCalled';
  }

  /** @name PalletPreimageEvent (104) */
  interface PalletPreimageEvent extends Enum {
    readonly isNoted: boolean;
    readonly asNoted: {
      readonly hash_: H256;
    } & Struct;
    readonly isRequested: boolean;
    readonly asRequested: {
      readonly hash_: H256;
    } & Struct;
    readonly isCleared: boolean;
    readonly asCleared: {
      readonly hash_: H256;
    } & Struct;
    readonly type: 'Noted' | 'Requested' | 'Cleared';
  }

  /** @name PalletProxyEvent (105) */
  interface PalletProxyEvent extends Enum {
    readonly isProxyExecuted: boolean;
    readonly asProxyExecuted: {
      readonly result: Result<Null, SpRuntimeDispatchError>;
    } & Struct;
    readonly isPureCreated: boolean;
    readonly asPureCreated: {
      readonly pure: AccountId32;
      readonly who: AccountId32;
      readonly proxyType: DinfraRuntimeProxiesProxyType;
      readonly disambiguationIndex: u16;
      readonly at: u32;
      readonly extrinsicIndex: u32;
    } & Struct;
    readonly isPureKilled: boolean;
    readonly asPureKilled: {
      readonly pure: AccountId32;
      readonly spawner: AccountId32;
      readonly proxyType: DinfraRuntimeProxiesProxyType;
      readonly disambiguationIndex: u16;
    } & Struct;
    readonly isAnnounced: boolean;
    readonly asAnnounced: {
      readonly real: AccountId32;
      readonly proxy: AccountId32;
      readonly callHash: H256;
    } & Struct;
    readonly isProxyAdded: boolean;
    readonly asProxyAdded: {
      readonly delegator: AccountId32;
      readonly delegatee: AccountId32;
      readonly proxyType: DinfraRuntimeProxiesProxyType;
      readonly delay: u32;
    } & Struct;
    readonly isProxyRemoved: boolean;
    readonly asProxyRemoved: {
      readonly delegator: AccountId32;
      readonly delegatee: AccountId32;
      readonly proxyType: DinfraRuntimeProxiesProxyType;
      readonly delay: u32;
    } & Struct;
    readonly isDepositPoked: boolean;
    readonly asDepositPoked: {
      readonly who: AccountId32;
      readonly kind: PalletProxyDepositKind;
      readonly oldDeposit: u128;
      readonly newDeposit: u128;
    } & Struct;
    readonly type: 'ProxyExecuted' | 'PureCreated' | 'PureKilled' | 'Announced' | 'ProxyAdded' | 'ProxyRemoved' | 'DepositPoked';
  }

  /** @name PalletProxyDepositKind (106) */
  interface PalletProxyDepositKind extends Enum {
    readonly isProxies: boolean;
    readonly isAnnouncements: boolean;
    readonly type: 'Proxies' | 'Announcements';
  }

  /** @name PalletDinfraProviderEvent (107) */
  interface PalletDinfraProviderEvent extends Enum {
    readonly isTypeRegistered: boolean;
    readonly asTypeRegistered: {
      readonly name: Bytes;
      readonly owner: AccountId32;
    } & Struct;
    readonly isTypeUpdated: boolean;
    readonly asTypeUpdated: {
      readonly name: Bytes;
      readonly version: u32;
    } & Struct;
    readonly isTypeTransferOffered: boolean;
    readonly asTypeTransferOffered: {
      readonly name: Bytes;
      readonly to: Option<AccountId32>;
    } & Struct;
    readonly isTypeTransferred: boolean;
    readonly asTypeTransferred: {
      readonly name: Bytes;
      readonly owner: AccountId32;
    } & Struct;
    readonly isTypeRetired: boolean;
    readonly asTypeRetired: {
      readonly name: Bytes;
    } & Struct;
    readonly isProviderRegistered: boolean;
    readonly asProviderRegistered: {
      readonly provider: u32;
      readonly owner: AccountId32;
      readonly operator: AccountId32;
    } & Struct;
    readonly isProviderUpdated: boolean;
    readonly asProviderUpdated: {
      readonly provider: u32;
    } & Struct;
    readonly isPolicySet: boolean;
    readonly asPolicySet: {
      readonly provider: u32;
      readonly policy: PalletDinfraProviderPolicy;
    } & Struct;
    readonly isConsumerRulesSet: boolean;
    readonly asConsumerRulesSet: {
      readonly provider: u32;
      readonly rules: u32;
    } & Struct;
    readonly isProviderPaused: boolean;
    readonly asProviderPaused: {
      readonly provider: u32;
    } & Struct;
    readonly isProviderResumed: boolean;
    readonly asProviderResumed: {
      readonly provider: u32;
    } & Struct;
    readonly isProviderLeaving: boolean;
    readonly asProviderLeaving: {
      readonly provider: u32;
      readonly until: u32;
    } & Struct;
    readonly isProviderLeft: boolean;
    readonly asProviderLeft: {
      readonly provider: u32;
    } & Struct;
    readonly isOfferSet: boolean;
    readonly asOfferSet: {
      readonly provider: u32;
      readonly name: Bytes;
      readonly price: u128;
      readonly capacity: u32;
    } & Struct;
    readonly isOfferWithdrawn: boolean;
    readonly asOfferWithdrawn: {
      readonly provider: u32;
      readonly name: Bytes;
    } & Struct;
    readonly isOfferRemoved: boolean;
    readonly asOfferRemoved: {
      readonly provider: u32;
      readonly name: Bytes;
    } & Struct;
    readonly isHeartbeatReceived: boolean;
    readonly asHeartbeatReceived: {
      readonly provider: u32;
      readonly until: u32;
    } & Struct;
    readonly type: 'TypeRegistered' | 'TypeUpdated' | 'TypeTransferOffered' | 'TypeTransferred' | 'TypeRetired' | 'ProviderRegistered' | 'ProviderUpdated' | 'PolicySet' | 'ConsumerRulesSet' | 'ProviderPaused' | 'ProviderResumed' | 'ProviderLeaving' | 'ProviderLeft' | 'OfferSet' | 'OfferWithdrawn' | 'OfferRemoved' | 'HeartbeatReceived';
  }

  /** @name PalletDinfraSubscriptionEvent (108) */
  interface PalletDinfraSubscriptionEvent extends Enum {
    readonly isSubscribed: boolean;
    readonly asSubscribed: {
      readonly id: u64;
      readonly consumer: AccountId32;
    } & Struct;
    readonly isAwarded: boolean;
    readonly asAwarded: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly price: u128;
      readonly deadline: u32;
    } & Struct;
    readonly isPending: boolean;
    readonly asPending: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: Option<u32>;
    } & Struct;
    readonly isAccepted: boolean;
    readonly asAccepted: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly deadline: u32;
    } & Struct;
    readonly isActivated: boolean;
    readonly asActivated: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly paidUntil: u32;
    } & Struct;
    readonly isDegraded: boolean;
    readonly asDegraded: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly reason: u16;
      readonly deadline: u32;
    } & Struct;
    readonly isRecovered: boolean;
    readonly asRecovered: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly paidUntil: u32;
    } & Struct;
    readonly isSuspended: boolean;
    readonly asSuspended: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly deadline: u32;
    } & Struct;
    readonly isResumed: boolean;
    readonly asResumed: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly paidUntil: u32;
    } & Struct;
    readonly isFailed: boolean;
    readonly asFailed: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly reason: u16;
    } & Struct;
    readonly isEnded: boolean;
    readonly asEnded: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: Option<u32>;
      readonly reason: u16;
      readonly refund: u128;
    } & Struct;
    readonly isReleased: boolean;
    readonly asReleased: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
    } & Struct;
    readonly isCleanedUp: boolean;
    readonly asCleanedUp: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
    } & Struct;
    readonly isRemoved: boolean;
    readonly asRemoved: {
      readonly id: u64;
    } & Struct;
    readonly isUpdateRequested: boolean;
    readonly asUpdateRequested: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: Option<u32>;
      readonly content: PalletDinfraProviderContent;
    } & Struct;
    readonly isUpdateWithdrawn: boolean;
    readonly asUpdateWithdrawn: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: Option<u32>;
    } & Struct;
    readonly isUpdateAccepted: boolean;
    readonly asUpdateAccepted: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly content: PalletDinfraProviderContent;
    } & Struct;
    readonly isUpdateDeclined: boolean;
    readonly asUpdateDeclined: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly reason: u16;
    } & Struct;
    readonly isInfoSet: boolean;
    readonly asInfoSet: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
    } & Struct;
    readonly isToppedUp: boolean;
    readonly asToppedUp: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: Option<u32>;
      readonly by: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isPaid: boolean;
    readonly asPaid: {
      readonly id: u64;
      readonly tenure: u32;
      readonly provider: u32;
      readonly amount: u128;
    } & Struct;
    readonly isWithdrawn: boolean;
    readonly asWithdrawn: {
      readonly owner: AccountId32;
      readonly amount: u128;
    } & Struct;
    readonly isStepFailed: boolean;
    readonly asStepFailed: {
      readonly id: u64;
      readonly error: SpRuntimeDispatchError;
    } & Struct;
    readonly type: 'Subscribed' | 'Awarded' | 'Pending' | 'Accepted' | 'Activated' | 'Degraded' | 'Recovered' | 'Suspended' | 'Resumed' | 'Failed' | 'Ended' | 'Released' | 'CleanedUp' | 'Removed' | 'UpdateRequested' | 'UpdateWithdrawn' | 'UpdateAccepted' | 'UpdateDeclined' | 'InfoSet' | 'ToppedUp' | 'Paid' | 'Withdrawn' | 'StepFailed';
  }

  /** @name FrameSystemPhase (110) */
  interface FrameSystemPhase extends Enum {
    readonly isApplyExtrinsic: boolean;
    readonly asApplyExtrinsic: u32;
    readonly isFinalization: boolean;
    readonly isInitialization: boolean;
    readonly type: 'ApplyExtrinsic' | 'Finalization' | 'Initialization';
  }

  /** @name FrameSystemLastRuntimeUpgradeInfo (113) */
  interface FrameSystemLastRuntimeUpgradeInfo extends Struct {
    readonly specVersion: Compact<u32>;
    readonly specName: Text;
  }

  /** @name FrameSystemCodeUpgradeAuthorization (116) */
  interface FrameSystemCodeUpgradeAuthorization extends Struct {
    readonly codeHash: H256;
    readonly checkVersion: bool;
  }

  /** @name FrameSystemLimitsBlockWeights (117) */
  interface FrameSystemLimitsBlockWeights extends Struct {
    readonly baseBlock: SpWeightsWeightV2Weight;
    readonly maxBlock: SpWeightsWeightV2Weight;
    readonly perClass: FrameSupportDispatchPerDispatchClassWeightsPerClass;
  }

  /** @name FrameSupportDispatchPerDispatchClassWeightsPerClass (118) */
  interface FrameSupportDispatchPerDispatchClassWeightsPerClass extends Struct {
    readonly normal: FrameSystemLimitsWeightsPerClass;
    readonly operational: FrameSystemLimitsWeightsPerClass;
    readonly mandatory: FrameSystemLimitsWeightsPerClass;
  }

  /** @name FrameSystemLimitsWeightsPerClass (119) */
  interface FrameSystemLimitsWeightsPerClass extends Struct {
    readonly baseExtrinsic: SpWeightsWeightV2Weight;
    readonly maxExtrinsic: Option<SpWeightsWeightV2Weight>;
    readonly maxTotal: Option<SpWeightsWeightV2Weight>;
    readonly reserved: Option<SpWeightsWeightV2Weight>;
  }

  /** @name FrameSystemLimitsBlockLength (121) */
  interface FrameSystemLimitsBlockLength extends Struct {
    readonly max: FrameSupportDispatchPerDispatchClassU32;
    readonly maxHeaderSize: Option<u32>;
  }

  /** @name FrameSupportDispatchPerDispatchClassU32 (122) */
  interface FrameSupportDispatchPerDispatchClassU32 extends Struct {
    readonly normal: u32;
    readonly operational: u32;
    readonly mandatory: u32;
  }

  /** @name SpWeightsRuntimeDbWeight (123) */
  interface SpWeightsRuntimeDbWeight extends Struct {
    readonly read: u64;
    readonly write: u64;
  }

  /** @name SpVersionRuntimeVersion (124) */
  interface SpVersionRuntimeVersion extends Struct {
    readonly specName: Text;
    readonly implName: Text;
    readonly authoringVersion: u32;
    readonly specVersion: u32;
    readonly implVersion: u32;
    readonly apis: Vec<ITuple<[U8aFixed, u32]>>;
    readonly transactionVersion: u32;
    readonly systemVersion: u8;
  }

  /** @name FrameSystemError (129) */
  interface FrameSystemError extends Enum {
    readonly isInvalidSpecName: boolean;
    readonly isSpecVersionNeedsToIncrease: boolean;
    readonly isFailedToExtractRuntimeVersion: boolean;
    readonly isNonDefaultComposite: boolean;
    readonly isNonZeroRefCount: boolean;
    readonly isCallFiltered: boolean;
    readonly isMultiBlockMigrationsOngoing: boolean;
    readonly isNothingAuthorized: boolean;
    readonly isUnauthorized: boolean;
    readonly type: 'InvalidSpecName' | 'SpecVersionNeedsToIncrease' | 'FailedToExtractRuntimeVersion' | 'NonDefaultComposite' | 'NonZeroRefCount' | 'CallFiltered' | 'MultiBlockMigrationsOngoing' | 'NothingAuthorized' | 'Unauthorized';
  }

  /** @name SpConsensusAuraSr25519AppSr25519Public (131) */
  interface SpConsensusAuraSr25519AppSr25519Public extends U8aFixed {}

  /** @name PalletBalancesBalanceLock (135) */
  interface PalletBalancesBalanceLock extends Struct {
    readonly id: U8aFixed;
    readonly amount: u128;
    readonly reasons: PalletBalancesReasons;
  }

  /** @name PalletBalancesReasons (136) */
  interface PalletBalancesReasons extends Enum {
    readonly isFee: boolean;
    readonly isMisc: boolean;
    readonly isAll: boolean;
    readonly type: 'Fee' | 'Misc' | 'All';
  }

  /** @name PalletBalancesReserveData (139) */
  interface PalletBalancesReserveData extends Struct {
    readonly id: U8aFixed;
    readonly amount: u128;
  }

  /** @name FrameSupportTokensMiscIdAmountRuntimeHoldReason (142) */
  interface FrameSupportTokensMiscIdAmountRuntimeHoldReason extends Struct {
    readonly id: DinfraRuntimeRuntimeHoldReason;
    readonly amount: u128;
  }

  /** @name FrameSupportTokensMiscIdAmountRuntimeFreezeReason (145) */
  interface FrameSupportTokensMiscIdAmountRuntimeFreezeReason extends Struct {
    readonly id: DinfraRuntimeRuntimeFreezeReason;
    readonly amount: u128;
  }

  /** @name DinfraRuntimeRuntimeFreezeReason (146) */
  type DinfraRuntimeRuntimeFreezeReason = Null;

  /** @name PalletBalancesError (148) */
  interface PalletBalancesError extends Enum {
    readonly isVestingBalance: boolean;
    readonly isLiquidityRestrictions: boolean;
    readonly isInsufficientBalance: boolean;
    readonly isExistentialDeposit: boolean;
    readonly isExpendability: boolean;
    readonly isExistingVestingSchedule: boolean;
    readonly isDeadAccount: boolean;
    readonly isTooManyReserves: boolean;
    readonly isTooManyHolds: boolean;
    readonly isTooManyFreezes: boolean;
    readonly isIssuanceDeactivated: boolean;
    readonly isDeltaZero: boolean;
    readonly type: 'VestingBalance' | 'LiquidityRestrictions' | 'InsufficientBalance' | 'ExistentialDeposit' | 'Expendability' | 'ExistingVestingSchedule' | 'DeadAccount' | 'TooManyReserves' | 'TooManyHolds' | 'TooManyFreezes' | 'IssuanceDeactivated' | 'DeltaZero';
  }

  /** @name PalletTransactionPaymentReleases (150) */
  interface PalletTransactionPaymentReleases extends Enum {
    readonly isV1Ancient: boolean;
    readonly isV2: boolean;
    readonly type: 'V1Ancient' | 'V2';
  }

  /** @name FrameSupportStorageNoDrop (151) */
  interface FrameSupportStorageNoDrop extends FrameSupportTokensFungibleImbalance {}

  /** @name FrameSupportTokensFungibleImbalance (152) */
  interface FrameSupportTokensFungibleImbalance extends Struct {
    readonly amount: u128;
  }

  /** @name PalletSudoError (153) */
  interface PalletSudoError extends Enum {
    readonly isRequireSudo: boolean;
    readonly type: 'RequireSudo';
  }

  /** @name PalletUtilityError (154) */
  interface PalletUtilityError extends Enum {
    readonly isTooManyCalls: boolean;
    readonly type: 'TooManyCalls';
  }

  /** @name PalletPreimageOldRequestStatus (155) */
  interface PalletPreimageOldRequestStatus extends Enum {
    readonly isUnrequested: boolean;
    readonly asUnrequested: {
      readonly deposit: ITuple<[AccountId32, u128]>;
      readonly len: u32;
    } & Struct;
    readonly isRequested: boolean;
    readonly asRequested: {
      readonly deposit: Option<ITuple<[AccountId32, u128]>>;
      readonly count: u32;
      readonly len: Option<u32>;
    } & Struct;
    readonly type: 'Unrequested' | 'Requested';
  }

  /** @name PalletPreimageRequestStatus (158) */
  interface PalletPreimageRequestStatus extends Enum {
    readonly isUnrequested: boolean;
    readonly asUnrequested: {
      readonly ticket: ITuple<[AccountId32, u128]>;
      readonly len: u32;
    } & Struct;
    readonly isRequested: boolean;
    readonly asRequested: {
      readonly maybeTicket: Option<ITuple<[AccountId32, u128]>>;
      readonly count: u32;
      readonly maybeLen: Option<u32>;
    } & Struct;
    readonly type: 'Unrequested' | 'Requested';
  }

  /** @name PalletPreimageError (164) */
  interface PalletPreimageError extends Enum {
    readonly isTooBig: boolean;
    readonly isAlreadyNoted: boolean;
    readonly isNotAuthorized: boolean;
    readonly isNotNoted: boolean;
    readonly isRequested: boolean;
    readonly isNotRequested: boolean;
    readonly isTooMany: boolean;
    readonly isTooFew: boolean;
    readonly type: 'TooBig' | 'AlreadyNoted' | 'NotAuthorized' | 'NotNoted' | 'Requested' | 'NotRequested' | 'TooMany' | 'TooFew';
  }

  /** @name PalletProxyProxyDefinition (167) */
  interface PalletProxyProxyDefinition extends Struct {
    readonly delegate: AccountId32;
    readonly proxyType: DinfraRuntimeProxiesProxyType;
    readonly delay: u32;
  }

  /** @name PalletProxyAnnouncement (171) */
  interface PalletProxyAnnouncement extends Struct {
    readonly real: AccountId32;
    readonly callHash: H256;
    readonly height: u32;
  }

  /** @name PalletProxyError (173) */
  interface PalletProxyError extends Enum {
    readonly isTooMany: boolean;
    readonly isNotFound: boolean;
    readonly isNotProxy: boolean;
    readonly isUnproxyable: boolean;
    readonly isDuplicate: boolean;
    readonly isNoPermission: boolean;
    readonly isUnannounced: boolean;
    readonly isNoSelfProxy: boolean;
    readonly type: 'TooMany' | 'NotFound' | 'NotProxy' | 'Unproxyable' | 'Duplicate' | 'NoPermission' | 'Unannounced' | 'NoSelfProxy';
  }

  /** @name PalletDinfraProviderDescriptorType (174) */
  interface PalletDinfraProviderDescriptorType extends Struct {
    readonly owner: AccountId32;
    readonly schema: PalletDinfraProviderContent;
    readonly version: u32;
    readonly deposit: u128;
    readonly retired: bool;
    readonly users: u32;
  }

  /** @name PalletDinfraProviderProviderInfo (175) */
  interface PalletDinfraProviderProviderInfo extends Struct {
    readonly owner: AccountId32;
    readonly operator: AccountId32;
    readonly accessKey: U8aFixed;
    readonly metadata: Bytes;
    readonly policy: PalletDinfraProviderPolicy;
    readonly status: PalletDinfraProviderProviderStatus;
    readonly deposit: u128;
    readonly offers: u32;
    readonly rules: u32;
    readonly live: u32;
  }

  /** @name PalletDinfraProviderProviderStatus (176) */
  interface PalletDinfraProviderProviderStatus extends Enum {
    readonly isActive: boolean;
    readonly isPaused: boolean;
    readonly isLeaving: boolean;
    readonly asLeaving: {
      readonly until: u32;
    } & Struct;
    readonly type: 'Active' | 'Paused' | 'Leaving';
  }

  /** @name PalletDinfraProviderOffer (178) */
  interface PalletDinfraProviderOffer extends Struct {
    readonly price: u128;
    readonly capacity: u32;
    readonly used: u32;
    readonly strategies: u8;
    readonly withdrawn: bool;
  }

  /** @name PalletDinfraProviderHeartbeat (182) */
  interface PalletDinfraProviderHeartbeat extends Struct {
    readonly at: u32;
    readonly until: u32;
    readonly counted: u32;
  }

  /** @name PalletDinfraProviderRecord (183) */
  interface PalletDinfraProviderRecord extends Struct {
    readonly awards: u32;
    readonly accepted: u32;
    readonly declined: u32;
    readonly missedAccept: u32;
    readonly missedReady: u32;
    readonly failed: u32;
    readonly blocksOwed: u64;
    readonly blocksServed: u64;
  }

  /** @name PalletDinfraProviderError (184) */
  interface PalletDinfraProviderError extends Enum {
    readonly isBadTypeName: boolean;
    readonly isTypeExists: boolean;
    readonly isUnknownType: boolean;
    readonly isTypeRetired: boolean;
    readonly isNotTypeOwner: boolean;
    readonly isNotHeir: boolean;
    readonly isContentLength: boolean;
    readonly isPreimageMissing: boolean;
    readonly isPreimageLength: boolean;
    readonly isAlreadyProvider: boolean;
    readonly isUnknownProvider: boolean;
    readonly isNotProvider: boolean;
    readonly isNotProviderOwner: boolean;
    readonly isNotOperator: boolean;
    readonly isNotActive: boolean;
    readonly isNotPaused: boolean;
    readonly isLeaving: boolean;
    readonly isNotLeaving: boolean;
    readonly isNoticeOver: boolean;
    readonly isStillLive: boolean;
    readonly isPriceZero: boolean;
    readonly isPriceTooHigh: boolean;
    readonly isCapacityZero: boolean;
    readonly isCapacityTooLarge: boolean;
    readonly isBadStrategies: boolean;
    readonly isTooManyOffers: boolean;
    readonly isTooManyProviders: boolean;
    readonly isUnknownOffer: boolean;
    readonly isTooManyRules: boolean;
    readonly isOverflow: boolean;
    readonly type: 'BadTypeName' | 'TypeExists' | 'UnknownType' | 'TypeRetired' | 'NotTypeOwner' | 'NotHeir' | 'ContentLength' | 'PreimageMissing' | 'PreimageLength' | 'AlreadyProvider' | 'UnknownProvider' | 'NotProvider' | 'NotProviderOwner' | 'NotOperator' | 'NotActive' | 'NotPaused' | 'Leaving' | 'NotLeaving' | 'NoticeOver' | 'StillLive' | 'PriceZero' | 'PriceTooHigh' | 'CapacityZero' | 'CapacityTooLarge' | 'BadStrategies' | 'TooManyOffers' | 'TooManyProviders' | 'UnknownOffer' | 'TooManyRules' | 'Overflow';
  }

  /** @name PalletDinfraSubscriptionSubscriptionInfo (185) */
  interface PalletDinfraSubscriptionSubscriptionInfo extends Struct {
    readonly consumer: AccountId32;
    readonly accessKey: U8aFixed;
    readonly typeName: Bytes;
    readonly content: PalletDinfraProviderContent;
    readonly update: Option<PalletDinfraProviderContent>;
    readonly terms: PalletDinfraSubscriptionTerms;
    readonly status: PalletDinfraSubscriptionStatus;
    readonly tenure: u32;
    readonly funds: u128;
    readonly spent: u128;
    readonly deposit: u128;
    readonly failed: Vec<PalletDinfraSubscriptionFailure>;
    readonly unreleased: u32;
    readonly bucket: Option<u32>;
  }

  /** @name PalletDinfraSubscriptionStatus (187) */
  interface PalletDinfraSubscriptionStatus extends Enum {
    readonly isPending: boolean;
    readonly asPending: {
      readonly retries: u32;
    } & Struct;
    readonly isRunning: boolean;
    readonly asRunning: {
      readonly provider: u32;
    } & Struct;
    readonly isEnded: boolean;
    readonly asEnded: {
      readonly reason: u16;
    } & Struct;
    readonly type: 'Pending' | 'Running' | 'Ended';
  }

  /** @name PalletDinfraSubscriptionFailure (189) */
  interface PalletDinfraSubscriptionFailure extends Struct {
    readonly provider: u32;
    readonly tenure: u32;
    readonly reason: u16;
  }

  /** @name PalletDinfraSubscriptionTenure (193) */
  interface PalletDinfraSubscriptionTenure extends Struct {
    readonly state: PalletDinfraSubscriptionTenureState;
    readonly content: PalletDinfraProviderContent;
    readonly price: u128;
    readonly since: u32;
    readonly deadline: Option<u32>;
    readonly reason: Option<u16>;
    readonly earned: u128;
    readonly settledAt: u32;
    readonly mark: u32;
  }

  /** @name PalletDinfraSubscriptionTenureState (194) */
  interface PalletDinfraSubscriptionTenureState extends Enum {
    readonly isAwarded: boolean;
    readonly isAccepted: boolean;
    readonly isActive: boolean;
    readonly isDegraded: boolean;
    readonly isSuspended: boolean;
    readonly isEnded: boolean;
    readonly type: 'Awarded' | 'Accepted' | 'Active' | 'Degraded' | 'Suspended' | 'Ended';
  }

  /** @name PalletDinfraSubscriptionError (199) */
  interface PalletDinfraSubscriptionError extends Enum {
    readonly isUnknownSubscription: boolean;
    readonly isUnknownTenure: boolean;
    readonly isNotConsumer: boolean;
    readonly isWrongState: boolean;
    readonly isReasonOutOfRange: boolean;
    readonly isAmountZero: boolean;
    readonly isMaxPriceZero: boolean;
    readonly isGraceOutOfBounds: boolean;
    readonly isNothingEarned: boolean;
    readonly isNotLost: boolean;
    readonly isTooEarly: boolean;
    readonly isNoProviderEligible: boolean;
    readonly isSameContent: boolean;
    readonly isNoUpdate: boolean;
    readonly isUpdateChanged: boolean;
    readonly isOverflow: boolean;
    readonly type: 'UnknownSubscription' | 'UnknownTenure' | 'NotConsumer' | 'WrongState' | 'ReasonOutOfRange' | 'AmountZero' | 'MaxPriceZero' | 'GraceOutOfBounds' | 'NothingEarned' | 'NotLost' | 'TooEarly' | 'NoProviderEligible' | 'SameContent' | 'NoUpdate' | 'UpdateChanged' | 'Overflow';
  }

  /** @name DinfraRuntimeRuntime (200) */
  type DinfraRuntimeRuntime = Null;

  /** @name SpRuntimeBlockLazyBlock (201) */
  interface SpRuntimeBlockLazyBlock extends Struct {
    readonly header: SpRuntimeHeader;
    readonly extrinsics: Vec<Bytes>;
  }

  /** @name SpRuntimeHeader (202) */
  interface SpRuntimeHeader extends Struct {
    readonly parentHash: H256;
    readonly number: Compact<u32>;
    readonly stateRoot: H256;
    readonly extrinsicsRoot: H256;
    readonly digest: SpRuntimeDigest;
  }

  /** @name SpRuntimeExtrinsicInclusionMode (206) */
  interface SpRuntimeExtrinsicInclusionMode extends Enum {
    readonly isAllExtrinsics: boolean;
    readonly isOnlyInherents: boolean;
    readonly type: 'AllExtrinsics' | 'OnlyInherents';
  }

  /** @name SpRuntimeTransactionValidityTransactionValidityError (210) */
  interface SpRuntimeTransactionValidityTransactionValidityError extends Enum {
    readonly isInvalid: boolean;
    readonly asInvalid: SpRuntimeTransactionValidityInvalidTransaction;
    readonly isUnknown: boolean;
    readonly asUnknown: SpRuntimeTransactionValidityUnknownTransaction;
    readonly type: 'Invalid' | 'Unknown';
  }

  /** @name SpRuntimeTransactionValidityInvalidTransaction (211) */
  interface SpRuntimeTransactionValidityInvalidTransaction extends Enum {
    readonly isCall: boolean;
    readonly isPayment: boolean;
    readonly isFuture: boolean;
    readonly isStale: boolean;
    readonly isBadProof: boolean;
    readonly isAncientBirthBlock: boolean;
    readonly isExhaustsResources: boolean;
    readonly isCustom: boolean;
    readonly asCustom: u8;
    readonly isBadMandatory: boolean;
    readonly isMandatoryValidation: boolean;
    readonly isBadSigner: boolean;
    readonly isIndeterminateImplicit: boolean;
    readonly isUnknownOrigin: boolean;
    readonly type: 'Call' | 'Payment' | 'Future' | 'Stale' | 'BadProof' | 'AncientBirthBlock' | 'ExhaustsResources' | 'Custom' | 'BadMandatory' | 'MandatoryValidation' | 'BadSigner' | 'IndeterminateImplicit' | 'UnknownOrigin';
  }

  /** @name SpRuntimeTransactionValidityUnknownTransaction (212) */
  interface SpRuntimeTransactionValidityUnknownTransaction extends Enum {
    readonly isCannotLookup: boolean;
    readonly isNoUnsignedValidator: boolean;
    readonly isCustom: boolean;
    readonly asCustom: u8;
    readonly type: 'CannotLookup' | 'NoUnsignedValidator' | 'Custom';
  }

  /** @name SpInherentsInherentData (213) */
  interface SpInherentsInherentData extends Struct {
    readonly data: BTreeMap<U8aFixed, Bytes>;
  }

  /** @name SpInherentsCheckInherentsResult (218) */
  interface SpInherentsCheckInherentsResult extends Struct {
    readonly okay: bool;
    readonly fatalError: bool;
    readonly errors: SpInherentsInherentData;
  }

  /** @name SpRuntimeTransactionValidityTransactionSource (219) */
  interface SpRuntimeTransactionValidityTransactionSource extends Enum {
    readonly isInBlock: boolean;
    readonly isLocal: boolean;
    readonly isExternal: boolean;
    readonly type: 'InBlock' | 'Local' | 'External';
  }

  /** @name SpRuntimeTransactionValidityValidTransaction (221) */
  interface SpRuntimeTransactionValidityValidTransaction extends Struct {
    readonly priority: u64;
    readonly requires: Vec<Bytes>;
    readonly provides: Vec<Bytes>;
    readonly longevity: u64;
    readonly propagate: bool;
  }

  /** @name SpSessionRuntimeApiOpaqueGeneratedSessionKeys (224) */
  interface SpSessionRuntimeApiOpaqueGeneratedSessionKeys extends Struct {
    readonly keys_: Bytes;
    readonly proof: Bytes;
  }

  /** @name SpCoreCryptoKeyTypeId (228) */
  interface SpCoreCryptoKeyTypeId extends U8aFixed {}

  /** @name PalletTransactionPaymentRuntimeDispatchInfo (229) */
  interface PalletTransactionPaymentRuntimeDispatchInfo extends Struct {
    readonly weight: SpWeightsWeightV2Weight;
    readonly class: FrameSupportDispatchDispatchClass;
    readonly partialFee: u128;
  }

  /** @name PalletTransactionPaymentFeeDetails (230) */
  interface PalletTransactionPaymentFeeDetails extends Struct {
    readonly inclusionFee: Option<PalletTransactionPaymentInclusionFee>;
    readonly tip: u128;
  }

  /** @name PalletTransactionPaymentInclusionFee (232) */
  interface PalletTransactionPaymentInclusionFee extends Struct {
    readonly baseFee: u128;
    readonly lenFee: u128;
    readonly adjustedWeightFee: u128;
  }

  /** @name PalletDinfraSubscriptionApiDesiredPage (238) */
  interface PalletDinfraSubscriptionApiDesiredPage extends Struct {
    readonly rows: Vec<PalletDinfraSubscriptionApiDesiredTenure>;
    readonly next: Option<ITuple<[u64, u32]>>;
  }

  /** @name PalletDinfraSubscriptionApiDesiredTenure (240) */
  interface PalletDinfraSubscriptionApiDesiredTenure extends Struct {
    readonly id: u64;
    readonly tenure: u32;
    readonly state: PalletDinfraSubscriptionTenureState;
    readonly consumer: AccountId32;
    readonly accessKey: U8aFixed;
    readonly typeName: Bytes;
    readonly content: PalletDinfraProviderContent;
    readonly update: Option<PalletDinfraProviderContent>;
    readonly price: u128;
    readonly paidUntil: Option<u32>;
    readonly deadline: Option<u32>;
    readonly reason: Option<u16>;
    readonly since: u32;
  }

  /** @name PalletDinfraSubscriptionApiCandidate (242) */
  interface PalletDinfraSubscriptionApiCandidate extends Struct {
    readonly provider: u32;
    readonly price: Option<u128>;
    readonly excluded: Option<PalletDinfraProviderExclusion>;
  }

  /** @name PalletDinfraProviderExclusion (245) */
  interface PalletDinfraProviderExclusion extends Enum {
    readonly isNotOffered: boolean;
    readonly isPaused: boolean;
    readonly isLeaving: boolean;
    readonly isStaleHeartbeat: boolean;
    readonly isFull: boolean;
    readonly isStrategyNotAccepted: boolean;
    readonly isNotNamed: boolean;
    readonly isConsumerNotAllowed: boolean;
    readonly isPriceTooHigh: boolean;
    readonly isFundsTooLow: boolean;
    readonly isFailedBefore: boolean;
    readonly isReputationTooLow: boolean;
    readonly type: 'NotOffered' | 'Paused' | 'Leaving' | 'StaleHeartbeat' | 'Full' | 'StrategyNotAccepted' | 'NotNamed' | 'ConsumerNotAllowed' | 'PriceTooHigh' | 'FundsTooLow' | 'FailedBefore' | 'ReputationTooLow';
  }

  /** @name PalletDinfraSubscriptionApiCost (247) */
  interface PalletDinfraSubscriptionApiCost extends Struct {
    readonly spent: u128;
    readonly owed: u128;
    readonly refundable: u128;
    readonly deposit: u128;
    readonly reserved: u128;
    readonly price: Option<u128>;
    readonly blocksLeft: Option<u32>;
  }

  /** @name PalletDinfraSubscriptionApiSubscriptionView (249) */
  interface PalletDinfraSubscriptionApiSubscriptionView extends Struct {
    readonly id: u64;
    readonly tenure: u32;
    readonly state: PalletDinfraSubscriptionApiState;
    readonly consumer: AccountId32;
    readonly provider: Option<u32>;
    readonly typeName: Bytes;
    readonly content: PalletDinfraProviderContent;
    readonly update: Option<PalletDinfraProviderContent>;
    readonly terms: PalletDinfraSubscriptionTerms;
    readonly funds: u128;
    readonly spent: u128;
    readonly price: Option<u128>;
    readonly paidUntil: Option<u32>;
    readonly deadline: Option<u32>;
    readonly reason: Option<u16>;
    readonly failed: Vec<PalletDinfraSubscriptionFailure>;
  }

  /** @name PalletDinfraSubscriptionApiState (250) */
  interface PalletDinfraSubscriptionApiState extends Enum {
    readonly isPending: boolean;
    readonly isAwarded: boolean;
    readonly isAccepted: boolean;
    readonly isActive: boolean;
    readonly isDegraded: boolean;
    readonly isSuspended: boolean;
    readonly isEnded: boolean;
    readonly type: 'Pending' | 'Awarded' | 'Accepted' | 'Active' | 'Degraded' | 'Suspended' | 'Ended';
  }

  /** @name DinfraRuntimeRuntimeError (251) */
  interface DinfraRuntimeRuntimeError extends Enum {
    readonly isSystem: boolean;
    readonly asSystem: FrameSystemError;
    readonly isBalances: boolean;
    readonly asBalances: PalletBalancesError;
    readonly isSudo: boolean;
    readonly asSudo: PalletSudoError;
    readonly isUtility: boolean;
    readonly asUtility: PalletUtilityError;
    readonly isPreimage: boolean;
    readonly asPreimage: PalletPreimageError;
    readonly isProxy: boolean;
    readonly asProxy: PalletProxyError;
    readonly isProvider: boolean;
    readonly asProvider: PalletDinfraProviderError;
    readonly isSubscription: boolean;
    readonly asSubscription: PalletDinfraSubscriptionError;
    readonly type: 'System' | 'Balances' | 'Sudo' | 'Utility' | 'Preimage' | 'Proxy' | 'Provider' | 'Subscription';
  }

} // declare module
