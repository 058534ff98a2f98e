//! The arrows of the state machine that several calls and the hook share: entering a state, failing, ending, freeing.

use crate::*;
use frame_support::{
	ensure,
	traits::{DefensiveSaturating, Get, fungible::MutateHold, tokens::Precision::Exact},
};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_dinfra_provider::{Outcome, Pallet as Market};
use sp_runtime::{DispatchError, DispatchResult, traits::Saturating};

/// A subscription that runs, its provider and its tenure.
pub(crate) type Running<T> = (SubscriptionOf<T>, ProviderId, TenureOf<T>);

impl<T: Config> Pallet<T> {
	/// Settle what the old state earned, and store the new one with its deadline. Active waits for the end of the funds.
	pub(crate) fn enter(
		id: SubscriptionId,
		(mut subscription, provider, mut tenure): Running<T>,
		state: TenureState,
		deadline: Option<BlockNumberFor<T>>,
		reason: Option<ReasonCode>,
	) -> DispatchResult {
		Self::pay(id, &mut subscription, provider, &mut tenure)?;
		tenure.state = state;
		tenure.since = Self::now();
		tenure.deadline = deadline;
		tenure.reason = reason;
		let running = (subscription, provider, tenure);
		let due = deadline.unwrap_or_else(|| Self::funds_until(&running));
		let (mut subscription, provider, tenure) = running;
		Self::schedule(id, &mut subscription, Some(due));
		Tenures::<T>::insert((provider, id, subscription.tenure), tenure);
		Subscriptions::<T>::insert(id, subscription);
		Ok(())
	}

	/// The provider has failed the subscription: its tenure is over, and the next provider is awarded. Without funds
	/// (Suspended) nobody would take it, so it ends.
	pub(crate) fn fail(
		id: SubscriptionId,
		(mut subscription, provider, mut tenure): Running<T>,
		outcome: Outcome,
		reason: ReasonCode,
	) -> DispatchResult {
		Market::<T>::note_outcome(provider, outcome);
		let had_funds = tenure.state != TenureState::Suspended;
		if !had_funds {
			Tenures::<T>::insert((provider, id, subscription.tenure), tenure);
			return Self::end(id, subscription, reason);
		}
		Self::pay(id, &mut subscription, provider, &mut tenure)?;
		Self::deposit_event(Event::Failed { id, tenure: subscription.tenure, provider, reason });
		Self::close_tenure(id, &mut subscription, provider, tenure, reason)?;
		if let Some(update) = subscription.update.take() {
			Self::adopt(&mut subscription, update)?;
		}
		// Waits for nobody until the award below, or the end, says what comes next.
		subscription.status = Status::Pending { retries: 0 };
		let failure = Failure { provider, tenure: subscription.tenure, reason };
		if subscription.failed.try_push(failure).is_err() {
			return Self::end(id, subscription, reason::NO_PROVIDER);
		}
		if let Strategy::Named(_) = subscription.terms.strategy {
			// Nobody else may take it: there is nothing to wait for.
			return Self::end(id, subscription, reason);
		}
		Self::award_or_wait(id, &mut subscription, Some(provider))?;
		Subscriptions::<T>::insert(id, subscription);
		Ok(())
	}

	/// End a subscription in whatever state it is: pay what is owed, give the rest back.
	pub(crate) fn end(id: SubscriptionId, mut subscription: SubscriptionOf<T>, reason: ReasonCode) -> DispatchResult {
		ensure!(!matches!(subscription.status, Status::Ended { .. }), Error::<T>::WrongState);
		let provider = subscription.status.provider();
		if let Some(provider) = provider {
			let key = (provider, id, subscription.tenure);
			let mut tenure = Tenures::<T>::get(key).ok_or(Error::<T>::UnknownTenure)?;
			Self::pay(id, &mut subscription, provider, &mut tenure)?;
			Self::close_tenure(id, &mut subscription, provider, tenure, reason)?;
		}
		let refund = Self::refund(&mut subscription)?;
		Market::<T>::drop_content(&subscription.content);
		if let Some(update) = subscription.update.take() {
			Market::<T>::drop_content(&update);
		}
		Self::schedule(id, &mut subscription, None);
		subscription.status = Status::Ended { reason };
		Self::deposit_event(Event::Ended { id, tenure: subscription.tenure, provider, reason, refund });
		Self::store_or_remove(id, subscription)
	}

	/// A tenure that was never accepted left no trace and is freed at once. Any other stays until it is released.
	pub(crate) fn close_tenure(
		id: SubscriptionId,
		subscription: &mut SubscriptionOf<T>,
		provider: ProviderId,
		mut tenure: TenureOf<T>,
		reason: ReasonCode,
	) -> DispatchResult {
		let key = (provider, id, subscription.tenure);
		Infos::<T>::remove(id);
		if tenure.state == TenureState::Awarded {
			Tenures::<T>::remove(key);
			subscription.unreleased = subscription.unreleased.defensive_saturating_sub(1);
			return Market::<T>::vacate(provider, &subscription.type_name);
		}
		tenure.state = TenureState::Ended;
		tenure.since = Self::now();
		tenure.deadline = Some(Self::now().saturating_add(T::ReleasePeriod::get()));
		tenure.reason = Some(reason);
		Tenures::<T>::insert(key, tenure);
		Ok(())
	}

	/// Forget a tenure that has ended and give its capacity back.
	pub(crate) fn free(id: SubscriptionId, provider: ProviderId, number: TenureNumber) -> DispatchResult {
		let mut subscription = Subscriptions::<T>::get(id).ok_or(Error::<T>::UnknownSubscription)?;
		Tenures::<T>::remove((provider, id, number));
		Market::<T>::vacate(provider, &subscription.type_name)?;
		subscription.unreleased = subscription.unreleased.defensive_saturating_sub(1);
		Self::store_or_remove(id, subscription)
	}

	pub(crate) fn store_or_remove(id: SubscriptionId, subscription: SubscriptionOf<T>) -> DispatchResult {
		if subscription.unreleased > 0 || !matches!(subscription.status, Status::Ended { .. }) {
			Subscriptions::<T>::insert(id, subscription);
			return Ok(());
		}
		let SubscriptionInfo { consumer, deposit, type_name, .. } = subscription;
		T::Currency::release(&HoldReason::Deposit.into(), &consumer, deposit, Exact)?;
		Market::<T>::remove_type_user(&type_name);
		ByConsumer::<T>::remove(&consumer, id);
		Subscriptions::<T>::remove(id);
		Self::deposit_event(Event::Removed { id });
		Ok(())
	}

	/// Whether a provider was silent for longer than a tenure bears.
	pub(crate) fn is_lost(provider: ProviderId) -> bool {
		let bearable = Market::<T>::fresh_until(provider).unwrap_or_default().saturating_add(T::LostAfter::get());
		Self::now() > bearable
	}

	pub(crate) fn is_serving(tenure: &TenureOf<T>) -> bool {
		matches!(tenure.state, TenureState::Active | TenureState::Degraded | TenureState::Suspended)
	}

	/// The block in which the funds are used up when the provider's heartbeat stays fresh.
	pub(crate) fn funds_until((subscription, _, tenure): &Running<T>) -> BlockNumberFor<T> {
		Self::now().saturating_add(Self::blocks_left(subscription, tenure).into())
	}

	pub(crate) fn of_consumer(who: &T::AccountId, id: SubscriptionId) -> Result<SubscriptionOf<T>, DispatchError> {
		let subscription = Subscriptions::<T>::get(id).ok_or(Error::<T>::UnknownSubscription)?;
		ensure!(subscription.consumer == *who, Error::<T>::NotConsumer);
		Ok(subscription)
	}

	pub(crate) fn running(id: SubscriptionId) -> Result<Running<T>, DispatchError> {
		let subscription = Subscriptions::<T>::get(id).ok_or(Error::<T>::UnknownSubscription)?;
		let provider = subscription.status.provider().ok_or(Error::<T>::WrongState)?;
		let tenure = Tenures::<T>::get((provider, id, subscription.tenure)).ok_or(Error::<T>::UnknownTenure)?;
		Ok((subscription, provider, tenure))
	}

	/// The running tenure, when the account acts for its provider and means this one and no earlier or later.
	pub(crate) fn held_by(
		who: &T::AccountId,
		id: SubscriptionId,
		number: TenureNumber,
	) -> Result<Running<T>, DispatchError> {
		let (provider, _) = Market::<T>::provider_of(who)?;
		let subscription = Subscriptions::<T>::get(id).ok_or(Error::<T>::UnknownSubscription)?;
		let tenure = Tenures::<T>::get((provider, id, number)).ok_or(Error::<T>::UnknownTenure)?;
		let current = subscription.status.provider() == Some(provider) && subscription.tenure == number;
		ensure!(current, Error::<T>::WrongState);
		Ok((subscription, provider, tenure))
	}
}
