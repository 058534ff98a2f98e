//! The state machine: each function here is one arrow of the diagram in docs/chain.md.

use crate::*;
use frame_support::{ensure, traits::{Get, fungible::MutateHold, tokens::Precision::Exact}};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_dinfra_provider::{Outcome, Pallet as Market};
use sp_runtime::{
	DispatchError, DispatchResult,
	traits::{Saturating, Zero},
};

/// A subscription that runs, its provider and its tenure.
pub(crate) type Running<T> = (SubscriptionOf<T>, ProviderId, TenureOf<T>);

impl<T: Config> Pallet<T> {
	pub(crate) fn do_subscribe(
		consumer: T::AccountId,
		type_name: TypeNameOf<T>,
		content: Content,
		access_key: AccessKey,
		amount: BalanceOf<T>,
		terms: TermsOf<T>,
	) -> DispatchResult {
		ensure!(!terms.max_price.is_zero(), Error::<T>::MaxPriceZero);
		let grace_bounds = T::MinGrace::get()..=T::MaxGrace::get();
		ensure!(grace_bounds.contains(&terms.grace), Error::<T>::GraceOutOfBounds);
		Market::<T>::add_type_user(&type_name)?;
		Market::<T>::keep_content(&content)?;
		let deposit = T::SubscriptionDeposit::get().saturating_add(Market::<T>::content_deposit(&content));
		T::Currency::hold(&HoldReason::Deposit.into(), &consumer, deposit)?;

		let id = NextId::<T>::get();
		NextId::<T>::put(id.checked_add(1).ok_or(Error::<T>::Overflow)?);
		let mut subscription = SubscriptionInfo {
			consumer: consumer.clone(),
			access_key,
			type_name,
			content,
			update: None,
			terms,
			status: Status::Pending { retries: 0 },
			tenure: 0,
			funds: Zero::zero(),
			spent: Zero::zero(),
			deposit,
			failed: Default::default(),
			unreleased: 0,
			bucket: None,
		};
		Self::fund(&mut subscription, &consumer, amount)?;
		ByConsumer::<T>::insert(&consumer, id, ());
		Self::deposit_event(Event::Subscribed { id, consumer });
		Self::award_or_wait(id, &mut subscription, None)?;
		Subscriptions::<T>::insert(id, subscription);
		Ok(())
	}

	pub(crate) fn do_accept(who: &T::AccountId, id: SubscriptionId, number: TenureNumber) -> DispatchResult {
		let running = Self::held_by(who, id, number)?;
		ensure!(running.2.state == TenureState::Awarded, Error::<T>::WrongState);
		let provider = running.1;
		Market::<T>::note_outcome(provider, Outcome::Accepted);
		let deadline = Self::now().saturating_add(T::ReadyPeriod::get());
		Self::enter(id, running, TenureState::Accepted, Some(deadline), None)?;
		Self::deposit_event(Event::Accepted { id, tenure: number, provider, deadline });
		Ok(())
	}

	pub(crate) fn do_decline(
		who: &T::AccountId,
		id: SubscriptionId,
		number: TenureNumber,
		reason: ReasonCode,
	) -> DispatchResult {
		ensure!(reason::is_providers(reason), Error::<T>::ReasonOutOfRange);
		let running = Self::held_by(who, id, number)?;
		let outcome = match running.2.state {
			TenureState::Awarded => Outcome::Declined,
			TenureState::Accepted => Outcome::Failed,
			_ => return Err(Error::<T>::WrongState.into()),
		};
		Self::fail(id, running, outcome, reason)
	}

	pub(crate) fn do_ready(
		who: &T::AccountId,
		id: SubscriptionId,
		number: TenureNumber,
		info: Option<Sealed>,
	) -> DispatchResult {
		let running = Self::held_by(who, id, number)?;
		ensure!(running.2.state == TenureState::Accepted, Error::<T>::WrongState);
		if let Some(info) = info {
			Infos::<T>::insert(id, (number, info));
		}
		let provider = running.1;
		let until = Self::funds_until(&running);
		Self::enter(id, running, TenureState::Active, None, None)?;
		Self::deposit_event(Event::Activated { id, tenure: number, provider, paid_until: until });
		Ok(())
	}

	pub(crate) fn do_set_info(
		who: &T::AccountId,
		id: SubscriptionId,
		number: TenureNumber,
		info: Option<Sealed>,
	) -> DispatchResult {
		let (_, provider, tenure) = Self::held_by(who, id, number)?;
		ensure!(matches!(tenure.state, TenureState::Active | TenureState::Degraded), Error::<T>::WrongState);
		match info {
			Some(info) => Infos::<T>::insert(id, (number, info)),
			None => Infos::<T>::remove(id),
		}
		Self::deposit_event(Event::InfoSet { id, tenure: number, provider });
		Ok(())
	}

	pub(crate) fn do_degraded(
		who: &T::AccountId,
		id: SubscriptionId,
		number: TenureNumber,
		reason: ReasonCode,
	) -> DispatchResult {
		ensure!(reason::is_providers(reason), Error::<T>::ReasonOutOfRange);
		let running = Self::held_by(who, id, number)?;
		ensure!(running.2.state == TenureState::Active, Error::<T>::WrongState);
		let provider = running.1;
		let deadline = Self::now().saturating_add(T::MaxDegraded::get());
		Self::enter(id, running, TenureState::Degraded, Some(deadline), Some(reason))?;
		Self::deposit_event(Event::Degraded { id, tenure: number, provider, reason, deadline });
		Ok(())
	}

	pub(crate) fn do_recovered(who: &T::AccountId, id: SubscriptionId, number: TenureNumber) -> DispatchResult {
		let running = Self::held_by(who, id, number)?;
		ensure!(running.2.state == TenureState::Degraded, Error::<T>::WrongState);
		let provider = running.1;
		let until = Self::funds_until(&running);
		Self::enter(id, running, TenureState::Active, None, None)?;
		Self::deposit_event(Event::Recovered { id, tenure: number, provider, paid_until: until });
		Ok(())
	}

	pub(crate) fn do_terminate(
		who: &T::AccountId,
		id: SubscriptionId,
		number: TenureNumber,
		reason: ReasonCode,
	) -> DispatchResult {
		ensure!(reason::is_providers(reason), Error::<T>::ReasonOutOfRange);
		let running = Self::held_by(who, id, number)?;
		ensure!(Self::is_serving(&running.2), Error::<T>::WrongState);
		Self::fail(id, running, Outcome::Failed, reason)
	}

	pub(crate) fn do_report_lost(id: SubscriptionId) -> DispatchResult {
		let running = Self::running(id)?;
		ensure!(Self::is_serving(&running.2), Error::<T>::WrongState);
		ensure!(Self::is_lost(running.1), Error::<T>::NotLost);
		Self::fail(id, running, Outcome::Failed, reason::PROVIDER_LOST)
	}

	pub(crate) fn do_cancel(who: &T::AccountId, id: SubscriptionId) -> DispatchResult {
		let subscription = Self::of_consumer(who, id)?;
		Self::end(id, subscription, reason::CANCELLED)
	}

	pub(crate) fn do_top_up(who: &T::AccountId, id: SubscriptionId, amount: BalanceOf<T>) -> DispatchResult {
		let mut subscription = Subscriptions::<T>::get(id).ok_or(Error::<T>::UnknownSubscription)?;
		ensure!(!matches!(subscription.status, Status::Ended { .. }), Error::<T>::WrongState);
		Self::fund(&mut subscription, who, amount)?;
		let provider = subscription.status.provider();
		let tenure = subscription.tenure;
		Self::deposit_event(Event::ToppedUp { id, tenure, provider, by: who.clone(), amount });
		let Status::Running { provider } = subscription.status else {
			Self::try_award(id, &mut subscription)?;
			Subscriptions::<T>::insert(id, subscription);
			return Ok(());
		};
		let mut held = Tenures::<T>::get((provider, id, tenure)).ok_or(Error::<T>::UnknownTenure)?;
		match held.state {
			TenureState::Active => {
				Self::pay(id, &mut subscription, provider, &mut held)?;
				let until = Self::funds_until(&(subscription.clone(), provider, held.clone()));
				Self::schedule(id, &mut subscription, Some(until));
			},
			TenureState::Suspended => {
				Self::pay(id, &mut subscription, provider, &mut held)?;
				let needed = Self::least_funds(held.price, subscription.terms.grace).ok_or(Error::<T>::Overflow)?;
				if subscription.funds >= needed {
					let until = Self::funds_until(&(subscription.clone(), provider, held.clone()));
					Self::enter(id, (subscription, provider, held), TenureState::Active, None, None)?;
					Self::deposit_event(Event::Resumed { id, tenure, provider, paid_until: until });
					return Ok(());
				}
			},
			_ => {},
		}
		Tenures::<T>::insert((provider, id, tenure), held);
		Subscriptions::<T>::insert(id, subscription);
		Ok(())
	}

	pub(crate) fn do_settle(id: SubscriptionId) -> DispatchResult {
		let (mut subscription, provider, mut tenure) = Self::running(id)?;
		let paid = Self::pay(id, &mut subscription, provider, &mut tenure)?;
		ensure!(!paid.is_zero(), Error::<T>::NothingEarned);
		Tenures::<T>::insert((provider, id, subscription.tenure), tenure);
		Subscriptions::<T>::insert(id, subscription);
		Ok(())
	}

	pub(crate) fn do_retry(id: SubscriptionId) -> DispatchResult {
		let mut subscription = Subscriptions::<T>::get(id).ok_or(Error::<T>::UnknownSubscription)?;
		ensure!(matches!(subscription.status, Status::Pending { .. }), Error::<T>::WrongState);
		ensure!(Self::try_award(id, &mut subscription)?, Error::<T>::NoProviderEligible);
		Subscriptions::<T>::insert(id, subscription);
		Ok(())
	}

	pub(crate) fn do_released(who: &T::AccountId, id: SubscriptionId, number: TenureNumber) -> DispatchResult {
		let (provider, _) = Market::<T>::provider_of(who)?;
		let tenure = Tenures::<T>::get((provider, id, number)).ok_or(Error::<T>::UnknownTenure)?;
		ensure!(tenure.state == TenureState::Ended, Error::<T>::WrongState);
		Self::deposit_event(Event::Released { id, tenure: number, provider });
		Self::free(id, provider, number)
	}

	pub(crate) fn do_clean_up(provider: ProviderId, id: SubscriptionId, number: TenureNumber) -> DispatchResult {
		let tenure = Tenures::<T>::get((provider, id, number)).ok_or(Error::<T>::UnknownTenure)?;
		ensure!(tenure.state == TenureState::Ended, Error::<T>::WrongState);
		ensure!(tenure.deadline.is_some_and(|deadline| Self::now() >= deadline), Error::<T>::TooEarly);
		Market::<T>::note_outcome(provider, Outcome::Failed);
		Self::deposit_event(Event::CleanedUp { id, tenure: number, provider });
		Self::free(id, provider, number)
	}

	/// What happens to a subscription when the block of its bucket comes.
	pub(crate) fn on_due(id: SubscriptionId, mut subscription: SubscriptionOf<T>) -> DispatchResult {
		let provider = match subscription.status {
			Status::Running { provider } => provider,
			Status::Pending { retries } => return Self::try_again(id, subscription, retries),
			Status::Ended { .. } => return Err(Error::<T>::WrongState.into()),
		};
		let number = subscription.tenure;
		let mut tenure = Tenures::<T>::get((provider, id, number)).ok_or(Error::<T>::UnknownTenure)?;
		match tenure.state {
			TenureState::Awarded => {
				Self::fail(id, (subscription, provider, tenure), Outcome::MissedAccept, reason::ACCEPT_DEADLINE)
			},
			TenureState::Accepted => {
				Self::fail(id, (subscription, provider, tenure), Outcome::MissedReady, reason::READY_DEADLINE)
			},
			TenureState::Degraded => {
				Self::fail(id, (subscription, provider, tenure), Outcome::Failed, reason::DEGRADED_TOO_LONG)
			},
			TenureState::Suspended => Self::end(id, subscription, reason::OUT_OF_FUNDS),
			TenureState::Ended => Err(Error::<T>::WrongState.into()),
			TenureState::Active => {
				if Self::is_lost(provider) {
					return Self::fail(id, (subscription, provider, tenure), Outcome::Failed, reason::PROVIDER_LOST);
				}
				Self::pay(id, &mut subscription, provider, &mut tenure)?;
				if Self::blocks_left(&subscription, &tenure) == 0 {
					return Self::suspend(id, (subscription, provider, tenure));
				}
				// The provider was not heard for some of the blocks, so the funds last longer than it seemed. While it is
				// silent there is no point in looking more often than a heartbeat could come.
				let mut next = Self::funds_until(&(subscription.clone(), provider, tenure.clone()));
				let now = Self::now();
				if Market::<T>::fresh_until(provider).is_none_or(|fresh| fresh <= now) {
					next = next.max(now.saturating_add(T::HeartbeatPeriod::get()));
				}
				Self::schedule(id, &mut subscription, Some(next));
				Tenures::<T>::insert((provider, id, number), tenure);
				Subscriptions::<T>::insert(id, subscription);
				Ok(())
			},
		}
	}

	fn try_again(id: SubscriptionId, mut subscription: SubscriptionOf<T>, retries: u32) -> DispatchResult {
		if !Self::try_award(id, &mut subscription)? {
			let retries = retries.saturating_add(1);
			if retries >= T::MaxRetries::get() {
				return Self::end(id, subscription, reason::NO_PROVIDER);
			}
			subscription.status = Status::Pending { retries };
			Self::schedule(id, &mut subscription, Some(Self::now().saturating_add(T::RetryPeriod::get())));
		}
		Subscriptions::<T>::insert(id, subscription);
		Ok(())
	}

	fn suspend(id: SubscriptionId, running: Running<T>) -> DispatchResult {
		let grace = running.0.terms.grace;
		if grace.is_zero() {
			return Self::end(id, running.0, reason::OUT_OF_FUNDS);
		}
		let (number, provider) = (running.0.tenure, running.1);
		let deadline = Self::now().saturating_add(grace);
		Self::enter(id, running, TenureState::Suspended, Some(deadline), None)?;
		Self::deposit_event(Event::Suspended { id, tenure: number, provider, deadline });
		Ok(())
	}

	/// Settle what the old state earned, and store the new one with its deadline. Active waits for the end of the funds.
	fn enter(
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
	fn fail(
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
		if subscription.failed.try_push(provider).is_err() {
			return Self::end(id, subscription, reason::NO_PROVIDER);
		}
		Self::award_or_wait(id, &mut subscription, Some(provider))?;
		Subscriptions::<T>::insert(id, subscription);
		Ok(())
	}

	/// End a subscription in whatever state it is: pay what is owed, give the rest back.
	fn end(id: SubscriptionId, mut subscription: SubscriptionOf<T>, reason: ReasonCode) -> DispatchResult {
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
	fn close_tenure(
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
			subscription.unreleased = subscription.unreleased.saturating_sub(1);
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
	fn free(id: SubscriptionId, provider: ProviderId, number: TenureNumber) -> DispatchResult {
		let mut subscription = Subscriptions::<T>::get(id).ok_or(Error::<T>::UnknownSubscription)?;
		Tenures::<T>::remove((provider, id, number));
		Market::<T>::vacate(provider, &subscription.type_name)?;
		subscription.unreleased = subscription.unreleased.saturating_sub(1);
		Self::store_or_remove(id, subscription)
	}

	fn store_or_remove(id: SubscriptionId, subscription: SubscriptionOf<T>) -> DispatchResult {
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
	fn is_lost(provider: ProviderId) -> bool {
		let bearable = Market::<T>::fresh_until(provider).unwrap_or_default().saturating_add(T::LostAfter::get());
		Self::now() > bearable
	}

	fn is_serving(tenure: &TenureOf<T>) -> bool {
		matches!(tenure.state, TenureState::Active | TenureState::Degraded | TenureState::Suspended)
	}

	/// The block in which the funds are used up when the provider's heartbeat stays fresh.
	fn funds_until((subscription, _, tenure): &Running<T>) -> BlockNumberFor<T> {
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
