//! What clients can ask a node: read-only, at any block.

use crate::{Failure, ReasonCode, SubscriptionId, TenureNumber, TenureState, Terms};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use pallet_dinfra_provider::{AccessKey, Content, Exclusion, ProviderId};
use scale_info::TypeInfo;

/// Most rows of one page, whatever is asked for.
pub const MAX_PAGE: u32 = 256;

/// Where a subscription stands, tenure included.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub enum State {
	Pending,
	Awarded,
	Accepted,
	Active,
	Degraded,
	Suspended,
	Ended,
}

/// A tenure a provider has to care for: realise, keep, suspend, or remove and confirm (Ended).
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct DesiredTenure<AccountId, Balance, BlockNumber> {
	pub id: SubscriptionId,
	pub tenure: TenureNumber,
	/// Of this tenure, which may be over while the subscription runs elsewhere.
	pub state: TenureState,
	pub consumer: AccountId,
	pub access_key: AccessKey,
	pub type_name: Vec<u8>,
	/// The descriptor this provider has taken on.
	pub content: Content,
	/// The descriptor the consumer wants next; to be accepted or declined.
	pub update: Option<Content>,
	/// For one block.
	pub price: Balance,
	/// While Active: the funds last for this block at least.
	pub paid_until: Option<BlockNumber>,
	/// What the state waits for happens by this block.
	pub deadline: Option<BlockNumber>,
	/// Why it is Degraded, or has Ended.
	pub reason: Option<ReasonCode>,
	/// Block in which the state was entered.
	pub since: BlockNumber,
}

/// A part of a provider's desired set.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct DesiredPage<AccountId, Balance, BlockNumber> {
	/// In no particular order, each tenure once.
	pub rows: Vec<DesiredTenure<AccountId, Balance, BlockNumber>>,
	/// Ask with this as `start_after` for the next page, at the same block. `None` after the last one.
	pub next: Option<(SubscriptionId, TenureNumber)>,
}

/// A provider that was looked at for an award.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct Candidate<Balance> {
	pub provider: ProviderId,
	/// For one block; none without an offer.
	pub price: Option<Balance>,
	/// Why it cannot be awarded; none when it can.
	pub excluded: Option<Exclusion>,
}

/// The money of a subscription, as of the end of a block.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct Cost<Balance> {
	/// Paid to providers.
	pub spent: Balance,
	/// Earned by the provider and not paid yet.
	pub owed: Balance,
	/// What cancelling now gives back, without the deposit.
	pub refundable: Balance,
	/// Held until the entry is removed, and then given back.
	pub deposit: Balance,
	/// The part of `refundable` that is kept for the grace.
	pub reserved: Balance,
	/// For one block, of the running tenure.
	pub price: Option<Balance>,
	/// Active blocks the funds still pay for; `u32::MAX` for any number.
	pub blocks_left: Option<u32>,
}

/// A subscription as its consumer sees it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, TypeInfo, Debug)]
pub struct SubscriptionView<AccountId, Balance, BlockNumber> {
	pub id: SubscriptionId,
	pub tenure: TenureNumber,
	pub state: State,
	pub consumer: AccountId,
	pub provider: Option<ProviderId>,
	pub type_name: Vec<u8>,
	pub content: Content,
	pub update: Option<Content>,
	pub terms: Terms<Balance, BlockNumber>,
	pub funds: Balance,
	pub spent: Balance,
	pub price: Option<Balance>,
	/// While Active: the funds last for this block at least.
	pub paid_until: Option<BlockNumber>,
	pub deadline: Option<BlockNumber>,
	/// Why it is Degraded, or has Ended.
	pub reason: Option<ReasonCode>,
	/// The tenures that failed, and why. Their providers are not asked again.
	pub failed: Vec<Failure>,
}

sp_api::decl_runtime_apis! {
	/// Reading subscriptions.
	pub trait SubscriptionApi<AccountId, Balance, BlockNumber>
	where
		AccountId: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// The tenures awarded to a provider and not released yet, at most `limit` and at most 256 of them.
		fn desired_set(
			provider: ProviderId,
			start_after: Option<(SubscriptionId, TenureNumber)>,
			limit: u32,
		) -> DesiredPage<AccountId, Balance, BlockNumber>;

		/// Who could take such a subscription now, and why the others of the type cannot.
		fn eligible_providers(
			type_name: Vec<u8>,
			consumer: AccountId,
			terms: Terms<Balance, BlockNumber>,
			amount: Balance,
		) -> Vec<Candidate<Balance>>;

		/// What a subscription has cost and how long its funds last.
		fn cost(id: SubscriptionId) -> Option<Cost<Balance>>;

		/// A subscription with the state of its tenure.
		fn subscription(id: SubscriptionId) -> Option<SubscriptionView<AccountId, Balance, BlockNumber>>;
	}
}
