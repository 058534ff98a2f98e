//! Money.

use super::mock::*;
use crate::{api::State, *};
use frame_support::{
	assert_noop, assert_ok,
	traits::{LockableCurrency, WithdrawReasons, fungible::Inspect},
};
use sp_runtime::TokenError;

#[test]
fn funds_are_held_in_advance_and_paid_by_the_block() {
	test_with_provider(|| {
		let id = active(1_000);
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - 1_000 - 50 - 10);
		run_alive_to(6);
		assert_ok!(Subscription::settle(signed(BOB), id));
		assert_eq!(earned(P0), 50);
		assert_eq!((get(id).funds, get(id).spent), (950, 50));
		assert_noop!(Subscription::settle(signed(BOB), id), Error::<Test>::NothingEarned);
		assert_ok!(Subscription::withdraw(signed(BOB), owner(P0)));
		assert_eq!(earned(P0), 0);
		assert_eq!(Balances::free_balance(owner(P0)), ENDOWMENT - 210 + 50);
	});
}

#[test]
fn blocks_without_a_fresh_heartbeat_are_not_paid() {
	test_with_provider(|| {
		// Heard in block 1: blocks 2 to 11 are covered, 12 to 15 are not, 16 to 25 are again.
		let id = active(1_000);
		run_to(15);
		assert_ok!(Provider::heartbeat(signed(P0)));
		run_to(20);
		assert_eq!(Subscription::cost(id).unwrap().owed, 150);
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		assert_eq!(earned(P0), 150);
		assert_eq!(get(id).spent, 150);
	});
}

#[test]
fn degraded_blocks_are_not_paid() {
	test_with_provider(|| {
		let id = active(1_000);
		run_alive_to(3);
		assert_ok!(Subscription::degraded(signed(P0), id, 1, 10_300));
		run_alive_to(8);
		assert_ok!(Subscription::recovered(signed(P0), id, 1));
		run_alive_to(9);
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		assert_eq!(earned(P0), 20 + 10);
	});
}

#[test]
fn without_funds_a_subscription_is_suspended_and_ends_after_the_grace() {
	test_with_provider(|| {
		// The grace of 4 blocks at 5 is reserved: 5 blocks are left.
		let id = active(70);
		run_alive_to(5);
		assert_eq!(state(id), Some(State::Active));
		run_to(6);
		assert_eq!(
			events(),
			[
				Event::Paid { id, tenure: 1, provider: 0, amount: 50 },
				Event::Suspended { id, tenure: 1, provider: 0, deadline: 10 },
			]
		);
		assert_eq!(get(id).funds, 20);
		run_alive_to(9);
		assert_eq!(state(id), Some(State::Suspended));
		run_to(10);
		assert_eq!(
			events(),
			[
				Event::Paid { id, tenure: 1, provider: 0, amount: 20 },
				Event::Ended { id, tenure: 1, provider: Some(0), reason: reason::OUT_OF_FUNDS, refund: 0 },
			]
		);
		assert_eq!(tenure(0, id, 1).state, TenureState::Ended);
		assert_ok!(Subscription::released(signed(P0), id, 1));
		assert_eq!((used(0), state(id)), (0, None));
		assert_eq!(Balances::total_balance(&ALICE), ENDOWMENT - 70);
	});
}

#[test]
fn without_a_grace_a_subscription_ends_when_the_funds_are_used_up() {
	test_with_provider(|| {
		assert_ok!(try_subscribe(ALICE, 30, terms(Strategy::RoundRobin, 0)));
		assert_ok!(Subscription::accept(signed(P0), 0, 1));
		assert_ok!(Subscription::ready(signed(P0), 0, 1, None));
		run_to(4);
		assert_eq!(state(0), Some(State::Ended));
		assert_eq!(earned(P0), 30);
	});
}

#[test]
fn a_top_up_while_active_makes_the_funds_last_longer() {
	test_with_provider(|| {
		let id = active(70);
		run_alive_to(4);
		assert_ok!(Subscription::top_up(signed(BOB), id, 30));
		assert_eq!(Balances::total_balance(&BOB), ENDOWMENT - 30);
		run_alive_to(8);
		assert_eq!(state(id), Some(State::Active));
		run_to(9);
		assert_eq!(state(id), Some(State::Suspended));
	});
}

#[test]
fn a_top_up_does_not_pay_for_blocks_that_had_no_funds() {
	test_with_provider(|| {
		// Two blocks, and a reserve for four. Nobody is heard of when the funds should be used up, so nobody looks again
		// before a heartbeat could come; then there is one at once.
		run_to(11);
		let id = active(40);
		run_to(13);
		assert_eq!(state(id), Some(api::State::Active));
		assert_ok!(Provider::heartbeat(signed(P0)));
		run_to(19);
		assert_eq!(state(id), Some(api::State::Active));
		assert_eq!(Subscription::cost(id).unwrap().owed, 20);
		assert_ok!(Subscription::top_up(signed(ALICE), id, 100));
		assert_eq!(get(id).spent, 20);
		assert_eq!(Subscription::cost(id).unwrap().refundable, 120);
	});
}

#[test]
fn a_top_up_resumes_a_suspended_subscription_when_the_grace_is_paid_for_again() {
	test_with_provider(|| {
		let id = active(70);
		run_alive_to(8);
		assert_eq!(state(id), Some(State::Suspended));
		// Two blocks of the grace are used: 10 are left of 20, and a new start takes 20 and two blocks.
		assert_ok!(Subscription::top_up(signed(ALICE), id, 29));
		assert_eq!(state(id), Some(State::Suspended));
		events();
		assert_ok!(Subscription::top_up(signed(ALICE), id, 1));
		assert_eq!(
			events(),
			[
				Event::ToppedUp { id, tenure: 1, provider: Some(0), by: ALICE, amount: 1 },
				Event::Resumed { id, tenure: 1, provider: 0, paid_until: 10 },
			]
		);
		assert_eq!(earned(P0), 60);
		run_to(10);
		assert_eq!(state(id), Some(State::Suspended));
	});
}

#[test]
fn cancelling_pays_what_is_owed_and_refunds_the_rest_in_the_same_block() {
	test_with_provider(|| {
		let id = active(1_000);
		run_alive_to(4);
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		assert_eq!(earned(P0), 30);
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - 30 - 60);
		assert_ok!(Subscription::released(signed(P0), id, 1));
		assert_eq!(Balances::free_balance(ALICE), ENDOWMENT - 30);
	});
}

#[test]
fn the_funds_of_a_subscription_whose_provider_is_silent_last_longer() {
	test_with_provider(|| {
		// 12 blocks are funded, and 10 are covered by the only heartbeat.
		let id = active(140);
		run_to(13);
		assert_eq!(state(id), Some(State::Active));
		assert_eq!(earned(P0), 100);
		assert_ok!(Provider::heartbeat(signed(P0)));
		run_to(23);
		assert_eq!(state(id), Some(State::Suspended));
		assert_eq!(earned(P0), 120);
	});
}

#[test]
fn the_price_of_a_tenure_stays_what_it_was_at_the_award() {
	test_with_provider(|| {
		let id = active(1_000);
		assert_ok!(Provider::set_offer(signed(P0), name(), 99, 2, Strategy::ALL));
		run_alive_to(3);
		assert_ok!(Subscription::settle(signed(P0), id));
		assert_eq!(earned(P0), 20);
	});
}

#[test]
fn a_lock_taken_on_later_does_not_keep_the_provider_from_its_pay() {
	test_with_provider(|| {
		let id = active(70);
		Balances::set_lock(*b"election", &ALICE, ENDOWMENT, WithdrawReasons::all());
		run_alive_to(4);
		assert_ok!(Subscription::settle(signed(BOB), id));
		assert_eq!(earned(P0), 30);
		run_alive_to(6);
		assert_eq!((state(id), earned(P0)), (Some(State::Suspended), 50));
		run_alive_to(10);
		assert_eq!((state(id), earned(P0)), (Some(State::Ended), 70));
	});
}

#[test]
fn locked_money_pays_for_nothing() {
	test_with_provider(|| {
		let id = active(1_000);
		// Of what is not locked, 1,000 are on hold already.
		Balances::set_lock(*b"vesting ", &ALICE, ENDOWMENT - 1_100, WithdrawReasons::all());
		refused(ALICE, Call::top_up { id, amount: 101 }, TokenError::Frozen);
		assert_ok!(Subscription::top_up(signed(ALICE), id, 100));
		let (content, terms) = (noted(b"another"), terms(Strategy::RoundRobin, 4));
		let another = Call::subscribe { type_name: name(), content, access_key: [1; 32], amount: 1, terms };
		refused(ALICE, another, TokenError::Frozen);
	});
}
