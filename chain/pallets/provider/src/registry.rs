//! Descriptor types and providers: who registers what, and how they go again.

use crate::*;
use frame_support::{
	ensure,
	pallet_prelude::{DispatchError, DispatchResult},
	traits::{DefensiveSaturating, Get, fungible::MutateHold, tokens::Precision::Exact},
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{Saturating, Zero};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_type(owner: T::AccountId, name: TypeNameOf<T>, schema: Content) -> DispatchResult {
		ensure!(is_type_name(&name), Error::<T>::BadTypeName);
		ensure!(!DescriptorTypes::<T>::contains_key(&name), Error::<T>::TypeExists);
		Self::keep_content(&schema)?;
		let deposit = Self::type_deposit(&schema);
		T::Currency::hold(&HoldReason::DescriptorType.into(), &owner, deposit)?;
		DescriptorTypes::<T>::insert(
			&name,
			DescriptorType { owner: owner.clone(), schema, version: 1, deposit, retired: false, users: 0 },
		);
		Self::deposit_event(Event::TypeRegistered { name, owner });
		Ok(())
	}

	pub(crate) fn do_update_type(who: &T::AccountId, name: TypeNameOf<T>, schema: Content) -> DispatchResult {
		let mut found = Self::owned_type(who, &name)?;
		// The new one first: when both are the same document it must not be dropped in between.
		Self::keep_content(&schema)?;
		Self::drop_content(&found.schema);
		let deposit = Self::type_deposit(&schema);
		Self::change_hold(HoldReason::DescriptorType, who, found.deposit, deposit)?;
		found.version = found.version.checked_add(1).ok_or(Error::<T>::Overflow)?;
		found.schema = schema;
		found.deposit = deposit;
		let version = found.version;
		DescriptorTypes::<T>::insert(&name, found);
		Self::deposit_event(Event::TypeUpdated { name, version });
		Ok(())
	}

	pub(crate) fn do_transfer_type(
		who: &T::AccountId,
		name: TypeNameOf<T>,
		to: Option<T::AccountId>,
	) -> DispatchResult {
		Self::owned_type(who, &name)?;
		TypeHeirs::<T>::set(&name, to.clone());
		Self::deposit_event(Event::TypeTransferOffered { name, to });
		Ok(())
	}

	pub(crate) fn do_accept_type(heir: T::AccountId, name: TypeNameOf<T>) -> DispatchResult {
		let mut found = DescriptorTypes::<T>::get(&name).ok_or(Error::<T>::UnknownType)?;
		ensure!(!found.retired, Error::<T>::TypeRetired);
		ensure!(TypeHeirs::<T>::take(&name).is_some_and(|named| named == heir), Error::<T>::NotHeir);
		T::Currency::release(&HoldReason::DescriptorType.into(), &found.owner, found.deposit, Exact)?;
		T::Currency::hold(&HoldReason::DescriptorType.into(), &heir, found.deposit)?;
		found.owner = heir.clone();
		DescriptorTypes::<T>::insert(&name, found);
		Self::deposit_event(Event::TypeTransferred { name, owner: heir });
		Ok(())
	}

	pub(crate) fn do_retire_type(who: &T::AccountId, name: TypeNameOf<T>) -> DispatchResult {
		let mut found = Self::owned_type(who, &name)?;
		T::Currency::release(&HoldReason::DescriptorType.into(), who, found.deposit, Exact)?;
		found.deposit = Zero::zero();
		found.retired = true;
		TypeHeirs::<T>::remove(&name);
		if found.users == 0 {
			Self::drop_content(&found.schema);
		}
		DescriptorTypes::<T>::insert(&name, found);
		Self::deposit_event(Event::TypeRetired { name });
		Ok(())
	}

	/// Count a subscription that refers to the type. Fails when the type is unknown or retired.
	pub fn add_type_user(name: &TypeNameOf<T>) -> DispatchResult {
		let mut found = DescriptorTypes::<T>::get(name).ok_or(Error::<T>::UnknownType)?;
		ensure!(!found.retired, Error::<T>::TypeRetired);
		found.users = found.users.checked_add(1).ok_or(Error::<T>::Overflow)?;
		DescriptorTypes::<T>::insert(name, found);
		Ok(())
	}

	/// Undo one [`Self::add_type_user`].
	pub fn remove_type_user(name: &TypeNameOf<T>) {
		DescriptorTypes::<T>::mutate(name, |found| {
			let Some(found) = found else { return };
			found.users = found.users.defensive_saturating_sub(1);
			if found.retired && found.users == 0 {
				Self::drop_content(&found.schema);
			}
		});
	}

	pub(crate) fn do_register_provider(
		owner: T::AccountId,
		operator: T::AccountId,
		access_key: AccessKey,
		metadata: MetadataOf<T>,
		policy: Policy,
	) -> DispatchResult {
		for account in [&owner, &operator] {
			ensure!(!ProviderOf::<T>::contains_key(account), Error::<T>::AlreadyProvider);
		}
		let deposit = T::ProviderDeposit::get();
		T::Currency::hold(&HoldReason::Provider.into(), &owner, deposit)?;
		let id = NextProviderId::<T>::get();
		NextProviderId::<T>::put(id.checked_add(1).ok_or(Error::<T>::Overflow)?);
		ProviderOf::<T>::insert(&owner, id);
		ProviderOf::<T>::insert(&operator, id);
		Providers::<T>::insert(
			id,
			ProviderInfo {
				owner: owner.clone(),
				operator: operator.clone(),
				access_key,
				metadata,
				policy,
				status: ProviderStatus::Active,
				deposit,
				offers: 0,
				rules: 0,
				live: 0,
			},
		);
		Self::deposit_event(Event::ProviderRegistered { provider: id, owner, operator });
		Ok(())
	}

	pub(crate) fn do_update_provider(
		who: &T::AccountId,
		operator: Option<T::AccountId>,
		access_key: Option<AccessKey>,
		metadata: Option<MetadataOf<T>>,
	) -> DispatchResult {
		let (id, mut provider) = Self::provider_of(who)?;
		if let Some(operator) = operator.filter(|new| *new != provider.operator) {
			ensure!(provider.owner == *who, Error::<T>::NotProviderOwner);
			ensure!(
				operator == provider.owner || !ProviderOf::<T>::contains_key(&operator),
				Error::<T>::AlreadyProvider
			);
			if provider.operator != provider.owner {
				ProviderOf::<T>::remove(&provider.operator);
			}
			ProviderOf::<T>::insert(&operator, id);
			provider.operator = operator;
		}
		provider.access_key = access_key.unwrap_or(provider.access_key);
		provider.metadata = metadata.unwrap_or(provider.metadata);
		Providers::<T>::insert(id, provider);
		Self::deposit_event(Event::ProviderUpdated { provider: id });
		Ok(())
	}

	pub(crate) fn do_resign(who: &T::AccountId) -> DispatchResult {
		let (id, mut provider) = Self::provider_of(who)?;
		ensure!(provider.owner != *who, Error::<T>::NotOperator);
		ProviderOf::<T>::remove(who);
		provider.operator = provider.owner.clone();
		Providers::<T>::insert(id, provider);
		Self::deposit_event(Event::ProviderUpdated { provider: id });
		Ok(())
	}

	pub(crate) fn do_set_policy(who: &T::AccountId, policy: Policy) -> DispatchResult {
		let (id, mut provider) = Self::provider_of(who)?;
		provider.policy = policy;
		Providers::<T>::insert(id, provider);
		Self::deposit_event(Event::PolicySet { provider: id, policy });
		Ok(())
	}

	pub(crate) fn do_set_consumer_rules(who: &T::AccountId, rules: RulesOf<T>) -> DispatchResult {
		let (id, mut provider) = Self::provider_of(who)?;
		for (consumer, rule) in rules {
			let before = ConsumerRules::<T>::take(id, &consumer);
			provider.rules = provider.rules.defensive_saturating_sub(before.is_some().into());
			if let Some(rule) = rule {
				ensure!(provider.rules < T::MaxRules::get(), Error::<T>::TooManyRules);
				provider.rules.saturating_inc();
				ConsumerRules::<T>::insert(id, &consumer, rule);
			}
		}
		Self::adjust_provider_deposit(&mut provider)?;
		let rules = provider.rules;
		Providers::<T>::insert(id, provider);
		Self::deposit_event(Event::ConsumerRulesSet { provider: id, rules });
		Ok(())
	}

	pub(crate) fn do_pause(who: &T::AccountId) -> DispatchResult {
		let (id, mut provider) = Self::provider_of(who)?;
		ensure!(provider.status == ProviderStatus::Active, Error::<T>::NotActive);
		provider.status = ProviderStatus::Paused;
		Providers::<T>::insert(id, provider);
		Self::deposit_event(Event::ProviderPaused { provider: id });
		Ok(())
	}

	pub(crate) fn do_resume(who: &T::AccountId) -> DispatchResult {
		let (id, mut provider) = Self::provider_of(who)?;
		ensure!(provider.status != ProviderStatus::Active, Error::<T>::NotPaused);
		if matches!(provider.status, ProviderStatus::Leaving { .. }) {
			ensure!(provider.owner == *who, Error::<T>::NotProviderOwner);
		}
		provider.status = ProviderStatus::Active;
		Providers::<T>::insert(id, provider);
		Self::deposit_event(Event::ProviderResumed { provider: id });
		Ok(())
	}

	/// Returns the number of offers and rules removed, for the weight.
	pub(crate) fn do_leave(who: &T::AccountId) -> Result<(u32, u32), DispatchError> {
		let (id, mut provider) = Self::provider_of(who)?;
		ensure!(provider.owner == *who, Error::<T>::NotProviderOwner);
		ensure!(!matches!(provider.status, ProviderStatus::Leaving { .. }), Error::<T>::Leaving);
		if provider.live == 0 {
			return Self::remove_provider(id, provider);
		}
		let until = frame_system::Pallet::<T>::block_number().saturating_add(T::NoticePeriod::get());
		provider.status = ProviderStatus::Leaving { until };
		Providers::<T>::insert(id, provider);
		Self::deposit_event(Event::ProviderLeaving { provider: id, until });
		Ok((0, 0))
	}

	pub(crate) fn do_complete_leave(id: ProviderId) -> Result<(u32, u32), DispatchError> {
		let provider = Providers::<T>::get(id).ok_or(Error::<T>::UnknownProvider)?;
		ensure!(matches!(provider.status, ProviderStatus::Leaving { .. }), Error::<T>::NotLeaving);
		ensure!(provider.live == 0, Error::<T>::StillLive);
		Self::remove_provider(id, provider)
	}

	fn remove_provider(id: ProviderId, provider: ProviderInfoOf<T>) -> Result<(u32, u32), DispatchError> {
		for (name, _) in Offers::<T>::drain_prefix(id) {
			Self::unlist(&name, id);
		}
		// Bounded by MaxRules, which is what the weight of the calls is for.
		let _ = ConsumerRules::<T>::clear_prefix(id, provider.rules, None);
		Heartbeats::<T>::remove(id);
		Records::<T>::remove(id);
		ProviderOf::<T>::remove(&provider.owner);
		ProviderOf::<T>::remove(&provider.operator);
		Providers::<T>::remove(id);
		T::Currency::release(&HoldReason::Provider.into(), &provider.owner, provider.deposit, Exact)?;
		Self::deposit_event(Event::ProviderLeft { provider: id });
		Ok((provider.offers, provider.rules))
	}

	pub(crate) fn do_heartbeat(who: &T::AccountId) -> DispatchResult {
		let (id, provider) = Self::provider_of(who)?;
		let now = frame_system::Pallet::<T>::block_number();
		if let ProviderStatus::Leaving { until } = provider.status {
			ensure!(now <= until, Error::<T>::NoticeOver);
		}
		let period = T::HeartbeatPeriod::get();
		let renewed = match Heartbeats::<T>::get(id) {
			Some(heartbeat) => heartbeat.renewed(now, period),
			None => Heartbeat { at: now, until: now.saturating_add(period), counted: Zero::zero() },
		};
		Heartbeats::<T>::insert(id, renewed);
		Self::deposit_event(Event::HeartbeatReceived { provider: id, until: renewed.until });
		Ok(())
	}

	/// The provider that an account owns or operates.
	pub fn provider_of(who: &T::AccountId) -> Result<(ProviderId, ProviderInfoOf<T>), DispatchError> {
		let id = ProviderOf::<T>::get(who).ok_or(Error::<T>::NotProvider)?;
		let provider = Providers::<T>::get(id).ok_or(Error::<T>::NotProvider)?;
		Ok((id, provider))
	}

	/// The block up to which the provider's heartbeats reach; `None` when it was never heard of.
	pub fn fresh_until(id: ProviderId) -> Option<BlockNumberFor<T>> {
		Heartbeats::<T>::get(id).map(|heartbeat| heartbeat.until)
	}

	/// Blocks up to and including the current one that the provider's heartbeats cover: see [`Heartbeat::covered`].
	pub fn covered(id: ProviderId) -> BlockNumberFor<T> {
		let now = frame_system::Pallet::<T>::block_number();
		Heartbeats::<T>::get(id).map_or(Zero::zero(), |heartbeat| heartbeat.covered(now))
	}

	fn owned_type(who: &T::AccountId, name: &TypeNameOf<T>) -> Result<DescriptorTypeOf<T>, DispatchError> {
		let found = DescriptorTypes::<T>::get(name).ok_or(Error::<T>::UnknownType)?;
		ensure!(found.owner == *who, Error::<T>::NotTypeOwner);
		ensure!(!found.retired, Error::<T>::TypeRetired);
		Ok(found)
	}

	fn type_deposit(schema: &Content) -> BalanceOf<T> {
		T::TypeDeposit::get().saturating_add(Self::content_deposit(schema))
	}

	/// Bring the deposit in line with the number of offers and rules.
	pub(crate) fn adjust_provider_deposit(provider: &mut ProviderInfoOf<T>) -> DispatchResult {
		let deposit = T::ProviderDeposit::get()
			.saturating_add(T::OfferDeposit::get().saturating_mul(provider.offers.into()))
			.saturating_add(T::RuleDeposit::get().saturating_mul(provider.rules.into()));
		Self::change_hold(HoldReason::Provider, &provider.owner, provider.deposit, deposit)?;
		provider.deposit = deposit;
		Ok(())
	}

	fn change_hold(reason: HoldReason, who: &T::AccountId, from: BalanceOf<T>, to: BalanceOf<T>) -> DispatchResult {
		if to > from {
			T::Currency::hold(&reason.into(), who, to.saturating_sub(from))
		} else {
			T::Currency::release(&reason.into(), who, from.saturating_sub(to), Exact).map(drop)
		}
	}
}

/// Names travel in URLs, resource names and logs: nothing there needs escaping.
fn is_type_name(name: &[u8]) -> bool {
	!name.is_empty() && name.iter().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'/'))
}
