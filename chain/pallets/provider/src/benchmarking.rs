//! The worst case of each call.

use crate::*;
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	assert_ok,
	traits::{Get, StorePreimage, fungible::Mutate},
};
use frame_system::{Pallet as System, RawOrigin};
use sp_runtime::traits::{Bounded, One, Saturating};

fn funded<T: Config>(name: &'static str, index: u32) -> T::AccountId
where
	T::Currency: Mutate<T::AccountId>,
{
	let who: T::AccountId = account(name, index, 0);
	// Enough for any deposit, and far from an overflow when there are many such accounts.
	assert_ok!(T::Currency::mint_into(&who, BalanceOf::<T>::max_value() / 1_000_000u32.into()));
	who
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

fn registered_type<T: Config>() -> T::AccountId
where
	T::Currency: Mutate<T::AccountId>,
	T::Preimages: StorePreimage,
{
	let owner = funded::<T>("type", 0);
	assert_ok!(Pallet::<T>::register_type(RawOrigin::Signed(owner.clone()).into(), name::<T>(), content::<T>(1)));
	owner
}

/// A provider whose owner is not its operator; returns both.
fn registered<T: Config>(index: u32) -> (T::AccountId, T::AccountId)
where
	T::Currency: Mutate<T::AccountId>,
{
	let owner = funded::<T>("owner", index);
	let operator = funded::<T>("operator", index);
	assert_ok!(Pallet::<T>::register_provider(
		RawOrigin::Signed(owner.clone()).into(),
		operator.clone(),
		[1; 32],
		vec![1; T::MaxMetadata::get() as usize].try_into().unwrap_or_default(),
		Policy::DenyList,
	));
	(owner, operator)
}

/// `count` other providers with an offer for the type.
fn others<T: Config>(count: u32)
where
	T::Currency: Mutate<T::AccountId>,
{
	for index in 0..count {
		let (_, operator) = registered::<T>(100 + index);
		assert_ok!(offer::<T>(operator));
	}
}

fn offer<T: Config>(operator: T::AccountId) -> frame_support::dispatch::DispatchResult {
	Pallet::<T>::set_offer(RawOrigin::Signed(operator).into(), name::<T>(), One::one(), 1, Strategy::ALL)
}

/// A provider with this many offers and rules, which is leaving when `live` is set.
fn full<T: Config>(offers: u32, rules: u32) -> (T::AccountId, ProviderId)
where
	T::Currency: Mutate<T::AccountId>,
	T::Preimages: StorePreimage,
{
	let (owner, operator) = registered::<T>(0);
	for index in 0..offers {
		let type_owner = funded::<T>("type", index);
		let name: TypeNameOf<T> = alloc::format!("type-{index}").into_bytes().try_into().unwrap_or_default();
		assert_ok!(Pallet::<T>::register_type(RawOrigin::Signed(type_owner).into(), name.clone(), content::<T>(1)));
		let origin = RawOrigin::Signed(operator.clone()).into();
		assert_ok!(Pallet::<T>::set_offer(origin, name, One::one(), 1, Strategy::ALL));
	}
	let accounts: Vec<_> = (0..rules).map(|index| (account("consumer", index, 0), Some(Rule::Deny))).collect();
	for rules in accounts.chunks(T::MaxRulesPerCall::get() as usize) {
		let rules = rules.to_vec().try_into().unwrap_or_default();
		assert_ok!(Pallet::<T>::set_consumer_rules(RawOrigin::Signed(operator.clone()).into(), rules));
	}
	assert_ok!(Pallet::<T>::heartbeat(RawOrigin::Signed(operator).into()));
	(owner, 0)
}

#[benchmarks(where T::Currency: Mutate<T::AccountId>, T::Preimages: StorePreimage)]
mod benches {
	use super::*;

	#[benchmark]
	fn register_type() {
		let owner = funded::<T>("type", 0);
		let schema = content::<T>(1);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), name::<T>(), schema);
		assert!(DescriptorTypes::<T>::contains_key(name::<T>()));
	}

	#[benchmark]
	fn update_type() {
		let owner = registered_type::<T>();
		let schema = content::<T>(2);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), name::<T>(), schema);
		assert_eq!(DescriptorTypes::<T>::get(name::<T>()).map(|found| found.version), Some(2));
	}

	#[benchmark]
	fn transfer_type() {
		let owner = registered_type::<T>();
		let heir = funded::<T>("heir", 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), name::<T>(), Some(heir.clone()));
		assert_eq!(TypeHeirs::<T>::get(name::<T>()), Some(heir));
	}

	#[benchmark]
	fn accept_type() {
		let owner = registered_type::<T>();
		let heir = funded::<T>("heir", 0);
		assert_ok!(Pallet::<T>::transfer_type(RawOrigin::Signed(owner).into(), name::<T>(), Some(heir.clone())));
		#[extrinsic_call]
		_(RawOrigin::Signed(heir.clone()), name::<T>());
		assert_eq!(DescriptorTypes::<T>::get(name::<T>()).map(|found| found.owner), Some(heir));
	}

	#[benchmark]
	fn resign() {
		let (owner, operator) = registered::<T>(0);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator));
		assert_eq!(Providers::<T>::get(0).map(|provider| provider.operator), Some(owner));
	}

	#[benchmark]
	fn retire_type() {
		let owner = registered_type::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), name::<T>());
		assert_eq!(DescriptorTypes::<T>::get(name::<T>()).map(|found| found.retired), Some(true));
	}

	#[benchmark]
	fn register_provider() {
		let owner = funded::<T>("owner", 0);
		let operator = funded::<T>("operator", 0);
		let metadata = vec![1; T::MaxMetadata::get() as usize].try_into().unwrap_or_default();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), operator, [1; 32], metadata, Policy::Open);
		assert!(Providers::<T>::contains_key(0));
	}

	#[benchmark]
	fn update_provider() {
		let (owner, _) = registered::<T>(0);
		let operator = funded::<T>("operator", 1);
		let metadata = vec![2; T::MaxMetadata::get() as usize].try_into().unwrap_or_default();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), Some(operator.clone()), Some([2; 32]), Some(metadata));
		assert_eq!(Providers::<T>::get(0).map(|provider| provider.operator), Some(operator));
	}

	#[benchmark]
	fn set_policy() {
		let (_, operator) = registered::<T>(0);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), Policy::AllowList);
		assert_eq!(Providers::<T>::get(0).map(|provider| provider.policy), Some(Policy::AllowList));
	}

	#[benchmark]
	fn set_consumer_rules(r: Linear<1, { T::MaxRulesPerCall::get() }>) {
		let (_, operator) = registered::<T>(0);
		let rules: Vec<_> = (0..r).map(|index| (account("consumer", index, 0), Some(Rule::Deny))).collect();
		let rules: RulesOf<T> = rules.try_into().unwrap_or_default();
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), rules);
		assert_eq!(Providers::<T>::get(0).map(|provider| provider.rules), Some(r));
	}

	#[benchmark]
	fn pause() {
		let (_, operator) = registered::<T>(0);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator));
		assert_eq!(Providers::<T>::get(0).map(|provider| provider.status), Some(ProviderStatus::Paused));
	}

	#[benchmark]
	fn resume() {
		let (_, operator) = registered::<T>(0);
		assert_ok!(Pallet::<T>::pause(RawOrigin::Signed(operator.clone()).into()));
		#[extrinsic_call]
		_(RawOrigin::Signed(operator));
		assert_eq!(Providers::<T>::get(0).map(|provider| provider.status), Some(ProviderStatus::Active));
	}

	#[benchmark]
	fn leave(o: Linear<0, { T::MaxOffers::get() }>, r: Linear<0, { T::MaxRules::get() }>) {
		let (owner, id) = full::<T>(o, r);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner));
		assert!(!Providers::<T>::contains_key(id));
	}

	#[benchmark]
	fn complete_leave(o: Linear<0, { T::MaxOffers::get() }>, r: Linear<0, { T::MaxRules::get() }>) {
		let (owner, id) = full::<T>(o, r);
		Providers::<T>::mutate(id, |provider| {
			if let Some(provider) = provider {
				provider.status = ProviderStatus::Leaving { until: One::one() };
			}
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), id);
		assert!(!Providers::<T>::contains_key(id));
	}

	#[benchmark]
	fn set_offer(p: Linear<0, { T::MaxProvidersPerType::get() - 1 }>) {
		registered_type::<T>();
		let (_, operator) = registered::<T>(0);
		others::<T>(p);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), name::<T>(), One::one(), 1, Strategy::ALL);
		assert!(Offers::<T>::contains_key(0, name::<T>()));
	}

	#[benchmark]
	fn remove_offer(p: Linear<0, { T::MaxProvidersPerType::get() - 1 }>) {
		registered_type::<T>();
		let (_, operator) = registered::<T>(0);
		assert_ok!(offer::<T>(operator.clone()));
		others::<T>(p);
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), name::<T>());
		assert!(!Offers::<T>::contains_key(0, name::<T>()));
	}

	#[benchmark]
	fn heartbeat() {
		let (_, operator) = registered::<T>(0);
		assert_ok!(Pallet::<T>::heartbeat(RawOrigin::Signed(operator.clone()).into()));
		System::<T>::set_block_number(System::<T>::block_number().saturating_add(One::one()));
		#[extrinsic_call]
		_(RawOrigin::Signed(operator));
		assert_eq!(Heartbeats::<T>::get(0).map(|beat| beat.at), Some(System::<T>::block_number()));
	}

	impl_benchmark_test_suite!(Pallet, crate::tests::mock::new_test_ext(), crate::tests::mock::Test);
}
