//! What anybody may do, so that nothing rests on one party being there.

use crate::*;
use frame_support::ensure;
use pallet_dinfra_provider::{Outcome, Pallet as Market};
use sp_runtime::{DispatchResult, traits::Zero};

impl<T: Config> Pallet<T> {
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

	pub(crate) fn do_report_lost(id: SubscriptionId) -> DispatchResult {
		let running = Self::running(id)?;
		ensure!(Self::is_serving(&running.2), Error::<T>::WrongState);
		ensure!(Self::is_lost(running.1), Error::<T>::NotLost);
		Self::fail(id, running, Outcome::Failed, reason::PROVIDER_LOST)
	}

	pub(crate) fn do_clean_up(provider: ProviderId, id: SubscriptionId, number: TenureNumber) -> DispatchResult {
		let tenure = Tenures::<T>::get((provider, id, number)).ok_or(Error::<T>::UnknownTenure)?;
		ensure!(tenure.state == TenureState::Ended, Error::<T>::WrongState);
		ensure!(tenure.deadline.is_some_and(|deadline| Self::now() >= deadline), Error::<T>::TooEarly);
		Market::<T>::note_outcome(provider, Outcome::Failed);
		Self::deposit_event(Event::CleanedUp { id, tenure: number, provider });
		Self::free(id, provider, number)
	}
}
