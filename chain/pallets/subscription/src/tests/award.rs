//! Who gets a subscription.

use super::mock::*;
use crate::*;
use frame_support::assert_ok;
use pallet_dinfra_provider::{Exclusion, Policy, Records, Rule};
use sp_runtime::Permill;

fn winner(id: SubscriptionId) -> Option<ProviderId> {
	get(id).status.provider()
}

fn winners(strategy: Strategy, count: usize) -> Vec<u32> {
	(0..count).map(|_| winner(subscribe_by(strategy, 1_000)).unwrap()).collect()
}

/// Why each provider cannot take a subscription of Alice, by number.
fn excluded(terms: TermsOf<Test>, amount: u64) -> Vec<Option<Exclusion>> {
	let candidates = Subscription::eligible_providers(name().into_inner(), ALICE, terms, amount);
	candidates.into_iter().map(|candidate| candidate.excluded).collect()
}

#[test]
fn round_robin_gives_to_each_in_turn() {
	test(|| {
		for operator in [P0, P1, P2] {
			provider(operator, 10, 9);
		}
		assert_eq!(winners(Strategy::RoundRobin, 5), [0, 1, 2, 0, 1]);
	});
}

#[test]
fn the_round_goes_on_after_a_provider_that_has_left_it() {
	test(|| {
		for operator in [P0, P1, P2] {
			provider(operator, 10, 9);
		}
		assert_eq!(winners(Strategy::RoundRobin, 2), [0, 1]);
		assert_ok!(Provider::remove_offer(signed(P1), name()));
		assert_eq!(winners(Strategy::RoundRobin, 2), [2, 0]);
	});
}

#[test]
fn the_lowest_price_wins_and_equal_prices_take_turns() {
	test(|| {
		for (operator, price) in [(P0, 20), (P1, 10), (P2, 10)] {
			provider(operator, price, 9);
		}
		assert_eq!(winners(Strategy::LowestPrice, 4), [1, 2, 1, 2]);
	});
}

#[test]
fn the_most_free_capacity_wins_and_equal_ones_take_turns() {
	test(|| {
		for (operator, capacity) in [(P0, 2), (P1, 4), (P2, 3)] {
			provider(operator, 10, capacity);
		}
		// Free: 2 4 3, 2 3 3, 2 3 2, 2 2 2, then each in turn.
		assert_eq!(winners(Strategy::MostFree, 6), [1, 2, 1, 2, 0, 1]);
	});
}

#[test]
fn the_best_reputation_wins_and_equal_ones_take_turns() {
	test(|| {
		for operator in [P0, P1, P2] {
			provider(operator, 10, 9);
		}
		Records::<Test>::mutate(1, |record| record.failed = 2);
		assert_eq!(winners(Strategy::MostReputable, 4), [0, 2, 0, 2]);
	});
}

#[test]
fn chance_gives_to_everybody() {
	test(|| {
		for operator in [P0, P1, P2] {
			provider(operator, 1, 60);
		}
		let mut wins = [0; 3];
		winners(Strategy::Random, 90).into_iter().for_each(|winner| wins[winner as usize] += 1);
		assert!(wins.iter().all(|wins| *wins > 15), "{wins:?}");
	});
}

#[test]
fn a_named_provider_and_no_other_is_awarded() {
	test(|| {
		provider(P0, 10, 1);
		provider(P1, 10, 1);
		assert_eq!(winner(subscribe_by(Strategy::Named(1), 1_000)), Some(1));
		assert_eq!(winner(subscribe_by(Strategy::Named(1), 1_000)), None);
	});
}

#[test]
fn a_subscription_ends_when_its_named_provider_fails_it() {
	test(|| {
		provider(P0, 10, 1);
		provider(P1, 10, 1);
		let id = subscribe_by(Strategy::Named(1), 1_000);
		events();
		assert_ok!(Subscription::decline(signed(P1), id, 1, 10_005));
		assert_eq!(
			events(),
			[
				Event::Failed { id, tenure: 1, provider: 1, reason: 10_005 },
				Event::Ended { id, tenure: 1, provider: None, reason: 10_005, refund: 1_000 },
				Event::Removed { id },
			]
		);
	});
}

#[test]
fn a_subscription_that_too_many_providers_failed_ends() {
	test(|| {
		for operator in 20..24 {
			provider(operator, 10, 1);
		}
		let id = subscribe(1_000);
		for (tenure, operator) in (1..=3).zip(20..) {
			assert_ok!(Subscription::decline(signed(operator), id, tenure, 10_000));
		}
		events();
		assert_ok!(Subscription::decline(signed(23), id, 4, 10_000));
		let ended = Event::Ended { id, tenure: 4, provider: None, reason: reason::NO_PROVIDER, refund: 1_000 };
		assert_eq!(events()[1], ended);
	});
}

#[test]
fn whoever_is_excluded_is_told_why() {
	test(|| {
		for operator in 20..26 {
			provider(operator, 10, 1);
		}
		let asked = terms(Strategy::RoundRobin, 4);
		assert_eq!(excluded(asked, 1_000), [None; 6]);

		subscribe(1_000);
		assert_ok!(Provider::set_offer(signed(21), name(), 1_001, 1, Strategy::ALL));
		assert_ok!(Provider::pause(signed(22)));
		assert_ok!(Provider::set_offer(signed(23), name(), 10, 1, Strategy::LowestPrice.bit()));
		assert_ok!(Provider::set_policy(signed(24), Policy::AllowList));
		Records::<Test>::mutate(25, |record| record.failed = 100);
		Records::<Test>::mutate(5, |record| record.failed = 100);
		let picky = Terms { min_reputation: Permill::from_percent(90), ..asked };
		assert_eq!(
			excluded(picky, 5_000),
			[
				Some(Exclusion::Full),
				Some(Exclusion::PriceTooHigh),
				Some(Exclusion::Paused),
				Some(Exclusion::StrategyNotAccepted),
				Some(Exclusion::ConsumerNotAllowed),
				Some(Exclusion::ReputationTooLow),
			]
		);
		assert_ok!(Provider::set_consumer_rules(signed(24), vec![(ALICE, Some(Rule::Allow))].try_into().unwrap()));
		assert_eq!(excluded(picky, 5_000)[4], None);
	});
}

#[test]
fn funds_must_cover_the_grace_and_the_least_number_of_blocks() {
	test_with_provider(|| {
		// Four blocks of grace at 5, and two blocks at 10.
		assert_eq!(excluded(terms(Strategy::RoundRobin, 4), 39), [Some(Exclusion::FundsTooLow)]);
		assert_eq!(excluded(terms(Strategy::RoundRobin, 4), 40), [None]);
		assert_eq!(excluded(terms(Strategy::RoundRobin, 100), 519), [Some(Exclusion::FundsTooLow)]);
		assert_eq!(winner(subscribe(39)), None);
		assert_eq!(winner(subscribe(40)), Some(0));
	});
}

#[test]
fn who_is_named_and_offers_nothing_is_excluded() {
	test_with_provider(|| {
		assert_eq!(
			excluded(terms(Strategy::Named(7), 4), 1_000),
			[Some(Exclusion::NotNamed), Some(Exclusion::NotOffered)]
		);
		assert_eq!(Subscription::eligible_providers(vec![b'x'; 99], ALICE, terms(Strategy::RoundRobin, 4), 1), []);
	});
}

#[test]
fn silent_and_leaving_providers_are_excluded() {
	test_with_provider(|| {
		subscribe(1_000);
		assert_ok!(Provider::leave(signed(owner(P0))));
		assert_eq!(excluded(terms(Strategy::RoundRobin, 4), 1_000), [Some(Exclusion::Leaving)]);
		assert_ok!(Provider::resume(signed(owner(P0))));
		run_to(12);
		assert_eq!(excluded(terms(Strategy::RoundRobin, 4), 1_000), [Some(Exclusion::StaleHeartbeat)]);
	});
}

#[test]
fn a_retired_type_is_not_awarded_any_more() {
	test(|| {
		let id = subscribe(1_000);
		assert_ok!(Provider::retire_type(signed(TYPE_OWNER), name()));
		let offer = Provider::set_offer(signed(P0), name(), 1, 1, 1);
		assert!(offer.is_err());
		refused(BOB, Call::retry { id }, Error::<Test>::NoProviderEligible);
	});
}

#[test]
fn a_call_that_awards_is_charged_for_the_providers_it_looked_at() {
	test(|| {
		provider(P0, 10, 1);
		provider(P1, 10, 1);
		let charged = try_subscribe(ALICE, 1_000, terms(Strategy::RoundRobin, 4)).unwrap().actual_weight;
		assert_eq!(charged, Some(<() as WeightInfo>::subscribe(2)));
		let charged = Subscription::decline(signed(P0), 0, 1, 10_000).unwrap().actual_weight;
		assert_eq!(charged, Some(<() as WeightInfo>::decline(2)));
	});
}
