//! What must hold of the storage after every block.

use crate::*;
use frame_support::{
	ensure,
	traits::{Get, QueryPreimage, fungible::InspectHold},
};
use sp_runtime::{
	TryRuntimeError,
	traits::{Saturating, Zero},
};

impl<T: Config> Pallet<T> {
	/// Check the invariants of the pallet. For tests and try-runtime: it reads everything.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		for (name, found) in DescriptorTypes::<T>::iter() {
			if found.retired {
				ensure!(found.deposit.is_zero(), "a retired type holds no deposit");
			}
			if !found.retired || found.users > 0 {
				let kept = found.schema.source == ContentSource::Ipfs || T::Preimages::is_requested(&found.schema.hash);
				ensure!(kept, "the schema of a type in use is kept");
			}
			let listed = TypeProviders::<T>::get(&name);
			ensure!(listed.windows(2).all(|pair| pair[0] < pair[1]), "the providers of a type are in ascending order");
		}
		for name in TypeHeirs::<T>::iter_keys() {
			let alive = DescriptorTypes::<T>::get(&name).is_some_and(|found| !found.retired);
			ensure!(alive, "only a type that is not retired is handed over");
		}
		for (name, listed) in TypeProviders::<T>::iter() {
			for id in listed {
				let offered = Offers::<T>::get(id, &name).is_some_and(|offer| !offer.withdrawn);
				ensure!(offered, "a listed provider has an offer");
			}
		}
		for (id, provider) in Providers::<T>::iter() {
			ensure!(ProviderOf::<T>::get(&provider.owner) == Some(id), "the owner acts for its provider");
			ensure!(ProviderOf::<T>::get(&provider.operator) == Some(id), "the operator acts for its provider");
			let (mut offers, mut used) = (0u32, 0u32);
			for (name, offer) in Offers::<T>::iter_prefix(id) {
				offers.saturating_inc();
				used.saturating_accrue(offer.used);
				let listed = TypeProviders::<T>::get(&name).binary_search(&id).is_ok();
				ensure!(listed != offer.withdrawn, "an offer is listed unless it is withdrawn");
				ensure!(!offer.withdrawn || offer.used > 0, "a withdrawn offer goes with its last tenure");
			}
			ensure!(offers == provider.offers, "the number of offers is counted");
			ensure!(used == provider.live, "the capacity in use is the number of live tenures");
			let rules = ConsumerRules::<T>::iter_key_prefix(id).count() as u32;
			ensure!(rules == provider.rules, "the number of rules is counted");
			let deposit = T::ProviderDeposit::get()
				.saturating_add(T::OfferDeposit::get().saturating_mul(offers.into()))
				.saturating_add(T::RuleDeposit::get().saturating_mul(rules.into()));
			let held = T::Currency::balance_on_hold(&HoldReason::Provider.into(), &provider.owner);
			ensure!(provider.deposit == deposit && held == deposit, "the deposit of a provider is on hold");
		}
		for (account, id) in ProviderOf::<T>::iter() {
			let acts = Providers::<T>::get(id).is_some_and(|p| p.owner == account || p.operator == account);
			ensure!(acts, "an account acts for a provider that knows it");
		}
		Ok(())
	}
}
