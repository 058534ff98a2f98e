//! Randomness of a development chain: the hash of the parent block. Its author can choose among few values, so a chain
//! that carries real money takes a better source.

use crate::{BlockNumber, Hash, System};
use frame_support::traits::Randomness;
use sp_runtime::traits::{BlakeTwo256, Hash as _};

pub struct ParentHash;

impl Randomness<Hash, BlockNumber> for ParentHash {
	fn random(subject: &[u8]) -> (Hash, BlockNumber) {
		let seed = System::parent_hash();
		(BlakeTwo256::hash(&[seed.as_ref(), subject].concat()), System::block_number())
	}
}
