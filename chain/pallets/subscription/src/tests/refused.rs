//! Each call with a wrong origin, in a wrong state, with unknown ids and hostile amounts: a named error, nothing changed.

use super::mock::*;
use crate::*;
use frame_support::{assert_ok, traits::GetCallName};
use pallet_dinfra_provider::{Error as MarketError, ProviderStatus, Providers};
use sp_core::H256;
use sp_runtime::{DispatchError, TokenError};

const UNKNOWN: SubscriptionId = 99;

fn subscribe_call(amount: u64, terms: TermsOf<Test>) -> Call<Test> {
	Call::subscribe { type_name: name(), content: noted(b"descriptor"), access_key: [1; 32], amount, terms }
}

/// All calls of the provider of a tenure, with arguments that are right in some state.
fn of_provider(id: SubscriptionId, tenure: TenureNumber) -> Vec<Call<Test>> {
	let hash = noted(b"another").hash;
	vec![
		Call::accept { id, tenure },
		Call::decline { id, tenure, reason: 10_000 },
		Call::ready { id, tenure, info: None },
		Call::degraded { id, tenure, reason: 10_000 },
		Call::recovered { id, tenure },
		Call::terminate { id, tenure, reason: 10_000 },
		Call::released { id, tenure },
		Call::set_info { id, tenure, info: None },
		Call::accept_update { id, tenure, hash },
		Call::decline_update { id, tenure, hash, reason: 10_000 },
	]
}

fn of_anybody(id: SubscriptionId) -> Vec<Call<Test>> {
	vec![Call::top_up { id, amount: 1 }, Call::settle { id }, Call::retry { id }, Call::report_lost { id }]
}

#[test]
fn every_call_must_be_signed() {
	test_with_provider(|| {
		let id = active(1_000);
		let mut calls = of_provider(id, 1);
		calls.extend(of_anybody(id));
		calls.extend([
			subscribe_call(100, terms(Strategy::RoundRobin, 4)),
			Call::cancel { id },
			Call::update { id, content: noted(b"another") },
			Call::withdraw { owner: ALICE },
			Call::clean_up { provider: 0, id, tenure: 1 },
		]);
		assert_eq!(calls.len(), Call::<Test>::get_call_names().len(), "each call is in the list");
		for call in calls {
			use sp_runtime::traits::Dispatchable;
			for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
				let result = RuntimeCall::from(call.clone()).dispatch(origin);
				assert_eq!(result.unwrap_err().error, DispatchError::BadOrigin, "{call:?}");
			}
		}
	});
}

#[test]
fn unknown_subscriptions_and_tenures_are_named_so() {
	test_with_provider(|| {
		let id = active(1_000);
		for call in of_provider(UNKNOWN, 1) {
			let error = match call {
				Call::released { .. } => Error::<Test>::UnknownTenure,
				_ => Error::<Test>::UnknownSubscription,
			};
			refused(P0, call, error);
		}
		for call in of_provider(id, 2) {
			refused(P0, call, Error::<Test>::UnknownTenure);
		}
		for call in of_anybody(UNKNOWN) {
			refused(BOB, call, Error::<Test>::UnknownSubscription);
		}
		refused(ALICE, Call::cancel { id: UNKNOWN }, Error::<Test>::UnknownSubscription);
		let update = Call::update { id: UNKNOWN, content: noted(b"another") };
		refused(ALICE, update, Error::<Test>::UnknownSubscription);
		refused(BOB, Call::clean_up { provider: 0, id, tenure: 2 }, Error::<Test>::UnknownTenure);
		refused(BOB, Call::clean_up { provider: 1, id, tenure: 1 }, Error::<Test>::UnknownTenure);
	});
}

#[test]
fn a_tenure_answers_to_its_own_provider_only() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = active(1_000);
		for call in of_provider(id, 1) {
			refused(P1, call.clone(), Error::<Test>::UnknownTenure);
			refused(ALICE, call, MarketError::<Test>::NotProvider);
		}
	});
}

#[test]
fn a_subscription_answers_to_its_own_consumer_only() {
	test_with_provider(|| {
		let id = active(1_000);
		refused(BOB, Call::cancel { id }, Error::<Test>::NotConsumer);
		refused(P0, Call::update { id, content: noted(b"another") }, Error::<Test>::NotConsumer);
	});
}

#[test]
fn in_each_state_only_what_the_diagram_has_is_taken() {
	// The calls of the provider that are right in a state, by their place in `of_provider`.
	let check = |id, tenure, right: &[usize]| {
		for (index, call) in of_provider(id, tenure).into_iter().enumerate() {
			if right.contains(&index) {
				continue;
			}
			let error = if index < 8 { Error::<Test>::WrongState } else { Error::<Test>::NoUpdate };
			refused(P0, call, error);
		}
		refused(BOB, Call::retry { id }, Error::<Test>::WrongState);
		refused(BOB, Call::clean_up { provider: 0, id, tenure }, Error::<Test>::WrongState);
	};
	test_with_provider(|| {
		let id = subscribe(70);
		check(id, 1, &[0, 1]);
		assert_ok!(Subscription::accept(signed(P0), id, 1));
		check(id, 1, &[1, 2]);
		assert_ok!(Subscription::ready(signed(P0), id, 1, None));
		check(id, 1, &[3, 5, 7]);
		assert_ok!(Subscription::degraded(signed(P0), id, 1, 10_000));
		check(id, 1, &[4, 5, 7]);
		assert_ok!(Subscription::recovered(signed(P0), id, 1));
		run_alive_to(7);
		assert_eq!(state(id), Some(api::State::Suspended));
		check(id, 1, &[5]);
		refused(ALICE, Call::update { id, content: noted(b"another") }, Error::<Test>::WrongState);
		run_alive_to(11);
		assert_eq!(state(id), Some(api::State::Ended));
		// In the end nothing is taken but the release, not even an answer to an update.
		for (index, call) in of_provider(id, 1).into_iter().enumerate() {
			if index != 6 {
				refused(P0, call, Error::<Test>::WrongState);
			}
		}
		refused(ALICE, Call::cancel { id }, Error::<Test>::WrongState);
		refused(ALICE, Call::update { id, content: noted(b"another") }, Error::<Test>::WrongState);
		for call in of_anybody(id) {
			refused(BOB, call, Error::<Test>::WrongState);
		}
		refused(BOB, Call::clean_up { provider: 0, id, tenure: 1 }, Error::<Test>::TooEarly);
	});
}

#[test]
fn what_waits_for_a_provider_is_nobodys_tenure() {
	test(|| {
		let id = subscribe(1_000);
		assert_eq!(state(id), Some(api::State::Pending));
		provider(P0, 10, 1);
		for number in [0, 1] {
			for call in of_provider(id, number) {
				refused(P0, call, Error::<Test>::UnknownTenure);
			}
			refused(BOB, Call::clean_up { provider: 0, id, tenure: number }, Error::<Test>::UnknownTenure);
		}
		refused(BOB, Call::settle { id }, Error::<Test>::WrongState);
		refused(BOB, Call::report_lost { id }, Error::<Test>::WrongState);
	});
}

#[test]
fn what_is_not_pending_is_not_retried_and_what_is_not_served_cannot_be_lost() {
	test_with_provider(|| {
		let id = subscribe(1_000);
		refused(BOB, Call::retry { id }, Error::<Test>::WrongState);
		refused(BOB, Call::report_lost { id }, Error::<Test>::WrongState);
		refused(BOB, Call::settle { id }, Error::<Test>::NothingEarned);
		refused(BOB, Call::clean_up { provider: 0, id, tenure: 1 }, Error::<Test>::WrongState);
	});
}

#[test]
fn an_earlier_tenure_cannot_touch_a_later_one() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = subscribe(1_000);
		assert_ok!(Subscription::accept(signed(P0), id, 1));
		assert_ok!(Subscription::decline(signed(P0), id, 1, 10_000));
		for (index, call) in of_provider(id, 1).into_iter().enumerate() {
			if index != 6 {
				refused(P0, call, Error::<Test>::WrongState);
			}
		}
		for call in of_provider(id, 2) {
			refused(P0, call, Error::<Test>::UnknownTenure);
		}
	});
}

#[test]
fn a_provider_gives_reasons_of_its_own_range_only() {
	test_with_provider(|| {
		let id = active(1_000);
		for reason in [0, 1, 9_999, 20_000, 20_003, u16::MAX] {
			let hash = H256::zero();
			refused(P0, Call::decline { id, tenure: 1, reason }, Error::<Test>::ReasonOutOfRange);
			refused(P0, Call::degraded { id, tenure: 1, reason }, Error::<Test>::ReasonOutOfRange);
			refused(P0, Call::terminate { id, tenure: 1, reason }, Error::<Test>::ReasonOutOfRange);
			refused(P0, Call::decline_update { id, tenure: 1, hash, reason }, Error::<Test>::ReasonOutOfRange);
		}
		assert_ok!(Subscription::degraded(signed(P0), id, 1, 19_999));
	});
}

#[test]
fn a_subscription_with_bad_terms_is_refused() {
	test_with_provider(|| {
		let good = terms(Strategy::RoundRobin, 4);
		refused(ALICE, subscribe_call(0, good), Error::<Test>::AmountZero);
		refused(ALICE, subscribe_call(100, Terms { max_price: 0, ..good }), Error::<Test>::MaxPriceZero);
		refused(ALICE, subscribe_call(100, Terms { grace: 101, ..good }), Error::<Test>::GraceOutOfBounds);
		refused(ALICE, subscribe_call(100, Terms { grace: u64::MAX, ..good }), Error::<Test>::GraceOutOfBounds);
	});
}

#[test]
fn a_subscription_without_the_money_is_refused() {
	test_with_provider(|| {
		let good = terms(Strategy::RoundRobin, 4);
		refused(77, subscribe_call(100, good), TokenError::FundsUnavailable);
		refused(ALICE, subscribe_call(ENDOWMENT, good), TokenError::FundsUnavailable);
		refused(ALICE, subscribe_call(u64::MAX, good), TokenError::FundsUnavailable);
	});
}

#[test]
fn an_update_without_the_money_for_its_bytes_is_refused() {
	test_with_provider(|| {
		assert_ok!(try_subscribe(ALICE, ENDOWMENT - 50 - 10 - 1, terms(Strategy::RoundRobin, 4)));
		assert_ok!(Subscription::accept(signed(P0), 0, 1));
		refused(ALICE, Call::update { id: 0, content: noted(b"longer than it was") }, TokenError::FundsUnavailable);
	});
}

#[test]
fn when_the_ids_have_run_out_nobody_subscribes() {
	test_with_provider(|| {
		NextId::<Test>::put(SubscriptionId::MAX);
		refused(ALICE, subscribe_call(100, terms(Strategy::RoundRobin, 4)), Error::<Test>::Overflow);
	});
}

#[test]
fn the_largest_numbers_are_taken_for_what_they_are() {
	test_with_provider(|| {
		let most = Terms { max_price: u64::MAX, ..terms(Strategy::RoundRobin, 100) };
		let amount = ENDOWMENT - 50 - 10 - 1;
		assert_ok!(try_subscribe(ALICE, amount, most));
		assert_eq!(get(0).funds, amount);
		let candidates = Subscription::eligible_providers(name().into_inner(), ALICE, most, u64::MAX);
		assert_eq!(candidates[0].excluded, None);
	});
}

#[test]
fn a_subscription_to_an_unknown_or_retired_type_is_refused() {
	test(|| {
		let good = terms(Strategy::RoundRobin, 4);
		let type_name = b"none".to_vec().try_into().unwrap();
		let content = noted(b"descriptor");
		let unknown = Call::subscribe { type_name, content, access_key: [1; 32], amount: 100, terms: good };
		refused(ALICE, unknown, MarketError::<Test>::UnknownType);
		assert_ok!(Provider::retire_type(signed(TYPE_OWNER), name()));
		refused(ALICE, subscribe_call(100, good), MarketError::<Test>::TypeRetired);
	});
}

#[test]
fn a_descriptor_that_is_missing_empty_too_long_or_of_another_length_is_refused() {
	test_with_provider(|| {
		let id = active(1_000);
		let noted = noted(b"another");
		let missing = Content { hash: H256::repeat_byte(7), ..noted };
		let too_long = Content { len: 1_025, source: ContentSource::Ipfs, ..noted };
		for (content, error) in [
			(missing, MarketError::<Test>::PreimageMissing),
			(Content { len: 8, ..noted }, MarketError::<Test>::PreimageLength),
			(Content { len: 0, ..noted }, MarketError::<Test>::ContentLength),
			(too_long, MarketError::<Test>::ContentLength),
		] {
			let terms = terms(Strategy::RoundRobin, 4);
			let subscribe = Call::subscribe { type_name: name(), content, access_key: [1; 32], amount: 100, terms };
			let error = DispatchError::from(error);
			refused(ALICE, subscribe, error);
			refused(ALICE, Call::update { id, content }, error);
		}
	});
}

#[test]
fn a_top_up_of_nothing_or_of_what_one_has_not_is_refused() {
	test_with_provider(|| {
		let id = active(1_000);
		refused(BOB, Call::top_up { id, amount: 0 }, Error::<Test>::AmountZero);
		refused(BOB, Call::top_up { id, amount: ENDOWMENT + 1 }, TokenError::FundsUnavailable);
		refused(ALICE, Call::top_up { id, amount: u64::MAX }, TokenError::FundsUnavailable);
	});
}

#[test]
fn nothing_earned_is_nothing_to_withdraw() {
	test_with_provider(|| {
		refused(BOB, Call::withdraw { owner: owner(P0) }, Error::<Test>::NothingEarned);
		refused(BOB, Call::withdraw { owner: BOB }, Error::<Test>::NothingEarned);
	});
}

#[test]
fn a_provider_cannot_leave_what_it_has_not_released() {
	test_with_provider(|| {
		let id = active(1_000);
		assert_ok!(Provider::leave(signed(owner(P0))));
		assert!(matches!(Providers::<Test>::get(0).unwrap().status, ProviderStatus::Leaving { .. }));
		assert!(Provider::complete_leave(signed(BOB), 0).is_err());
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		assert!(Provider::complete_leave(signed(BOB), 0).is_err());
		assert_ok!(Subscription::released(signed(P0), id, 1));
		assert_ok!(Provider::complete_leave(signed(BOB), 0));
	});
}
