//! Reputation: made of facts, the same for everybody.

use super::mock::*;
use crate::*;
use sp_runtime::Permill;

#[test]
fn a_newcomer_is_trusted() {
	assert_eq!(Record::default().reputation(), Permill::one());
}

#[test]
fn what_was_not_served_and_not_kept_costs_reputation() {
	let good =
		Record { awards: 100, accepted: 100, blocks_owed: 100_000, blocks_served: 100_000, ..Default::default() };
	let silent = Record { blocks_served: 50_000, ..good };
	let late = Record { missed_ready: 20, ..good };
	let gone = Record { missed_accept: 20, failed: 20, ..good };
	assert_eq!(good.reputation(), Permill::one());
	assert!(silent.reputation() < Permill::from_percent(51));
	assert!(late.reputation() < Permill::from_percent(82) && late.reputation() > Permill::from_percent(80));
	assert!(gone.reputation() < late.reputation());
}

#[test]
fn declining_costs_nothing() {
	let honest = Record { awards: 50, declined: 50, ..Default::default() };
	assert_eq!(honest.reputation(), Permill::one());
}

#[test]
fn one_bad_hour_does_not_end_a_newcomer() {
	let record = Record { awards: 1, failed: 1, blocks_owed: 100, ..Default::default() };
	assert!(record.reputation() > Permill::from_percent(75));
}

#[test]
fn no_record_overflows() {
	let most = Record {
		awards: u32::MAX,
		missed_accept: u32::MAX,
		missed_ready: u32::MAX,
		failed: u32::MAX,
		blocks_owed: u64::MAX,
		..Default::default()
	};
	assert_eq!(most.reputation(), Permill::zero());
}

#[test]
fn each_outcome_has_its_counter_and_service_never_exceeds_what_was_owed() {
	test(|| {
		for (outcome, times) in [
			(Outcome::Accepted, 5),
			(Outcome::Declined, 4),
			(Outcome::MissedAccept, 3),
			(Outcome::MissedReady, 2),
			(Outcome::Failed, 1),
		] {
			(0..times).for_each(|_| Provider::note_outcome(0, outcome));
		}
		Provider::note_service(0, 10, 7);
		Provider::note_service(0, 10, 99);
		Provider::note_service(0, 0, 5);
		let expected = Record {
			awards: 0,
			accepted: 5,
			declined: 4,
			missed_accept: 3,
			missed_ready: 2,
			failed: 1,
			blocks_owed: 20,
			blocks_served: 17,
		};
		assert_eq!(Records::<Test>::get(0), expected);
	});
}
