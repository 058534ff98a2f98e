//! Offers, and the capacity in them.

use super::mock::*;
use crate::*;
use frame_support::{assert_ok, traits::fungible::InspectHold};
use sp_runtime::TokenError;

const OPERATOR: u64 = 1;

fn provider(account: u64) -> ProviderId {
	let id = NextProviderId::<Test>::get();
	assert_ok!(Provider::register_provider(signed(account), account, [1; 32], Default::default(), Policy::Open));
	assert_ok!(Provider::heartbeat(signed(account)));
	id
}

/// A market with the types a, b, c and d, and one provider.
fn market(body: impl FnOnce(ProviderId)) {
	test(|| {
		let schema = noted(b"{}");
		for text in ["a", "b", "c", "d"] {
			assert_ok!(Provider::register_type(signed(9), name(text), schema));
		}
		let id = provider(OPERATOR);
		events();
		body(id);
	});
}

fn offer(text: &str) -> Call<Test> {
	Call::set_offer { name: name(text), price: 10, capacity: 2, strategies: Strategy::ALL }
}

fn set(account: u64, text: &str, price: u64, capacity: u32) {
	assert_ok!(Provider::set_offer(signed(account), name(text), price, capacity, Strategy::ALL));
}

fn judged(id: ProviderId, strategy: Strategy) -> Option<Exclusion> {
	Provider::offer_for(id, &name("a"), &5, strategy).err()
}

#[test]
fn an_offer_is_listed_under_its_type_for_a_deposit() {
	market(|id| {
		set(OPERATOR, "a", 10, 2);
		assert_eq!(events(), [Event::OfferSet { provider: id, name: name("a"), price: 10, capacity: 2 }]);
		assert_eq!(TypeProviders::<Test>::get(name("a")).to_vec(), [id]);
		assert_eq!(Balances::balance_on_hold(&HoldReason::Provider.into(), &OPERATOR), 210);
	});
}

#[test]
fn a_changed_offer_keeps_what_is_in_use() {
	market(|id| {
		set(OPERATOR, "a", 10, 2);
		assert_ok!(Provider::occupy(id, &name("a")));
		assert_ok!(Provider::occupy(id, &name("a")));
		set(OPERATOR, "a", 20, 1);
		let offer = Offers::<Test>::get(id, name("a")).unwrap();
		assert_eq!((offer.price, offer.capacity, offer.used), (20, 1, 2));
		assert_eq!(judged(id, Strategy::RoundRobin), Some(Exclusion::Full));
	});
}

#[test]
fn a_price_or_capacity_of_zero_or_above_the_maximum_is_refused() {
	market(|_| {
		let set = |price, capacity| Call::set_offer { name: name("a"), price, capacity, strategies: 1 };
		refused(OPERATOR, set(0, 1), Error::<Test>::PriceZero);
		refused(OPERATOR, set(1_000_001, 1), Error::<Test>::PriceTooHigh);
		refused(OPERATOR, set(u64::MAX, 1), Error::<Test>::PriceTooHigh);
		refused(OPERATOR, set(1, 0), Error::<Test>::CapacityZero);
		refused(OPERATOR, set(1, 1_001), Error::<Test>::CapacityTooLarge);
		refused(OPERATOR, set(1, u32::MAX), Error::<Test>::CapacityTooLarge);
		assert_ok!(Provider::set_offer(signed(OPERATOR), name("a"), 1_000_000, 1_000, 1));
	});
}

#[test]
fn an_offer_without_money_for_its_deposit_is_refused() {
	market(|_| {
		let everything = Balances::free_balance(OPERATOR) - 1;
		assert_ok!(Balances::transfer_allow_death(signed(OPERATOR), 9, everything));
		refused(OPERATOR, offer("a"), TokenError::FundsUnavailable);
	});
}

#[test]
fn an_offer_accepts_known_strategies_and_one_at_least() {
	market(|id| {
		for strategies in [0, 64, 255] {
			let call = Call::set_offer { name: name("a"), price: 1, capacity: 1, strategies };
			refused(OPERATOR, call, Error::<Test>::BadStrategies);
		}
		let accepted = Strategy::LowestPrice.bit() | Strategy::Named(0).bit();
		assert_ok!(Provider::set_offer(signed(OPERATOR), name("a"), 1, 1, accepted));
		assert_eq!(judged(id, Strategy::LowestPrice), None);
		assert_eq!(judged(id, Strategy::Named(id)), None);
		assert_eq!(judged(id, Strategy::Named(id + 1)), Some(Exclusion::NotNamed));
		for other in [Strategy::RoundRobin, Strategy::Random, Strategy::MostFree, Strategy::MostReputable] {
			assert_eq!(judged(id, other), Some(Exclusion::StrategyNotAccepted));
		}
	});
}

#[test]
fn each_strategy_has_a_bit_of_its_own() {
	let all = [
		Strategy::RoundRobin,
		Strategy::Random,
		Strategy::MostFree,
		Strategy::LowestPrice,
		Strategy::Named(0),
		Strategy::MostReputable,
	];
	assert_eq!(all.iter().fold(0, |bits, strategy| bits + strategy.bit()), Strategy::ALL);
}

#[test]
fn nothing_is_offered_of_an_unknown_or_retired_type() {
	market(|_| {
		refused(OPERATOR, offer("none"), Error::<Test>::UnknownType);
		assert_ok!(Provider::retire_type(signed(9), name("a")));
		refused(OPERATOR, offer("a"), Error::<Test>::TypeRetired);
	});
}

#[test]
fn a_provider_has_a_bounded_number_of_offers() {
	market(|_| {
		for text in ["a", "b", "c"] {
			set(OPERATOR, text, 10, 2);
		}
		refused(OPERATOR, offer("d"), Error::<Test>::TooManyOffers);
		set(OPERATOR, "c", 11, 2);
		assert_ok!(Provider::remove_offer(signed(OPERATOR), name("c")));
		set(OPERATOR, "d", 10, 2);
	});
}

#[test]
fn a_type_has_a_bounded_number_of_providers_and_a_withdrawn_one_makes_room() {
	market(|_| {
		for account in 2..=5 {
			provider(account);
			set(account, "a", 10, 2);
		}
		refused(OPERATOR, offer("a"), Error::<Test>::TooManyProviders);
		assert_ok!(Provider::remove_offer(signed(5), name("a")));
		set(OPERATOR, "a", 10, 2);
		assert_eq!(TypeProviders::<Test>::get(name("a")).to_vec(), [0, 1, 2, 3]);
	});
}

#[test]
fn an_unused_offer_is_removed_with_its_deposit() {
	market(|id| {
		refused(OPERATOR, Call::remove_offer { name: name("a") }, Error::<Test>::UnknownOffer);
		set(OPERATOR, "a", 10, 2);
		events();
		assert_ok!(Provider::remove_offer(signed(OPERATOR), name("a")));
		assert_eq!(events(), [Event::OfferRemoved { provider: id, name: name("a") }]);
		assert_eq!(judged(id, Strategy::RoundRobin), Some(Exclusion::NotOffered));
		assert_eq!(Balances::balance_on_hold(&HoldReason::Provider.into(), &OPERATOR), 200);
	});
}

#[test]
fn an_offer_in_use_is_withdrawn_and_goes_with_its_last_tenure() {
	market(|id| {
		set(OPERATOR, "a", 10, 2);
		assert_ok!(Provider::occupy(id, &name("a")));
		events();
		assert_ok!(Provider::remove_offer(signed(OPERATOR), name("a")));
		assert_eq!(events(), [Event::OfferWithdrawn { provider: id, name: name("a") }]);
		assert_eq!(judged(id, Strategy::RoundRobin), Some(Exclusion::NotOffered));
		assert_ok!(Provider::remove_offer(signed(OPERATOR), name("a")));
		events();
		assert_ok!(Provider::vacate(id, &name("a")));
		assert_eq!(events(), [Event::OfferRemoved { provider: id, name: name("a") }]);
		assert_eq!(Offers::<Test>::get(id, name("a")), None);
	});
}

#[test]
fn a_withdrawn_offer_can_be_made_again() {
	market(|id| {
		set(OPERATOR, "a", 10, 2);
		assert_ok!(Provider::occupy(id, &name("a")));
		assert_ok!(Provider::remove_offer(signed(OPERATOR), name("a")));
		set(OPERATOR, "a", 12, 2);
		assert_eq!(judged(id, Strategy::RoundRobin), None);
		assert_eq!(Offers::<Test>::get(id, name("a")).unwrap().used, 1);
		assert_ok!(Provider::vacate(id, &name("a")));
	});
}

#[test]
fn capacity_is_taken_and_given_back() {
	market(|id| {
		set(OPERATOR, "a", 10, 1);
		assert_eq!(judged(id, Strategy::RoundRobin), None);
		assert_ok!(Provider::occupy(id, &name("a")));
		assert_eq!(judged(id, Strategy::RoundRobin), Some(Exclusion::Full));
		assert_eq!(Providers::<Test>::get(id).unwrap().live, 1);
		assert_eq!(LastAwarded::<Test>::get(name("a")), Some(id));
		assert_ok!(Provider::vacate(id, &name("a")));
		assert_eq!(judged(id, Strategy::RoundRobin), None);
		assert_eq!(Provider::occupy(id, &name("b")), Err(Error::<Test>::UnknownOffer.into()));
	});
}
