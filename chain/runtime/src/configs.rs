//! How each pallet is set up.

use crate::*;
use frame_support::{
	derive_impl,
	dispatch::DispatchClass,
	parameter_types,
	traits::{
		ConstBool, ConstU8, ConstU16, ConstU32, ConstU64, ConstU128, LinearStoragePrice, VariantCountOf,
		fungible::HoldConsideration,
	},
	weights::{
		ConstantMultiplier, IdentityFee, Weight,
		constants::{RocksDbWeight, WEIGHT_REF_TIME_PER_SECOND},
	},
};
use frame_system::{
	EnsureRoot,
	limits::{BlockLength, BlockWeights},
};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_runtime::{Perbill, traits::AccountIdLookup};

const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);

parameter_types! {
	pub const BlockHashCount: BlockNumber = 2_400;
	pub const Version: RuntimeVersion = VERSION;
	/// Two seconds of computation in a block of six.
	pub RuntimeBlockWeights: BlockWeights = BlockWeights::with_sensible_defaults(
		Weight::from_parts(2 * WEIGHT_REF_TIME_PER_SECOND, u64::MAX),
		NORMAL_DISPATCH_RATIO,
	);
	pub RuntimeBlockLength: BlockLength = BlockLength::builder()
		.max_length(5 * 1024 * 1024)
		.modify_max_length_for_class(DispatchClass::Normal, |max| *max = NORMAL_DISPATCH_RATIO * *max)
		.build();
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type Block = Block;
	type Nonce = Nonce;
	type AccountId = AccountId;
	type Lookup = AccountIdLookup<AccountId, ()>;
	type Hash = Hash;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BlockHashCount = BlockHashCount;
	type BlockWeights = RuntimeBlockWeights;
	type BlockLength = RuntimeBlockLength;
	type DbWeight = RocksDbWeight;
	type Version = Version;
	type SS58Prefix = ConstU16<42>;
	type MaxConsumers = ConstU32<16>;
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = Aura;
	type MinimumPeriod = ConstU64<{ SLOT_DURATION / 2 }>;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_aura::Config for Runtime {
	type AuthorityId = AuraId;
	type DisabledValidators = ();
	type MaxAuthorities = ConstU32<32>;
	// Development nodes make blocks faster than slots pass.
	type AllowMultipleBlocksPerSlot = ConstBool<true>;
	type SlotDuration = ConstU64<SLOT_DURATION>;
}

impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<MILLIUNIT>;
	type DustRemoval = ();
	type AccountStore = System;
	type ReserveIdentifier = [u8; 8];
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type DoneSlashHandler = ();
	type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = pallet_transaction_payment::FungibleAdapter<Balances, ()>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type WeightToFee = IdentityFee<Balance>;
	type LengthToFee = ConstantMultiplier<Balance, ConstU128<MICROUNIT>>;
	type FeeMultiplierUpdate = ();
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

impl pallet_sudo::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	pub const PreimageBaseDeposit: Balance = 10 * MILLIUNIT;
	pub const PreimageByteDeposit: Balance = 10 * MICROUNIT;
	pub const PreimageHoldReason: RuntimeHoldReason =
		RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
}

impl pallet_preimage::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type ManagerOrigin = EnsureRoot<AccountId>;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		PreimageHoldReason,
		LinearStoragePrice<PreimageBaseDeposit, PreimageByteDeposit, Balance>,
	>;
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ConstU128<{ 100 * MILLIUNIT }>;
	type ProxyDepositFactor = ConstU128<{ 33 * MILLIUNIT }>;
	type MaxProxies = ConstU32<32>;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
	type MaxPending = ConstU32<32>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = ConstU128<{ 100 * MILLIUNIT }>;
	type AnnouncementDepositFactor = ConstU128<{ 66 * MILLIUNIT }>;
	type BlockNumberProvider = System;
}

impl pallet_dinfra_provider::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Preimages = Preimage;
	type MaxContentLen = ConstU32<{ 256 * 1024 }>;
	type MaxTypeName = ConstU32<64>;
	type MaxMetadata = ConstU32<1024>;
	type MaxOffers = ConstU32<32>;
	type MaxProvidersPerType = ConstU32<64>;
	type MaxRules = ConstU32<256>;
	type MaxRulesPerCall = ConstU32<64>;
	type MaxCapacity = ConstU32<1_000_000>;
	type MaxPrice = ConstU128<{ 1_000_000 * UNIT }>;
	type TypeDeposit = ConstU128<UNIT>;
	type ByteDeposit = ConstU128<{ 10 * MICROUNIT }>;
	type ProviderDeposit = ConstU128<{ 10 * UNIT }>;
	type OfferDeposit = ConstU128<{ 100 * MILLIUNIT }>;
	type RuleDeposit = ConstU128<{ 10 * MILLIUNIT }>;
	type HeartbeatPeriod = ConstU32<50>;
	type NoticePeriod = ConstU32<DAYS>;
	type WeightInfo = pallet_dinfra_provider::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
	pub const SuspendedPrice: Perbill = Perbill::from_percent(25);
}

impl pallet_dinfra_subscription::Config for Runtime {
	type Randomness = randomness::ParentHash;
	type SubscriptionDeposit = ConstU128<{ 100 * MILLIUNIT }>;
	type AcceptPeriod = ConstU32<50>;
	type ReadyPeriod = ConstU32<300>;
	type MaxDegraded = ConstU32<600>;
	type LostAfter = ConstU32<100>;
	type ReleasePeriod = ConstU32<DAYS>;
	type RetryPeriod = ConstU32<20>;
	type MaxRetries = ConstU32<50>;
	type MaxFailed = ConstU32<16>;
	type MinGrace = ConstU32<0>;
	type MaxGrace = ConstU32<{ 7 * DAYS }>;
	type MinFundedBlocks = ConstU32<10>;
	type SuspendedPrice = SuspendedPrice;
	type MaxExpiriesPerBlock = ConstU32<50>;
	type WeightInfo = pallet_dinfra_subscription::weights::SubstrateWeight<Runtime>;
}
