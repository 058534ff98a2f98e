//! What happens to a subscription when the block of its bucket comes.

use crate::{transition::Running, *};
use frame_support::traits::Get;
use pallet_dinfra_provider::{Outcome, Pallet as Market};
use sp_runtime::{
	DispatchResult,
	traits::{Saturating, Zero},
};

impl<T: Config> Pallet<T> {
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
}
