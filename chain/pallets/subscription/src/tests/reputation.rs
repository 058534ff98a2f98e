//! What the state machine writes into a provider's record.

use super::mock::*;
use frame_support::assert_ok;
use pallet_dinfra_provider::{Record, Records};

fn record() -> Record {
	Records::<Test>::get(0)
}

#[test]
fn awards_accepted_and_declined_are_counted() {
	test_with_provider(|| {
		active(1_000);
		let id = subscribe(1_000);
		assert_ok!(Subscription::decline(signed(P0), id, 1, 10_000));
		let expected = Record { awards: 2, accepted: 1, declined: 1, ..Default::default() };
		assert_eq!(record(), expected);
	});
}

#[test]
fn missed_deadlines_are_counted() {
	test_with_provider(|| {
		subscribe(1_000);
		let id = subscribe(1_000);
		assert_ok!(Subscription::accept(signed(P0), id, 1));
		run_to(9);
		assert_eq!((record().missed_accept, record().missed_ready), (1, 1));
	});
}

#[test]
fn blocks_owed_and_served_are_counted() {
	test_with_provider(|| {
		// Covered in blocks 2 to 11, silent until 15, degraded from 20 to 23.
		let id = active(1_000);
		run_to(15);
		assert_ok!(Provider::heartbeat(signed(P0)));
		run_to(20);
		assert_ok!(Subscription::degraded(signed(P0), id, 1, 10_000));
		run_to(23);
		assert_ok!(Subscription::recovered(signed(P0), id, 1));
		assert_eq!((record().blocks_owed, record().blocks_served), (22, 15));
	});
}

#[test]
fn what_was_accepted_and_given_up_or_never_released_counts_as_failed() {
	test_with_provider(|| {
		let id = active(1_000);
		assert_ok!(Subscription::terminate(signed(P0), id, 1, 10_000));
		assert_eq!(record().failed, 1);
		let id = active(1_000);
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		run_to(31);
		assert_ok!(Subscription::clean_up(signed(BOB), 0, id, 1));
		assert_eq!(record().failed, 2);
	});
}
