//! What must hold of the storage after every block.

use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{
	ensure,
	traits::{QueryPreimage, fungible::InspectHold},
};
use pallet_dinfra_provider::{DescriptorTypes, Offers};
use sp_runtime::{
	TryRuntimeError,
	traits::{Saturating, Zero},
};

impl<T: Config> Pallet<T> {
	/// Check the invariants of the pallet. For tests and try-runtime: it reads everything.
	pub fn check_state() -> Result<(), TryRuntimeError> {
		let mut funds = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		let mut deposits = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		let mut users = BTreeMap::<TypeNameOf<T>, u32>::new();
		let mut used = BTreeMap::<(ProviderId, TypeNameOf<T>), u32>::new();
		let mut unreleased = BTreeMap::<SubscriptionId, u32>::new();
		let mut buckets = BTreeSet::new();

		for (block, id, ()) in Buckets::<T>::iter() {
			ensure!(buckets.insert(id), "a subscription is in one bucket at most");
			let bucket = Subscriptions::<T>::get(id).and_then(|subscription| subscription.bucket);
			ensure!(bucket == Some(block), "a subscription knows its bucket");
			ensure!(NextBucket::<T>::get().is_none_or(|next| next <= block), "no bucket is passed before it is empty");
		}
		for ((provider, id, number), tenure) in Tenures::<T>::iter() {
			let subscription = Subscriptions::<T>::get(id).ok_or("a tenure keeps its subscription")?;
			unreleased.entry(id).or_default().saturating_inc();
			used.entry((provider, subscription.type_name.clone())).or_default().saturating_inc();
			let runs = subscription.status == Status::Running { provider } && subscription.tenure == number;
			ensure!(runs == (tenure.state != TenureState::Ended), "a tenure runs, or has ended");
			ensure!(
				tenure.deadline.is_none() == (tenure.state == TenureState::Active),
				"all but Active has a deadline"
			);
			let reasoned = matches!(tenure.state, TenureState::Degraded | TenureState::Ended);
			ensure!(tenure.reason.is_some() == reasoned, "a tenure is Degraded or Ended for a reason");
		}
		for (id, subscription) in Subscriptions::<T>::iter() {
			Self::check_subscription(id, &subscription)?;
			ensure!(
				subscription.unreleased == unreleased.get(&id).copied().unwrap_or_default(),
				"the tenures that are not released are counted"
			);
			funds.entry(subscription.consumer.clone()).or_default().saturating_accrue(subscription.funds);
			deposits.entry(subscription.consumer).or_default().saturating_accrue(subscription.deposit);
			users.entry(subscription.type_name).or_default().saturating_inc();
		}
		for (owner, earned) in Earnings::<T>::iter() {
			ensure!(!earned.is_zero(), "earnings of nothing are not stored");
			funds.entry(owner).or_default().saturating_accrue(earned);
		}
		for account in frame_system::Account::<T>::iter_keys() {
			let held = |reason: HoldReason| T::Currency::balance_on_hold(&reason.into(), &account);
			let expected = funds.get(&account).copied().unwrap_or_default();
			ensure!(held(HoldReason::Funds) == expected, "a hold is the funds of subscriptions and the earnings");
			let expected = deposits.get(&account).copied().unwrap_or_default();
			ensure!(held(HoldReason::Deposit) == expected, "the deposits of subscriptions are on hold");
		}
		for (consumer, id, ()) in ByConsumer::<T>::iter() {
			let known = Subscriptions::<T>::get(id).is_some_and(|subscription| subscription.consumer == consumer);
			ensure!(known, "the index of a consumer names its subscriptions");
		}
		for (id, (number, _)) in Infos::<T>::iter() {
			let current = Subscriptions::<T>::get(id)
				.is_some_and(|subscription| subscription.status.provider().is_some() && subscription.tenure == number);
			ensure!(current, "an info belongs to a running tenure");
		}
		for (name, found) in DescriptorTypes::<T>::iter() {
			ensure!(found.users == users.get(&name).copied().unwrap_or_default(), "the users of a type are counted");
		}
		for (provider, name, offer) in Offers::<T>::iter() {
			let expected = used.remove(&(provider, name)).unwrap_or_default();
			ensure!(offer.used == expected, "the capacity in use is the tenures that are not released");
		}
		ensure!(used.is_empty(), "a tenure keeps its offer");
		Ok(())
	}

	fn check_subscription(id: SubscriptionId, subscription: &SubscriptionOf<T>) -> Result<(), TryRuntimeError> {
		ensure!(ByConsumer::<T>::contains_key(&subscription.consumer, id), "a consumer's index has its subscriptions");
		match subscription.bucket {
			Some(block) => ensure!(Buckets::<T>::contains_key(block, id), "a subscription is in its bucket"),
			None => ensure!(
				matches!(subscription.status, Status::Ended { .. }),
				"every subscription that has not ended is in a bucket"
			),
		}
		let kept =
			|content: &Content| content.source == ContentSource::Ipfs || T::Preimages::is_requested(&content.hash);
		match subscription.status {
			Status::Ended { .. } => {
				ensure!(subscription.funds.is_zero(), "an ended subscription has no funds");
				ensure!(subscription.unreleased > 0, "an ended subscription goes with its last tenure");
				ensure!(subscription.update.is_none(), "an ended subscription waits for no update");
			},
			Status::Pending { .. } => {
				ensure!(kept(&subscription.content), "the descriptor of a live subscription is kept");
				ensure!(subscription.update.is_none(), "without a provider an update is taken at once");
			},
			Status::Running { provider } => {
				ensure!(kept(&subscription.content), "the descriptor of a live subscription is kept");
				ensure!(subscription.update.as_ref().is_none_or(kept), "the update of a live subscription is kept");
				let tenure = Tenures::<T>::get((provider, id, subscription.tenure)).ok_or("what runs is a tenure")?;
				ensure!(tenure.content == subscription.content, "what runs is what was agreed on");
				ensure!(
					subscription.failed.iter().all(|failure| failure.provider != provider),
					"a provider that failed is not asked again"
				);
				ensure!(
					tenure.deadline.is_none_or(|deadline| subscription.bucket >= Some(deadline)),
					"a deadline is looked at"
				);
			},
		}
		Ok(())
	}
}
