//! What clients read.

use super::mock::*;
use crate::{
	api::{Cost, DesiredTenure, State},
	*,
};
use frame_support::assert_ok;
use std::collections::BTreeSet;

#[test]
fn the_desired_set_is_read_in_pages_each_tenure_once() {
	test(|| {
		provider(P0, 1, 100);
		provider(P1, 1, 100);
		(0..25).for_each(|_| {
			subscribe_by(Strategy::Named(0), 100);
		});
		subscribe_by(Strategy::Named(1), 100);
		let (mut seen, mut pages, mut next) = (BTreeSet::new(), 0, None);
		loop {
			let page = Subscription::desired_set(0, next, 10);
			assert!(page.rows.len() <= 10);
			page.rows.iter().for_each(|row| assert!(seen.insert(row.id)));
			pages += 1;
			next = page.next;
			if next.is_none() {
				break;
			}
		}
		assert_eq!((seen.len(), pages), (25, 3));
		assert_eq!(Subscription::desired_set(0, None, 0).rows.len(), 1);
		assert_eq!(Subscription::desired_set(0, None, u32::MAX).rows.len(), 25);
		assert_eq!(Subscription::desired_set(9, None, 10).rows, []);
	});
}

#[test]
fn a_row_says_all_that_a_provider_needs() {
	test_with_provider(|| {
		let id = active(1_000);
		let update = noted(b"new");
		assert_ok!(Subscription::update(signed(ALICE), id, update));
		let row = DesiredTenure {
			id,
			tenure: 1,
			state: TenureState::Active,
			consumer: ALICE,
			access_key: [1; 32],
			type_name: b"helm/v1".to_vec(),
			content: noted(b"descriptor"),
			update: Some(update),
			price: 10,
			paid_until: Some(99),
			deadline: None,
			reason: None,
			since: 1,
		};
		assert_eq!(Subscription::desired_set(0, None, 10).rows, [row]);
	});
}

#[test]
fn a_tenure_that_is_over_stays_with_its_reason_when_the_subscription_runs_elsewhere() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = active(1_000);
		assert_ok!(Subscription::terminate(signed(P0), id, 1, 10_301));
		let old = &Subscription::desired_set(0, None, 10).rows[0];
		assert_eq!((old.state, old.reason, old.deadline), (TenureState::Ended, Some(10_301), Some(31)));
		assert_eq!((old.paid_until, old.update), (None, None));
		let new = &Subscription::desired_set(1, None, 10).rows[0];
		assert_eq!((new.tenure, new.state), (2, TenureState::Awarded));
	});
}

#[test]
fn the_cost_of_a_subscription_is_known_at_any_time() {
	test_with_provider(|| {
		let id = active(1_000);
		run_alive_to(6);
		assert_ok!(Subscription::settle(signed(BOB), id));
		run_alive_to(9);
		let cost = Cost {
			spent: 50,
			owed: 30,
			refundable: 920,
			deposit: 60,
			reserved: 20,
			price: Some(10),
			blocks_left: Some(90),
		};
		assert_eq!(Subscription::cost(id), Some(cost));
		assert_eq!(Subscription::cost(id + 1), None);
	});
}

#[test]
fn a_subscription_is_shown_with_the_state_of_its_tenure() {
	test_with_provider(|| {
		let id = subscribe(70);
		let seen = || Subscription::subscription(id).map(|view| (view.state, view.provider, view.deadline));
		assert_eq!(seen(), Some((State::Awarded, Some(0), Some(6))));
		assert_ok!(Subscription::accept(signed(P0), id, 1));
		assert_eq!(seen(), Some((State::Accepted, Some(0), Some(9))));
		assert_ok!(Subscription::ready(signed(P0), id, 1, None));
		assert_eq!(seen(), Some((State::Active, Some(0), None)));
		assert_eq!(Subscription::subscription(id).unwrap().paid_until, Some(6));
		run_alive_to(6);
		assert_eq!(seen(), Some((State::Suspended, Some(0), Some(10))));
		run_alive_to(10);
		assert_eq!(seen(), Some((State::Ended, None, None)));
		assert_eq!(Subscription::subscription(id).unwrap().reason, Some(reason::OUT_OF_FUNDS));
	});
}

#[test]
fn a_consumer_finds_its_subscriptions() {
	test_with_provider(|| {
		let id = subscribe(100);
		assert!(ByConsumer::<Test>::contains_key(ALICE, id));
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		assert!(!ByConsumer::<Test>::contains_key(ALICE, id));
	});
}

#[test]
fn what_the_provider_tells_is_kept_while_the_tenure_runs() {
	test_with_provider(|| {
		let sealed = |byte| Sealed { format: 1, bytes: vec![byte; 1024].try_into().unwrap() };
		let id = subscribe(1_000);
		assert_ok!(Subscription::accept(signed(P0), id, 1));
		assert_ok!(Subscription::ready(signed(P0), id, 1, Some(sealed(1))));
		assert_eq!(Infos::<Test>::get(id), Some((1, sealed(1))));
		assert_ok!(Subscription::set_info(signed(P0), id, 1, Some(sealed(2))));
		assert_eq!(Infos::<Test>::get(id), Some((1, sealed(2))));
		assert_ok!(Subscription::set_info(signed(P0), id, 1, None));
		assert_eq!(Infos::<Test>::get(id), None);
		assert_ok!(Subscription::set_info(signed(P0), id, 1, Some(sealed(3))));
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		assert_eq!(Infos::<Test>::get(id), None);
	});
}
