//! Providers: their accounts, their policy, how they pause and leave.

use super::mock::*;
use crate::*;
use frame_support::{
	assert_ok,
	traits::{GetCallName, fungible::InspectHold},
};
use sp_runtime::{DispatchError, TokenError};

const OWNER: u64 = 1;
const OPERATOR: u64 = 2;
const STRANGER: u64 = 3;

fn held() -> u64 {
	Balances::balance_on_hold(&HoldReason::Provider.into(), &OWNER)
}

fn registered() -> ProviderId {
	let id = NextProviderId::<Test>::get();
	assert_ok!(Provider::register_provider(signed(OWNER), OPERATOR, [1; 32], Default::default(), Policy::Open));
	id
}

fn offering() -> ProviderId {
	let schema = noted(b"{}");
	assert_ok!(Provider::register_type(signed(9), name("helm/v1"), schema));
	let id = registered();
	assert_ok!(Provider::set_offer(signed(OPERATOR), name("helm/v1"), 10, 2, Strategy::ALL));
	assert_ok!(Provider::heartbeat(signed(OPERATOR)));
	events();
	id
}

fn get(id: ProviderId) -> ProviderInfoOf<Test> {
	Providers::<Test>::get(id).unwrap()
}

#[test]
fn a_provider_is_registered_with_a_cold_owner_and_a_hot_operator() {
	test(|| {
		let id = registered();
		assert_eq!(events(), [Event::ProviderRegistered { provider: id, owner: OWNER, operator: OPERATOR }]);
		assert_eq!(ProviderOf::<Test>::get(OWNER), Some(id));
		assert_eq!(ProviderOf::<Test>::get(OPERATOR), Some(id));
		assert_eq!(held(), 200);
	});
}

#[test]
fn owner_and_operator_may_be_one_account() {
	test(|| {
		assert_ok!(Provider::register_provider(signed(OWNER), OWNER, [1; 32], Default::default(), Policy::Open));
		assert_ok!(Provider::heartbeat(signed(OWNER)));
		assert_ok!(Provider::update_provider(signed(OWNER), Some(OPERATOR), None, None));
		assert_ok!(Provider::heartbeat(signed(OWNER)));
		assert_ok!(Provider::heartbeat(signed(OPERATOR)));
		assert_ok!(Provider::update_provider(signed(OWNER), Some(OWNER), None, None));
		refused(OPERATOR, Call::heartbeat {}, Error::<Test>::NotProvider);
	});
}

#[test]
fn an_account_acts_for_one_provider_at_most() {
	test(|| {
		registered();
		let register = |operator| Call::register_provider {
			operator,
			access_key: [1; 32],
			metadata: Default::default(),
			policy: Policy::Open,
		};
		for (owner, operator) in [(OWNER, 4), (OPERATOR, 4), (4, OWNER), (4, OPERATOR)] {
			refused(owner, register(operator), Error::<Test>::AlreadyProvider);
		}
		assert_ok!(Provider::register_provider(signed(4), 5, [1; 32], Default::default(), Policy::Open));
		let update = Call::update_provider { operator: Some(5), access_key: None, metadata: None };
		refused(OWNER, update, Error::<Test>::AlreadyProvider);
	});
}

#[test]
fn a_provider_without_money_for_the_deposit_is_refused() {
	test(|| {
		let call = Call::register_provider {
			operator: 78,
			access_key: [1; 32],
			metadata: Default::default(),
			policy: Policy::Open,
		};
		refused(77, call, TokenError::FundsUnavailable);
	});
}

#[test]
fn only_what_is_given_changes() {
	test(|| {
		let id = registered();
		events();
		let metadata: MetadataOf<Test> = b"{}".to_vec().try_into().unwrap();
		assert_ok!(Provider::update_provider(signed(OPERATOR), None, Some([2; 32]), None));
		assert_ok!(Provider::update_provider(signed(OPERATOR), None, None, Some(metadata.clone())));
		assert_eq!(events(), [Event::ProviderUpdated { provider: id }, Event::ProviderUpdated { provider: id }]);
		let provider = get(id);
		assert_eq!((provider.operator, provider.access_key, provider.metadata), (OPERATOR, [2; 32], metadata));
	});
}

#[test]
fn the_owner_replaces_a_stolen_operator_key_and_the_operator_cannot() {
	test(|| {
		registered();
		let update = |operator| Call::update_provider { operator: Some(operator), access_key: None, metadata: None };
		refused(OPERATOR, update(4), Error::<Test>::NotProviderOwner);
		assert_ok!(Provider::update_provider(signed(OWNER), Some(4), None, None));
		refused(OPERATOR, Call::heartbeat {}, Error::<Test>::NotProvider);
		assert_ok!(Provider::heartbeat(signed(4)));
		assert_eq!(ProviderOf::<Test>::get(OPERATOR), None);
	});
}

#[test]
fn an_account_that_was_named_operator_without_being_asked_frees_itself() {
	test(|| {
		let id = registered();
		refused(OWNER, Call::resign {}, Error::<Test>::NotOperator);
		refused(STRANGER, Call::resign {}, Error::<Test>::NotProvider);
		events();
		assert_ok!(Provider::resign(signed(OPERATOR)));
		assert_eq!(events(), [Event::ProviderUpdated { provider: id }]);
		assert_eq!(get(id).operator, OWNER);
		assert_ok!(Provider::register_provider(signed(OPERATOR), OPERATOR, [1; 32], Default::default(), Policy::Open));
	});
}

#[test]
fn a_stranger_changes_nothing() {
	test(|| {
		offering();
		let name = name("helm/v1");
		for call in [
			Call::update_provider { operator: None, access_key: None, metadata: None },
			Call::set_policy { policy: Policy::Open },
			Call::set_consumer_rules { rules: Default::default() },
			Call::pause {},
			Call::resume {},
			Call::leave {},
			Call::set_offer { name: name.clone(), price: 1, capacity: 1, strategies: 1 },
			Call::remove_offer { name },
			Call::heartbeat {},
			Call::resign {},
		] {
			refused(STRANGER, call, Error::<Test>::NotProvider);
		}
	});
}

#[test]
fn every_call_must_be_signed() {
	test(|| {
		offering();
		let name = || name("helm/v1");
		let schema = content(b"{}", ContentSource::Ipfs);
		let register = Call::register_provider {
			operator: OPERATOR,
			access_key: [1; 32],
			metadata: Default::default(),
			policy: Policy::Open,
		};
		let calls = [
			Call::register_type { name: name(), schema },
			Call::update_type { name: name(), schema },
			Call::transfer_type { name: name(), to: Some(STRANGER) },
			Call::accept_type { name: name() },
			Call::retire_type { name: name() },
			register,
			Call::update_provider { operator: None, access_key: None, metadata: None },
			Call::resign {},
			Call::set_policy { policy: Policy::Open },
			Call::set_consumer_rules { rules: Default::default() },
			Call::pause {},
			Call::resume {},
			Call::leave {},
			Call::complete_leave { provider: 0 },
			Call::set_offer { name: name(), price: 1, capacity: 1, strategies: 1 },
			Call::remove_offer { name: name() },
			Call::heartbeat {},
		];
		assert_eq!(calls.len(), Call::<Test>::get_call_names().len(), "each call is in the list");
		for call in calls {
			use sp_runtime::traits::Dispatchable;
			for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
				let refused = RuntimeCall::from(call.clone()).dispatch(origin).unwrap_err();
				assert_eq!(refused.error, DispatchError::BadOrigin, "{call:?}");
			}
		}
	});
}

#[test]
fn the_policy_says_whom_a_provider_serves_and_no_list_turns_into_its_opposite() {
	test(|| {
		let id = offering();
		let serves = |consumer: u64| Provider::offer_for(id, &name("helm/v1"), &consumer, Strategy::RoundRobin).is_ok();
		let rules = vec![(5, Some(Rule::Allow)), (6, Some(Rule::Deny))].try_into().unwrap();
		assert_ok!(Provider::set_consumer_rules(signed(OPERATOR), rules));
		assert_eq!(events(), [Event::ConsumerRulesSet { provider: id, rules: 2 }]);
		let serving = || [5, 6, 7].map(serves);
		assert_eq!(serving(), [true, true, true]);
		assert_ok!(Provider::set_policy(signed(OPERATOR), Policy::AllowList));
		assert_eq!(events(), [Event::PolicySet { provider: id, policy: Policy::AllowList }]);
		assert_eq!(serving(), [true, false, false]);
		assert_ok!(Provider::set_policy(signed(OPERATOR), Policy::DenyList));
		assert_eq!(serving(), [true, false, true]);
		assert_ok!(Provider::set_consumer_rules(signed(OPERATOR), vec![(6, None), (6, None)].try_into().unwrap()));
		assert_eq!(serving(), [true, true, true]);
		assert_eq!(held(), 200 + 10 + 5);
	});
}

#[test]
fn a_provider_has_a_bounded_number_of_rules_and_pays_for_them() {
	test(|| {
		registered();
		let rules = |range: std::ops::Range<u64>| range.map(|who| (who, Some(Rule::Deny))).collect::<Vec<_>>();
		assert_ok!(Provider::set_consumer_rules(signed(OPERATOR), rules(10..14).try_into().unwrap()));
		assert_ok!(Provider::set_consumer_rules(signed(OPERATOR), rules(12..15).try_into().unwrap()));
		assert_eq!(held(), 200 + 5 * 5);
		let call = Call::set_consumer_rules { rules: rules(15..16).try_into().unwrap() };
		refused(OPERATOR, call, Error::<Test>::TooManyRules);
	});
}

#[test]
fn rules_without_money_for_their_deposit_are_refused() {
	test(|| {
		registered();
		let everything = Balances::free_balance(OWNER) - 1;
		assert_ok!(Balances::transfer_allow_death(signed(OWNER), STRANGER, everything));
		let rules = vec![(5, Some(Rule::Allow))].try_into().unwrap();
		refused(OPERATOR, Call::set_consumer_rules { rules }, TokenError::FundsUnavailable);
	});
}

#[test]
fn a_paused_provider_takes_no_awards_until_it_resumes() {
	test(|| {
		let id = offering();
		let offer = || Provider::offer_for(id, &name("helm/v1"), &5, Strategy::RoundRobin).err();
		refused(OPERATOR, Call::resume {}, Error::<Test>::NotPaused);
		assert_ok!(Provider::pause(signed(OPERATOR)));
		assert_eq!(offer(), Some(Exclusion::Paused));
		refused(OPERATOR, Call::pause {}, Error::<Test>::NotActive);
		assert_ok!(Provider::resume(signed(OPERATOR)));
		assert_eq!(offer(), None);
		assert_eq!(events(), [Event::ProviderPaused { provider: id }, Event::ProviderResumed { provider: id }]);
	});
}

#[test]
fn a_provider_with_nothing_live_leaves_at_once_and_leaves_nothing() {
	test(|| {
		let id = offering();
		let rules = vec![(5, Some(Rule::Allow)), (6, Some(Rule::Deny))].try_into().unwrap();
		assert_ok!(Provider::set_consumer_rules(signed(OPERATOR), rules));
		events();
		refused(OPERATOR, Call::leave {}, Error::<Test>::NotProviderOwner);
		assert_ok!(Provider::leave(signed(OWNER)));
		assert_eq!(events(), [Event::ProviderLeft { provider: id }]);
		assert_eq!(held(), 0);
		assert_eq!(Providers::<Test>::iter().count() + ProviderOf::<Test>::iter().count(), 0);
		assert_eq!(Offers::<Test>::iter().count() + TypeProviders::<Test>::iter().count(), 0);
		assert_eq!(ConsumerRules::<Test>::iter().count() + Heartbeats::<Test>::iter().count(), 0);
	});
}

#[test]
fn an_id_is_never_given_twice() {
	test(|| {
		let id = registered();
		assert_ok!(Provider::leave(signed(OWNER)));
		assert_ne!(registered(), id);
	});
}

#[test]
fn when_the_ids_have_run_out_nobody_is_registered() {
	test(|| {
		NextProviderId::<Test>::put(ProviderId::MAX);
		let call = Call::register_provider {
			operator: OPERATOR,
			access_key: [1; 32],
			metadata: Default::default(),
			policy: Policy::Open,
		};
		refused(OWNER, call, Error::<Test>::Overflow);
	});
}

#[test]
fn a_provider_with_live_tenures_leaves_after_a_notice() {
	test(|| {
		let id = offering();
		assert_ok!(Provider::occupy(id, &name("helm/v1")));
		assert_ok!(Provider::leave(signed(OWNER)));
		assert_eq!(events(), [Event::ProviderLeaving { provider: id, until: 21 }]);
		let offer = Provider::offer_for(id, &name("helm/v1"), &5, Strategy::RoundRobin);
		assert_eq!(offer.err(), Some(Exclusion::Leaving));
		refused(OWNER, Call::leave {}, Error::<Test>::Leaving);
		refused(OPERATOR, Call::pause {}, Error::<Test>::NotActive);
		let set = Call::set_offer { name: name("helm/v1"), price: 1, capacity: 1, strategies: 1 };
		refused(OPERATOR, set, Error::<Test>::Leaving);
		refused(STRANGER, Call::complete_leave { provider: id }, Error::<Test>::StillLive);

		System::set_block_number(21);
		assert_ok!(Provider::heartbeat(signed(OPERATOR)));
		System::set_block_number(22);
		refused(OPERATOR, Call::heartbeat {}, Error::<Test>::NoticeOver);

		assert_ok!(Provider::vacate(id, &name("helm/v1")));
		assert_ok!(Provider::complete_leave(signed(STRANGER), id));
		assert_eq!(held(), 0);
	});
}

#[test]
fn the_owner_takes_a_leave_back() {
	test(|| {
		let id = offering();
		assert_ok!(Provider::occupy(id, &name("helm/v1")));
		assert_ok!(Provider::leave(signed(OWNER)));
		refused(OPERATOR, Call::resume {}, Error::<Test>::NotProviderOwner);
		assert_ok!(Provider::resume(signed(OWNER)));
		refused(STRANGER, Call::complete_leave { provider: id }, Error::<Test>::NotLeaving);
		assert_ok!(Provider::vacate(id, &name("helm/v1")));
	});
}

#[test]
fn an_unknown_provider_cannot_be_removed() {
	test(|| refused(STRANGER, Call::complete_leave { provider: 7 }, Error::<Test>::UnknownProvider));
}
