//! Who gets a subscription.

use crate::*;
use frame_support::{
	ensure,
	traits::{Get, Randomness},
};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_dinfra_provider::{Exclusion, LastAwarded, OfferOf, Pallet as Market, Records, Strategy, TypeProviders};
use sp_runtime::{
	DispatchResult,
	traits::{Saturating, Zero},
};

/// What an award is asked for: a subscription, or one that somebody thinks of making.
pub(crate) struct Request<'a, T: Config> {
	pub type_name: &'a TypeNameOf<T>,
	pub consumer: &'a T::AccountId,
	pub terms: &'a TermsOf<T>,
	pub funds: BalanceOf<T>,
	pub failed: &'a [Failure],
}

impl<T: Config> Pallet<T> {
	/// Give a subscription that nobody runs to the next eligible provider. Returns whether there was one. The caller
	/// stores `subscription`.
	pub(crate) fn try_award(
		id: SubscriptionId,
		subscription: &mut SubscriptionOf<T>,
	) -> Result<bool, sp_runtime::DispatchError> {
		let request = Request {
			type_name: &subscription.type_name,
			consumer: &subscription.consumer,
			terms: &subscription.terms,
			funds: subscription.funds,
			failed: &subscription.failed,
		};
		let Some((provider, offer)) = Self::choose(&request, id, subscription.tenure) else { return Ok(false) };
		subscription.tenure = subscription.tenure.checked_add(1).ok_or(Error::<T>::Overflow)?;
		subscription.unreleased = subscription.unreleased.checked_add(1).ok_or(Error::<T>::Overflow)?;
		subscription.status = Status::Running { provider };
		Market::<T>::occupy(provider, &subscription.type_name)?;
		let now = Self::now();
		let deadline = now.saturating_add(T::AcceptPeriod::get());
		let tenure = Tenure {
			state: TenureState::Awarded,
			content: subscription.content,
			price: offer.price,
			since: now,
			deadline: Some(deadline),
			reason: None,
			earned: Zero::zero(),
			settled_at: now,
			mark: Zero::zero(),
		};
		Tenures::<T>::insert((provider, id, subscription.tenure), tenure);
		Self::schedule(id, subscription, Some(deadline));
		Self::deposit_event(Event::Awarded { id, tenure: subscription.tenure, provider, price: offer.price, deadline });
		Ok(true)
	}

	/// Award, or wait for a provider. `last` is the provider that had the subscription before.
	pub(crate) fn award_or_wait(
		id: SubscriptionId,
		subscription: &mut SubscriptionOf<T>,
		last: Option<ProviderId>,
	) -> DispatchResult {
		if Self::try_award(id, subscription)? {
			return Ok(());
		}
		subscription.status = Status::Pending { retries: 0 };
		Self::schedule(id, subscription, Some(Self::now().saturating_add(T::RetryPeriod::get())));
		Self::deposit_event(Event::Pending { id, tenure: subscription.tenure, provider: last });
		Ok(())
	}

	/// The provider to award, by the strategy of the request. Ties go by the round: to the first after the one that was
	/// awarded last for this type.
	fn choose(request: &Request<'_, T>, id: SubscriptionId, tenure: TenureNumber) -> Option<(ProviderId, OfferOf<T>)> {
		if let Strategy::Named(provider) = request.terms.strategy {
			return Self::judge(request, provider).ok().map(|offer| (provider, offer));
		}
		let listed = TypeProviders::<T>::get(request.type_name);
		let turn = LastAwarded::<T>::get(request.type_name).map_or(0, |last| listed.partition_point(|id| *id <= last));
		let round = listed[turn..].iter().chain(&listed[..turn]).copied();
		let mut eligible = round.filter_map(|provider| Some((provider, Self::judge(request, provider).ok()?)));
		match request.terms.strategy {
			Strategy::RoundRobin | Strategy::Named(_) => eligible.next(),
			Strategy::LowestPrice => eligible.min_by_key(|(_, offer)| offer.price),
			Strategy::MostFree => first_max_by_key(eligible, |(_, offer)| offer.capacity.saturating_sub(offer.used)),
			Strategy::MostReputable => first_max_by_key(eligible, |(id, _)| Records::<T>::get(id).reputation()),
			Strategy::Random => {
				let mut eligible: alloc::vec::Vec<_> = eligible.collect();
				if eligible.is_empty() {
					return None;
				}
				let (seed, _) = T::Randomness::random(&codec::Encode::encode(&(b"dinfra/award", id, tenure)));
				let drawn = u64::from_le_bytes(core::array::from_fn(|i| seed.as_ref().get(i).copied().unwrap_or(0)));
				Some(eligible.swap_remove((drawn % eligible.len() as u64) as usize))
			},
		}
	}

	/// The offer by which a provider can take the request, or why it cannot.
	pub(crate) fn judge(request: &Request<'_, T>, provider: ProviderId) -> Result<OfferOf<T>, Exclusion> {
		ensure!(request.failed.iter().all(|failure| failure.provider != provider), Exclusion::FailedBefore);
		let offer = Market::<T>::offer_for(provider, request.type_name, request.consumer, request.terms.strategy)?;
		ensure!(offer.price <= request.terms.max_price, Exclusion::PriceTooHigh);
		let needed = Self::least_funds(offer.price, request.terms.grace);
		ensure!(needed.is_some_and(|needed| needed <= request.funds), Exclusion::FundsTooLow);
		if !request.terms.min_reputation.is_zero() {
			let reputation = Records::<T>::get(provider).reputation();
			ensure!(reputation >= request.terms.min_reputation, Exclusion::ReputationTooLow);
		}
		Ok(offer)
	}

	/// The number of providers an award of the type looks at.
	pub(crate) fn listed(type_name: &TypeNameOf<T>) -> u32 {
		TypeProviders::<T>::decode_len(type_name).unwrap_or(0) as u32
	}

	/// The same for a subscription, as it is before a call that may award it.
	pub(crate) fn listed_for(id: SubscriptionId) -> u32 {
		Subscriptions::<T>::get(id).map_or(0, |subscription| Self::listed(&subscription.type_name))
	}

	pub(crate) fn now() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number()
	}
}

/// Like `Iterator::max_by_key`, but of several equal elements the first.
fn first_max_by_key<I: Iterator, K: Ord>(items: I, key: impl Fn(&I::Item) -> K) -> Option<I::Item> {
	items
		.map(|item| (key(&item), item))
		.reduce(|best, next| if next.0 > best.0 { next } else { best })
		.map(|(_, item)| item)
}
