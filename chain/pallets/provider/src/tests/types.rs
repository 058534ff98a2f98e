//! Descriptor types.

use super::mock::*;
use crate::*;
use frame_support::{
	assert_ok,
	traits::{QueryPreimage, fungible::InspectHold},
};
use sp_runtime::TokenError;

const OWNER: u64 = 1;

fn held(who: u64) -> u64 {
	Balances::balance_on_hold(&HoldReason::DescriptorType.into(), &who)
}

fn registered() -> Content {
	let schema = noted(b"{}");
	assert_ok!(Provider::register_type(signed(OWNER), name("helm/v1"), schema));
	schema
}

#[test]
fn a_type_is_registered_with_its_schema_and_a_deposit() {
	test(|| {
		let schema = registered();
		assert_eq!(events(), [Event::TypeRegistered { name: name("helm/v1"), owner: OWNER }]);
		let found = DescriptorTypes::<Test>::get(name("helm/v1")).unwrap();
		assert_eq!((found.owner, found.schema, found.version, found.retired), (OWNER, schema, 1, false));
		assert_eq!(held(OWNER), 100 + 2);
		assert!(Preimage::is_requested(&schema.hash));
	});
}

#[test]
fn the_schema_of_a_type_is_kept_when_its_noter_takes_it_back() {
	test(|| {
		let schema = registered();
		assert_ok!(Preimage::unnote_preimage(signed(9), schema.hash));
		assert_eq!(<Preimage as QueryPreimage>::len(&schema.hash), Some(2));
	});
}

#[test]
fn a_schema_on_ipfs_needs_no_preimage_and_no_deposit_for_its_bytes() {
	test(|| {
		let schema = content(b"{}", ContentSource::Ipfs);
		assert_ok!(Provider::register_type(signed(OWNER), name("helm/v1"), schema));
		assert_eq!(held(OWNER), 100);
	});
}

#[test]
fn a_name_is_given_once() {
	test(|| {
		let schema = registered();
		let again = Call::register_type { name: name("helm/v1"), schema };
		refused(2, again.clone(), Error::<Test>::TypeExists);
		assert_ok!(Provider::retire_type(signed(OWNER), name("helm/v1")));
		refused(2, again, Error::<Test>::TypeExists);
	});
}

#[test]
fn a_bad_name_is_refused() {
	test(|| {
		let schema = noted(b"{}");
		for text in ["", "Helm", "a b", "a\n", "ä", "a%2f", "a\0"] {
			refused(OWNER, Call::register_type { name: name(text), schema }, Error::<Test>::BadTypeName);
		}
	});
}

#[test]
fn a_schema_that_is_missing_empty_too_long_or_of_another_length_is_refused() {
	test(|| {
		let schema = noted(b"{}");
		let register = |schema| Call::register_type { name: name("helm/v1"), schema };
		refused(OWNER, register(content(b"none", ContentSource::Preimage)), Error::<Test>::PreimageMissing);
		refused(OWNER, register(Content { len: 3, ..schema }), Error::<Test>::PreimageLength);
		refused(OWNER, register(Content { len: 0, ..schema }), Error::<Test>::ContentLength);
		refused(OWNER, register(content(&[0; 1025], ContentSource::Ipfs)), Error::<Test>::ContentLength);
		refused(OWNER, register(Content { len: u32::MAX, ..schema }), Error::<Test>::ContentLength);
	});
}

#[test]
fn a_type_without_money_for_the_deposit_is_refused() {
	test(|| {
		let schema = noted(b"{}");
		let register = Call::register_type { name: name("helm/v1"), schema };
		refused(77, register, TokenError::FundsUnavailable);
		assert!(!Preimage::is_requested(&schema.hash));
	});
}

#[test]
fn a_new_version_replaces_the_schema_and_its_deposit() {
	test(|| {
		let old = registered();
		let new = noted(b"{\"type\":\"object\"}");
		events();
		assert_ok!(Provider::update_type(signed(OWNER), name("helm/v1"), new));
		assert_eq!(events(), [Event::TypeUpdated { name: name("helm/v1"), version: 2 }]);
		assert_eq!(held(OWNER), 100 + 17);
		assert!(!Preimage::is_requested(&old.hash));
		assert!(Preimage::is_requested(&new.hash));
		assert_ok!(Provider::update_type(signed(OWNER), name("helm/v1"), old));
		assert_eq!(held(OWNER), 100 + 2);
	});
}

#[test]
fn a_new_version_with_the_same_schema_keeps_it() {
	test(|| {
		let schema = registered();
		assert_ok!(Provider::update_type(signed(OWNER), name("helm/v1"), schema));
		assert!(Preimage::is_requested(&schema.hash));
	});
}

#[test]
fn a_new_version_with_a_bad_schema_is_refused() {
	test(|| {
		let schema = registered();
		let update = |schema| Call::update_type { name: name("helm/v1"), schema };
		refused(OWNER, update(content(b"none", ContentSource::Preimage)), Error::<Test>::PreimageMissing);
		refused(OWNER, update(Content { len: 3, ..schema }), Error::<Test>::PreimageLength);
		refused(OWNER, update(Content { len: 0, ..schema }), Error::<Test>::ContentLength);
		refused(OWNER, update(content(&[0; 1025], ContentSource::Ipfs)), Error::<Test>::ContentLength);
		assert!(Preimage::is_requested(&schema.hash));
	});
}

#[test]
fn a_new_version_without_money_for_its_longer_schema_is_refused() {
	test(|| {
		registered();
		let longer = noted(&[b'x'; 1024]);
		let all_but_one = Balances::free_balance(OWNER) - 1_000;
		assert_ok!(Balances::transfer_allow_death(signed(OWNER), 2, all_but_one));
		refused(OWNER, Call::update_type { name: name("helm/v1"), schema: longer }, TokenError::FundsUnavailable);
		assert!(!Preimage::is_requested(&longer.hash));
	});
}

#[test]
fn when_the_versions_have_run_out_there_is_no_other() {
	test(|| {
		let schema = registered();
		DescriptorTypes::<Test>::mutate(name("helm/v1"), |found| found.as_mut().unwrap().version = u32::MAX);
		refused(OWNER, Call::update_type { name: name("helm/v1"), schema }, Error::<Test>::Overflow);
	});
}

#[test]
fn a_type_is_handed_over_with_its_deposit_when_the_heir_accepts() {
	test(|| {
		registered();
		events();
		assert_ok!(Provider::transfer_type(signed(OWNER), name("helm/v1"), Some(2)));
		assert_eq!(events(), [Event::TypeTransferOffered { name: name("helm/v1"), to: Some(2) }]);
		assert_eq!((held(OWNER), held(2)), (102, 0));
		refused(3, Call::accept_type { name: name("helm/v1") }, Error::<Test>::NotHeir);
		assert_ok!(Provider::accept_type(signed(2), name("helm/v1")));
		assert_eq!(events(), [Event::TypeTransferred { name: name("helm/v1"), owner: 2 }]);
		assert_eq!((held(OWNER), held(2)), (0, 102));
		let schema = noted(b"{}");
		refused(OWNER, Call::update_type { name: name("helm/v1"), schema }, Error::<Test>::NotTypeOwner);
		refused(2, Call::accept_type { name: name("helm/v1") }, Error::<Test>::NotHeir);
		assert_ok!(Provider::retire_type(signed(2), name("helm/v1")));
	});
}

#[test]
fn nobodys_money_is_held_for_a_type_he_did_not_take() {
	test(|| {
		registered();
		assert_ok!(Provider::transfer_type(signed(OWNER), name("helm/v1"), Some(2)));
		assert_ok!(Provider::transfer_type(signed(OWNER), name("helm/v1"), None));
		refused(2, Call::accept_type { name: name("helm/v1") }, Error::<Test>::NotHeir);
		assert_ok!(Provider::transfer_type(signed(OWNER), name("helm/v1"), Some(77)));
		refused(77, Call::accept_type { name: name("helm/v1") }, TokenError::FundsUnavailable);
		refused(2, Call::accept_type { name: name("none") }, Error::<Test>::UnknownType);
		assert_ok!(Provider::retire_type(signed(OWNER), name("helm/v1")));
		refused(77, Call::accept_type { name: name("helm/v1") }, Error::<Test>::TypeRetired);
	});
}

#[test]
fn retiring_a_type_returns_the_deposit_and_lets_the_schema_go() {
	test(|| {
		let schema = registered();
		events();
		assert_ok!(Provider::retire_type(signed(OWNER), name("helm/v1")));
		assert_eq!(events(), [Event::TypeRetired { name: name("helm/v1") }]);
		assert_eq!(held(OWNER), 0);
		assert!(!Preimage::is_requested(&schema.hash));
		refused(OWNER, Call::retire_type { name: name("helm/v1") }, Error::<Test>::TypeRetired);
		refused(OWNER, Call::update_type { name: name("helm/v1"), schema }, Error::<Test>::TypeRetired);
		refused(OWNER, Call::transfer_type { name: name("helm/v1"), to: Some(2) }, Error::<Test>::TypeRetired);
	});
}

#[test]
fn a_retired_type_keeps_its_schema_while_it_is_used() {
	test(|| {
		let schema = registered();
		assert_ok!(Provider::add_type_user(&name("helm/v1")));
		assert_ok!(Provider::retire_type(signed(OWNER), name("helm/v1")));
		assert!(Preimage::is_requested(&schema.hash));
		assert_eq!(Provider::add_type_user(&name("helm/v1")), Err(Error::<Test>::TypeRetired.into()));
		Provider::remove_type_user(&name("helm/v1"));
		assert!(!Preimage::is_requested(&schema.hash));
	});
}

#[test]
fn only_its_owner_changes_a_type() {
	test(|| {
		let schema = registered();
		let name = name("helm/v1");
		refused(2, Call::update_type { name: name.clone(), schema }, Error::<Test>::NotTypeOwner);
		refused(2, Call::transfer_type { name: name.clone(), to: Some(2) }, Error::<Test>::NotTypeOwner);
		refused(2, Call::retire_type { name }, Error::<Test>::NotTypeOwner);
	});
}

#[test]
fn an_unknown_type_cannot_be_changed() {
	test(|| {
		let schema = noted(b"{}");
		let name = name("none");
		refused(OWNER, Call::update_type { name: name.clone(), schema }, Error::<Test>::UnknownType);
		refused(OWNER, Call::transfer_type { name: name.clone(), to: Some(2) }, Error::<Test>::UnknownType);
		refused(OWNER, Call::retire_type { name: name.clone() }, Error::<Test>::UnknownType);
		assert_eq!(Provider::add_type_user(&name), Err(Error::<Test>::UnknownType.into()));
	});
}
