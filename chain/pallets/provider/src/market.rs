//! Offers: what is sold, who may be awarded, and how much of it is in use.

use crate::*;
use frame_support::{
	defensive, ensure,
	pallet_prelude::{DispatchError, DispatchResult},
	traits::{DefensiveSaturating, Get},
};
use sp_runtime::traits::{Saturating, Zero};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_set_offer(
		who: &T::AccountId,
		name: TypeNameOf<T>,
		price: BalanceOf<T>,
		capacity: u32,
		strategies: u8,
	) -> DispatchResult {
		let (id, mut provider) = Self::provider_of(who)?;
		ensure!(!matches!(provider.status, ProviderStatus::Leaving { .. }), Error::<T>::Leaving);
		let descriptor_type = DescriptorTypes::<T>::get(&name).ok_or(Error::<T>::UnknownType)?;
		ensure!(!descriptor_type.retired, Error::<T>::TypeRetired);
		ensure!(!price.is_zero(), Error::<T>::PriceZero);
		ensure!(price <= T::MaxPrice::get(), Error::<T>::PriceTooHigh);
		ensure!(capacity > 0, Error::<T>::CapacityZero);
		ensure!(capacity <= T::MaxCapacity::get(), Error::<T>::CapacityTooLarge);
		ensure!(strategies > 0 && strategies & !Strategy::ALL == 0, Error::<T>::BadStrategies);

		let used = match Offers::<T>::get(id, &name) {
			Some(offer) => offer.used,
			None => {
				ensure!(provider.offers < T::MaxOffers::get(), Error::<T>::TooManyOffers);
				provider.offers.saturating_inc();
				Self::adjust_provider_deposit(&mut provider)?;
				Providers::<T>::insert(id, provider);
				0
			},
		};
		Self::list(&name, id)?;
		Offers::<T>::insert(id, &name, Offer { price, capacity, used, strategies, withdrawn: false });
		Self::deposit_event(Event::OfferSet { provider: id, name, price, capacity });
		Ok(())
	}

	pub(crate) fn do_remove_offer(who: &T::AccountId, name: TypeNameOf<T>) -> DispatchResult {
		let (id, mut provider) = Self::provider_of(who)?;
		let mut offer = Offers::<T>::get(id, &name).ok_or(Error::<T>::UnknownOffer)?;
		Self::unlist(&name, id);
		if offer.used == 0 {
			Self::drop_offer(id, &mut provider, name)?;
			Providers::<T>::insert(id, provider);
			return Ok(());
		}
		offer.withdrawn = true;
		Offers::<T>::insert(id, &name, offer);
		Self::deposit_event(Event::OfferWithdrawn { provider: id, name });
		Ok(())
	}

	/// The offer by which the provider could take one more subscription of this consumer by this strategy, or why it
	/// cannot. What depends on the subscription itself (price, funds, history, reputation) is the caller's to judge.
	pub fn offer_for(
		id: ProviderId,
		name: &TypeNameOf<T>,
		consumer: &T::AccountId,
		strategy: Strategy,
	) -> Result<OfferOf<T>, Exclusion> {
		let offer = Offers::<T>::get(id, name).ok_or(Exclusion::NotOffered)?;
		ensure!(!offer.withdrawn, Exclusion::NotOffered);
		if let Strategy::Named(named) = strategy {
			ensure!(named == id, Exclusion::NotNamed);
		}
		let provider = Providers::<T>::get(id).ok_or(Exclusion::NotOffered)?;
		match provider.status {
			ProviderStatus::Active => {},
			ProviderStatus::Paused => return Err(Exclusion::Paused),
			ProviderStatus::Leaving { .. } => return Err(Exclusion::Leaving),
		}
		let now = frame_system::Pallet::<T>::block_number();
		let fresh = Heartbeats::<T>::get(id).is_some_and(|heartbeat| heartbeat.is_fresh(now));
		ensure!(fresh, Exclusion::StaleHeartbeat);
		ensure!(offer.strategies & strategy.bit() != 0, Exclusion::StrategyNotAccepted);
		let allowed = match provider.policy {
			Policy::Open => true,
			Policy::AllowList => ConsumerRules::<T>::get(id, consumer) == Some(Rule::Allow),
			Policy::DenyList => ConsumerRules::<T>::get(id, consumer) != Some(Rule::Deny),
		};
		ensure!(allowed, Exclusion::ConsumerNotAllowed);
		ensure!(offer.used < offer.capacity, Exclusion::Full);
		Ok(offer)
	}

	/// Take one tenure of capacity for an award, and remember whose turn it was.
	pub fn occupy(id: ProviderId, name: &TypeNameOf<T>) -> DispatchResult {
		Offers::<T>::try_mutate(id, name, |offer| {
			let offer = offer.as_mut().ok_or(Error::<T>::UnknownOffer)?;
			offer.used = offer.used.checked_add(1).ok_or(Error::<T>::Overflow)?;
			Ok::<_, DispatchError>(())
		})?;
		Providers::<T>::try_mutate(id, |provider| {
			let provider = provider.as_mut().ok_or(Error::<T>::UnknownProvider)?;
			provider.live = provider.live.checked_add(1).ok_or(Error::<T>::Overflow)?;
			Ok::<_, DispatchError>(())
		})?;
		Records::<T>::mutate(id, |record| record.awards.saturating_inc());
		LastAwarded::<T>::insert(name, id);
		Ok(())
	}

	/// Give one tenure of capacity back. A withdrawn offer goes with its last tenure.
	pub fn vacate(id: ProviderId, name: &TypeNameOf<T>) -> DispatchResult {
		let (Some(mut offer), Some(mut provider)) = (Offers::<T>::get(id, name), Providers::<T>::get(id)) else {
			defensive!("a tenure keeps its offer and its provider");
			return Err(Error::<T>::UnknownOffer.into());
		};
		offer.used = offer.used.checked_sub(1).ok_or(Error::<T>::Overflow)?;
		provider.live = provider.live.checked_sub(1).ok_or(Error::<T>::Overflow)?;
		if offer.withdrawn && offer.used == 0 {
			Self::drop_offer(id, &mut provider, name.clone())?;
		} else {
			Offers::<T>::insert(id, name, offer);
		}
		Providers::<T>::insert(id, provider);
		Ok(())
	}

	/// Write into the provider's record what became of an award.
	pub fn note_outcome(id: ProviderId, outcome: Outcome) {
		Records::<T>::mutate(id, |record| {
			let counter = match outcome {
				Outcome::Accepted => &mut record.accepted,
				Outcome::Declined => &mut record.declined,
				Outcome::MissedAccept => &mut record.missed_accept,
				Outcome::MissedReady => &mut record.missed_ready,
				Outcome::Failed => &mut record.failed,
			};
			counter.saturating_inc();
		});
	}

	/// Write into the provider's record that it owed `owed` blocks and served `served` of them.
	pub fn note_service(id: ProviderId, owed: u64, served: u64) {
		if owed == 0 {
			return;
		}
		Records::<T>::mutate(id, |record| {
			record.blocks_owed.saturating_accrue(owed);
			record.blocks_served.saturating_accrue(served.min(owed));
		});
	}

	fn drop_offer(id: ProviderId, provider: &mut ProviderInfoOf<T>, name: TypeNameOf<T>) -> DispatchResult {
		Offers::<T>::remove(id, &name);
		provider.offers = provider.offers.defensive_saturating_sub(1);
		Self::adjust_provider_deposit(provider)?;
		Self::deposit_event(Event::OfferRemoved { provider: id, name });
		Ok(())
	}

	fn list(name: &TypeNameOf<T>, id: ProviderId) -> DispatchResult {
		TypeProviders::<T>::try_mutate(name, |providers| match providers.binary_search(&id) {
			Ok(_) => Ok(()),
			Err(at) => providers.try_insert(at, id).map_err(|_| Error::<T>::TooManyProviders.into()),
		})
	}

	pub(crate) fn unlist(name: &TypeNameOf<T>, id: ProviderId) {
		TypeProviders::<T>::mutate_exists(name, |providers| {
			let Some(list) = providers else { return };
			list.retain(|listed| *listed != id);
			if list.is_empty() {
				*providers = None;
			}
		});
	}
}
