//! How long an empty block takes with 0, 1,000 and 100,000 live subscriptions, and how many calls fit into a block.
//! Prints one line of JSON:
//!
//!     cargo run --release -p dinfra-runtime --example bench
//!
//! Times are of native code and a tree in memory, the median of 200 blocks, in microseconds. What they are good for is
//! their ratio: it stays near one because nothing in a block looks at subscriptions that are not due.

use dinfra_runtime::{
	AccountId, Balance, Balances, BlockNumber, Executive, Header, Provider, Runtime, RuntimeOrigin, Subscription,
	System, UNIT, UncheckedExtrinsic, genesis_of,
};
use frame_support::{
	assert_ok,
	dispatch::DispatchClass,
	traits::Get,
	weights::{Weight, constants::ExtrinsicBaseWeight},
};
use pallet_dinfra_provider::{Content, ContentSource, Offers, Policy, Providers, Strategy, WeightInfo as _};
use pallet_dinfra_subscription::{
	Buckets, ByConsumer, NextId, Subscriptions, Tenures, Terms, WeightInfo as _, weights::SubstrateWeight,
};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{Alice, Bob};
use sp_runtime::{Permill, traits::Header as _};
use std::time::Instant;

const BLOCKS: u32 = 200;
const SLOT: u64 = dinfra_runtime::SLOT_DURATION;

fn main() {
	let sizes = [0, 1_000, 100_000];
	// In turns, so that a slow moment of the machine hits all of them.
	let mut markets: Vec<_> = sizes.iter().map(|size| (market(*size), Vec::new())).collect();
	for block in 3..3 + BLOCKS {
		for (market, times) in &mut markets {
			times.push(market.execute_with(|| empty_block(block)));
		}
	}
	let medians: Vec<f64> = markets.into_iter().map(|(_, times)| median(times)).collect();
	let times: Vec<_> = sizes.iter().zip(&medians).map(|(size, time)| format!("\"{size}\":{time:.1}")).collect();
	println!(
		"{{\"chain.empty_block_us\":{{{}}},\"chain.empty_block_100k_vs_0\":{:.3},\"chain.calls_per_block\":{{{}}}}}",
		times.join(","),
		medians[2] / medians[0],
		calls_per_block().join(",")
	);
}

/// Run one block with nothing in it but the time; returns microseconds.
fn empty_block(number: BlockNumber) -> f64 {
	let parent = System::parent_hash();
	let started = Instant::now();
	let slot = sp_consensus_aura::Slot::from(u64::from(number));
	let digest = sp_runtime::Digest {
		logs: vec![sp_runtime::DigestItem::PreRuntime(sp_consensus_aura::AURA_ENGINE_ID, codec::Encode::encode(&slot))],
	};
	Executive::initialize_block(&Header::new(number, Default::default(), Default::default(), parent, digest));
	let now = pallet_timestamp::Call::<Runtime>::set { now: u64::from(number) * SLOT };
	Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(now.into()))
		.expect("the time is valid")
		.expect("and is set");
	Executive::finalize_block();
	started.elapsed().as_secs_f64() * 1e6
}

fn median(mut times: Vec<f64>) -> f64 {
	times.sort_by(f64::total_cmp);
	times[times.len() / 2]
}

/// A chain with one provider and this many active subscriptions.
fn market(size: u32) -> TestExternalities {
	let mut ext = TestExternalities::new(genesis_of("development").expect("a preset"));
	ext.execute_with(|| {
		empty_block(1);
		let (provider, consumer) = (Alice.to_account_id(), Bob.to_account_id());
		let signed = |who: &AccountId| RuntimeOrigin::signed(who.clone());
		let name = || b"helm/v1".to_vec().try_into().expect("short");
		let content = Content { hash: Default::default(), len: 1, source: ContentSource::Ipfs };
		assert_ok!(Provider::register_type(signed(&provider), name(), content));
		let metadata = Default::default();
		assert_ok!(Provider::register_provider(signed(&provider), provider.clone(), [1; 32], metadata, Policy::Open));
		assert_ok!(Provider::set_offer(signed(&provider), name(), 1, 1_000_000, Strategy::ALL));
		assert_ok!(Provider::heartbeat(signed(&provider)));
		if size > 0 {
			let terms =
				Terms { strategy: Strategy::RoundRobin, max_price: 1, grace: 0, min_reputation: Permill::zero() };
			// Lasts for a million blocks.
			let amount = UNIT / 1_000_000;
			assert_ok!(Subscription::subscribe(signed(&consumer), name(), content, [2; 32], amount, terms));
			assert_ok!(Subscription::accept(signed(&provider), 0, 1));
			assert_ok!(Subscription::ready(signed(&provider), 0, 1, None));
			multiply(size, &consumer, amount);
		}
		Subscription::check_state().expect("what was multiplied is a state of the pallet");
		Provider::check_state().expect("what was multiplied is a state of the pallet");
		empty_block(2);
	});
	ext.commit_all().expect("a storage in memory");
	ext
}

/// Make `size` subscriptions of the first one: calls would take minutes.
fn multiply(size: u32, consumer: &AccountId, amount: Balance) {
	use frame_support::traits::fungible::UnbalancedHold;
	let mut first = Subscriptions::<Runtime>::get(0).expect("was made");
	let tenure = Tenures::<Runtime>::get((0, 0, 1)).expect("was awarded");
	let first_bucket = first.bucket.take().expect("is in a bucket");
	for id in 0..u64::from(size) {
		let bucket = first_bucket + (id as u32) / 50;
		let mut copy = first.clone();
		copy.bucket = Some(bucket);
		Subscriptions::<Runtime>::insert(id, copy);
		Tenures::<Runtime>::insert((0, id, 1), tenure.clone());
		ByConsumer::<Runtime>::insert(consumer, id, ());
		Buckets::<Runtime>::insert(bucket, id, ());
	}
	NextId::<Runtime>::put(u64::from(size));
	let name = &first.type_name;
	Offers::<Runtime>::mutate(0, name, |offer| offer.as_mut().expect("was made").used = size);
	Providers::<Runtime>::mutate(0, |provider| provider.as_mut().expect("was registered").live = size);
	pallet_dinfra_provider::DescriptorTypes::<Runtime>::mutate(name, |found| {
		found.as_mut().expect("was registered").users = size;
	});
	for (reason, each) in [
		(pallet_dinfra_subscription::HoldReason::Funds, amount),
		(pallet_dinfra_subscription::HoldReason::Deposit, first.deposit),
	] {
		let total = each * Balance::from(size);
		Balances::set_balance_on_hold(&reason.into(), consumer, total).expect("fits");
	}
}

/// How often each call fits into the room that a block has for transactions, by weight and including the cost that every
/// transaction has; for awards with one provider of the type, and with as many as there may be.
fn calls_per_block() -> Vec<String> {
	type Subscriptions = SubstrateWeight<Runtime>;
	let most = <Runtime as pallet_dinfra_provider::Config>::MaxProvidersPerType::get();
	let limits = <Runtime as frame_system::Config>::BlockWeights::get();
	let room = limits.get(DispatchClass::Normal).max_total.unwrap_or(limits.max_block);
	let calls: [(&str, Weight); 5] = [
		("subscribe", Subscriptions::subscribe(1)),
		("subscribe_of_many", Subscriptions::subscribe(most)),
		("accept", Subscriptions::accept()),
		("ready", Subscriptions::ready()),
		("heartbeat", pallet_dinfra_provider::weights::SubstrateWeight::<Runtime>::heartbeat()),
	];
	let fits = |(name, weight): (&str, Weight)| {
		let each = weight.ref_time() + ExtrinsicBaseWeight::get().ref_time();
		format!("\"{name}\":{}", room.ref_time() / each)
	};
	calls.into_iter().map(fits).collect()
}
