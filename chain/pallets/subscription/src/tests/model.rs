//! Random markets, checked against a model that keeps its own books: it looks at every subscription in every block, which
//! the pallet never does, and must come to the same money. After each step the storage invariants hold, money is
//! conserved to the unit, and every subscription has moved along an arrow of the diagram or not at all.

use super::mock::*;
use crate::{api::State, *};
use frame_support::{
	assert_ok,
	traits::{
		OnInitialize,
		fungible::{Inspect, InspectHold},
	},
};
use pallet_dinfra_provider::{Call as ProviderCall, HoldReason as MarketHold, Policy, Rule};
use proptest::prelude::{Just, ProptestConfig, prop, prop_oneof, proptest};
use proptest::strategy::Strategy as _;
use sp_runtime::{Permill, traits::Dispatchable};
use std::collections::BTreeMap;

const OPERATORS: [u64; 3] = [P0, P1, P2];
const CONSUMERS: [u64; 2] = [ALICE, BOB];
/// Who may get the descriptor type; the last has no money for its deposit.
const HEIRS: [u64; 4] = [TYPE_OWNER, ALICE, 5, POOR];
const POOR: u64 = 77;
/// Of the type in the mock, whose schema has two bytes.
const TYPE_DEPOSIT: u64 = 102;

/// One step: which of the calls, and raw numbers out of which its arguments are made.
#[derive(Clone, Copy, Debug)]
enum Step {
	Subscribe {
		who: usize,
		strategy: u8,
		amount: u64,
		max_price: u64,
		grace: u64,
		picky: bool,
	},
	Provider {
		who: usize,
		call: u8,
		nth: usize,
		off: u32,
	},
	Consumer {
		who: usize,
		call: u8,
		nth: usize,
		amount: u64,
	},
	Anybody {
		call: u8,
		nth: usize,
	},
	Market {
		who: usize,
		call: u8,
		price: u64,
		capacity: u32,
	},
	/// What changes hands: the type, and who operates a provider.
	Hands {
		who: usize,
		call: u8,
		nth: usize,
	},
	/// What a good provider does: accept what it is awarded, report ready what it has accepted, release what is over.
	Serve {
		who: usize,
	},
	Heartbeats {
		who: u8,
	},
	Blocks {
		count: u64,
	},
}

fn step() -> impl proptest::strategy::Strategy<Value = Step> {
	prop_oneof![
		3 => (0..2usize, 0..8u8, 0..400u64, 1..30u64, 0..12u64, prop::bool::weighted(0.1)).prop_map(
			|(who, strategy, amount, max_price, grace, picky)| Step::Subscribe { who, strategy, amount, max_price, grace, picky }
		),
		12 => (0..3usize, 0..14u8, 0..8usize, prop_oneof![9 => Just(0u32), 1 => 1..3u32])
			.prop_map(|(who, call, nth, off)| Step::Provider { who, call, nth, off }),
		5 => (0..2usize, 0..8u8, 0..8usize, 0..200u64)
			.prop_map(|(who, call, nth, amount)| Step::Consumer { who, call, nth, amount }),
		3 => (0..5u8, 0..8usize).prop_map(|(call, nth)| Step::Anybody { call, nth }),
		1 => (0..3usize, 0..24u8, 0..25u64, 0..4u32)
			.prop_map(|(who, call, price, capacity)| Step::Market { who, call, price, capacity }),
		3 => (0..3usize, 0..9u8, 0..HEIRS.len()).prop_map(|(who, call, nth)| Step::Hands { who, call, nth }),
		10 => (0..3usize).prop_map(|who| Step::Serve { who }),
		5 => (1..8u8).prop_map(|who| Step::Heartbeats { who }),
		5 => (1..7u64).prop_map(|count| Step::Blocks { count }),
	]
}

/// The books the model keeps for one subscription.
struct Account {
	consumer: u64,
	/// All that was paid in.
	funded: u64,
	/// All that providers have earned, paid out or not.
	spent: u64,
	seen: Option<(State, TenureNumber)>,
}

#[derive(Default)]
struct Model {
	accounts: BTreeMap<SubscriptionId, Account>,
	/// Earned by each owner, withdrawn or not.
	earned: BTreeMap<u64, u64>,
	/// Moved from each account to another by top-ups.
	given: BTreeMap<u64, i128>,
	/// Block of the last heartbeat of each provider.
	heard: BTreeMap<ProviderId, u64>,
	/// Who has the descriptor type, and to whom it is offered.
	type_owner: u64,
	type_heir: Option<u64>,
}

impl Model {
	/// Take a step on the chain and in the books.
	fn take(&mut self, step: Step) {
		match step {
			Step::Subscribe { who, strategy, amount, max_price, grace, picky } => {
				let consumer = CONSUMERS[who];
				let strategy = match strategy {
					0 => Strategy::Random,
					1 => Strategy::MostFree,
					2 => Strategy::LowestPrice,
					3 => Strategy::MostReputable,
					4 => Strategy::Named(amount as u32 % 4),
					_ => Strategy::RoundRobin,
				};
				let min_reputation = if picky { Permill::from_percent(99) } else { Permill::zero() };
				let terms = Terms { strategy, max_price, grace, min_reputation };
				let content = noted(if picky { b"one" } else { b"two" });
				let id = NextId::<Test>::get();
				let call = Call::subscribe { type_name: name(), content, access_key: [0; 32], amount, terms };
				if dispatch(consumer, call) {
					self.accounts.insert(id, Account { consumer, funded: amount, spent: 0, seen: None });
				}
			},
			Step::Provider { who, call, nth, off } => {
				let signer = if off == 2 { owner(OPERATORS[who]) } else { OPERATORS[who] };
				let Some((id, current, update)) = self.tenure_of(OPERATORS[who], nth) else { return };
				let tenure = if off == 1 { current.wrapping_add(1) } else { current };
				let info = Some(Sealed { format: 1, bytes: vec![7; 3].try_into().unwrap() });
				let hash = update.unwrap_or_default();
				let reason = if off == 1 { 9_999 } else { 10_000 };
				dispatch(
					signer,
					match call {
						0 => Call::accept { id, tenure },
						1 => Call::ready { id, tenure, info },
						2 => Call::decline { id, tenure, reason },
						3..6 => Call::degraded { id, tenure, reason },
						6..9 => Call::recovered { id, tenure },
						9 => Call::terminate { id, tenure, reason },
						10 => Call::released { id, tenure },
						11 => Call::set_info { id, tenure, info },
						12 => Call::accept_update { id, tenure, hash },
						_ => Call::decline_update { id, tenure, hash, reason },
					},
				);
			},
			Step::Consumer { who, call, nth, amount } => {
				let Some(id) = self.nth(nth) else { return };
				let (signer, consumer) = (CONSUMERS[who], self.accounts[&id].consumer);
				match call {
					0 => {
						dispatch(signer, Call::cancel { id });
					},
					1..5 => {
						let content = noted(if amount % 2 == 0 { b"one" } else { b"two" });
						dispatch(signer, Call::update { id, content });
					},
					_ => {
						if dispatch(signer, Call::top_up { id, amount }) {
							self.accounts.get_mut(&id).unwrap().funded += amount;
							*self.given.entry(signer).or_default() -= i128::from(amount);
							*self.given.entry(consumer).or_default() += i128::from(amount);
						}
					},
				}
			},
			Step::Anybody { call, nth } => {
				let Some(id) = self.nth(nth) else { return };
				let tenure = Subscriptions::<Test>::get(id).map_or(1, |subscription| subscription.tenure);
				let provider = nth as u32 % 3;
				dispatch(
					5,
					match call {
						0 => Call::settle { id },
						1 => Call::retry { id },
						2 => Call::report_lost { id },
						3 => Call::clean_up { provider, id, tenure },
						_ => Call::withdraw { owner: owner(OPERATORS[nth % 3]) },
					},
				);
			},
			Step::Market { who, call, price, capacity } => {
				let operator = OPERATORS[who];
				let rule = if price % 2 == 0 { Rule::Allow } else { Rule::Deny };
				dispatch(
					operator,
					match call {
						0 => ProviderCall::pause {},
						1 | 2 | 12.. => ProviderCall::resume {},
						3 => ProviderCall::remove_offer { name: name() },
						4 => ProviderCall::set_policy { policy: Policy::AllowList },
						5 => ProviderCall::set_policy { policy: Policy::DenyList },
						6 => ProviderCall::set_policy { policy: Policy::Open },
						7 => ProviderCall::set_consumer_rules { rules: vec![(ALICE, Some(rule))].try_into().unwrap() },
						_ => ProviderCall::set_offer { name: name(), price, capacity, strategies: Strategy::ALL },
					},
				);
			},
			Step::Hands { who, call, nth } => {
				let operator = OPERATORS[who];
				match call {
					0..3 => {
						// Mostly by its owner, and now and then by somebody who has it no longer, or never had.
						let signer = if who == 0 { HEIRS[nth] } else { self.type_owner };
						let to = (nth > 0).then_some(HEIRS[nth]);
						let offered = dispatch(signer, ProviderCall::transfer_type { name: name(), to });
						assert_eq!(offered, signer == self.type_owner, "{signer} offers the type");
						if offered {
							self.type_heir = to;
						}
					},
					3..6 => {
						let heir = self.type_heir.filter(|_| who > 0).unwrap_or(HEIRS[nth]);
						let taken = dispatch(heir, ProviderCall::accept_type { name: name() });
						assert_eq!(taken, self.type_heir == Some(heir) && heir != POOR, "{heir} takes the type");
						if taken {
							self.type_owner = heir;
							self.type_heir = None;
						}
					},
					6 => {
						let operates = Self::operates(operator);
						assert_eq!(dispatch(operator, ProviderCall::resign {}), operates, "{operator} resigns");
						assert!(!Self::operates(operator));
					},
					_ => {
						let (access_key, metadata) = (None, None);
						let call = ProviderCall::update_provider { operator: Some(operator), access_key, metadata };
						dispatch(owner(operator), call);
						assert!(Self::operates(operator));
					},
				}
			},
			Step::Serve { who } => {
				let operator = OPERATORS[who];
				for row in Subscription::desired_set(who as ProviderId, None, 100).rows {
					let (id, tenure) = (row.id, row.tenure);
					match row.state {
						TenureState::Awarded => dispatch(operator, Call::accept { id, tenure }),
						TenureState::Accepted => dispatch(operator, Call::ready { id, tenure, info: None }),
						TenureState::Ended => dispatch(operator, Call::released { id, tenure }),
						_ => match row.update {
							Some(Content { hash, .. }) => dispatch(operator, Call::accept_update { id, tenure, hash }),
							None => continue,
						},
					};
				}
			},
			Step::Heartbeats { who } => {
				for (index, operator) in OPERATORS.into_iter().enumerate() {
					if who & (1 << index) != 0 && dispatch(operator, ProviderCall::heartbeat {}) {
						self.heard.insert(index as u32, System::block_number());
					}
				}
			},
			Step::Blocks { count } => (0..count).for_each(|_| self.next_block()),
		}
	}

	/// Whether an account is the operator of a provider.
	fn operates(operator: u64) -> bool {
		pallet_dinfra_provider::ProviderOf::<Test>::contains_key(operator)
	}

	/// The subscription a step means: one of the younger ones.
	fn nth(&self, nth: usize) -> Option<SubscriptionId> {
		self.accounts.keys().rev().nth(nth).copied()
	}

	/// A tenure of the provider, and the hash of the update its consumer waits for.
	fn tenure_of(&self, operator: u64, nth: usize) -> Option<(SubscriptionId, TenureNumber, Option<sp_core::H256>)> {
		let provider = pallet_dinfra_provider::ProviderOf::<Test>::get(operator)?;
		let rows = Subscription::desired_set(provider, None, 100).rows;
		let row = rows.get(nth % rows.len().max(1))?;
		Some((row.id, row.tenure, row.update.map(|content| content.hash)))
	}

	/// One block, first in the books.
	fn next_block(&mut self) {
		let block = System::block_number() + 1;
		for (id, account) in &mut self.accounts {
			let Some(view) = Subscription::subscription(*id) else { continue };
			let (Some(provider), Some(price)) = (view.provider, view.price) else { continue };
			let grace_price = price.div_ceil(2);
			let left = account.funded - account.spent;
			let (price, budget) = match view.state {
				State::Active => (price, left.saturating_sub(grace_price * view.terms.grace)),
				State::Suspended => (grace_price, left),
				_ => continue,
			};
			let covered = self.heard.get(&provider).is_some_and(|heard| block <= heard + 10);
			if covered && budget >= price {
				account.spent += price;
				*self.earned.entry(owner(OPERATORS[provider as usize])).or_default() += price;
			}
		}
		System::set_block_number(block);
		Subscription::on_initialize(block);
		self.check();
	}

	/// Compare the chain with the books and the diagram.
	fn check(&mut self) {
		check();
		for (id, account) in &mut self.accounts {
			let now = Subscription::subscription(*id).map(|view| (view.state, view.tenure));
			assert!(is_arrow(account.seen, now), "no arrow from {:?} to {:?}", account.seen, now);
			account.seen = now.or(account.seen.map(|(_, tenure)| (State::Ended, tenure)));
			if let Some(cost) = Subscription::cost(*id) {
				assert_eq!(cost.spent + cost.owed, account.spent, "the cost of {id}");
				let over = now.is_some_and(|(state, _)| state == State::Ended);
				let left = if over { 0 } else { account.funded - account.spent };
				assert_eq!(cost.refundable, left, "the rest of the funds of {id}");
			}
		}
		let accounts = &self.accounts;
		for consumer in CONSUMERS {
			let mine = accounts.values().filter(|account| account.consumer == consumer);
			let spent: u64 = mine.map(|account| account.spent).sum();
			let unpaid: u64 = owed(|account| account == consumer);
			let given = self.given.get(&consumer).copied().unwrap_or_default();
			let expected = i128::from(ENDOWMENT) + given - i128::from(spent) + i128::from(unpaid);
			assert_eq!(i128::from(Balances::total_balance(&consumer)), expected, "the balance of {consumer}");
		}
		for who in HEIRS {
			let held = Balances::balance_on_hold(&MarketHold::DescriptorType.into(), &who);
			assert_eq!(
				held,
				if who == self.type_owner { TYPE_DEPOSIT } else { 0 },
				"what {who} has on hold for the type"
			);
		}
		let paid: u64 = OPERATORS.map(|operator| Balances::total_balance(&owner(operator)) - ENDOWMENT).iter().sum();
		let earned: u64 = self.earned.values().sum();
		assert_eq!(paid + owed(|_| true), earned, "what all providers have earned");
		let failed = System::events()
			.into_iter()
			.any(|record| matches!(record.event, RuntimeEvent::Subscription(Event::StepFailed { .. })));
		assert!(!failed, "a step that was due failed");
		System::reset_events();
	}
}

/// Earned and not paid yet, of the consumers chosen.
fn owed(of: impl Fn(u64) -> bool) -> u64 {
	Subscriptions::<Test>::iter()
		.filter(|(_, subscription)| of(subscription.consumer))
		.map(|(id, _)| Subscription::cost(id).unwrap().owed)
		.sum()
}

/// Dispatch a call as a block would, and return whether it went through. A refused call must change nothing.
fn dispatch(signer: u64, call: impl Into<RuntimeCall>) -> bool {
	let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
	let done = call.into().dispatch(signed(signer)).is_ok();
	if !done {
		assert_eq!(before, sp_io::storage::root(sp_runtime::StateVersion::V1), "a refused call changes nothing");
	}
	done
}

/// Whether the diagram has this arrow. `None` is before the subscription, or after its removal.
fn is_arrow(from: Option<(State, TenureNumber)>, to: Option<(State, TenureNumber)>) -> bool {
	use State::*;
	let Some((from, old)) = from else {
		return matches!(to, Some((Pending, 0) | (Awarded, 1))) || to.is_none();
	};
	let Some((to, new)) = to else {
		// Removed: with its last tenure, or at once when it never had one that was accepted.
		return matches!(from, Ended | Pending | Awarded);
	};
	if to == Awarded && new == old + 1 {
		return matches!(from, Pending | Awarded | Accepted | Active | Degraded);
	}
	let arrow = from == to
		|| match from {
			Pending => to == Ended,
			Awarded => matches!(to, Accepted | Pending | Ended),
			Accepted => matches!(to, Active | Pending | Ended),
			Active => matches!(to, Degraded | Suspended | Pending | Ended),
			Degraded => matches!(to, Active | Pending | Ended),
			Suspended => matches!(to, Active | Ended),
			Ended => false,
		};
	arrow && new == old
}

/// A market of three providers at different prices and with little capacity.
fn market() -> Model {
	let mut model = Model { type_owner: TYPE_OWNER, ..Model::default() };
	for (operator, price) in OPERATORS.into_iter().zip([3, 10, 20]) {
		let id = provider(operator, price, 2);
		model.heard.insert(id, System::block_number());
	}
	System::reset_events();
	model
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

	#[test]
	fn any_sequence_of_calls_and_blocks_keeps_the_books_and_the_diagram(steps in prop::collection::vec(step(), 1..160)) {
		new_test_ext().execute_with(|| {
			let mut model = market();
			for step in steps {
				model.take(step);
				model.check();
			}
		});
	}

	#[test]
	fn a_market_that_everybody_leaves_ends_empty_and_with_all_money_back(
		steps in prop::collection::vec(step(), 1..120)
	) {
		new_test_ext().execute_with(|| {
			let mut model = market();
			for step in steps {
				model.take(step);
				model.check();
			}
			for (id, subscription) in Subscriptions::<Test>::iter().collect::<Vec<_>>() {
				if !matches!(subscription.status, Status::Ended { .. }) {
					assert_ok!(Subscription::cancel(signed(subscription.consumer), id));
				}
			}
			(0..31).for_each(|_| model.next_block());
			for (provider, id, tenure) in Tenures::<Test>::iter_keys().collect::<Vec<_>>() {
				assert_ok!(Subscription::clean_up(signed(5), provider, id, tenure));
			}
			model.check();
			assert_eq!(Subscriptions::<Test>::iter().count(), 0);
			assert_eq!(Buckets::<Test>::iter().count(), 0);
			assert_ok!(Provider::retire_type(signed(model.type_owner), name()));
			assert_eq!(Balances::total_balance_on_hold(&model.type_owner), 0);
			for operator in OPERATORS {
				let _ = Subscription::withdraw(signed(5), owner(operator));
				if pallet_dinfra_provider::ProviderOf::<Test>::contains_key(owner(operator)) {
					assert_ok!(Provider::leave(signed(owner(operator))));
				}
				assert_eq!(Balances::total_balance_on_hold(&owner(operator)), 0);
			}
			for consumer in CONSUMERS {
				assert_eq!(Balances::total_balance_on_hold(&consumer), 0);
			}
			check();
		});
	}
}
