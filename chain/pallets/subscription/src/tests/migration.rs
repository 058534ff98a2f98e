//! From one layout of the storage to the next.

use super::mock::*;
use crate::{migration::v2, *};
use frame_support::{
	assert_ok,
	migrations::{SteppedMigration, SteppedMigrationError},
	traits::{GetStorageVersion, OnInitialize, StorageVersion},
	weights::{Weight, WeightMeter},
};

type Migration = v2::Migration<Test>;

/// Rewrites all subscriptions as version 1 had them.
fn back_to_version_1() {
	for (id, now) in Subscriptions::<Test>::iter().collect::<Vec<_>>() {
		let failed: Vec<_> = now.failed.iter().map(|failure| failure.provider).collect();
		let old = v2::OldSubscription {
			consumer: now.consumer,
			access_key: now.access_key,
			type_name: now.type_name,
			content: now.content,
			update: now.update,
			terms: now.terms,
			status: now.status,
			tenure: now.tenure,
			funds: now.funds,
			spent: now.spent,
			deposit: now.deposit,
			failed: failed.try_into().unwrap(),
			unreleased: now.unreleased,
			bucket: now.bucket,
		};
		v2::Subscriptions::<Test>::insert(id, old);
	}
	StorageVersion::new(1).put::<Subscription>();
}

/// A market in which every second subscription was declined by one provider.
fn market() {
	provider(P0, 1, 100);
	provider(P1, 1, 100);
	for _ in 0..10 {
		let id = subscribe(100);
		if get(id).status == (Status::Running { provider: 0 }) {
			assert_ok!(Subscription::decline(signed(P0), id, 1, 10_000));
		}
	}
}

#[test]
fn every_subscription_keeps_all_but_the_reasons_it_never_had() {
	test(|| {
		market();
		let before: Vec<_> = Subscriptions::<Test>::iter().collect();
		back_to_version_1();
		let mut meter = WeightMeter::new();
		assert_eq!(Migration::step(None, &mut meter), Ok(None));
		assert_eq!(Subscription::on_chain_storage_version(), 2);
		for (id, mut old) in before {
			for failure in old.failed.iter_mut() {
				*failure = Failure { provider: failure.provider, tenure: 0, reason: 0 };
			}
			assert_eq!(get(id), old);
		}
	});
}

#[test]
fn the_migration_takes_no_more_of_a_block_than_it_is_given() {
	test(|| {
		market();
		back_to_version_1();
		// Access to the database costs nothing in the mock.
		let each = Weight::from_parts(20_000_000, 0);
		let mut cursor = None;
		for _ in 0..3 {
			cursor = Migration::step(cursor, &mut WeightMeter::with_limit(each * 3)).unwrap();
			assert!(cursor.is_some());
			assert_eq!(Subscription::on_chain_storage_version(), 1);
		}
		assert_eq!(Migration::step(cursor, &mut WeightMeter::with_limit(each * 3)), Ok(None));
		let short = Migration::step(None, &mut WeightMeter::with_limit(each * 3));
		assert_eq!(short, Ok(None), "a migration that is done does nothing");
	});
}

#[test]
fn the_migration_says_how_much_it_needs() {
	test(|| {
		back_to_version_1();
		let result = Migration::step(None, &mut WeightMeter::with_limit(Weight::from_parts(1, 0)));
		assert!(matches!(result, Err(SteppedMigrationError::InsufficientWeight { .. })));
		assert_eq!(Migration::step(None, &mut WeightMeter::new()), Ok(None));
	});
}

#[test]
fn deadlines_wait_while_the_storage_is_migrated() {
	test(|| {
		market();
		back_to_version_1();
		for block in 2..9 {
			System::set_block_number(block);
			Subscription::on_initialize(block);
		}
		assert_eq!(Migration::step(None, &mut WeightMeter::new()), Ok(None));
		assert_eq!(state(0), Some(api::State::Awarded));
		run_to(16);
		assert_eq!(state(0), Some(api::State::Pending));
	});
}

#[test]
fn a_new_chain_has_the_current_version() {
	test(|| {
		assert_eq!(Subscription::on_chain_storage_version(), Subscription::in_code_storage_version());
	});
}
