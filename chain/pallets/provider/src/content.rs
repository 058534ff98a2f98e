//! Documents named by hash: keeping a preimage while something refers to it.

use crate::{BalanceOf, Config, Content, ContentSource, Error, Pallet};
use frame_support::{
	ensure,
	traits::{Get, QueryPreimage},
};
use sp_runtime::{
	DispatchResult,
	traits::{Saturating, Zero},
};

impl<T: Config> Pallet<T> {
	/// Check that a document can be referred to, and keep it until [`Self::drop_content`]. Fails with `ContentLength`,
	/// `PreimageMissing` or `PreimageLength`. What IPFS holds cannot be seen from here: only its length is checked.
	pub fn keep_content(content: &Content) -> DispatchResult {
		ensure!(content.len > 0 && content.len <= T::MaxContentLen::get(), Error::<T>::ContentLength);
		if content.source == ContentSource::Preimage {
			let len = T::Preimages::len(&content.hash).ok_or(Error::<T>::PreimageMissing)?;
			ensure!(len == content.len, Error::<T>::PreimageLength);
			T::Preimages::request(&content.hash);
		}
		Ok(())
	}

	/// Undo one [`Self::keep_content`].
	pub fn drop_content(content: &Content) {
		if content.source == ContentSource::Preimage {
			T::Preimages::unrequest(&content.hash);
		}
	}

	/// What is held for a document on top of the deposit of what refers to it: its noter may take his own deposit back
	/// while we keep it.
	pub fn content_deposit(content: &Content) -> BalanceOf<T> {
		match content.source {
			ContentSource::Preimage => T::ByteDeposit::get().saturating_mul(content.len.into()),
			ContentSource::Ipfs => Zero::zero(),
		}
	}
}
