//! From the award to the release.

use super::mock::*;
use crate::{api::State, *};
use frame_support::{assert_noop, assert_ok};

#[test]
fn a_subscription_goes_from_award_to_removal_with_one_event_for_each_step() {
	test_with_provider(|| {
		let id = subscribe(1_000);
		assert_eq!(
			events(),
			[
				Event::Subscribed { id, consumer: ALICE },
				Event::Awarded { id, tenure: 1, provider: 0, price: 10, deadline: 6 },
			]
		);
		assert_ok!(Subscription::accept(signed(P0), id, 1));
		assert_eq!(events(), [Event::Accepted { id, tenure: 1, provider: 0, deadline: 9 }]);
		assert_ok!(Subscription::ready(signed(P0), id, 1, None));
		// 1,000 less the grace of 4 blocks at half the price are 98 blocks.
		assert_eq!(events(), [Event::Activated { id, tenure: 1, provider: 0, paid_until: 99 }]);
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		assert_eq!(events(), [Event::Ended { id, tenure: 1, provider: Some(0), reason: 1, refund: 1_000 }]);
		assert_eq!(used(0), 1);
		assert_ok!(Subscription::released(signed(P0), id, 1));
		assert_eq!(events(), [Event::Released { id, tenure: 1, provider: 0 }, Event::Removed { id }]);
		assert_eq!(used(0), 0);
		assert_eq!(state(id), None);
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT);
	});
}

#[test]
fn an_award_that_is_declined_goes_to_the_next_provider_and_is_freed_at_once() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = subscribe(1_000);
		events();
		assert_ok!(Subscription::decline(signed(P0), id, 1, 10_005));
		assert_eq!(
			events(),
			[
				Event::Failed { id, tenure: 1, provider: 0, reason: 10_005 },
				Event::Awarded { id, tenure: 2, provider: 1, price: 10, deadline: 6 },
			]
		);
		assert_eq!(Tenures::<Test>::get((0, id, 1)), None);
		assert_eq!((used(0), used(1)), (0, 1));
		assert_eq!(get(id).failed.to_vec(), [Failure { provider: 0, tenure: 1, reason: 10_005 }]);
	});
}

#[test]
fn a_provider_that_failed_a_subscription_is_not_asked_again() {
	test_with_provider(|| {
		let id = subscribe(1_000);
		events();
		assert_ok!(Subscription::decline(signed(P0), id, 1, 10_005));
		assert_eq!(
			events(),
			[
				Event::Failed { id, tenure: 1, provider: 0, reason: 10_005 },
				Event::Pending { id, tenure: 1, provider: Some(0) },
			]
		);
		assert_eq!(state(id), Some(State::Pending));
		assert_noop!(Subscription::retry(signed(BOB), id), Error::<Test>::NoProviderEligible);
	});
}

#[test]
fn an_award_that_is_not_accepted_in_time_goes_to_the_next_provider() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = subscribe(1_000);
		run_to(5);
		assert_eq!(state(id), Some(State::Awarded));
		run_to(6);
		assert_eq!(
			events(),
			[
				Event::Failed { id, tenure: 1, provider: 0, reason: reason::ACCEPT_DEADLINE },
				Event::Awarded { id, tenure: 2, provider: 1, price: 10, deadline: 11 },
			]
		);
		assert_eq!((used(0), used(1)), (0, 1));
	});
}

#[test]
fn an_accepted_tenure_that_is_not_ready_in_time_moves_on_and_stays_to_be_released() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = subscribe(1_000);
		assert_ok!(Subscription::accept(signed(P0), id, 1));
		run_to(9);
		assert_eq!(
			events(),
			[
				Event::Failed { id, tenure: 1, provider: 0, reason: reason::READY_DEADLINE },
				Event::Awarded { id, tenure: 2, provider: 1, price: 10, deadline: 14 },
			]
		);
		let old = tenure(0, id, 1);
		assert_eq!((old.state, old.reason), (TenureState::Ended, Some(reason::READY_DEADLINE)));
		assert_eq!((used(0), used(1)), (1, 1));
		assert_ok!(Subscription::released(signed(P0), id, 1));
		assert_eq!((used(0), used(1)), (0, 1));
		assert_eq!(state(id), Some(State::Awarded));
	});
}

#[test]
fn a_provider_gives_up_what_it_has_accepted_and_cannot_make_ready() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = subscribe(1_000);
		assert_ok!(Subscription::accept(signed(P0), id, 1));
		assert_ok!(Subscription::decline(signed(P0), id, 1, 10_101));
		assert_eq!(tenure(0, id, 1).state, TenureState::Ended);
		assert_eq!(get(id).status, Status::Running { provider: 1 });
		assert_eq!(pallet_dinfra_provider::Records::<Test>::get(0).failed, 1);
	});
}

#[test]
fn a_subscription_nobody_takes_is_retried_and_then_ends_with_a_full_refund() {
	test(|| {
		let id = subscribe(1_000);
		assert_eq!(state(id), Some(State::Pending));
		run_to(9);
		assert_eq!(get(id).status, Status::Pending { retries: 2 });
		run_to(13);
		let ended = Event::Ended { id, tenure: 0, provider: None, reason: reason::NO_PROVIDER, refund: 1_000 };
		assert_eq!(events(), [ended, Event::Removed { id }]);
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT);
	});
}

#[test]
fn a_waiting_subscription_is_awarded_when_a_provider_comes() {
	test(|| {
		let id = subscribe(1_000);
		provider(P0, 10, 1);
		run_to(5);
		assert_eq!(events(), [Event::Awarded { id, tenure: 1, provider: 0, price: 10, deadline: 10 }]);
	});
}

#[test]
fn anybody_may_have_a_waiting_subscription_awarded_now() {
	test(|| {
		let id = subscribe(1_000);
		provider(P0, 10, 1);
		assert_ok!(Subscription::retry(signed(BOB), id));
		assert_eq!(state(id), Some(State::Awarded));
	});
}

#[test]
fn a_cancelled_award_leaves_nothing_behind() {
	test_with_provider(|| {
		let id = subscribe(1_000);
		events();
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		let ended = Event::Ended { id, tenure: 1, provider: Some(0), reason: reason::CANCELLED, refund: 1_000 };
		assert_eq!(events(), [ended, Event::Removed { id }]);
		assert_eq!((used(0), Balances::free_balance(ALICE)), (0, ENDOWMENT));
	});
}

#[test]
fn a_degraded_tenure_recovers() {
	test_with_provider(|| {
		let id = active(1_000);
		run_alive_to(3);
		events();
		assert_ok!(Subscription::degraded(signed(P0), id, 1, 10_300));
		assert_eq!(
			events(),
			[
				Event::Paid { id, tenure: 1, provider: 0, amount: 20 },
				Event::Degraded { id, tenure: 1, provider: 0, reason: 10_300, deadline: 15 },
			]
		);
		run_alive_to(6);
		assert_ok!(Subscription::recovered(signed(P0), id, 1));
		// 98 blocks were funded and 2 are paid for.
		assert_eq!(events(), [Event::Recovered { id, tenure: 1, provider: 0, paid_until: 102 }]);
		assert_eq!(tenure(0, id, 1).reason, None);
	});
}

#[test]
fn a_tenure_that_is_degraded_for_too_long_moves_on() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = active(1_000);
		assert_ok!(Subscription::degraded(signed(P0), id, 1, 10_300));
		for block in 2..=13 {
			run_to(block);
			assert_ok!(Provider::heartbeat(signed(P1)));
		}
		assert_eq!(get(id).status, Status::Running { provider: 1 });
		assert_eq!(tenure(0, id, 1).reason, Some(reason::DEGRADED_TOO_LONG));
	});
}

#[test]
fn a_provider_terminates_what_it_cannot_go_on_with() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = active(1_000);
		run_alive_to(4);
		assert_ok!(Subscription::terminate(signed(P0), id, 1, 10_301));
		assert_eq!(earned(P0), 30);
		assert_eq!(get(id).status, Status::Running { provider: 1 });
		assert_eq!(get(id).funds, 970);
	});
}

#[test]
fn a_lost_provider_loses_its_tenure_when_anybody_reports_it() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = active(1_000);
		// Heard in block 1 for 10 blocks, and missed for 15 after them.
		run_to(26);
		assert_ok!(Provider::heartbeat(signed(P1)));
		assert_noop!(Subscription::report_lost(signed(BOB), id), Error::<Test>::NotLost);
		run_to(27);
		assert_ok!(Subscription::report_lost(signed(BOB), id));
		assert_eq!(get(id).status, Status::Running { provider: 1 });
		assert_eq!(tenure(0, id, 1).reason, Some(reason::PROVIDER_LOST));
		assert_eq!(earned(P0), 100);
	});
}

#[test]
fn anybody_cleans_up_what_a_vanished_provider_left() {
	test_with_provider(|| {
		let id = active(1_000);
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		run_to(30);
		assert_noop!(Subscription::clean_up(signed(BOB), 0, id, 1), Error::<Test>::TooEarly);
		run_to(31);
		assert_ok!(Subscription::clean_up(signed(BOB), 0, id, 1));
		assert_eq!(events(), [Event::CleanedUp { id, tenure: 1, provider: 0 }, Event::Removed { id }]);
		assert_eq!((used(0), state(id)), (0, None));
	});
}
