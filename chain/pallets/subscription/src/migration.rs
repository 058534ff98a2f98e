//! From one layout of the storage to the next.
//!
//! | version | what changed |
//! | --- | --- |
//! | 1 | the first |
//! | 2 | `SubscriptionInfo::failed` names tenure and reason beside the provider: [`v2`] |

/// Version 1 to 2, over as many blocks as it takes. Give `v2::Migration` to `pallet-migrations`; while it runs that pallet
/// takes no transactions, and deadlines wait.
pub mod v2 {
	use crate::*;
	use codec::{Decode, Encode};
	use frame_support::{
		BoundedVec,
		migrations::{MigrationId, SteppedMigration, SteppedMigrationError},
		pallet_prelude::{Get, GetStorageVersion, StorageVersion, Twox64Concat},
		storage_alias,
		weights::{Weight, WeightMeter},
	};
	use frame_system::pallet_prelude::BlockNumberFor;

	/// A subscription as version 1 stored it.
	#[derive(Encode, Decode)]
	pub struct OldSubscription<T: Config> {
		pub consumer: T::AccountId,
		pub access_key: AccessKey,
		pub type_name: TypeNameOf<T>,
		pub content: Content,
		pub update: Option<Content>,
		pub terms: TermsOf<T>,
		pub status: Status,
		pub tenure: TenureNumber,
		pub funds: BalanceOf<T>,
		pub spent: BalanceOf<T>,
		pub deposit: BalanceOf<T>,
		pub failed: BoundedVec<ProviderId, T::MaxFailed>,
		pub unreleased: u32,
		pub bucket: Option<BlockNumberFor<T>>,
	}

	#[storage_alias]
	pub type Subscriptions<T: Config> = StorageMap<Pallet<T>, Twox64Concat, SubscriptionId, OldSubscription<T>>;

	/// What version 1 did not write down.
	const UNKNOWN: u16 = 0;

	pub struct Migration<T>(core::marker::PhantomData<T>);

	impl<T: Config> SteppedMigration for Migration<T> {
		/// The subscription migrated last.
		type Cursor = SubscriptionId;
		type Identifier = MigrationId<20>;

		fn id() -> Self::Identifier {
			MigrationId { pallet_id: *b"dinfra/subscriptions", version_from: 1, version_to: 2 }
		}

		fn step(
			mut cursor: Option<SubscriptionId>,
			meter: &mut WeightMeter,
		) -> Result<Option<SubscriptionId>, SteppedMigrationError> {
			if Pallet::<T>::on_chain_storage_version() != 1 {
				return Ok(None);
			}
			let each = Weight::from_parts(20_000_000, 0).saturating_add(T::DbWeight::get().reads_writes(2, 1));
			if !meter.can_consume(each) {
				return Err(SteppedMigrationError::InsufficientWeight { required: each });
			}
			while meter.try_consume(each).is_ok() {
				let mut rest = match cursor {
					Some(last) => Subscriptions::<T>::iter_from(Subscriptions::<T>::hashed_key_for(last)),
					None => Subscriptions::<T>::iter(),
				};
				let Some((id, old)) = rest.next() else {
					StorageVersion::new(2).put::<Pallet<T>>();
					return Ok(None);
				};
				crate::Subscriptions::<T>::insert(id, renewed(old));
				cursor = Some(id);
			}
			Ok(cursor)
		}
	}

	fn renewed<T: Config>(old: OldSubscription<T>) -> SubscriptionOf<T> {
		let failed = old.failed.into_iter().map(|provider| Failure { provider, tenure: 0, reason: UNKNOWN });
		SubscriptionInfo {
			consumer: old.consumer,
			access_key: old.access_key,
			type_name: old.type_name,
			content: old.content,
			update: old.update,
			terms: old.terms,
			status: old.status,
			tenure: old.tenure,
			funds: old.funds,
			spent: old.spent,
			deposit: old.deposit,
			// The bound is the same.
			failed: BoundedVec::truncate_from(failed.collect()),
			unreleased: old.unreleased,
			bucket: old.bucket,
		}
	}
}
