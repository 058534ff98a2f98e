//! Weights of the calls and hooks. Measured: do not edit, run chain/weigh.
//!
//! Method: the benchmarks of `benchmarking.rs`, in a release build of the runtime's WebAssembly, compiled by wasmtime on one
//! core of the machine named below and called through the runtime API `Benchmark`. For each component 12 values from its
//! lowest to its highest are measured with the others at their highest, 120 runs each; time is fitted by least squares
//! without the fastest and the slowest quarter. Time is that of the code with its storage in memory; each key read or
//! written, the same one once, is counted and charged as an access to the database (`DbWeight`). The size of the proof is
//! the most that each item read can take, and 2,475 bytes of tree above each.
//!
//! Machine: AMD EPYC, 2026-11-21.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{Weight, constants::RocksDbWeight},
};

pub trait WeightInfo {
	fn register_type() -> Weight;
	fn update_type() -> Weight;
	fn transfer_type() -> Weight;
	fn accept_type() -> Weight;
	fn resign() -> Weight;
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
		Weight::from_parts(60_361_000, 13_000)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}

	fn update_type() -> Weight {
		Weight::from_parts(42_935_000, 18_132)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn transfer_type() -> Weight {
		Weight::from_parts(12_459_000, 2_651)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}

	fn accept_type() -> Weight {
		Weight::from_parts(130_185_000, 15_674)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}

	fn resign() -> Weight {
		Weight::from_parts(12_579_000, 6_170)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}

	fn retire_type() -> Weight {
		Weight::from_parts(51_938_000, 13_000)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn register_provider() -> Weight {
		Weight::from_parts(59_189_000, 12_750)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}

	fn update_provider() -> Weight {
		Weight::from_parts(16_105_000, 8_697)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}

	fn set_policy() -> Weight {
		Weight::from_parts(16_365_000, 6_170)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}

	fn set_consumer_rules(r: u32) -> Weight {
		Weight::from_parts(100_347_225, 11_387)
			.saturating_add(Weight::from_parts(3_591_256, 2_536).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(r.into())))
	}

	fn pause() -> Weight {
		Weight::from_parts(9_995_000, 6_170)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}

	fn resume() -> Weight {
		Weight::from_parts(9_905_000, 6_170)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}

	fn leave(o: u32, r: u32) -> Weight {
		Weight::from_parts(33_006_039, 13_982)
			.saturating_add(Weight::from_parts(5_967_445, 8_005).saturating_mul(o.into()))
			.saturating_add(Weight::from_parts(558_972, 2_536).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads(3_u64.saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64.saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(r.into())))
	}

	fn complete_leave(o: u32, r: u32) -> Weight {
		Weight::from_parts(52_175_498, 11_455)
			.saturating_add(Weight::from_parts(6_921_913, 8_005).saturating_mul(o.into()))
			.saturating_add(Weight::from_parts(505_392, 2_536).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads(3_u64.saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(7_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64.saturating_mul(o.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(r.into())))
	}

	fn set_offer(p: u32) -> Weight {
		Weight::from_parts(66_954_609, 19_448)
			.saturating_add(Weight::from_parts(364_483, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn remove_offer(p: u32) -> Weight {
		Weight::from_parts(55_742_011, 16_797)
			.saturating_add(Weight::from_parts(453_264, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn heartbeat() -> Weight {
		Weight::from_parts(11_948_000, 8_669)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

/// For tests.
impl WeightInfo for () {
	fn register_type() -> Weight {
		Weight::from_parts(60_361_000, 13_000)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}

	fn update_type() -> Weight {
		Weight::from_parts(42_935_000, 18_132)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn transfer_type() -> Weight {
		Weight::from_parts(12_459_000, 2_651)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}

	fn accept_type() -> Weight {
		Weight::from_parts(130_185_000, 15_674)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}

	fn resign() -> Weight {
		Weight::from_parts(12_579_000, 6_170)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}

	fn retire_type() -> Weight {
		Weight::from_parts(51_938_000, 13_000)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn register_provider() -> Weight {
		Weight::from_parts(59_189_000, 12_750)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}

	fn update_provider() -> Weight {
		Weight::from_parts(16_105_000, 8_697)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}

	fn set_policy() -> Weight {
		Weight::from_parts(16_365_000, 6_170)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}

	fn set_consumer_rules(r: u32) -> Weight {
		Weight::from_parts(100_347_225, 11_387)
			.saturating_add(Weight::from_parts(3_591_256, 2_536).saturating_mul(r.into()))
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().reads(1_u64.saturating_mul(r.into())))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64.saturating_mul(r.into())))
	}

	fn pause() -> Weight {
		Weight::from_parts(9_995_000, 6_170)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}

	fn resume() -> Weight {
		Weight::from_parts(9_905_000, 6_170)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}

	fn leave(o: u32, r: u32) -> Weight {
		Weight::from_parts(33_006_039, 13_982)
			.saturating_add(Weight::from_parts(5_967_445, 8_005).saturating_mul(o.into()))
			.saturating_add(Weight::from_parts(558_972, 2_536).saturating_mul(r.into()))
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().reads(3_u64.saturating_mul(o.into())))
			.saturating_add(RocksDbWeight::get().reads(1_u64.saturating_mul(r.into())))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64.saturating_mul(o.into())))
			.saturating_add(RocksDbWeight::get().writes(1_u64.saturating_mul(r.into())))
	}

	fn complete_leave(o: u32, r: u32) -> Weight {
		Weight::from_parts(52_175_498, 11_455)
			.saturating_add(Weight::from_parts(6_921_913, 8_005).saturating_mul(o.into()))
			.saturating_add(Weight::from_parts(505_392, 2_536).saturating_mul(r.into()))
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().reads(3_u64.saturating_mul(o.into())))
			.saturating_add(RocksDbWeight::get().reads(1_u64.saturating_mul(r.into())))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64.saturating_mul(o.into())))
			.saturating_add(RocksDbWeight::get().writes(1_u64.saturating_mul(r.into())))
	}

	fn set_offer(p: u32) -> Weight {
		Weight::from_parts(66_954_609, 19_448)
			.saturating_add(Weight::from_parts(364_483, 0).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn remove_offer(p: u32) -> Weight {
		Weight::from_parts(55_742_011, 16_797)
			.saturating_add(Weight::from_parts(453_264, 0).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn heartbeat() -> Weight {
		Weight::from_parts(11_948_000, 8_669)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
}
