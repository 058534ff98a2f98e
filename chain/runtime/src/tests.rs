//! What the runtime adds to the pallets.

use crate::*;
use codec::Encode;
use frame_support::{
	assert_ok,
	dispatch::DispatchClass,
	traits::{Get, GetStorageVersion, InstanceFilter, StorePreimage, fungible::Inspect},
};
use pallet_dinfra_provider::{Content, ContentSource, Policy, Strategy};
use pallet_dinfra_subscription::Terms;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie};
use sp_runtime::{Permill, TokenError, traits::StaticLookup};

const DESCRIPTOR: u32 = 256 * 1024;

fn development(body: impl FnOnce()) {
	TestExternalities::new(genesis_of("development").unwrap()).execute_with(|| {
		System::set_block_number(1);
		body();
		Provider::check_state().unwrap();
		Subscription::check_state().unwrap();
	});
}

fn signed(who: sp_keyring::Sr25519Keyring) -> RuntimeOrigin {
	RuntimeOrigin::signed(who.to_account_id())
}

fn name() -> pallet_dinfra_provider::TypeNameOf<Runtime> {
	b"helm/v1".to_vec().try_into().unwrap()
}

/// Alice owns a type and a provider, Bob has an active subscription of `amount` at one unit of price.
fn active(amount: Balance) {
	let content = Content { hash: Default::default(), len: 1, source: ContentSource::Ipfs };
	assert_ok!(Provider::register_type(signed(Alice), name(), content));
	let alice = Alice.to_account_id();
	assert_ok!(Provider::register_provider(signed(Alice), alice, [1; 32], Default::default(), Policy::Open));
	assert_ok!(Provider::set_offer(signed(Alice), name(), 1, 1, Strategy::ALL));
	assert_ok!(Provider::heartbeat(signed(Alice)));
	let terms = Terms { strategy: Strategy::RoundRobin, max_price: 1, grace: 0, min_reputation: Permill::zero() };
	assert_ok!(Subscription::subscribe(signed(Bob), name(), content, [2; 32], amount, terms));
	assert_ok!(Subscription::accept(signed(Alice), 0, 1));
	assert_ok!(Subscription::ready(signed(Alice), 0, 1, None));
}

#[test]
fn the_presets_start_with_money_a_sudo_key_and_current_storage() {
	for (preset, authorities) in [("development", 1), ("local", 2)] {
		TestExternalities::new(genesis_of(preset).unwrap()).execute_with(|| {
			assert_eq!(Balances::balance(&Alice.to_account_id()), 1_000_000 * UNIT);
			assert_eq!(pallet_sudo::Key::<Runtime>::get(), Some(Alice.to_account_id()));
			assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), authorities);
			assert_eq!(Subscription::on_chain_storage_version(), Subscription::in_code_storage_version());
			assert_eq!(Provider::on_chain_storage_version(), Provider::in_code_storage_version());
		});
	}
	assert!(genesis_of("mainnet").is_none());
}

#[test]
fn the_smallest_payment_reaches_an_owner_who_has_nothing_but_the_existential_deposit() {
	development(|| {
		active(100);
		let everything = Balances::free_balance(Alice.to_account_id()) - MILLIUNIT;
		let to = AccountIdLookup::unlookup(Charlie.to_account_id());
		assert_ok!(Balances::transfer_keep_alive(signed(Alice), to.clone(), everything));
		let more = Balances::transfer_allow_death(signed(Alice), to, MILLIUNIT);
		assert!(more.is_err(), "what is on hold keeps the account in existence");
		System::set_block_number(2);
		assert_ok!(Subscription::settle(signed(Charlie), 0));
		assert_ok!(Subscription::withdraw(signed(Charlie), Alice.to_account_id()));
		assert_eq!(Balances::free_balance(Alice.to_account_id()), MILLIUNIT + 1);
	});
}

type AccountIdLookup = <Runtime as frame_system::Config>::Lookup;

#[test]
fn funds_on_hold_cannot_be_spent() {
	development(|| {
		let everything = Balances::free_balance(Bob.to_account_id());
		active(everything / 2);
		let to = AccountIdLookup::unlookup(Charlie.to_account_id());
		let spend = Balances::transfer_allow_death(signed(Bob), to, everything * 3 / 4);
		assert_eq!(spend, Err(TokenError::FundsUnavailable.into()));
	});
}

#[test]
fn the_largest_descriptor_fits_into_a_block() {
	let call = RuntimeCall::from(pallet_preimage::Call::note_preimage { bytes: vec![0; DESCRIPTOR as usize] });
	let room = *configs::RuntimeBlockLength::get().max.get(DispatchClass::Normal);
	assert!(call.encode().len() < room as usize / 4);
	assert!(<Preimage as StorePreimage>::MAX_LENGTH >= DESCRIPTOR as usize);
	let most: u32 = <Runtime as pallet_dinfra_provider::Config>::MaxContentLen::get();
	assert_eq!(most, DESCRIPTOR);
}

#[test]
fn no_price_times_blocks_overflows() {
	let price: Balance = <Runtime as pallet_dinfra_provider::Config>::MaxPrice::get();
	assert!(price.checked_mul(u32::MAX.into()).is_some_and(|most| most.checked_mul(4).is_some()));
}

#[test]
fn a_provider_proxy_runs_a_provider_and_spends_nothing() {
	use pallet_dinfra_subscription::Call;
	let allowed = |call: RuntimeCall| ProxyType::Provider.filter(&call);
	assert!(allowed(pallet_dinfra_provider::Call::heartbeat {}.into()));
	assert!(allowed(Call::released { id: 0, tenure: 1 }.into()));
	assert!(!allowed(Call::cancel { id: 0 }.into()));
	assert!(!allowed(Call::top_up { id: 0, amount: 1 }.into()));
	let dest = AccountIdLookup::unlookup(Charlie.to_account_id());
	assert!(!allowed(pallet_balances::Call::transfer_all { dest, keep_alive: false }.into()));
	assert!(ProxyType::Any.is_superset(&ProxyType::Provider));
	assert!(!ProxyType::Provider.is_superset(&ProxyType::Any));
}

/// The names of the variants of a call, event or error.
fn variants<T: scale_info::TypeInfo>() -> Vec<String> {
	match T::type_info().type_def {
		scale_info::TypeDef::Variant(of) => of.variants.iter().map(|variant| variant.name.to_string()).collect(),
		_ => panic!("not an enum"),
	}
}

#[test]
fn the_documentation_names_every_call_event_error_and_constant() {
	type ProviderCall = pallet_dinfra_provider::Call<Runtime>;
	type SubscriptionCall = pallet_dinfra_subscription::Call<Runtime>;
	let page = include_str!("../../../docs/chain.md");
	let mut names = variants::<ProviderCall>();
	names.extend(variants::<SubscriptionCall>());
	names.extend(variants::<pallet_dinfra_provider::Event<Runtime>>());
	names.extend(variants::<pallet_dinfra_subscription::Event<Runtime>>());
	names.extend(variants::<pallet_dinfra_provider::Error<Runtime>>());
	names.extend(variants::<pallet_dinfra_subscription::Error<Runtime>>());
	names.extend(Provider::pallet_constants_metadata().into_iter().map(|constant| constant.name.to_string()));
	names.extend(Subscription::pallet_constants_metadata().into_iter().map(|constant| constant.name.to_string()));
	names.retain(|name| !name.starts_with("__"));
	assert!(names.len() > 120);
	for name in names {
		// Events are written with their fields.
		let named = page.contains(&format!("`{name}`")) || page.contains(&format!("`{name} {{"));
		assert!(named, "docs/chain.md does not name {name}");
	}
}

#[test]
fn the_metadata_describes_the_runtime_api_for_clients() {
	TestExternalities::default().execute_with(|| {
		assert!(Runtime::metadata_versions().contains(&15));
		let metadata: &[u8] = &Runtime::metadata_at_version(15).unwrap();
		assert!(metadata.windows(11).any(|window| window == b"desired_set"));
	});
}
