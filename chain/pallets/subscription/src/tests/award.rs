//! Who gets a subscription.

use super::mock::*;
use crate::*;
use frame_support::assert_ok;
use pallet_dinfra_provider::Exclusion;

fn winner(id: SubscriptionId) -> Option<ProviderId> {
	get(id).status.provider()
}

#[test]
fn round_robin_gives_to_each_in_turn() {
	test(|| {
		for operator in [P0, P1, P2] {
			provider(operator, 10, 9);
		}
		let winners: Vec<_> = (0..5).map(|_| winner(subscribe(1_000))).collect();
		assert_eq!(winners, [Some(0), Some(1), Some(2), Some(0), Some(1)]);
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
fn whoever_is_excluded_is_told_why() {
	test(|| {
		provider(P0, 10, 1);
		provider(P1, 2_000, 1);
		provider(P2, 10, 1);
		assert_ok!(Provider::pause(signed(P2)));
		subscribe(1_000);
		let ask = |strategy, amount| {
			Subscription::eligible_providers(name().into_inner(), ALICE, terms(strategy, 4), amount)
				.into_iter()
				.map(|candidate| candidate.excluded)
				.collect::<Vec<_>>()
		};
		assert_eq!(
			ask(Strategy::RoundRobin, 1_000),
			[Some(Exclusion::Full), Some(Exclusion::PriceTooHigh), Some(Exclusion::Paused)]
		);
	});
}
