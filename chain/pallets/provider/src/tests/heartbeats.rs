//! The heartbeat, and the count of blocks it covers.

use super::mock::*;
use crate::*;
use frame_support::assert_ok;
use proptest::prelude::{prop, proptest};

const OPERATOR: u64 = 1;

fn provider() -> ProviderId {
	let id = NextProviderId::<Test>::get();
	assert_ok!(Provider::register_provider(signed(OPERATOR), OPERATOR, [1; 32], Default::default(), Policy::Open));
	id
}

#[test]
fn a_heartbeat_covers_the_blocks_of_a_period_after_it() {
	test(|| {
		let id = provider();
		events();
		assert_eq!((Provider::covered(id), Provider::fresh_until(id)), (0, None));
		System::set_block_number(5);
		assert_ok!(Provider::heartbeat(signed(OPERATOR)));
		assert_eq!(events(), [Event::HeartbeatReceived { provider: id, until: 15 }]);
		for (block, covered) in [(5, 0), (6, 1), (15, 10), (16, 10), (99, 10)] {
			System::set_block_number(block);
			assert_eq!(Provider::covered(id), covered, "in block {block}");
		}
	});
}

#[test]
fn a_provider_never_heard_of_takes_no_awards() {
	test(|| {
		let schema = noted(b"{}");
		assert_ok!(Provider::register_type(signed(9), name("a"), schema));
		let id = provider();
		assert_ok!(Provider::set_offer(signed(OPERATOR), name("a"), 1, 1, Strategy::ALL));
		let judged = || Provider::offer_for(id, &name("a"), &5, Strategy::RoundRobin).err();
		assert_eq!(judged(), Some(Exclusion::StaleHeartbeat));
		assert_ok!(Provider::heartbeat(signed(OPERATOR)));
		System::set_block_number(11);
		assert_eq!(judged(), None);
		System::set_block_number(12);
		assert_eq!(judged(), Some(Exclusion::StaleHeartbeat));
	});
}

proptest! {
	/// The count, kept in three numbers, is what one gets by looking at every block.
	#[test]
	fn the_count_is_that_of_the_blocks_covered(
		beats in prop::collection::vec(1..40u32, 1..20), period in 1..20u32, after in 0..60u32
	) {
		let mut blocks = Vec::new();
		let mut now = 0;
		let mut heartbeat: Option<Heartbeat<u32>> = None;
		for gap in beats {
			now += gap;
			blocks.push(now);
			let first = Heartbeat { at: now, until: now + period, counted: 0 };
			heartbeat = Some(heartbeat.map_or(first, |old| old.renewed(now, period)));
		}
		let heartbeat = heartbeat.unwrap();
		let end = now + after;
		let covered = |block: &u32| blocks.iter().any(|beat| beat < block && *block <= beat + period);
		assert_eq!(heartbeat.covered(end), (1..=end).filter(covered).count() as u32);
		assert_eq!(heartbeat.is_fresh(end), end <= now + period);
	}
}
