//! The data of the pallet, as it is stored and as it is read by clients.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound, traits::Get};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{Permill, traits::AtLeast32BitUnsigned};

/// Names a provider for ever; never given twice.
pub type ProviderId = u32;

/// An ed25519 public key to which secrets are sealed. Separate from the account, whose key may be of another scheme.
pub type AccessKey = [u8; 32];

/// Where the bytes of a [`Content`] can be had.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub enum ContentSource {
	/// A preimage on this chain. It must be noted before it is referred to, and is kept while it is needed.
	Preimage,
	/// IPFS, under the CIDv1 of codec `raw` and multihash `blake2b-256` that follows from the hash.
	Ipfs,
}

/// A document the chain knows by its hash only: a descriptor, or the schema of a descriptor type.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub struct Content {
	/// blake2-256 of the bytes.
	pub hash: H256,
	/// Number of bytes.
	pub len: u32,
	pub source: ContentSource,
}

/// A kind of descriptor, with the JSON Schema that all descriptors of the kind match.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct DescriptorType<AccountId, Balance> {
	/// May publish new versions, hand the type over and retire it.
	pub owner: AccountId,
	/// The schema of the current version.
	pub schema: Content,
	/// 1 for the first schema, one more for each further one.
	pub version: u32,
	/// Held from the owner until the type is retired.
	pub deposit: Balance,
	/// A retired type takes no new subscriptions, offers or awards. Its name is not given again.
	pub retired: bool,
	/// Subscriptions that refer to the type. Its schema is kept while there are any.
	pub users: u32,
}

/// Whom a provider serves.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub enum Policy {
	/// Everybody.
	Open,
	/// Only consumers with the rule [`Rule::Allow`].
	AllowList,
	/// Everybody but consumers with the rule [`Rule::Deny`].
	DenyList,
}

/// What a provider says of one consumer. It matters only under the policy it belongs to, so that a change of policy
/// never turns a list into its opposite.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub enum Rule {
	Allow,
	Deny,
}

/// Whether a provider takes new awards.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub enum ProviderStatus<BlockNumber> {
	Active,
	/// No new awards; what runs goes on.
	Paused,
	/// No new awards; what runs goes on until block `until`, after which no heartbeat is taken.
	Leaving {
		until: BlockNumber,
	},
}

/// Somebody who offers capacity.
#[derive(CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[scale_info(skip_type_params(MaxMetadata))]
pub struct ProviderInfo<AccountId, Balance, BlockNumber, MaxMetadata>
where
	AccountId: Clone + PartialEq + Eq + core::fmt::Debug,
	Balance: Clone + PartialEq + Eq + core::fmt::Debug,
	BlockNumber: Clone + PartialEq + Eq + core::fmt::Debug,
	MaxMetadata: Get<u32>,
{
	/// The cold account: registered, holds the deposit, receives what is earned.
	pub owner: AccountId,
	/// The hot account: heartbeat, offers, and all calls about tenures. May be the owner itself.
	pub operator: AccountId,
	/// Consumers seal secrets to it.
	pub access_key: AccessKey,
	/// Opaque to the chain; by convention a JSON object with `name` and `url`.
	pub metadata: BoundedVec<u8, MaxMetadata>,
	pub policy: Policy,
	pub status: ProviderStatus<BlockNumber>,
	/// Held from the owner until the provider has left.
	pub deposit: Balance,
	/// Number of offers, withdrawn ones included.
	pub offers: u32,
	/// Number of consumer rules.
	pub rules: u32,
	/// Tenures awarded and not yet released.
	pub live: u32,
}

/// What a provider sells of one descriptor type.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Offer<Balance> {
	/// Price of one tenure for one block. A tenure keeps the price it was awarded at.
	pub price: Balance,
	/// Tenures that can be held at the same time.
	pub capacity: u32,
	/// Tenures awarded and not yet released.
	pub used: u32,
	/// The strategies by which it may be awarded: the bits of [`Strategy::bit`].
	pub strategies: u8,
	/// Takes no new awards, and is removed when `used` reaches zero.
	pub withdrawn: bool,
}

/// How a provider is chosen among the eligible ones. Ties go to the one whose turn it is by round robin.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub enum Strategy {
	/// The next one after the provider that was awarded last for this type.
	RoundRobin,
	/// By the randomness of the chain.
	Random,
	/// The one with the most free capacity.
	MostFree,
	/// The one with the lowest price.
	LowestPrice,
	/// This one and no other.
	Named(ProviderId),
	/// The one with the best [`Record::reputation`].
	MostReputable,
}

impl Strategy {
	/// All strategies, as a set of bits.
	pub const ALL: u8 = 0b11_1111;

	/// The bit by which an offer accepts this strategy.
	pub const fn bit(&self) -> u8 {
		match self {
			Strategy::RoundRobin => 1,
			Strategy::Random => 2,
			Strategy::MostFree => 4,
			Strategy::LowestPrice => 8,
			Strategy::Named(_) => 16,
			Strategy::MostReputable => 32,
		}
	}
}

/// When a provider was last heard of, and the count of blocks its heartbeats have covered so far.
#[derive(Clone, Copy, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Heartbeat<BlockNumber> {
	/// Block of the last heartbeat.
	pub at: BlockNumber,
	/// Last block it covers.
	pub until: BlockNumber,
	/// Blocks covered up to and including `at`.
	pub counted: BlockNumber,
}

impl<BlockNumber: AtLeast32BitUnsigned + Copy> Heartbeat<BlockNumber> {
	/// The number of blocks up to and including `now` that were covered, since the provider's first heartbeat. Never
	/// decreases. The difference of two readings is what a tenure that was active in between is paid for.
	pub fn covered(&self, now: BlockNumber) -> BlockNumber {
		self.counted.saturating_add(now.min(self.until).saturating_sub(self.at))
	}

	/// Whether block `now` is covered.
	pub fn is_fresh(&self, now: BlockNumber) -> bool {
		now <= self.until
	}

	/// The same after a heartbeat in block `now` that covers the `period` blocks after it.
	pub fn renewed(&self, now: BlockNumber, period: BlockNumber) -> Self {
		Self { at: now, until: now.saturating_add(period), counted: self.covered(now) }
	}
}

/// What became of the awards of a provider: facts of the state machine, nobody's opinion.
#[derive(Clone, Copy, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Record {
	/// Tenures awarded.
	pub awards: u32,
	/// Tenures accepted.
	pub accepted: u32,
	/// Tenures declined before they were accepted. Honest, and so without weight.
	pub declined: u32,
	/// Tenures lost because they were not accepted in time.
	pub missed_accept: u32,
	/// Tenures accepted and not ready in time.
	pub missed_ready: u32,
	/// Tenures given up by the provider after it had accepted them, lost, or degraded for too long.
	pub failed: u32,
	/// Blocks in which a tenure was active or degraded.
	pub blocks_owed: u64,
	/// Those of them in which it was active under a fresh heartbeat.
	pub blocks_served: u64,
}

impl Record {
	/// The trust a newcomer starts with, in blocks and in awards: enough that one bad hour does not end a business, and
	/// little enough that a long record outweighs it.
	const PRIOR_BLOCKS: u64 = 600;
	const PRIOR_AWARDS: u32 = 8;

	/// Served blocks of owed blocks, times kept awards of awards. One for a newcomer.
	pub fn reputation(&self) -> Permill {
		let blocks = Permill::from_rational(
			self.blocks_served.saturating_add(Self::PRIOR_BLOCKS),
			self.blocks_owed.saturating_add(Self::PRIOR_BLOCKS),
		);
		let broken = self.missed_accept.saturating_add(self.missed_ready).saturating_add(self.failed);
		let awards = self.awards.saturating_add(Self::PRIOR_AWARDS);
		let kept = Permill::from_rational(awards.saturating_sub(broken), awards);
		blocks * kept
	}
}

/// How an award of a provider ended, or went on, for its [`Record`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
	Accepted,
	Declined,
	MissedAccept,
	MissedReady,
	Failed,
}

/// Why a provider cannot take a subscription.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub enum Exclusion {
	/// It has no offer for the type, or has withdrawn it.
	NotOffered,
	/// It takes no new awards at present.
	Paused,
	/// It is leaving.
	Leaving,
	/// It was not heard of in time.
	StaleHeartbeat,
	/// All of its capacity is in use.
	Full,
	/// Its offer does not take part in the strategy asked for.
	StrategyNotAccepted,
	/// Another provider was named.
	NotNamed,
	/// Its policy excludes the consumer.
	ConsumerNotAllowed,
	/// It costs more than the consumer's maximum.
	PriceTooHigh,
	/// The funds do not last for the grace and the least number of blocks at its price.
	FundsTooLow,
	/// It has failed this subscription before.
	FailedBefore,
	/// Its reputation is below the consumer's minimum.
	ReputationTooLow,
}
