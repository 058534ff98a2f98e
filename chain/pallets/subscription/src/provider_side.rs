//! What the provider of a tenure says of it. Each call names the tenure, so that none of them can hit a later one.

use crate::*;
use frame_support::{ensure, traits::Get};
use pallet_dinfra_provider::{Outcome, Pallet as Market};
use sp_runtime::{DispatchResult, traits::Saturating};

impl<T: Config> Pallet<T> {
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

	pub(crate) fn do_released(who: &T::AccountId, id: SubscriptionId, number: TenureNumber) -> DispatchResult {
		let (provider, _) = Market::<T>::provider_of(who)?;
		let tenure = Tenures::<T>::get((provider, id, number)).ok_or(Error::<T>::UnknownTenure)?;
		ensure!(tenure.state == TenureState::Ended, Error::<T>::WrongState);
		Self::deposit_event(Event::Released { id, tenure: number, provider });
		Self::free(id, provider, number)
	}
}
