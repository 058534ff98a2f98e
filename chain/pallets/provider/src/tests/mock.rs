//! A runtime of this pallet and the two it needs.

use crate as pallet_dinfra_provider;
use crate::*;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU32, ConstU64},
};
use sp_core::H256;
use sp_runtime::{
	BuildStorage,
	traits::{BlakeTwo256, Hash, IdentityLookup},
};

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Preimage: pallet_preimage,
		Provider: pallet_dinfra_provider,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<u64>;
	type Lookup = IdentityLookup<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type RuntimeHoldReason = RuntimeHoldReason;
}

impl pallet_preimage::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type Currency = Balances;
	type ManagerOrigin = frame_system::EnsureRoot<u64>;
	type Consideration = ();
}

parameter_types! {
	pub const MaxPrice: u64 = 1_000_000;
}

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Preimages = Preimage;
	type MaxContentLen = ConstU32<1024>;
	type MaxTypeName = ConstU32<16>;
	type MaxMetadata = ConstU32<32>;
	type MaxOffers = ConstU32<3>;
	type MaxProvidersPerType = ConstU32<4>;
	type MaxRules = ConstU32<5>;
	type MaxRulesPerCall = ConstU32<4>;
	type MaxCapacity = ConstU32<1000>;
	type MaxPrice = MaxPrice;
	type TypeDeposit = ConstU64<100>;
	type ByteDeposit = ConstU64<1>;
	type ProviderDeposit = ConstU64<200>;
	type OfferDeposit = ConstU64<10>;
	type RuleDeposit = ConstU64<5>;
	type HeartbeatPeriod = ConstU64<10>;
	type NoticePeriod = ConstU64<20>;
	type WeightInfo = ();
}

/// Accounts 1 to 9 have 10,000 each.
pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	pallet_balances::GenesisConfig::<Test> {
		balances: (1..10).map(|account| (account, 10_000)).collect(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs a test and checks the invariants after it.
pub fn test(body: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		body();
		Provider::check_state().unwrap();
	});
}

pub fn signed(account: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(account)
}

/// Dispatches a call as a block would: it must be refused with this error, change nothing, and cost its fee.
#[track_caller]
pub fn refused(signer: u64, call: Call<Test>, error: impl Into<sp_runtime::DispatchError>) {
	use frame_support::dispatch::{GetDispatchInfo, Pays};
	use sp_runtime::traits::Dispatchable;
	let call = RuntimeCall::from(call);
	assert_eq!(call.get_dispatch_info().pays_fee, Pays::Yes);
	let dispatch = || {
		call.dispatch(signed(signer)).map_err(|failed| {
			assert_eq!(failed.post_info.pays_fee, Pays::Yes);
			failed.error
		})
	};
	frame_support::assert_noop!(dispatch(), error.into());
}

/// The events of this pallet in this block, and forgets them.
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet::<Event<Test>>();
	System::reset_events();
	events
}

pub fn name(text: &str) -> TypeNameOf<Test> {
	text.as_bytes().to_vec().try_into().unwrap()
}

/// Notes the bytes as a preimage.
pub fn noted(bytes: &[u8]) -> Content {
	Preimage::note_preimage(RuntimeOrigin::signed(9), bytes.to_vec()).unwrap();
	content(bytes, ContentSource::Preimage)
}

pub fn content(bytes: &[u8], source: ContentSource) -> Content {
	Content { hash: hash_of(bytes), len: bytes.len() as u32, source }
}

pub fn hash_of(bytes: &[u8]) -> H256 {
	BlakeTwo256::hash(bytes)
}
