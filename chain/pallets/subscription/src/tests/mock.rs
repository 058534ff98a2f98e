//! A runtime of both pallets and the two they need, and a small market in it.

use crate as pallet_dinfra_subscription;
use crate::*;
use frame_support::{
	assert_ok, derive_impl,
	dispatch::DispatchResultWithPostInfo,
	parameter_types,
	traits::{ConstU32, ConstU64, OnFinalize, OnGenesis, OnInitialize, Randomness},
};
use pallet_dinfra_provider::Policy;
use sp_core::H256;
use sp_runtime::{
	BuildStorage, Perbill, Permill,
	traits::{BlakeTwo256, Hash, IdentityLookup},
};

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Preimage: pallet_preimage,
		Provider: pallet_dinfra_provider,
		Subscription: pallet_dinfra_subscription,
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
	pub const SuspendedPrice: Perbill = Perbill::from_percent(50);
}

impl pallet_dinfra_provider::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Preimages = Preimage;
	type MaxContentLen = ConstU32<1024>;
	type MaxTypeName = ConstU32<16>;
	type MaxMetadata = ConstU32<32>;
	type MaxOffers = ConstU32<4>;
	type MaxProvidersPerType = ConstU32<6>;
	type MaxRules = ConstU32<4>;
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

/// The hash of the subject and of the number of the block.
pub struct BlockRandomness;
impl Randomness<H256, u64> for BlockRandomness {
	fn random(subject: &[u8]) -> (H256, u64) {
		let now = System::block_number();
		(BlakeTwo256::hash_of(&(now, subject)), now)
	}
}

impl Config for Test {
	type Randomness = BlockRandomness;
	type SubscriptionDeposit = ConstU64<50>;
	type AcceptPeriod = ConstU64<5>;
	type ReadyPeriod = ConstU64<8>;
	type MaxDegraded = ConstU64<12>;
	type LostAfter = ConstU64<15>;
	type ReleasePeriod = ConstU64<30>;
	type RetryPeriod = ConstU64<4>;
	type MaxRetries = ConstU32<3>;
	type MaxFailed = ConstU32<3>;
	type MinGrace = ConstU64<0>;
	type MaxGrace = ConstU64<100>;
	type MinFundedBlocks = ConstU64<2>;
	type SuspendedPrice = SuspendedPrice;
	type MaxExpiriesPerBlock = ConstU32<3>;
	type WeightInfo = ();
}

/// Accounts: consumers 1 to 9, and providers of these operators and of owners 100 above them.
pub const ALICE: u64 = 1;
pub const BOB: u64 = 2;
pub const P0: u64 = 20;
pub const P1: u64 = 21;
pub const P2: u64 = 22;
pub const TYPE_OWNER: u64 = 50;
pub const ENDOWMENT: u64 = 100_000;

pub const fn owner(operator: u64) -> u64 {
	operator + 100
}

/// A chain without descriptor types.
pub fn empty() -> sp_io::TestExternalities {
	let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	let accounts = (1..10).chain(20..30).chain(120..130).chain([TYPE_OWNER]);
	pallet_balances::GenesisConfig::<Test> {
		balances: accounts.map(|account| (account, ENDOWMENT)).collect(),
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(AllPalletsWithSystem::on_genesis);
	ext
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	let mut ext = empty();
	ext.execute_with(|| {
		System::set_block_number(1);
		Subscription::on_initialize(1);
		let schema = noted(b"{}");
		assert_ok!(Provider::register_type(signed(TYPE_OWNER), name(), schema));
	});
	ext
}

/// Runs a test in a chain with one descriptor type, and checks the invariants after it.
pub fn test(body: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		body();
		check();
	});
}

/// Runs a test in a chain with one provider of price 10 and capacity 2, too.
pub fn test_with_provider(body: impl FnOnce()) {
	test(|| {
		provider(P0, 10, 2);
		body();
	});
}

pub fn check() {
	Provider::check_state().unwrap();
	Subscription::check_state().unwrap();
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

pub fn name() -> TypeNameOf<Test> {
	b"helm/v1".to_vec().try_into().unwrap()
}

/// Notes the bytes as a preimage, once.
pub fn noted(bytes: &[u8]) -> Content {
	let _ = Preimage::note_preimage(signed(9), bytes.to_vec());
	Content { hash: BlakeTwo256::hash(bytes), len: bytes.len() as u32, source: ContentSource::Preimage }
}

/// Registers a provider with a fresh heartbeat and an offer, and returns its id.
pub fn provider(operator: u64, price: u64, capacity: u32) -> ProviderId {
	let id = pallet_dinfra_provider::NextProviderId::<Test>::get();
	let register = Provider::register_provider(
		signed(owner(operator)),
		operator,
		[operator as u8; 32],
		Default::default(),
		Policy::Open,
	);
	assert_ok!(register);
	assert_ok!(Provider::set_offer(signed(operator), name(), price, capacity, Strategy::ALL));
	assert_ok!(Provider::heartbeat(signed(operator)));
	id
}

pub fn terms(strategy: Strategy, grace: u64) -> TermsOf<Test> {
	Terms { strategy, max_price: 1_000, grace, min_reputation: Permill::zero() }
}

pub fn try_subscribe(consumer: u64, amount: u64, terms: TermsOf<Test>) -> DispatchResultWithPostInfo {
	Subscription::subscribe(signed(consumer), name(), noted(b"descriptor"), [1; 32], amount, terms)
}

/// Alice subscribes by round robin, with a grace of 4 blocks; returns the id.
pub fn subscribe(amount: u64) -> SubscriptionId {
	subscribe_by(Strategy::RoundRobin, amount)
}

pub fn subscribe_by(strategy: Strategy, amount: u64) -> SubscriptionId {
	let id = NextId::<Test>::get();
	assert_ok!(try_subscribe(ALICE, amount, terms(strategy, 4)));
	id
}

/// Alice subscribes and P0 makes it active.
pub fn active(amount: u64) -> SubscriptionId {
	let id = subscribe(amount);
	assert_ok!(Subscription::accept(signed(P0), id, 1));
	assert_ok!(Subscription::ready(signed(P0), id, 1, None));
	id
}

/// Runs to the beginning of block `to`, checking the invariants in each block.
pub fn run_to(to: u64) {
	while System::block_number() < to {
		Subscription::on_finalize(System::block_number());
		System::reset_events();
		System::set_block_number(System::block_number() + 1);
		Subscription::on_initialize(System::block_number());
		check();
	}
}

/// The same with a heartbeat of P0 in every block.
pub fn run_alive_to(to: u64) {
	while System::block_number() < to {
		run_to(System::block_number() + 1);
		assert_ok!(Provider::heartbeat(signed(P0)));
	}
}

/// The events of this pallet in this block, and forgets them.
pub fn events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet::<Event<Test>>();
	System::reset_events();
	events
}

pub fn state(id: SubscriptionId) -> Option<api::State> {
	Subscription::subscription(id).map(|view| view.state)
}

pub fn get(id: SubscriptionId) -> SubscriptionOf<Test> {
	Subscriptions::<Test>::get(id).unwrap()
}

pub fn tenure(provider: ProviderId, id: SubscriptionId, number: TenureNumber) -> TenureOf<Test> {
	Tenures::<Test>::get((provider, id, number)).unwrap()
}

pub fn used(provider: ProviderId) -> u32 {
	pallet_dinfra_provider::Offers::<Test>::get(provider, name()).map_or(0, |offer| offer.used)
}

pub fn earned(operator: u64) -> u64 {
	Earnings::<Test>::get(owner(operator))
}
