//! # Provider pallet
//!
//! The supply side of an infrastructure market: *descriptor types* (what can be ordered, each with a JSON Schema),
//! *providers* (who can be ordered from), *offers* (provider, type, price per block, capacity), whom a provider serves,
//! and the *heartbeat* without which nobody is paid.
//!
//! It knows nothing of subscriptions. `pallet-dinfra-subscription` asks it who may be awarded ([`Pallet::offer_for`]),
//! takes and gives back capacity ([`Pallet::occupy`], [`Pallet::vacate`]) and reads how many blocks a provider's
//! heartbeats have covered ([`Pallet::covered`]).
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod content;
mod market;
mod registry;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use crate::{types::*, weights::WeightInfo};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			QueryPreimage,
			fungible::{Inspect, InspectHold, MutateHold},
		},
	};
	use frame_system::pallet_prelude::*;
	use sp_runtime::traits::BlakeTwo256;

	pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;
	pub type TypeNameOf<T> = BoundedVec<u8, <T as Config>::MaxTypeName>;
	pub type MetadataOf<T> = BoundedVec<u8, <T as Config>::MaxMetadata>;
	pub type DescriptorTypeOf<T> = DescriptorType<<T as frame_system::Config>::AccountId, BalanceOf<T>>;
	pub type ProviderInfoOf<T> = ProviderInfo<
		<T as frame_system::Config>::AccountId,
		BalanceOf<T>,
		BlockNumberFor<T>,
		<T as Config>::MaxMetadata,
	>;
	pub type OfferOf<T> = Offer<BalanceOf<T>>;
	/// Consumers and what the provider says of them from now on; `None` takes a rule back.
	pub type RulesOf<T> =
		BoundedVec<(<T as frame_system::Config>::AccountId, Option<Rule>), <T as Config>::MaxRulesPerCall>;

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currency of deposits and prices.
		type Currency: InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason> + MutateHold<Self::AccountId>;
		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;
		/// Where documents with [`ContentSource::Preimage`] are looked up and kept.
		type Preimages: QueryPreimage<H = BlakeTwo256>;

		/// Longest descriptor or schema, in bytes.
		#[pallet::constant]
		type MaxContentLen: Get<u32>;
		/// Longest name of a descriptor type, in bytes.
		#[pallet::constant]
		type MaxTypeName: Get<u32>;
		/// Longest metadata of a provider, in bytes.
		#[pallet::constant]
		type MaxMetadata: Get<u32>;
		/// Most offers of one provider.
		#[pallet::constant]
		type MaxOffers: Get<u32>;
		/// Most providers of one descriptor type. An award looks at all of them, so its weight grows with this.
		#[pallet::constant]
		type MaxProvidersPerType: Get<u32>;
		/// Most consumer rules of one provider.
		#[pallet::constant]
		type MaxRules: Get<u32>;
		/// Most consumer rules set by one call.
		#[pallet::constant]
		type MaxRulesPerCall: Get<u32>;
		/// Largest capacity of an offer, in tenures.
		#[pallet::constant]
		type MaxCapacity: Get<u32>;
		/// Highest price per block. Prices times blocks must not overflow the balance type.
		#[pallet::constant]
		type MaxPrice: Get<BalanceOf<Self>>;

		/// Held for a descriptor type, without its schema.
		#[pallet::constant]
		type TypeDeposit: Get<BalanceOf<Self>>;
		/// Held for each byte of a document kept as a preimage.
		#[pallet::constant]
		type ByteDeposit: Get<BalanceOf<Self>>;
		/// Held for a provider. Must not be zero: the hold keeps the owner's account in existence, so that it can be paid.
		#[pallet::constant]
		type ProviderDeposit: Get<BalanceOf<Self>>;
		/// Held for each offer.
		#[pallet::constant]
		type OfferDeposit: Get<BalanceOf<Self>>;
		/// Held for each consumer rule.
		#[pallet::constant]
		type RuleDeposit: Get<BalanceOf<Self>>;

		/// Blocks covered by one heartbeat.
		#[pallet::constant]
		type HeartbeatPeriod: Get<BlockNumberFor<Self>>;
		/// Blocks for which a provider that leaves still serves what it runs.
		#[pallet::constant]
		type NoticePeriod: Get<BlockNumberFor<Self>>;

		type WeightInfo: WeightInfo;
	}

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Why a balance is on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// For a descriptor type, until it is retired.
		DescriptorType,
		/// For a provider with its offers and consumer rules, until it has left.
		Provider,
	}

	/// Descriptor types by name.
	#[pallet::storage]
	pub type DescriptorTypes<T: Config> = StorageMap<_, Blake2_128Concat, TypeNameOf<T>, DescriptorTypeOf<T>>;

	/// To whom the owner of a type wants to hand it over: with its deposit, when the heir accepts.
	#[pallet::storage]
	pub type TypeHeirs<T: Config> = StorageMap<_, Blake2_128Concat, TypeNameOf<T>, T::AccountId>;

	/// The id the next provider gets.
	#[pallet::storage]
	pub type NextProviderId<T: Config> = StorageValue<_, ProviderId, ValueQuery>;

	/// Providers by id.
	#[pallet::storage]
	pub type Providers<T: Config> = StorageMap<_, Twox64Concat, ProviderId, ProviderInfoOf<T>>;

	/// The provider an account owns or operates. An account acts for one provider at most.
	#[pallet::storage]
	pub type ProviderOf<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, ProviderId>;

	/// Offers by provider and descriptor type.
	#[pallet::storage]
	pub type Offers<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ProviderId, Blake2_128Concat, TypeNameOf<T>, OfferOf<T>>;

	/// The providers with an offer for a type that is not withdrawn, in ascending order.
	#[pallet::storage]
	pub type TypeProviders<T: Config> =
		StorageMap<_, Blake2_128Concat, TypeNameOf<T>, BoundedVec<ProviderId, T::MaxProvidersPerType>, ValueQuery>;

	/// The provider awarded last for a type: where the round goes on.
	#[pallet::storage]
	pub type LastAwarded<T: Config> = StorageMap<_, Blake2_128Concat, TypeNameOf<T>, ProviderId>;

	/// What a provider says of single consumers.
	#[pallet::storage]
	pub type ConsumerRules<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ProviderId, Blake2_128Concat, T::AccountId, Rule>;

	/// When each provider was last heard of.
	#[pallet::storage]
	pub type Heartbeats<T: Config> = StorageMap<_, Twox64Concat, ProviderId, Heartbeat<BlockNumberFor<T>>>;

	/// What became of each provider's awards.
	#[pallet::storage]
	pub type Records<T: Config> = StorageMap<_, Twox64Concat, ProviderId, Record, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		TypeRegistered {
			name: TypeNameOf<T>,
			owner: T::AccountId,
		},
		TypeUpdated {
			name: TypeNameOf<T>,
			version: u32,
		},
		/// The type goes to `to` when that account accepts it; with none the offer is taken back.
		TypeTransferOffered {
			name: TypeNameOf<T>,
			to: Option<T::AccountId>,
		},
		TypeTransferred {
			name: TypeNameOf<T>,
			owner: T::AccountId,
		},
		TypeRetired {
			name: TypeNameOf<T>,
		},
		ProviderRegistered {
			provider: ProviderId,
			owner: T::AccountId,
			operator: T::AccountId,
		},
		ProviderUpdated {
			provider: ProviderId,
		},
		PolicySet {
			provider: ProviderId,
			policy: Policy,
		},
		/// `rules` is the number of rules the provider has now.
		ConsumerRulesSet {
			provider: ProviderId,
			rules: u32,
		},
		ProviderPaused {
			provider: ProviderId,
		},
		ProviderResumed {
			provider: ProviderId,
		},
		/// The provider serves what it runs until block `until` and takes nothing new.
		ProviderLeaving {
			provider: ProviderId,
			until: BlockNumberFor<T>,
		},
		ProviderLeft {
			provider: ProviderId,
		},
		OfferSet {
			provider: ProviderId,
			name: TypeNameOf<T>,
			price: BalanceOf<T>,
			capacity: u32,
		},
		/// The offer takes no new awards.
		OfferWithdrawn {
			provider: ProviderId,
			name: TypeNameOf<T>,
		},
		/// The last tenure of a withdrawn offer was released, or it had none.
		OfferRemoved {
			provider: ProviderId,
			name: TypeNameOf<T>,
		},
		/// Blocks up to and including `until` are covered.
		HeartbeatReceived {
			provider: ProviderId,
			until: BlockNumberFor<T>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The name is empty or has characters other than `a-z 0-9 . _ - /`.
		BadTypeName,
		/// A type of this name exists, or existed and was retired.
		TypeExists,
		/// No type has this name.
		UnknownType,
		/// The type is retired.
		TypeRetired,
		/// Only the owner of the type may do this.
		NotTypeOwner,
		/// The type was not offered to this account.
		NotHeir,
		/// The document is empty or longer than `MaxContentLen`.
		ContentLength,
		/// The preimage is not noted on this chain.
		PreimageMissing,
		/// The noted preimage has another length than was given.
		PreimageLength,
		/// The account already owns or operates a provider.
		AlreadyProvider,
		/// No provider has this id.
		UnknownProvider,
		/// The account neither owns nor operates a provider.
		NotProvider,
		/// Only the owner of the provider may do this.
		NotProviderOwner,
		/// The account is the owner, not an operator beside it.
		NotOperator,
		/// The provider is paused or leaving already.
		NotActive,
		/// The provider is neither paused nor leaving.
		NotPaused,
		/// The provider is leaving.
		Leaving,
		/// The provider is not leaving.
		NotLeaving,
		/// The notice period is over: the provider is not heard any more.
		NoticeOver,
		/// Tenures of the provider are not released yet.
		StillLive,
		/// A price of zero.
		PriceZero,
		/// A price above `MaxPrice`.
		PriceTooHigh,
		/// A capacity of zero: remove the offer instead.
		CapacityZero,
		/// A capacity above `MaxCapacity`.
		CapacityTooLarge,
		/// An offer must accept one strategy at least, and only known ones.
		BadStrategies,
		/// The provider has `MaxOffers` offers.
		TooManyOffers,
		/// The type has `MaxProvidersPerType` providers.
		TooManyProviders,
		/// The provider has no offer for the type.
		UnknownOffer,
		/// The provider has `MaxRules` consumer rules.
		TooManyRules,
		/// A counter would overflow.
		Overflow,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			use sp_runtime::traits::Zero;
			assert!(!T::ProviderDeposit::get().is_zero(), "ProviderDeposit must keep the owner's account in existence");
			assert!(!T::HeartbeatPeriod::get().is_zero(), "a heartbeat must cover one block at least");
			assert!(T::MaxProvidersPerType::get() > 0, "a type must have room for one provider at least");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::check_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Register a descriptor type under a new name, with its JSON Schema. Holds `TypeDeposit`, and `ByteDeposit` for
		/// each byte of a schema kept as preimage.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_type())]
		pub fn register_type(origin: OriginFor<T>, name: TypeNameOf<T>, schema: Content) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_register_type(owner, name, schema)
		}

		/// Publish a new version of a type's schema. Offers and subscriptions stay; descriptors are checked against the
		/// version that is current when they are checked.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::update_type())]
		pub fn update_type(origin: OriginFor<T>, name: TypeNameOf<T>, schema: Content) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_update_type(&owner, name, schema)
		}

		/// Offer a type to another account, or with `None` take the offer back. It changes hands when that account accepts:
		/// nobody's money is held without his consent.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::transfer_type())]
		pub fn transfer_type(origin: OriginFor<T>, name: TypeNameOf<T>, to: Option<T::AccountId>) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_transfer_type(&owner, name, to)
		}

		/// Retire a type: no new subscriptions, offers or awards. The deposit is returned at once, the schema is kept while
		/// subscriptions refer to it.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::retire_type())]
		pub fn retire_type(origin: OriginFor<T>, name: TypeNameOf<T>) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_retire_type(&owner, name)
		}

		/// Register a provider. The origin becomes its owner and `operator` its hot account (they may be the same).
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::register_provider())]
		pub fn register_provider(
			origin: OriginFor<T>,
			operator: T::AccountId,
			access_key: AccessKey,
			metadata: MetadataOf<T>,
			policy: Policy,
		) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_register_provider(owner, operator, access_key, metadata, policy)
		}

		/// Change what is given. Only the owner may change the operator; both may change the rest.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::update_provider())]
		pub fn update_provider(
			origin: OriginFor<T>,
			operator: Option<T::AccountId>,
			access_key: Option<AccessKey>,
			metadata: Option<MetadataOf<T>>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_update_provider(&who, operator, access_key, metadata)
		}

		/// Say whom the provider serves. New awards only.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::set_policy())]
		pub fn set_policy(origin: OriginFor<T>, policy: Policy) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_policy(&who, policy)
		}

		/// Set or take back rules for single consumers. New awards only.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::set_consumer_rules(rules.len() as u32))]
		pub fn set_consumer_rules(origin: OriginFor<T>, rules: RulesOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_consumer_rules(&who, rules)
		}

		/// Take no new awards until `resume`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::pause())]
		pub fn pause(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_pause(&who)
		}

		/// Take awards again; also takes a `leave` back.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::resume())]
		pub fn resume(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_resume(&who)
		}

		/// Leave: at once when nothing is live, else after a notice of `NoticePeriod` blocks in which what runs is served and
		/// paid, and nothing new is awarded. `complete_leave` follows when the last tenure is released. Owner only.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::leave(T::MaxOffers::get(), T::MaxRules::get()))]
		pub fn leave(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let (offers, rules) = Self::do_leave(&who)?;
			Ok(Some(T::WeightInfo::leave(offers, rules)).into())
		}

		/// Remove a provider that is leaving and has nothing live any more. Anyone may do it; the owner gets the deposit.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::complete_leave(T::MaxOffers::get(), T::MaxRules::get()))]
		pub fn complete_leave(origin: OriginFor<T>, provider: ProviderId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let (offers, rules) = Self::do_complete_leave(provider)?;
			Ok(Some(T::WeightInfo::complete_leave(offers, rules)).into())
		}

		/// Make or change the offer for a type. New awards only: a tenure keeps its price, and a capacity below what is in
		/// use takes nothing away. `strategies` is a set of the bits 1 round robin, 2 random, 4 most free, 8 lowest price,
		/// 16 named, 32 most reputable.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::set_offer(T::MaxProvidersPerType::get()))]
		pub fn set_offer(
			origin: OriginFor<T>,
			name: TypeNameOf<T>,
			price: BalanceOf<T>,
			capacity: u32,
			strategies: u8,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_offer(&who, name, price, capacity, strategies)
		}

		/// Withdraw the offer for a type: no new awards. It is gone when its last tenure is released.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::remove_offer(T::MaxProvidersPerType::get()))]
		pub fn remove_offer(origin: OriginFor<T>, name: TypeNameOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_remove_offer(&who, name)
		}

		/// Say that the provider is there, for all of its tenures at once. Covers the next `HeartbeatPeriod` blocks.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::heartbeat())]
		pub fn heartbeat(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_heartbeat(&who)
		}

		/// Take over a type that was offered to the origin. Its deposit is held from the origin from now on.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::accept_type())]
		pub fn accept_type(origin: OriginFor<T>, name: TypeNameOf<T>) -> DispatchResult {
			let heir = ensure_signed(origin)?;
			Self::do_accept_type(heir, name)
		}

		/// Stop being the operator of a provider; its owner is its operator from now on. Frees an account that somebody has
		/// named without asking.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::resign())]
		pub fn resign(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_resign(&who)
		}
	}
}
