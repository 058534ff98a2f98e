//! Weights of the calls.
//!
//! Estimates until measured: 25 µs and its reads and writes for each call.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{Weight, constants::RocksDbWeight},
};

pub trait WeightInfo {
	fn register_type() -> Weight;
	fn update_type() -> Weight;
	fn transfer_type() -> Weight;
	fn retire_type() -> Weight;
	fn register_provider() -> Weight;
	fn update_provider() -> Weight;
	fn set_policy() -> Weight;
	fn set_consumer_rules(r: u32) -> Weight;
	fn pause() -> Weight;
	fn resume() -> Weight;
	fn leave(o: u32, r: u32) -> Weight;
	fn complete_leave(o: u32, r: u32) -> Weight;
	fn set_offer(p: u32) -> Weight;
	fn remove_offer(p: u32) -> Weight;
	fn heartbeat() -> Weight;
}

pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register_type() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}
	fn update_type() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(5, 4))
	}
	fn transfer_type() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}
	fn retire_type() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}
	fn register_provider() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(5, 5))
	}
	fn update_provider() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}
	fn set_policy() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(2, 1))
	}
	fn set_consumer_rules(r: u32) -> Weight {
		Weight::from_parts(25_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads_writes(3, 2))
			.saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(r.into()))
	}
	fn pause() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(2, 1))
	}
	fn resume() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(2, 1))
	}
	fn leave(o: u32, r: u32) -> Weight {
		Weight::from_parts(25_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads_writes(3, 7))
			.saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(r.into()))
	}
	fn complete_leave(o: u32, r: u32) -> Weight {
		Weight::from_parts(25_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads_writes(2, 7))
			.saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(o.into()))
			.saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(r.into()))
	}
	fn set_offer(p: u32) -> Weight {
		Weight::from_parts(25_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads_writes(6, 5))
			.saturating_add(Weight::from_parts(10_000, 4).saturating_mul(p.into()))
	}
	fn remove_offer(p: u32) -> Weight {
		Weight::from_parts(25_000_000, 4_000)
			.saturating_add(T::DbWeight::get().reads_writes(5, 5))
			.saturating_add(Weight::from_parts(10_000, 4).saturating_mul(p.into()))
	}
	fn heartbeat() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(3, 1))
	}
}

impl WeightInfo for () {
	fn register_type() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(RocksDbWeight::get().reads_writes(3, 3))
	}
	fn update_type() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(RocksDbWeight::get().reads_writes(5, 4))
	}
	fn transfer_type() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(RocksDbWeight::get().reads_writes(3, 3))
	}
	fn retire_type() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(RocksDbWeight::get().reads_writes(3, 3))
	}
	fn register_provider() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(RocksDbWeight::get().reads_writes(5, 5))
	}
	fn update_provider() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(RocksDbWeight::get().reads_writes(4, 4))
	}
	fn set_policy() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(RocksDbWeight::get().reads_writes(2, 1))
	}
	fn set_consumer_rules(r: u32) -> Weight {
		Weight::from_parts(25_000_000, 4_000)
			.saturating_add(RocksDbWeight::get().reads_writes(3, 2))
			.saturating_add(RocksDbWeight::get().reads_writes(1, 1).saturating_mul(r.into()))
	}
	fn pause() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(RocksDbWeight::get().reads_writes(2, 1))
	}
	fn resume() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(RocksDbWeight::get().reads_writes(2, 1))
	}
	fn leave(o: u32, r: u32) -> Weight {
		Weight::from_parts(25_000_000, 4_000)
			.saturating_add(RocksDbWeight::get().reads_writes(3, 7))
			.saturating_add(RocksDbWeight::get().reads_writes(1, 1).saturating_mul(o.into()))
			.saturating_add(RocksDbWeight::get().reads_writes(1, 1).saturating_mul(r.into()))
	}
	fn complete_leave(o: u32, r: u32) -> Weight {
		Weight::from_parts(25_000_000, 4_000)
			.saturating_add(RocksDbWeight::get().reads_writes(2, 7))
			.saturating_add(RocksDbWeight::get().reads_writes(1, 1).saturating_mul(o.into()))
			.saturating_add(RocksDbWeight::get().reads_writes(1, 1).saturating_mul(r.into()))
	}
	fn set_offer(p: u32) -> Weight {
		Weight::from_parts(25_000_000, 4_000)
			.saturating_add(RocksDbWeight::get().reads_writes(6, 5))
			.saturating_add(Weight::from_parts(10_000, 4).saturating_mul(p.into()))
	}
	fn remove_offer(p: u32) -> Weight {
		Weight::from_parts(25_000_000, 4_000)
			.saturating_add(RocksDbWeight::get().reads_writes(5, 5))
			.saturating_add(Weight::from_parts(10_000, 4).saturating_mul(p.into()))
	}
	fn heartbeat() -> Weight {
		Weight::from_parts(25_000_000, 4_000).saturating_add(RocksDbWeight::get().reads_writes(3, 1))
	}
}
