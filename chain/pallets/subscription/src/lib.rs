//! # Subscription pallet
//!
//! The agreement between a consumer and whoever is awarded, and its money. A subscription is awarded to one eligible
//! provider after the other until one accepts it and reports it ready; it is paid by the block, out of funds held in
//! advance, for blocks in which it was active under a fresh heartbeat; it ends when it is cancelled or its funds and its
//! grace are used up, and is forgotten when everything of it was released. docs/chain.md draws the state machine.
//!
//! Nothing here iterates over subscriptions: payment is lazy (`payment.rs`), deadlines sit in buckets (`agenda.rs`), an
//! award looks at the bounded list of providers of one type (`award.rs`).
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod agenda;
mod anybody;
pub mod api;
mod award;
mod consumer_side;
mod due;
pub mod migration;
mod payment;
mod provider_side;
pub mod reason;
mod transition;
mod types;
mod update;
mod views;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;

pub use pallet::*;
pub use pallet_dinfra_provider::{AccessKey, Content, ContentSource, ProviderId, Strategy};
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use crate::{types::*, weights::WeightInfo};
	use frame_support::{pallet_prelude::*, traits::Randomness};
	use frame_system::pallet_prelude::*;
	use pallet_dinfra_provider::{AccessKey, Content, ProviderId};
	use sp_core::H256;
	use sp_runtime::Perbill;

	pub use pallet_dinfra_provider::{BalanceOf, TypeNameOf};

	pub type CurrencyOf<T> = <T as pallet_dinfra_provider::Config>::Currency;
	pub type TermsOf<T> = Terms<BalanceOf<T>, BlockNumberFor<T>>;
	pub type SubscriptionOf<T> = SubscriptionInfo<
		<T as frame_system::Config>::AccountId,
		BalanceOf<T>,
		BlockNumberFor<T>,
		<T as pallet_dinfra_provider::Config>::MaxTypeName,
		<T as Config>::MaxFailed,
	>;
	pub type TenureOf<T> = Tenure<BalanceOf<T>, BlockNumberFor<T>>;

	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>>
		+ pallet_dinfra_provider::Config<RuntimeHoldReason: From<HoldReason>>
	{
		/// Draws the winner for the strategy Random. A weak source lets block authors choose it.
		type Randomness: Randomness<Self::Hash, BlockNumberFor<Self>>;

		/// Held for a subscription, without its descriptor.
		#[pallet::constant]
		type SubscriptionDeposit: Get<BalanceOf<Self>>;
		/// Blocks within which an award is to be accepted or declined.
		#[pallet::constant]
		type AcceptPeriod: Get<BlockNumberFor<Self>>;
		/// Blocks within which an accepted tenure is to be ready.
		#[pallet::constant]
		type ReadyPeriod: Get<BlockNumberFor<Self>>;
		/// Blocks for which a tenure may be degraded before it is taken away.
		#[pallet::constant]
		type MaxDegraded: Get<BlockNumberFor<Self>>;
		/// Blocks after the end of its last heartbeat from which a provider counts as lost.
		#[pallet::constant]
		type LostAfter: Get<BlockNumberFor<Self>>;
		/// Blocks after its end from which anybody may clean a tenure up.
		#[pallet::constant]
		type ReleasePeriod: Get<BlockNumberFor<Self>>;
		/// Blocks between two searches for a provider.
		#[pallet::constant]
		type RetryPeriod: Get<BlockNumberFor<Self>>;
		/// Searches after which a subscription that nobody takes ends.
		#[pallet::constant]
		type MaxRetries: Get<u32>;
		/// Providers that may fail one subscription; with one more it ends.
		#[pallet::constant]
		type MaxFailed: Get<u32>;
		/// Shortest grace a consumer may choose, in blocks.
		#[pallet::constant]
		type MinGrace: Get<BlockNumberFor<Self>>;
		/// Longest grace a consumer may choose, in blocks.
		#[pallet::constant]
		type MaxGrace: Get<BlockNumberFor<Self>>;
		/// Blocks that must be funded, beside the grace, when a tenure is awarded or resumed.
		#[pallet::constant]
		type MinFundedBlocks: Get<BlockNumberFor<Self>>;
		/// Part of its price that a tenure costs while it is Suspended.
		#[pallet::constant]
		type SuspendedPrice: Get<Perbill>;
		/// Most subscriptions whose deadlines one block works through. The rest waits for the next.
		#[pallet::constant]
		type MaxExpiriesPerBlock: Get<u32>;

		type WeightInfo: WeightInfo;
	}

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Why a balance is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// At a consumer: funds of its subscriptions. At the owner of a provider: earnings that are not withdrawn.
		Funds,
		/// For a subscription and its descriptor, until its entry is removed.
		Deposit,
	}

	/// The id the next subscription gets.
	#[pallet::storage]
	pub type NextId<T: Config> = StorageValue<_, SubscriptionId, ValueQuery>;

	/// Subscriptions by id.
	#[pallet::storage]
	pub type Subscriptions<T: Config> = StorageMap<_, Twox64Concat, SubscriptionId, SubscriptionOf<T>>;

	/// The subscriptions of each consumer.
	#[pallet::storage]
	pub type ByConsumer<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, SubscriptionId, ()>;

	/// Tenures awarded and not released, by provider, subscription and number. All with a provider's prefix are its
	/// desired set: what it has to run, to keep, or to remove and confirm.
	#[pallet::storage]
	pub type Tenures<T: Config> = StorageNMap<
		_,
		(NMapKey<Twox64Concat, ProviderId>, NMapKey<Twox64Concat, SubscriptionId>, NMapKey<Twox64Concat, TenureNumber>),
		TenureOf<T>,
	>;

	/// What the provider of the running tenure has told its consumer, sealed to the consumer's access key.
	#[pallet::storage]
	pub type Infos<T: Config> = StorageMap<_, Twox64Concat, SubscriptionId, (TenureNumber, Sealed)>;

	/// What owners of providers have earned and not withdrawn. It is on hold at their accounts.
	#[pallet::storage]
	pub type Earnings<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, BalanceOf<T>, ValueQuery>;

	/// The subscriptions to be looked at in each block. Every one that has not ended is in exactly one bucket.
	#[pallet::storage]
	pub type Buckets<T: Config> =
		StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, SubscriptionId, ()>;

	/// The oldest bucket that may not be empty.
	#[pallet::storage]
	pub type NextBucket<T: Config> = StorageValue<_, BlockNumberFor<T>>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// There is a new subscription. `Awarded` or `Pending` follows.
		Subscribed {
			id: SubscriptionId,
			consumer: T::AccountId,
		},
		/// To be accepted or declined by block `deadline`.
		Awarded {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			price: BalanceOf<T>,
			deadline: BlockNumberFor<T>,
		},
		/// Nobody eligible was found; it is tried again. `provider` had it before.
		Pending {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: Option<ProviderId>,
		},
		/// To be ready by block `deadline`.
		Accepted {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			deadline: BlockNumberFor<T>,
		},
		/// The provider reports it ready. Funds last until block `paid_until`.
		Activated {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			paid_until: BlockNumberFor<T>,
		},
		/// It does not run as it should and is not paid. Back by block `deadline`, or it is taken away.
		Degraded {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			reason: ReasonCode,
			deadline: BlockNumberFor<T>,
		},
		/// From Degraded back to Active.
		Recovered {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			paid_until: BlockNumberFor<T>,
		},
		/// The funds are used up. Kept until block `deadline`.
		Suspended {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			deadline: BlockNumberFor<T>,
		},
		/// From Suspended back to Active.
		Resumed {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			paid_until: BlockNumberFor<T>,
		},
		/// The tenure is over because its provider declined, gave up, missed a deadline or was lost. The subscription goes
		/// on: `Awarded`, `Pending` or `Ended` follows.
		Failed {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			reason: ReasonCode,
		},
		/// The subscription is over, and its tenure if one ran. The rest of the funds went back to the consumer.
		Ended {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: Option<ProviderId>,
			reason: ReasonCode,
			refund: BalanceOf<T>,
		},
		/// The provider has removed everything of the tenure; its capacity is free again.
		Released {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
		},
		/// The provider did not release the tenure in time and somebody cleaned up; its capacity is free again.
		CleanedUp {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
		},
		/// Nothing of the subscription is left. Its deposit went back to the consumer.
		Removed {
			id: SubscriptionId,
		},
		/// The consumer wants another descriptor.
		UpdateRequested {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: Option<ProviderId>,
			content: Content,
		},
		/// The consumer does not want it any more.
		UpdateWithdrawn {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: Option<ProviderId>,
		},
		UpdateAccepted {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			content: Content,
		},
		UpdateDeclined {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			reason: ReasonCode,
		},
		/// The provider has sealed something for the consumer.
		InfoSet {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
		},
		ToppedUp {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: Option<ProviderId>,
			by: T::AccountId,
			amount: BalanceOf<T>,
		},
		/// Earned and moved to the hold of the provider's owner.
		Paid {
			id: SubscriptionId,
			tenure: TenureNumber,
			provider: ProviderId,
			amount: BalanceOf<T>,
		},
		/// Earnings were released to the owner.
		Withdrawn {
			owner: T::AccountId,
			amount: BalanceOf<T>,
		},
		/// A step that was due could not be taken, which should never happen. Nothing changed; it is tried again.
		StepFailed {
			id: SubscriptionId,
			error: DispatchError,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// No subscription has this id.
		UnknownSubscription,
		/// The provider has no such tenure.
		UnknownTenure,
		/// Only the consumer may do this.
		NotConsumer,
		/// The subscription or the tenure is not in a state that allows this.
		WrongState,
		/// Providers may give reasons from 10000 to 19999 only.
		ReasonOutOfRange,
		/// An amount of zero.
		AmountZero,
		/// A highest price of zero.
		MaxPriceZero,
		/// The grace is not between `MinGrace` and `MaxGrace`.
		GraceOutOfBounds,
		/// Nothing was earned since the last time.
		NothingEarned,
		/// The provider was heard of recently enough.
		NotLost,
		/// The provider still has time to release the tenure.
		TooEarly,
		/// No provider can take the subscription now.
		NoProviderEligible,
		/// The subscription has this descriptor, and no update to take back.
		SameContent,
		/// There is no update to answer.
		NoUpdate,
		/// The update is another one by now.
		UpdateChanged,
		/// A counter or an amount would overflow.
		Overflow,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			if Self::on_chain_storage_version() < Self::in_code_storage_version() {
				// The entries may still be of an older layout: deadlines wait for the migration.
				return T::DbWeight::get().reads(1);
			}
			Self::process_agenda(now).saturating_add(T::DbWeight::get().reads(1))
		}

		fn integrity_test() {
			use crate::weights::WeightInfo as _;
			use sp_runtime::traits::Zero;
			assert!(T::MaxExpiriesPerBlock::get() > 0, "a block must be able to work through one deadline at least");
			assert!(T::MaxRetries::get() > 0, "a search must be tried once at least");
			assert!(T::MinGrace::get() <= T::MaxGrace::get(), "the bounds of the grace are the wrong way round");
			for period in
				[T::AcceptPeriod::get(), T::ReadyPeriod::get(), T::RetryPeriod::get(), T::MinFundedBlocks::get()]
			{
				assert!(!period.is_zero(), "periods are one block at least");
			}
			let every = <T as Config>::WeightInfo::expire(T::MaxProvidersPerType::get());
			let most = every.saturating_mul(T::MaxExpiriesPerBlock::get().into());
			let block = <T as frame_system::Config>::BlockWeights::get().max_block;
			assert!(most.all_lte(block / 2), "the deadlines of one block must leave room for its transactions");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Subscribe: hold `amount` as funds and the deposit, and award to a provider by the terms. Waits as Pending when
		/// nobody is eligible now. `access_key` is the ed25519 key to which the provider seals what only the consumer may
		/// read.
		#[pallet::call_index(0)]
		#[pallet::weight(<T as Config>::WeightInfo::subscribe(T::MaxProvidersPerType::get()))]
		pub fn subscribe(
			origin: OriginFor<T>,
			type_name: TypeNameOf<T>,
			content: Content,
			access_key: AccessKey,
			#[pallet::compact] amount: BalanceOf<T>,
			terms: TermsOf<T>,
		) -> DispatchResultWithPostInfo {
			let consumer = ensure_signed(origin)?;
			let listed = Self::listed(&type_name);
			Self::do_subscribe(consumer, type_name, content, access_key, amount, terms)?;
			Ok(Some(<T as Config>::WeightInfo::subscribe(listed)).into())
		}

		/// Take an award on. Owner or operator of the provider, as in all calls about tenures.
		#[pallet::call_index(1)]
		#[pallet::weight(<T as Config>::WeightInfo::accept())]
		pub fn accept(origin: OriginFor<T>, id: SubscriptionId, tenure: TenureNumber) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept(&who, id, tenure)
		}

		/// Decline an award, or give up a tenure that was accepted and cannot be made ready. The next provider is awarded.
		#[pallet::call_index(2)]
		#[pallet::weight(<T as Config>::WeightInfo::decline(T::MaxProvidersPerType::get()))]
		pub fn decline(
			origin: OriginFor<T>,
			id: SubscriptionId,
			tenure: TenureNumber,
			reason: ReasonCode,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let listed = Self::listed_for(id);
			Self::do_decline(&who, id, tenure, reason)?;
			Ok(Some(<T as Config>::WeightInfo::decline(listed)).into())
		}

		/// Report an accepted tenure ready: from the next block on it is paid for. `info` is for the consumer's eyes.
		#[pallet::call_index(3)]
		#[pallet::weight(<T as Config>::WeightInfo::ready())]
		pub fn ready(
			origin: OriginFor<T>,
			id: SubscriptionId,
			tenure: TenureNumber,
			info: Option<Sealed>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_ready(&who, id, tenure, info)
		}

		/// Say that an active tenure does not run as it should. It is not paid for until it has recovered.
		#[pallet::call_index(4)]
		#[pallet::weight(<T as Config>::WeightInfo::degraded())]
		pub fn degraded(
			origin: OriginFor<T>,
			id: SubscriptionId,
			tenure: TenureNumber,
			reason: ReasonCode,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_degraded(&who, id, tenure, reason)
		}

		/// Say that a degraded tenure runs again.
		#[pallet::call_index(5)]
		#[pallet::weight(<T as Config>::WeightInfo::recovered())]
		pub fn recovered(origin: OriginFor<T>, id: SubscriptionId, tenure: TenureNumber) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_recovered(&who, id, tenure)
		}

		/// Give up a tenure that is active, degraded or suspended. The next provider is awarded, unless the funds are used
		/// up.
		#[pallet::call_index(6)]
		#[pallet::weight(<T as Config>::WeightInfo::terminate(T::MaxProvidersPerType::get()))]
		pub fn terminate(
			origin: OriginFor<T>,
			id: SubscriptionId,
			tenure: TenureNumber,
			reason: ReasonCode,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let listed = Self::listed_for(id);
			Self::do_terminate(&who, id, tenure, reason)?;
			Ok(Some(<T as Config>::WeightInfo::terminate(listed)).into())
		}

		/// Confirm that nothing of an ended tenure is left. Its capacity is free again.
		#[pallet::call_index(7)]
		#[pallet::weight(<T as Config>::WeightInfo::released())]
		pub fn released(origin: OriginFor<T>, id: SubscriptionId, tenure: TenureNumber) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_released(&who, id, tenure)
		}

		/// Add funds; anybody may. Resumes a suspended tenure when the grace is paid for again and `MinFundedBlocks` too.
		#[pallet::call_index(8)]
		#[pallet::weight(<T as Config>::WeightInfo::top_up(T::MaxProvidersPerType::get())
			.max(<T as Config>::WeightInfo::top_up_active()))]
		pub fn top_up(
			origin: OriginFor<T>,
			id: SubscriptionId,
			#[pallet::compact] amount: BalanceOf<T>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let listed = Self::listed_for(id);
			Self::do_top_up(&who, id, amount)?;
			Ok(Some(<T as Config>::WeightInfo::top_up(listed).max(<T as Config>::WeightInfo::top_up_active())).into())
		}

		/// End a subscription. What is owed is paid, the rest comes back at once, the deposit when all is released.
		/// Consumer only.
		#[pallet::call_index(9)]
		#[pallet::weight(<T as Config>::WeightInfo::cancel().max(<T as Config>::WeightInfo::cancel_awarded()))]
		pub fn cancel(origin: OriginFor<T>, id: SubscriptionId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel(&who, id)
		}

		/// Ask for another descriptor. While Pending it is taken at once; else the provider accepts or declines, and until
		/// then the old one runs. Asking for the current one takes an update back. Consumer only.
		#[pallet::call_index(10)]
		#[pallet::weight(<T as Config>::WeightInfo::update())]
		pub fn update(origin: OriginFor<T>, id: SubscriptionId, content: Content) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_update(&who, id, content)
		}

		/// Take on the update with this hash.
		#[pallet::call_index(11)]
		#[pallet::weight(<T as Config>::WeightInfo::accept_update())]
		pub fn accept_update(
			origin: OriginFor<T>,
			id: SubscriptionId,
			tenure: TenureNumber,
			hash: H256,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept_update(&who, id, tenure, hash)
		}

		/// Refuse the update with this hash. The old descriptor stays.
		#[pallet::call_index(12)]
		#[pallet::weight(<T as Config>::WeightInfo::decline_update())]
		pub fn decline_update(
			origin: OriginFor<T>,
			id: SubscriptionId,
			tenure: TenureNumber,
			hash: H256,
			reason: ReasonCode,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_decline_update(&who, id, tenure, hash, reason)
		}

		/// Replace, or with `None` remove, what the consumer was told by `ready`.
		#[pallet::call_index(13)]
		#[pallet::weight(<T as Config>::WeightInfo::set_info())]
		pub fn set_info(
			origin: OriginFor<T>,
			id: SubscriptionId,
			tenure: TenureNumber,
			info: Option<Sealed>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_info(&who, id, tenure, info)
		}

		/// Pay what a running tenure has earned. Anybody may; it is done by itself at every change of state.
		#[pallet::call_index(14)]
		#[pallet::weight(<T as Config>::WeightInfo::settle())]
		pub fn settle(origin: OriginFor<T>, id: SubscriptionId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_settle(id)
		}

		/// Release the earnings of a provider's owner to it. Anybody may.
		#[pallet::call_index(15)]
		#[pallet::weight(<T as Config>::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, owner: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_withdraw(owner)
		}

		/// Search a provider for a Pending subscription now. Anybody may.
		#[pallet::call_index(16)]
		#[pallet::weight(<T as Config>::WeightInfo::retry(T::MaxProvidersPerType::get()))]
		pub fn retry(origin: OriginFor<T>, id: SubscriptionId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let listed = Self::listed_for(id);
			Self::do_retry(id)?;
			Ok(Some(<T as Config>::WeightInfo::retry(listed)).into())
		}

		/// Take a tenure away from a provider that was silent for `LostAfter` blocks. Anybody may.
		#[pallet::call_index(17)]
		#[pallet::weight(<T as Config>::WeightInfo::report_lost(T::MaxProvidersPerType::get()))]
		pub fn report_lost(origin: OriginFor<T>, id: SubscriptionId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let listed = Self::listed_for(id);
			Self::do_report_lost(id)?;
			Ok(Some(<T as Config>::WeightInfo::report_lost(listed)).into())
		}

		/// Forget an ended tenure that its provider has not released in `ReleasePeriod` blocks. Anybody may.
		#[pallet::call_index(18)]
		#[pallet::weight(<T as Config>::WeightInfo::clean_up())]
		pub fn clean_up(
			origin: OriginFor<T>,
			provider: ProviderId,
			id: SubscriptionId,
			tenure: TenureNumber,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_clean_up(provider, id, tenure)
		}
	}
}
