//! A new descriptor for what runs.

use super::mock::*;
use crate::*;
use frame_support::{
	assert_ok,
	traits::{QueryPreimage, fungible::InspectHold},
};

fn held() -> u64 {
	Balances::balance_on_hold(&HoldReason::Deposit.into(), &ALICE)
}

fn kept(content: &Content) -> bool {
	Preimage::is_requested(&content.hash)
}

fn descriptor() -> Content {
	noted(b"descriptor")
}

#[test]
fn an_update_runs_when_the_provider_accepts_it() {
	test_with_provider(|| {
		let id = active(1_000);
		let new = noted(b"another descriptor");
		events();
		assert_ok!(Subscription::update(signed(ALICE), id, new));
		assert_eq!(events(), [Event::UpdateRequested { id, tenure: 1, provider: Some(0), content: new }]);
		assert_eq!((get(id).content, get(id).update), (descriptor(), Some(new)));
		assert_eq!(held(), 50 + 10 + 18);
		assert_ok!(Subscription::accept_update(signed(P0), id, 1, new.hash));
		assert_eq!(events(), [Event::UpdateAccepted { id, tenure: 1, provider: 0, content: new }]);
		assert_eq!((get(id).content, get(id).update, tenure(0, id, 1).content), (new, None, new));
		assert_eq!(held(), 50 + 18);
		assert!(kept(&new) && !kept(&descriptor()));
	});
}

#[test]
fn a_declined_update_leaves_what_runs() {
	test_with_provider(|| {
		let id = active(1_000);
		let new = noted(b"another descriptor");
		assert_ok!(Subscription::update(signed(ALICE), id, new));
		events();
		assert_ok!(Subscription::decline_update(signed(P0), id, 1, new.hash, 10_005));
		assert_eq!(events(), [Event::UpdateDeclined { id, tenure: 1, provider: 0, reason: 10_005 }]);
		assert_eq!((get(id).content, get(id).update), (descriptor(), None));
		assert_eq!(held(), 50 + 10);
		assert!(!kept(&new) && kept(&descriptor()));
	});
}

#[test]
fn an_answer_to_an_older_update_is_refused() {
	test_with_provider(|| {
		let id = active(1_000);
		let (old, new) = (noted(b"old"), noted(b"new"));
		assert_ok!(Subscription::update(signed(ALICE), id, old));
		assert_ok!(Subscription::update(signed(ALICE), id, new));
		assert!(!kept(&old));
		refused(P0, Call::accept_update { id, tenure: 1, hash: old.hash }, Error::<Test>::UpdateChanged);
		let decline = Call::decline_update { id, tenure: 1, hash: old.hash, reason: 10_000 };
		refused(P0, decline, Error::<Test>::UpdateChanged);
		assert_ok!(Subscription::accept_update(signed(P0), id, 1, new.hash));
	});
}

#[test]
fn the_consumer_takes_an_update_back_by_asking_for_what_runs() {
	test_with_provider(|| {
		let id = active(1_000);
		refused(ALICE, Call::update { id, content: descriptor() }, Error::<Test>::SameContent);
		let new = noted(b"new");
		assert_ok!(Subscription::update(signed(ALICE), id, new));
		events();
		assert_ok!(Subscription::update(signed(ALICE), id, descriptor()));
		assert_eq!(events(), [Event::UpdateWithdrawn { id, tenure: 1, provider: Some(0) }]);
		assert_eq!((get(id).update, held()), (None, 60));
		assert!(!kept(&new));
	});
}

#[test]
fn while_pending_the_descriptor_is_replaced_at_once() {
	test(|| {
		let id = subscribe(1_000);
		let new = noted(b"new");
		assert_ok!(Subscription::update(signed(ALICE), id, new));
		assert_eq!((get(id).content, get(id).update, held()), (new, None, 53));
		assert!(kept(&new) && !kept(&descriptor()));
	});
}

#[test]
fn an_award_is_answered_for_the_descriptor_it_was_made_with() {
	test_with_provider(|| {
		let id = subscribe(1_000);
		refused(ALICE, Call::update { id, content: noted(b"new") }, Error::<Test>::WrongState);
	});
}

#[test]
fn the_next_provider_is_awarded_what_the_consumer_wants_by_then() {
	test_with_provider(|| {
		provider(P1, 10, 1);
		let id = active(1_000);
		let new = noted(b"new");
		assert_ok!(Subscription::update(signed(ALICE), id, new));
		assert_ok!(Subscription::terminate(signed(P0), id, 1, 10_000));
		assert_eq!((get(id).content, get(id).update), (new, None));
		assert_eq!(tenure(1, id, 2).content, new);
		assert_eq!(tenure(0, id, 1).content, descriptor());
		assert!(kept(&new) && !kept(&descriptor()));
		assert_eq!(held(), 53);
	});
}

#[test]
fn nothing_is_kept_after_the_end() {
	test_with_provider(|| {
		let id = active(1_000);
		let new = noted(b"new");
		assert_ok!(Subscription::update(signed(ALICE), id, new));
		assert_ok!(Subscription::cancel(signed(ALICE), id));
		assert!(!kept(&new) && !kept(&descriptor()));
		assert_ok!(Subscription::released(signed(P0), id, 1));
		assert_eq!(held(), 0);
	});
}

#[test]
fn two_subscriptions_of_one_descriptor_keep_it_until_both_are_over() {
	test_with_provider(|| {
		let (one, two) = (active(1_000), active(1_000));
		assert_ok!(Subscription::cancel(signed(ALICE), one));
		assert!(kept(&descriptor()));
		assert_ok!(Subscription::cancel(signed(ALICE), two));
		assert!(!kept(&descriptor()));
	});
}
