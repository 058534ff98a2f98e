//! What a consumer does with a subscription, apart from updating it (`update.rs`).

use crate::*;
use frame_support::{
	ensure,
	traits::{Get, fungible::MutateHold},
};
use pallet_dinfra_provider::Pallet as Market;
use sp_runtime::{
	DispatchResult,
	traits::{Saturating, Zero},
};

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

	pub(crate) fn do_cancel(who: &T::AccountId, id: SubscriptionId) -> DispatchResult {
		let subscription = Self::of_consumer(who, id)?;
		Self::end(id, subscription, reason::CANCELLED)
	}

	pub(crate) fn do_top_up(who: &T::AccountId, id: SubscriptionId, amount: BalanceOf<T>) -> DispatchResult {
		let mut subscription = Subscriptions::<T>::get(id).ok_or(Error::<T>::UnknownSubscription)?;
		ensure!(!matches!(subscription.status, Status::Ended { .. }), Error::<T>::WrongState);
		let (number, provider) = (subscription.tenure, subscription.status.provider());
		let mut held = match provider {
			Some(provider) => Some(Tenures::<T>::get((provider, id, number)).ok_or(Error::<T>::UnknownTenure)?),
			None => None,
		};
		if let (Some(provider), Some(tenure)) = (provider, &mut held)
			&& matches!(tenure.state, TenureState::Active | TenureState::Suspended)
		{
			// First what the old funds pay for: a block for which there were none stays unpaid.
			Self::pay(id, &mut subscription, provider, tenure)?;
		}
		Self::fund(&mut subscription, who, amount)?;
		Self::deposit_event(Event::ToppedUp { id, tenure: number, provider, by: who.clone(), amount });
		let (Some(provider), Some(tenure)) = (provider, held) else {
			Self::try_award(id, &mut subscription)?;
			Subscriptions::<T>::insert(id, subscription);
			return Ok(());
		};
		match tenure.state {
			TenureState::Active => {
				let until = Self::funds_until(&(subscription.clone(), provider, tenure.clone()));
				Self::schedule(id, &mut subscription, Some(until));
			},
			TenureState::Suspended => {
				let needed = Self::least_funds(tenure.price, subscription.terms.grace).ok_or(Error::<T>::Overflow)?;
				if subscription.funds >= needed {
					let until = Self::funds_until(&(subscription.clone(), provider, tenure.clone()));
					Self::enter(id, (subscription, provider, tenure), TenureState::Active, None, None)?;
					Self::deposit_event(Event::Resumed { id, tenure: number, provider, paid_until: until });
					return Ok(());
				}
			},
			_ => {},
		}
		Tenures::<T>::insert((provider, id, number), tenure);
		Subscriptions::<T>::insert(id, subscription);
		Ok(())
	}
}
