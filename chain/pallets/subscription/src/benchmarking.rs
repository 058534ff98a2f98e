//! The worst case of each call and of the hook.
//!
//! `p` is the number of providers of the type. In calls that may award, all of them are looked at: the strategy is the one
//! that asks most of each (reputation and a consumer rule), and the subscription ends up with the last of them.

use crate::*;
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	assert_ok,
	traits::{Get, StorePreimage, fungible::Mutate},
};
use frame_system::{Pallet as System, RawOrigin, pallet_prelude::BlockNumberFor};
use pallet_dinfra_provider::{Pallet as Market, Policy};
use sp_runtime::{
	Permill,
	traits::{Bounded, One, Saturating, Zero},
};

const INFO: usize = 1024;

fn funded<T: Config>(name: &'static str, index: u32) -> T::AccountId
where
	CurrencyOf<T>: Mutate<T::AccountId>,
{
	let who: T::AccountId = account(name, index, 0);
	// Enough for any deposit, and far from an overflow when there are many such accounts.
	assert_ok!(CurrencyOf::<T>::mint_into(&who, BalanceOf::<T>::max_value() / 1_000_000u32.into()));
	who
}

fn signed<T: Config>(who: &T::AccountId) -> T::RuntimeOrigin {
	RawOrigin::Signed(who.clone()).into()
}

fn name<T: Config>() -> TypeNameOf<T> {
	vec![b'x'; T::MaxTypeName::get() as usize].try_into().unwrap_or_default()
}

fn content<T: Config>(byte: u8) -> Content
where
	T::Preimages: StorePreimage,
{
	let hash = T::Preimages::note(vec![byte; 100].into()).expect("a small preimage can be noted");
	Content { hash, len: 100, source: ContentSource::Preimage }
}

fn price<T: Config>() -> BalanceOf<T> {
	1_000u32.into()
}

fn sealed() -> Option<Sealed> {
	Some(Sealed { format: 1, bytes: vec![1; INFO].try_into().unwrap_or_default() })
}

fn later<T: Config>(blocks: BlockNumberFor<T>) {
	System::<T>::set_block_number(System::<T>::block_number().saturating_add(blocks));
}

/// A provider with an offer and a fresh heartbeat; returns its operator.
fn provider<T: Config>(index: u32) -> T::AccountId
where
	CurrencyOf<T>: Mutate<T::AccountId>,
{
	let owner = funded::<T>("owner", index);
	let operator = funded::<T>("operator", index);
	let metadata = vec![1; T::MaxMetadata::get() as usize].try_into().unwrap_or_default();
	assert_ok!(Market::<T>::register_provider(
		signed::<T>(&owner),
		operator.clone(),
		[1; 32],
		metadata,
		Policy::DenyList
	));
	assert_ok!(Market::<T>::set_offer(signed::<T>(&operator), name::<T>(), price::<T>(), 10, Strategy::ALL));
	assert_ok!(Market::<T>::heartbeat(signed::<T>(&operator)));
	operator
}

/// A type with `count` providers; returns the operators.
fn market<T: Config>(count: u32) -> Vec<T::AccountId>
where
	CurrencyOf<T>: Mutate<T::AccountId>,
	T::Preimages: StorePreimage,
{
	System::<T>::set_block_number(One::one());
	let owner = funded::<T>("type", 0);
	assert_ok!(Market::<T>::register_type(signed::<T>(&owner), name::<T>(), content::<T>(1)));
	(0..count).map(|index| provider::<T>(index)).collect()
}

fn terms<T: Config>() -> TermsOf<T> {
	Terms {
		strategy: Strategy::MostReputable,
		max_price: price::<T>(),
		grace: T::MaxGrace::get().min(10u32.into()),
		min_reputation: Permill::from_percent(1),
	}
}

/// Enough for the grace, the least start and a hundred blocks.
fn amount<T: Config>() -> BalanceOf<T> {
	let blocks = Pallet::<T>::blocks(T::MinFundedBlocks::get()).saturating_add(200);
	price::<T>().saturating_mul(blocks.into())
}

/// A subscription; returns its consumer. Its id is 0.
fn subscribed<T: Config>() -> T::AccountId
where
	CurrencyOf<T>: Mutate<T::AccountId>,
	T::Preimages: StorePreimage,
{
	let consumer = funded::<T>("consumer", 0);
	let subscribe = Pallet::<T>::subscribe(
		signed::<T>(&consumer),
		name::<T>(),
		content::<T>(2),
		[1; 32],
		amount::<T>(),
		terms::<T>(),
	);
	assert_ok!(subscribe);
	consumer
}

/// The operator of the provider that runs subscription 0.
fn holder<T: Config>(operators: &[T::AccountId]) -> T::AccountId {
	let provider = Subscriptions::<T>::get(0).and_then(|subscription| subscription.status.provider());
	operators[provider.expect("the subscription runs") as usize].clone()
}

/// An active subscription with an info and an update to answer, some blocks later; returns consumer and operator.
fn active<T: Config>(operators: &[T::AccountId]) -> (T::AccountId, T::AccountId)
where
	CurrencyOf<T>: Mutate<T::AccountId>,
	T::Preimages: StorePreimage,
{
	let consumer = subscribed::<T>();
	let operator = holder::<T>(operators);
	assert_ok!(Pallet::<T>::accept(signed::<T>(&operator), 0, 1));
	assert_ok!(Pallet::<T>::ready(signed::<T>(&operator), 0, 1, sealed()));
	assert_ok!(Pallet::<T>::update(signed::<T>(&consumer), 0, content::<T>(3)));
	later::<T>(3u32.into());
	(consumer, operator)
}

/// Withdraws the offer and retires the type: with the last tenure, the offer and the type's schema go too.
fn close_market<T: Config>(operator: &T::AccountId) {
	assert_ok!(Market::<T>::remove_offer(signed::<T>(operator), name::<T>()));
	assert_ok!(Market::<T>::retire_type(signed::<T>(&account("type", 0, 0)), name::<T>()));
}

fn state<T: Config>() -> Option<api::State> {
	Pallet::<T>::subscription(0).map(|view| view.state)
}

#[benchmarks(where CurrencyOf<T>: Mutate<T::AccountId>, T::Preimages: StorePreimage)]
mod benches {
	use super::*;

	#[benchmark]
	fn subscribe(p: Linear<1, { T::MaxProvidersPerType::get() }>) {
		market::<T>(p);
		let consumer = funded::<T>("consumer", 0);
		let descriptor = content::<T>(2);
		#[extrinsic_call]
		_(RawOrigin::Signed(consumer), name::<T>(), descriptor, [1; 32], amount::<T>(), terms::<T>());
		assert_eq!(state::<T>(), Some(api::State::Awarded));
	}

	#[benchmark]
	fn accept() {
		let operators = market::<T>(1);
		subscribed::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(operators[0].clone()), 0, 1);
		assert_eq!(state::<T>(), Some(api::State::Accepted));
	}

	#[benchmark]
	fn decline(p: Linear<2, { T::MaxProvidersPerType::get() }>) {
		let operators = market::<T>(p);
		let consumer = subscribed::<T>();
		let operator = holder::<T>(&operators);
		assert_ok!(Pallet::<T>::accept(signed::<T>(&operator), 0, 1));
		assert_ok!(Pallet::<T>::update(signed::<T>(&consumer), 0, content::<T>(3)));
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), 0, 1, 10_000);
		assert_eq!(Subscriptions::<T>::get(0).map(|subscription| subscription.tenure), Some(2));
	}

	#[benchmark]
	fn ready() {
		let operators = market::<T>(1);
		subscribed::<T>();
		assert_ok!(Pallet::<T>::accept(signed::<T>(&operators[0]), 0, 1));
		#[extrinsic_call]
		_(RawOrigin::Signed(operators[0].clone()), 0, 1, sealed());
		assert_eq!(state::<T>(), Some(api::State::Active));
	}

	#[benchmark]
	fn degraded() {
		let operators = market::<T>(1);
		let (_, operator) = active::<T>(&operators);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), 0, 1, 10_000);
		assert_eq!(state::<T>(), Some(api::State::Degraded));
	}

	#[benchmark]
	fn recovered() {
		let operators = market::<T>(1);
		let (_, operator) = active::<T>(&operators);
		assert_ok!(Pallet::<T>::degraded(signed::<T>(&operator), 0, 1, 10_000));
		later::<T>(One::one());
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), 0, 1);
		assert_eq!(state::<T>(), Some(api::State::Active));
	}

	#[benchmark]
	fn terminate(p: Linear<2, { T::MaxProvidersPerType::get() }>) {
		let operators = market::<T>(p);
		let (_, operator) = active::<T>(&operators);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), 0, 1, 10_000);
		assert_eq!(Subscriptions::<T>::get(0).map(|subscription| subscription.tenure), Some(2));
	}

	#[benchmark]
	fn released() {
		let operators = market::<T>(1);
		let (consumer, operator) = active::<T>(&operators);
		assert_ok!(Pallet::<T>::cancel(signed::<T>(&consumer), 0));
		close_market::<T>(&operator);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), 0, 1);
		assert!(!Subscriptions::<T>::contains_key(0));
	}

	#[benchmark]
	fn top_up(p: Linear<1, { T::MaxProvidersPerType::get() }>) {
		// Waiting for funds: the strategy finds nobody before, and looks at all afterwards.
		market::<T>(p);
		let consumer = funded::<T>("consumer", 0);
		let few = price::<T>();
		let poor =
			Pallet::<T>::subscribe(signed::<T>(&consumer), name::<T>(), content::<T>(2), [1; 32], few, terms::<T>());
		assert_ok!(poor);
		let giver = funded::<T>("giver", 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(giver), 0, amount::<T>());
		assert_eq!(state::<T>(), Some(api::State::Awarded));
	}

	/// The other way a top-up can be dear: it settles.
	#[benchmark]
	fn top_up_active() {
		let operators = market::<T>(1);
		active::<T>(&operators);
		let giver = funded::<T>("giver", 0);
		#[extrinsic_call]
		top_up(RawOrigin::Signed(giver), 0, amount::<T>());
		assert!(!Earnings::<T>::get(account::<T::AccountId>("owner", 0, 0)).is_zero());
	}

	#[benchmark]
	fn cancel() {
		let operators = market::<T>(1);
		let (consumer, _) = active::<T>(&operators);
		#[extrinsic_call]
		_(RawOrigin::Signed(consumer), 0);
		assert_eq!(state::<T>(), Some(api::State::Ended));
	}

	/// The other way a cancellation can be dear: of a tenure that is not accepted yet, everything goes at once.
	#[benchmark]
	fn cancel_awarded() {
		let operators = market::<T>(1);
		let consumer = subscribed::<T>();
		close_market::<T>(&operators[0]);
		#[extrinsic_call]
		cancel(RawOrigin::Signed(consumer), 0);
		assert!(!Subscriptions::<T>::contains_key(0));
	}

	#[benchmark]
	fn update() {
		let operators = market::<T>(1);
		let (consumer, _) = active::<T>(&operators);
		let content = content::<T>(4);
		#[extrinsic_call]
		_(RawOrigin::Signed(consumer), 0, content);
		assert_eq!(Subscriptions::<T>::get(0).and_then(|subscription| subscription.update), Some(content));
	}

	#[benchmark]
	fn accept_update() {
		let operators = market::<T>(1);
		let (_, operator) = active::<T>(&operators);
		let wanted = Subscriptions::<T>::get(0).and_then(|subscription| subscription.update).expect("asked for");
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), 0, 1, wanted.hash);
		assert_eq!(Subscriptions::<T>::get(0).map(|subscription| subscription.content), Some(wanted));
	}

	#[benchmark]
	fn decline_update() {
		let operators = market::<T>(1);
		let (_, operator) = active::<T>(&operators);
		let wanted = Subscriptions::<T>::get(0).and_then(|subscription| subscription.update).expect("asked for");
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), 0, 1, wanted.hash, 10_000);
		assert_eq!(Subscriptions::<T>::get(0).and_then(|subscription| subscription.update), None);
	}

	#[benchmark]
	fn set_info() {
		let operators = market::<T>(1);
		let (_, operator) = active::<T>(&operators);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), 0, 1, sealed());
		assert!(Infos::<T>::contains_key(0));
	}

	#[benchmark]
	fn settle() {
		let operators = market::<T>(1);
		active::<T>(&operators);
		let anybody = funded::<T>("anybody", 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(anybody), 0);
		assert!(!Earnings::<T>::get(account::<T::AccountId>("owner", 0, 0)).is_zero());
	}

	#[benchmark]
	fn withdraw() {
		let operators = market::<T>(1);
		active::<T>(&operators);
		assert_ok!(Pallet::<T>::do_settle(0));
		let owner: T::AccountId = account("owner", 0, 0);
		let anybody = funded::<T>("anybody", 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(anybody), owner.clone());
		assert!(Earnings::<T>::get(owner).is_zero());
	}

	#[benchmark]
	fn retry(p: Linear<1, { T::MaxProvidersPerType::get() }>) {
		market::<T>(0);
		subscribed::<T>();
		(0..p).for_each(|index| {
			provider::<T>(index);
		});
		let anybody = funded::<T>("anybody", 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(anybody), 0);
		assert_eq!(state::<T>(), Some(api::State::Awarded));
	}

	#[benchmark]
	fn report_lost(p: Linear<2, { T::MaxProvidersPerType::get() }>) {
		let operators = market::<T>(p);
		let (_, lost) = active::<T>(&operators);
		later::<T>(T::HeartbeatPeriod::get().saturating_add(T::LostAfter::get()));
		for operator in operators.iter().filter(|operator| **operator != lost) {
			assert_ok!(Market::<T>::heartbeat(signed::<T>(operator)));
		}
		let anybody = funded::<T>("anybody", 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(anybody), 0);
		assert_eq!(Subscriptions::<T>::get(0).map(|subscription| subscription.tenure), Some(2));
	}

	#[benchmark]
	fn clean_up() {
		let operators = market::<T>(1);
		let (consumer, operator) = active::<T>(&operators);
		assert_ok!(Pallet::<T>::cancel(signed::<T>(&consumer), 0));
		close_market::<T>(&operator);
		later::<T>(T::ReleasePeriod::get());
		#[extrinsic_call]
		_(RawOrigin::Signed(consumer), 0, 0, 1);
		assert!(!Subscriptions::<T>::contains_key(0));
	}

	/// One deadline: the dearest is that of a lost provider, where the tenure is settled and the next provider awarded.
	#[benchmark]
	fn expire(p: Linear<2, { T::MaxProvidersPerType::get() }>) {
		let operators = market::<T>(p);
		let (_, lost) = active::<T>(&operators);
		later::<T>(T::HeartbeatPeriod::get().saturating_add(T::LostAfter::get()));
		for operator in operators.iter().filter(|operator| **operator != lost) {
			assert_ok!(Market::<T>::heartbeat(signed::<T>(operator)));
		}
		let now = System::<T>::block_number();
		Subscriptions::<T>::mutate(0, |subscription| {
			let Some(subscription) = subscription else { return };
			if let Some(bucket) = subscription.bucket.replace(now) {
				Buckets::<T>::remove(bucket, 0);
			}
			Buckets::<T>::insert(now, 0, ());
		});
		NextBucket::<T>::put(now);
		#[block]
		{
			Pallet::<T>::process_agenda(now);
		}
		assert_eq!(Subscriptions::<T>::get(0).map(|subscription| subscription.tenure), Some(2));
	}

	/// A block in which nothing is due, after `b` blocks that were not looked at.
	#[benchmark]
	fn on_initialize(b: Linear<1, { T::MaxExpiriesPerBlock::get() }>) {
		market::<T>(0);
		let now: BlockNumberFor<T> = 1_000u32.into();
		NextBucket::<T>::put(now.saturating_sub(b.saturating_sub(1).into()));
		#[block]
		{
			Pallet::<T>::process_agenda(now);
		}
		assert_eq!(NextBucket::<T>::get(), Some(now.saturating_add(One::one())));
	}

	impl_benchmark_test_suite!(Pallet, crate::tests::mock::empty(), crate::tests::mock::Test);
}
