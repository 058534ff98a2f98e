//! Weights of the calls and hooks.
//!
//! Estimates until measured: 40 µs and its reads and writes for each call, and four reads for each provider of the type
//! where a call may award.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{Weight, constants::RocksDbWeight},
};

/// `p` is the number of providers of the type, `b` the number of buckets passed.
pub trait WeightInfo {
	fn subscribe(p: u32) -> Weight;
	fn accept() -> Weight;
	fn decline(p: u32) -> Weight;
	fn ready() -> Weight;
	fn degraded() -> Weight;
	fn recovered() -> Weight;
	fn terminate(p: u32) -> Weight;
	fn released() -> Weight;
	fn top_up(p: u32) -> Weight;
	fn top_up_active() -> Weight;
	fn cancel() -> Weight;
	fn update() -> Weight;
	fn accept_update() -> Weight;
	fn decline_update() -> Weight;
	fn set_info() -> Weight;
	fn settle() -> Weight;
	fn withdraw() -> Weight;
	fn retry(p: u32) -> Weight;
	fn report_lost(p: u32) -> Weight;
	fn clean_up() -> Weight;
	fn expire(p: u32) -> Weight;
	fn on_initialize(b: u32) -> Weight;
}

pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn subscribe(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads_writes(14, 16))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn accept() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(5, 5))
	}
	fn decline(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads_writes(14, 14))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn ready() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(8, 7))
	}
	fn degraded() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(9, 10))
	}
	fn recovered() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(8, 7))
	}
	fn terminate(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads_writes(16, 16))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn released() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(8, 9))
	}
	fn top_up(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads_writes(12, 12))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn top_up_active() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(14, 14))
	}
	fn cancel() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(14, 14))
	}
	fn update() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(6, 5))
	}
	fn accept_update() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(5, 4))
	}
	fn decline_update() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(5, 3))
	}
	fn set_info() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(4, 1))
	}
	fn settle() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(8, 6))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(2, 2))
	}
	fn retry(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads_writes(8, 8))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn report_lost(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads_writes(16, 16))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn clean_up() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(8, 9))
	}
	fn expire(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads_writes(18, 18))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn on_initialize(b: u32) -> Weight {
		Weight::from_parts(3_000_000, 6_000)
			.saturating_add(T::DbWeight::get().reads_writes(2, 1))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(b.into()))
	}
}

impl WeightInfo for () {
	fn subscribe(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(RocksDbWeight::get().reads_writes(14, 16))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn accept() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(5, 5))
	}
	fn decline(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(RocksDbWeight::get().reads_writes(14, 14))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn ready() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(8, 7))
	}
	fn degraded() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(9, 10))
	}
	fn recovered() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(8, 7))
	}
	fn terminate(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(RocksDbWeight::get().reads_writes(16, 16))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn released() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(8, 9))
	}
	fn top_up(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(RocksDbWeight::get().reads_writes(12, 12))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn top_up_active() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(14, 14))
	}
	fn cancel() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(14, 14))
	}
	fn update() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(6, 5))
	}
	fn accept_update() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(5, 4))
	}
	fn decline_update() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(5, 3))
	}
	fn set_info() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(4, 1))
	}
	fn settle() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(8, 6))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(2, 2))
	}
	fn retry(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(RocksDbWeight::get().reads_writes(8, 8))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn report_lost(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(RocksDbWeight::get().reads_writes(16, 16))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn clean_up() -> Weight {
		Weight::from_parts(40_000_000, 6_000).saturating_add(RocksDbWeight::get().reads_writes(8, 9))
	}
	fn expire(p: u32) -> Weight {
		Weight::from_parts(40_000_000, 6_000)
			.saturating_add(RocksDbWeight::get().reads_writes(18, 18))
			.saturating_add(Weight::from_parts(4_000_000, 400).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(4).saturating_mul(p.into()))
	}
	fn on_initialize(b: u32) -> Weight {
		Weight::from_parts(3_000_000, 6_000)
			.saturating_add(RocksDbWeight::get().reads_writes(2, 1))
			.saturating_add(RocksDbWeight::get().reads(1).saturating_mul(b.into()))
	}
}
