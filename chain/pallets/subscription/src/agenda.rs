//! When each subscription is looked at again: buckets of one block each.
//!
//! Putting in and taking out cost the same however many subscriptions there are. A block works through a bounded number
//! of entries; what is left over stays in its bucket, is done first in the next block, and nothing is lost.

use crate::*;
use alloc::vec::Vec;
use frame_support::{storage::with_storage_layer, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{One, Saturating};

impl<T: Config> Pallet<T> {
	/// Move a subscription to the bucket of block `at`, or to none. A block that is not after the current one means the
	/// next: this one's buckets were emptied when it began. The caller stores `subscription`.
	pub(crate) fn schedule(id: SubscriptionId, subscription: &mut SubscriptionOf<T>, at: Option<BlockNumberFor<T>>) {
		let next = Self::now().saturating_add(One::one());
		let at = at.map(|at| at.max(next));
		if at == subscription.bucket {
			return;
		}
		if let Some(old) = subscription.bucket {
			Buckets::<T>::remove(old, id);
		}
		if let Some(new) = at {
			Buckets::<T>::insert(new, id, ());
		}
		subscription.bucket = at;
	}

	/// Work through what is due, at most `MaxExpiriesPerBlock` subscriptions, and return the weight of it.
	pub(crate) fn process_agenda(now: BlockNumberFor<T>) -> Weight {
		let limit = T::MaxExpiriesPerBlock::get();
		let first = NextBucket::<T>::get().unwrap_or(now);
		let (mut bucket, mut done, mut passed) = (first, 0, 0);
		while bucket <= now && done < limit && passed <= limit {
			let room = (limit - done) as usize;
			let due: Vec<SubscriptionId> = Buckets::<T>::iter_key_prefix(bucket).take(room).collect();
			for id in &due {
				Buckets::<T>::remove(bucket, id);
				Self::expire(*id, now);
			}
			done += due.len() as u32;
			if due.len() < room {
				bucket.saturating_inc();
				passed += 1;
			}
		}
		NextBucket::<T>::put(bucket);
		let every = <T as Config>::WeightInfo::expire(T::MaxProvidersPerType::get());
		<T as Config>::WeightInfo::on_initialize(passed).saturating_add(every.saturating_mul(done.into()))
	}

	/// Look at a subscription whose bucket is due. Should a step fail, all of it is undone and tried again later.
	fn expire(id: SubscriptionId, now: BlockNumberFor<T>) {
		let Some(mut subscription) = Subscriptions::<T>::get(id) else {
			frame_support::defensive!("a bucket names a subscription that exists");
			return;
		};
		subscription.bucket = None;
		let Err(error) = with_storage_layer(|| Self::on_due(id, subscription.clone())) else { return };
		frame_support::defensive!("a due step failed", error);
		Self::schedule(id, &mut subscription, Some(now.saturating_add(T::RetryPeriod::get())));
		Subscriptions::<T>::insert(id, subscription);
		Self::deposit_event(Event::StepFailed { id, error });
	}
}
