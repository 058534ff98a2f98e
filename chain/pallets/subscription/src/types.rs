//! The data of the pallet, as it is stored and as it is read by clients.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
	traits::{ConstU32, Get},
};
use pallet_dinfra_provider::{AccessKey, Content, ProviderId, Strategy};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// Names a subscription for ever; never given twice.
pub type SubscriptionId = u64;

/// Counts the awards of one subscription, from 1.
pub type TenureNumber = u32;

/// Why something ended or was declined. See [`crate::reason`] for the ranges.
pub type ReasonCode = u16;

/// What a consumer asks of whoever is awarded. Fixed for the life of the subscription.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub struct Terms<Balance, BlockNumber> {
	pub strategy: Strategy,
	/// Highest price for one block.
	pub max_price: Balance,
	/// Blocks for which everything is kept after the funds are used up. Reserved from the funds in advance.
	pub grace: BlockNumber,
	/// Lowest reputation; zero takes everybody.
	pub min_reputation: Permill,
}

/// A secret, opaque to the chain: sealed to an access key and bound to what it is for.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub struct Sealed {
	/// How `bytes` are sealed.
	pub format: u8,
	pub bytes: BoundedVec<u8, ConstU32<1024>>,
}

/// Where a subscription stands. While it runs, its tenure says more: [`TenureState`].
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub enum Status {
	/// Nobody eligible was found, `retries` times since the subscription began to wait.
	Pending { retries: u32 },
	/// The tenure `Subscription::tenure` of this provider runs.
	Running { provider: ProviderId },
	/// Over. The entry stays until all its tenures are released.
	Ended { reason: ReasonCode },
}

impl Status {
	/// The provider that runs the subscription.
	pub fn provider(&self) -> Option<ProviderId> {
		match self {
			Status::Running { provider } => Some(*provider),
			Status::Pending { .. } | Status::Ended { .. } => None,
		}
	}
}

/// A tenure that did not last, and why.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Failure {
	pub provider: ProviderId,
	pub tenure: TenureNumber,
	pub reason: ReasonCode,
}

/// An agreement between a consumer and whoever is awarded.
#[derive(CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[scale_info(skip_type_params(MaxTypeName, MaxFailed))]
pub struct SubscriptionInfo<AccountId, Balance, BlockNumber, MaxTypeName, MaxFailed>
where
	AccountId: Clone + PartialEq + Eq + core::fmt::Debug,
	Balance: Clone + PartialEq + Eq + core::fmt::Debug,
	BlockNumber: Clone + PartialEq + Eq + core::fmt::Debug,
	MaxTypeName: Get<u32>,
	MaxFailed: Get<u32>,
{
	pub consumer: AccountId,
	/// Providers seal secrets to it.
	pub access_key: AccessKey,
	pub type_name: BoundedVec<u8, MaxTypeName>,
	/// The descriptor that was agreed on.
	pub content: Content,
	/// The descriptor the consumer wants next, while the provider has not answered.
	pub update: Option<Content>,
	pub terms: Terms<Balance, BlockNumber>,
	pub status: Status,
	/// Number of the last award; 0 before the first.
	pub tenure: TenureNumber,
	/// Held from the consumer for payment: what is owed and what will be refunded, together.
	pub funds: Balance,
	/// Paid to providers so far.
	pub spent: Balance,
	/// Held from the consumer until the entry is removed.
	pub deposit: Balance,
	/// The tenures that failed. Their providers are not asked again.
	pub failed: BoundedVec<Failure, MaxFailed>,
	/// Tenures awarded and not yet released.
	pub unreleased: u32,
	/// The block by which the subscription is looked at again. Every subscription that has not ended has one.
	pub bucket: Option<BlockNumber>,
}

/// Where a tenure stands.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug)]
pub enum TenureState {
	/// The provider is to accept or decline until the deadline.
	Awarded,
	/// The provider is to report ready until the deadline.
	Accepted,
	/// It runs, and is paid for in blocks under a fresh heartbeat.
	Active,
	/// It does not run as it should, and is not paid for. It is taken away at the deadline.
	Degraded,
	/// The funds are used up. It is kept, and paid for from the reserve, until the deadline.
	Suspended,
	/// Over. It is to be removed and confirmed; from the deadline on anybody may clean up.
	Ended,
}

/// One award of one subscription to one provider.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Tenure<Balance, BlockNumber> {
	pub state: TenureState,
	/// The descriptor the provider has taken on.
	pub content: Content,
	/// For one block, as the offer said at the award.
	pub price: Balance,
	/// Block in which the state was entered.
	pub since: BlockNumber,
	/// What the state waits for happens by this block; none while Active.
	pub deadline: Option<BlockNumber>,
	/// Why it is Degraded, or has Ended.
	pub reason: Option<ReasonCode>,
	/// Paid for this tenure so far.
	pub earned: Balance,
	/// Block of the last settlement.
	pub settled_at: BlockNumber,
	/// The provider's count of covered blocks at the last settlement.
	pub mark: BlockNumber,
}
