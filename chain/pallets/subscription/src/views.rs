//! The answers of the runtime API.

use crate::{
	api::{Candidate, Cost, DesiredPage, DesiredTenure, MAX_PAGE, State, SubscriptionView},
	award::Request,
	*,
};
use alloc::vec::Vec;
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_dinfra_provider::{Offers, Strategy, TypeProviders};
use sp_runtime::traits::{Saturating, Zero};

impl<T: Config> Pallet<T> {
	/// See [`crate::api::SubscriptionApi::desired_set`].
	pub fn desired_set(
		provider: ProviderId,
		start_after: Option<(SubscriptionId, TenureNumber)>,
		limit: u32,
	) -> DesiredPage<T::AccountId, BalanceOf<T>, BlockNumberFor<T>> {
		let mut keys = match start_after {
			Some((id, number)) => {
				let from = Tenures::<T>::hashed_key_for((provider, id, number));
				Tenures::<T>::iter_prefix_from((provider,), from)
			},
			None => Tenures::<T>::iter_prefix((provider,)),
		};
		let limit = limit.clamp(1, MAX_PAGE) as usize;
		let mut rows = Vec::new();
		let mut last = None;
		for ((id, number), tenure) in keys.by_ref().take(limit) {
			last = Some((id, number));
			// Every tenure keeps its subscription; a row that cannot be made is left out rather than made up.
			let Some(subscription) = Subscriptions::<T>::get(id) else { continue };
			rows.push(desired_row::<T>(id, number, tenure, subscription));
		}
		let next = if keys.next().is_some() { last } else { None };
		DesiredPage { rows, next }
	}

	/// See [`crate::api::SubscriptionApi::eligible_providers`].
	pub fn eligible_providers(
		type_name: Vec<u8>,
		consumer: T::AccountId,
		terms: TermsOf<T>,
		amount: BalanceOf<T>,
	) -> Vec<Candidate<BalanceOf<T>>> {
		let Ok(type_name) = TypeNameOf::<T>::try_from(type_name) else { return Vec::new() };
		let request =
			Request::<T> { type_name: &type_name, consumer: &consumer, terms: &terms, funds: amount, failed: &[] };
		let mut providers = TypeProviders::<T>::get(&type_name).into_inner();
		if let Strategy::Named(named) = terms.strategy
			&& !providers.contains(&named)
		{
			providers.push(named);
		}
		let candidate = |provider| Candidate {
			provider,
			price: Offers::<T>::get(provider, &type_name).map(|offer| offer.price),
			excluded: Self::judge(&request, provider).err(),
		};
		providers.into_iter().map(candidate).collect()
	}

	/// See [`crate::api::SubscriptionApi::cost`].
	pub fn cost(id: SubscriptionId) -> Option<Cost<BalanceOf<T>>> {
		let mut subscription = Subscriptions::<T>::get(id)?;
		let tenure = subscription
			.status
			.provider()
			.and_then(|provider| Some((provider, Tenures::<T>::get((provider, id, subscription.tenure))?)));
		let mut cost = Cost {
			spent: subscription.spent,
			owed: Zero::zero(),
			refundable: subscription.funds,
			deposit: subscription.deposit,
			reserved: Zero::zero(),
			price: None,
			blocks_left: None,
		};
		if let Some((provider, tenure)) = tenure {
			cost.owed = Self::accrued(&subscription, provider, &tenure).amount;
			subscription.funds = subscription.funds.saturating_sub(cost.owed);
			cost.refundable = subscription.funds;
			cost.reserved = Self::reserve(tenure.price, subscription.terms.grace)
				.unwrap_or(subscription.funds)
				.min(subscription.funds);
			cost.price = Some(tenure.price);
			cost.blocks_left = Some(Self::blocks_left(&subscription, &tenure));
		}
		Some(cost)
	}

	/// See [`crate::api::SubscriptionApi::subscription`].
	pub fn subscription(id: SubscriptionId) -> Option<SubscriptionView<T::AccountId, BalanceOf<T>, BlockNumberFor<T>>> {
		let subscription = Subscriptions::<T>::get(id)?;
		let provider = subscription.status.provider();
		let tenure = provider.and_then(|provider| Tenures::<T>::get((provider, id, subscription.tenure)));
		let (state, reason) = match (&subscription.status, &tenure) {
			(Status::Ended { reason }, _) => (State::Ended, Some(*reason)),
			(_, Some(tenure)) => (state_of(tenure.state), tenure.reason),
			(_, None) => (State::Pending, None),
		};
		Some(SubscriptionView {
			id,
			tenure: subscription.tenure,
			state,
			consumer: subscription.consumer,
			provider,
			type_name: subscription.type_name.into_inner(),
			content: subscription.content,
			update: subscription.update,
			terms: subscription.terms,
			funds: subscription.funds,
			spent: subscription.spent,
			price: tenure.as_ref().map(|tenure| tenure.price),
			paid_until: subscription.bucket.filter(|_| state == State::Active),
			deadline: tenure.and_then(|tenure| tenure.deadline),
			reason,
			failed: subscription.failed.into_inner(),
		})
	}
}

fn desired_row<T: Config>(
	id: SubscriptionId,
	number: TenureNumber,
	tenure: TenureOf<T>,
	subscription: SubscriptionOf<T>,
) -> DesiredTenure<T::AccountId, BalanceOf<T>, BlockNumberFor<T>> {
	let current = tenure.state != TenureState::Ended;
	DesiredTenure {
		id,
		tenure: number,
		state: tenure.state,
		consumer: subscription.consumer,
		access_key: subscription.access_key,
		type_name: subscription.type_name.into_inner(),
		content: tenure.content,
		update: subscription.update.filter(|_| current),
		price: tenure.price,
		paid_until: subscription.bucket.filter(|_| tenure.state == TenureState::Active),
		deadline: tenure.deadline,
		reason: tenure.reason,
		since: tenure.since,
	}
}

fn state_of(state: TenureState) -> State {
	match state {
		TenureState::Awarded => State::Awarded,
		TenureState::Accepted => State::Accepted,
		TenureState::Active => State::Active,
		TenureState::Degraded => State::Degraded,
		TenureState::Suspended => State::Suspended,
		TenureState::Ended => State::Ended,
	}
}
