//! A new descriptor for what runs: asked for by the consumer, accepted or declined by the provider.

use crate::*;
use frame_support::{
	ensure,
	traits::{Get, fungible::MutateHold, tokens::Precision::Exact},
};
use pallet_dinfra_provider::Pallet as Market;
use sp_core::H256;
use sp_runtime::{
	DispatchError, DispatchResult,
	traits::{Saturating, Zero},
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_update(who: &T::AccountId, id: SubscriptionId, content: Content) -> DispatchResult {
		let mut subscription = Self::of_consumer(who, id)?;
		if content == subscription.content {
			return Self::withdraw_update(id, subscription);
		}
		let provider = match subscription.status {
			Status::Ended { .. } => return Err(Error::<T>::WrongState.into()),
			Status::Pending { .. } => None,
			Status::Running { provider } => {
				let tenure = Tenures::<T>::get((provider, id, subscription.tenure)).ok_or(Error::<T>::UnknownTenure)?;
				// An award is accepted or declined for the descriptor it was made with. A suspended one is funded first.
				let open = matches!(tenure.state, TenureState::Accepted | TenureState::Active | TenureState::Degraded);
				ensure!(open, Error::<T>::WrongState);
				Some(provider)
			},
		};
		Market::<T>::keep_content(&content)?;
		let replaced = match provider {
			Some(_) => subscription.update.replace(content),
			None => Some(core::mem::replace(&mut subscription.content, content)),
		};
		if let Some(replaced) = replaced {
			Market::<T>::drop_content(&replaced);
		}
		let wanted = Self::wanted_deposit(&subscription);
		Self::change_deposit(&mut subscription, wanted)?;
		let tenure = subscription.tenure;
		Subscriptions::<T>::insert(id, subscription);
		Self::deposit_event(Event::UpdateRequested { id, tenure, provider, content });
		Ok(())
	}

	pub(crate) fn do_accept_update(
		who: &T::AccountId,
		id: SubscriptionId,
		number: TenureNumber,
		hash: H256,
	) -> DispatchResult {
		let (mut subscription, provider, mut tenure) = Self::held_by(who, id, number)?;
		let update = Self::take_update(&mut subscription, hash)?;
		Self::adopt(&mut subscription, update)?;
		tenure.content = update;
		Tenures::<T>::insert((provider, id, number), tenure);
		Subscriptions::<T>::insert(id, subscription);
		Self::deposit_event(Event::UpdateAccepted { id, tenure: number, provider, content: update });
		Ok(())
	}

	pub(crate) fn do_decline_update(
		who: &T::AccountId,
		id: SubscriptionId,
		number: TenureNumber,
		hash: H256,
		reason: ReasonCode,
	) -> DispatchResult {
		ensure!(reason::is_providers(reason), Error::<T>::ReasonOutOfRange);
		let (mut subscription, provider, _) = Self::held_by(who, id, number)?;
		let update = Self::take_update(&mut subscription, hash)?;
		Market::<T>::drop_content(&update);
		Self::shrink_deposit(&mut subscription)?;
		Subscriptions::<T>::insert(id, subscription);
		Self::deposit_event(Event::UpdateDeclined { id, tenure: number, provider, reason });
		Ok(())
	}

	/// The update the consumer waits for, when it is the one the provider has seen.
	fn take_update(subscription: &mut SubscriptionOf<T>, hash: H256) -> Result<Content, DispatchError> {
		let update = subscription.update.take().ok_or(Error::<T>::NoUpdate)?;
		ensure!(update.hash == hash, Error::<T>::UpdateChanged);
		Ok(update)
	}

	/// The consumer asks for what is agreed already: takes the update back.
	fn withdraw_update(id: SubscriptionId, mut subscription: SubscriptionOf<T>) -> DispatchResult {
		let update = subscription.update.take().ok_or(Error::<T>::SameContent)?;
		Market::<T>::drop_content(&update);
		Self::shrink_deposit(&mut subscription)?;
		let (tenure, provider) = (subscription.tenure, subscription.status.provider());
		Subscriptions::<T>::insert(id, subscription);
		Self::deposit_event(Event::UpdateWithdrawn { id, tenure, provider });
		Ok(())
	}

	/// Make an update the descriptor that was agreed on. The caller has taken it out of `subscription.update`.
	pub(crate) fn adopt(subscription: &mut SubscriptionOf<T>, update: Content) -> DispatchResult {
		Market::<T>::drop_content(&subscription.content);
		subscription.content = update;
		Self::shrink_deposit(subscription)
	}

	fn wanted_deposit(subscription: &SubscriptionOf<T>) -> BalanceOf<T> {
		let update = subscription.update.as_ref().map_or(Zero::zero(), Market::<T>::content_deposit);
		T::SubscriptionDeposit::get()
			.saturating_add(Market::<T>::content_deposit(&subscription.content))
			.saturating_add(update)
	}

	/// Give back what is held for documents that are not kept any more. Never holds more: it is not the consumer's call,
	/// and must not fail for his want of funds when a runtime upgrade has raised the deposits.
	fn shrink_deposit(subscription: &mut SubscriptionOf<T>) -> DispatchResult {
		let wanted = Self::wanted_deposit(subscription).min(subscription.deposit);
		Self::change_deposit(subscription, wanted)
	}

	fn change_deposit(subscription: &mut SubscriptionOf<T>, wanted: BalanceOf<T>) -> DispatchResult {
		let (reason, who) = (HoldReason::Deposit.into(), &subscription.consumer);
		if wanted > subscription.deposit {
			T::Currency::hold(&reason, who, wanted.saturating_sub(subscription.deposit))?;
		} else {
			T::Currency::release(&reason, who, subscription.deposit.saturating_sub(wanted), Exact)?;
		}
		subscription.deposit = wanted;
		Ok(())
	}
}
