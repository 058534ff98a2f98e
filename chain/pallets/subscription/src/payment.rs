//! Money. A subscription's funds are on hold at the consumer; `Subscription::funds` is how much of the hold is its own.
//! The last part of it is the reserve that pays for the grace. What is paid moves to the hold of the provider's owner and
//! is counted in `Earnings` until it is withdrawn. So at any time, for every account,
//!
//!     hold = sum of the funds of its subscriptions + its earnings
//!
//! Nothing accrues by itself: a tenure is settled when something happens to it, from two readings of the provider's
//! count of covered blocks.

use crate::*;
use frame_support::{
	ensure,
	traits::{
		Get,
		fungible::{InspectHold, MutateHold},
		tokens::{
			Fortitude::{Force, Polite},
			Precision::Exact,
			Preservation::Preserve,
			Restriction::OnHold,
		},
	},
};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_dinfra_provider::Pallet as Market;
use sp_runtime::{
	DispatchError, DispatchResult, TokenError,
	traits::{CheckedAdd, CheckedMul, CheckedSub, Saturating, UniqueSaturatedInto, Zero},
};

/// What a tenure has earned since it was last settled.
pub(crate) struct Accrual<Balance, BlockNumber> {
	/// Blocks for which the provider was bound to serve.
	pub owed: BlockNumber,
	/// Those of them that count as served.
	pub served: BlockNumber,
	/// The served blocks the funds pay for: never more than there is, and whole blocks only.
	pub amount: Balance,
}

impl<T: Config> Pallet<T> {
	/// The price of a block while Suspended: the given part of the full price, and at least one unit.
	pub(crate) fn suspended_price(price: BalanceOf<T>) -> BalanceOf<T> {
		T::SuspendedPrice::get().mul_ceil(price)
	}

	/// What the grace costs.
	pub(crate) fn reserve(price: BalanceOf<T>, grace: BlockNumberFor<T>) -> Option<BalanceOf<T>> {
		Self::suspended_price(price).checked_mul(&Self::blocks(grace).into())
	}

	/// The least funds with which a tenure may start or resume: the reserve and `MinFundedBlocks`.
	pub(crate) fn least_funds(price: BalanceOf<T>, grace: BlockNumberFor<T>) -> Option<BalanceOf<T>> {
		let blocks = price.checked_mul(&Self::blocks(T::MinFundedBlocks::get()).into())?;
		Self::reserve(price, grace)?.checked_add(&blocks)
	}

	/// What the tenure has earned and was not paid.
	pub(crate) fn accrued(
		subscription: &SubscriptionOf<T>,
		provider: ProviderId,
		tenure: &TenureOf<T>,
	) -> Accrual<BalanceOf<T>, BlockNumberFor<T>> {
		let owed = Self::now().saturating_sub(tenure.settled_at);
		let served = Market::<T>::covered(provider).saturating_sub(tenure.mark);
		let (price, budget) = match tenure.state {
			TenureState::Active => (tenure.price, Self::spendable(subscription, tenure)),
			TenureState::Suspended => (Self::suspended_price(tenure.price), subscription.funds),
			TenureState::Degraded => return Accrual { owed, served: Zero::zero(), amount: Zero::zero() },
			TenureState::Awarded | TenureState::Accepted | TenureState::Ended => {
				return Accrual { owed: Zero::zero(), served: Zero::zero(), amount: Zero::zero() };
			},
		};
		let paid = Self::affordable(budget, price).min(Self::blocks(served));
		Accrual { owed, served, amount: price.saturating_mul(paid.into()) }
	}

	/// The funds that Active blocks may use: all but the reserve.
	fn spendable(subscription: &SubscriptionOf<T>, tenure: &TenureOf<T>) -> BalanceOf<T> {
		// An award is given only when the reserve could be computed and is covered.
		let reserve = Self::reserve(tenure.price, subscription.terms.grace).unwrap_or(subscription.funds);
		subscription.funds.saturating_sub(reserve)
	}

	/// How many more Active blocks the funds last for, after a settlement.
	pub(crate) fn blocks_left(subscription: &SubscriptionOf<T>, tenure: &TenureOf<T>) -> u32 {
		Self::affordable(Self::spendable(subscription, tenure), tenure.price)
	}

	/// Blocks that a budget pays for; `u32::MAX` stands for more than a chain will ever have.
	fn affordable(budget: BalanceOf<T>, price: BalanceOf<T>) -> u32 {
		if price.is_zero() { u32::MAX } else { (budget / price).unique_saturated_into() }
	}

	/// Pay what the tenure has earned. The caller stores `subscription` and `tenure`.
	pub(crate) fn pay(
		id: SubscriptionId,
		subscription: &mut SubscriptionOf<T>,
		provider: ProviderId,
		tenure: &mut TenureOf<T>,
	) -> Result<BalanceOf<T>, DispatchError> {
		let Accrual { owed, served, amount } = Self::accrued(subscription, provider, tenure);
		Market::<T>::note_service(provider, Self::blocks(owed).into(), Self::blocks(served).into());
		tenure.settled_at = Self::now();
		tenure.mark = Market::<T>::covered(provider);
		if amount.is_zero() {
			return Ok(amount);
		}
		let owner = pallet_dinfra_provider::Providers::<T>::get(provider).ok_or(Error::<T>::UnknownTenure)?.owner;
		let reason = HoldReason::Funds.into();
		// A lock covers what is on hold, too. One that the consumer takes on afterwards must not stop the payment.
		T::Currency::transfer_on_hold(&reason, &subscription.consumer, &owner, amount, Exact, OnHold, Force)?;
		subscription.funds = subscription.funds.checked_sub(&amount).ok_or(Error::<T>::Overflow)?;
		subscription.spent = subscription.spent.checked_add(&amount).ok_or(Error::<T>::Overflow)?;
		tenure.earned = tenure.earned.checked_add(&amount).ok_or(Error::<T>::Overflow)?;
		Earnings::<T>::try_mutate(&owner, |earned| {
			*earned = earned.checked_add(&amount).ok_or(Error::<T>::Overflow)?;
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::Paid { id, tenure: subscription.tenure, provider, amount });
		Ok(amount)
	}

	/// Take more funds into the subscription, from anybody.
	pub(crate) fn fund(
		subscription: &mut SubscriptionOf<T>,
		from: &T::AccountId,
		amount: BalanceOf<T>,
	) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::AmountZero);
		let reason = HoldReason::Funds.into();
		if *from == subscription.consumer {
			T::Currency::hold(&reason, from, amount)?;
			// Locked money can be put on hold, and would leave its lock as a payment.
			let unlocked = T::Currency::reducible_total_balance_on_hold(from, Polite);
			ensure!(unlocked >= T::Currency::balance_on_hold(&reason, from), TokenError::Frozen);
		} else {
			T::Currency::transfer_and_hold(&reason, from, &subscription.consumer, amount, Exact, Preserve, Polite)?;
		}
		subscription.funds = subscription.funds.checked_add(&amount).ok_or(Error::<T>::Overflow)?;
		Ok(())
	}

	/// Give all funds back and return how much that was.
	pub(crate) fn refund(subscription: &mut SubscriptionOf<T>) -> Result<BalanceOf<T>, DispatchError> {
		let amount = core::mem::take(&mut subscription.funds);
		T::Currency::release(&HoldReason::Funds.into(), &subscription.consumer, amount, Exact)?;
		Ok(amount)
	}

	pub(crate) fn do_withdraw(owner: T::AccountId) -> DispatchResult {
		let amount = Earnings::<T>::take(&owner);
		ensure!(!amount.is_zero(), Error::<T>::NothingEarned);
		T::Currency::release(&HoldReason::Funds.into(), &owner, amount, Exact)?;
		Self::deposit_event(Event::Withdrawn { owner, amount });
		Ok(())
	}

	/// A number of blocks as a plain number. A chain of one block a second reaches the limit after 136 years.
	pub(crate) fn blocks(number: BlockNumberFor<T>) -> u32 {
		number.unique_saturated_into()
	}
}
