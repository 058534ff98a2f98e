//! Deadlines: bounded work in each block, and nothing lost.

use super::mock::*;
use crate::{api::State, *};
use frame_support::{assert_ok, traits::OnInitialize, weights::Weight};

fn awarded() -> usize {
	let states = (0..NextId::<Test>::get()).map(state);
	states.filter(|state| *state == Some(State::Awarded)).count()
}

#[test]
fn a_block_works_through_a_bounded_number_of_deadlines_and_the_rest_spills_into_the_next() {
	test(|| {
		provider(P0, 1, 10);
		(0..8).for_each(|_| {
			subscribe(100);
		});
		// All eight awards are to be accepted by block 6, and a block works through three.
		run_to(5);
		assert_eq!(awarded(), 8);
		run_to(6);
		assert_eq!((awarded(), NextBucket::<Test>::get()), (5, Some(6)));
		run_to(7);
		assert_eq!((awarded(), NextBucket::<Test>::get()), (2, Some(6)));
		run_to(8);
		assert_eq!((awarded(), NextBucket::<Test>::get()), (0, Some(9)));
	});
}

#[test]
fn a_spilled_deadline_comes_before_those_of_its_block() {
	test(|| {
		provider(P0, 1, 10);
		let first: Vec<_> = (0..5).map(|_| subscribe(100)).collect();
		run_to(2);
		let later = subscribe(100);
		run_to(7);
		assert!(first.iter().all(|id| state(*id) == Some(State::Pending)));
		assert_eq!(state(later), Some(State::Pending));
	});
}

#[test]
fn late_deadlines_never_charge_more_than_there_is() {
	test(|| {
		provider(P0, 10, 10);
		let ids: Vec<_> = (0..8).map(|_| active(70)).collect();
		run_alive_to(9);
		for id in ids {
			let subscription = get(id);
			assert_eq!(subscription.spent + subscription.funds, 70);
			assert_eq!(tenure(0, id, 1).state, TenureState::Suspended);
		}
	});
}

#[test]
fn a_deadline_that_is_met_leaves_its_bucket() {
	test_with_provider(|| {
		let id = subscribe(1_000);
		assert!(Buckets::<Test>::contains_key(6, id));
		assert_ok!(Subscription::accept(signed(P0), id, 1));
		assert!(!Buckets::<Test>::contains_key(6, id) && Buckets::<Test>::contains_key(9, id));
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		assert_eq!(Buckets::<Test>::iter().count(), 0);
	});
}

#[test]
fn blocks_that_were_not_seen_are_caught_up_with() {
	test(|| {
		provider(P0, 1, 10);
		(0..2).for_each(|_| {
			subscribe(100);
		});
		run_to(2);
		System::set_block_number(9);
		// Four buckets in a block: those of blocks 3 to 6.
		Subscription::on_initialize(9);
		assert_eq!((awarded(), NextBucket::<Test>::get()), (0, Some(7)));
		System::set_block_number(10);
		Subscription::on_initialize(10);
		assert_eq!(NextBucket::<Test>::get(), Some(11));
	});
}

#[test]
fn the_weight_of_a_block_is_that_of_what_is_due_in_it() {
	test(|| {
		provider(P0, 1, 1_000);
		let weight = |block| {
			System::set_block_number(block);
			Subscription::on_initialize(block)
		};
		let none = weight(2);
		(0..100).for_each(|_| {
			subscribe(100);
		});
		assert_eq!(weight(3), none);
		(4..7).for_each(|block| assert_eq!(weight(block), none));
		let three = weight(7);
		assert!(three.all_gt(none) && three.all_lt(Weight::from_parts(u64::MAX, u64::MAX)));
		assert_eq!(weight(8), three);
	});
}
