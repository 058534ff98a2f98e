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
		Weight::from_parts(107_438_006, 20_859)
			.saturating_add(Weight::from_parts(11_203_007, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(13_u64))
	}

	fn accept() -> Weight {
		Weight::from_parts(29_174_000, 16_753)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn decline(p: u32) -> Weight {
		Weight::from_parts(83_356_434, 18_678)
			.saturating_add(Weight::from_parts(10_670_942, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(14_u64))
	}

	fn ready() -> Weight {
		Weight::from_parts(28_773_000, 14_226)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn degraded() -> Weight {
		Weight::from_parts(75_864_000, 29_726)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}

	fn recovered() -> Weight {
		Weight::from_parts(28_824_000, 16_753)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn terminate(p: u32) -> Weight {
		Weight::from_parts(114_787_490, 26_434)
			.saturating_add(Weight::from_parts(11_300_213, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(17_u64))
	}

	fn released() -> Weight {
		Weight::from_parts(102_094_000, 27_407)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}

	fn top_up(p: u32) -> Weight {
		Weight::from_parts(53_931_221, 16_148)
			.saturating_add(Weight::from_parts(10_918_709, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(11_u64))
	}

	fn top_up_active() -> Weight {
		Weight::from_parts(109_404_000, 29_802)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(11_u64))
	}

	fn cancel() -> Weight {
		Weight::from_parts(115_042_000, 37_463)
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().writes(12_u64))
	}

	fn update() -> Weight {
		Weight::from_parts(42_173_000, 21_038)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn accept_update() -> Weight {
		Weight::from_parts(57_997_000, 22_076)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn decline_update() -> Weight {
		Weight::from_parts(54_432_000, 22_076)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}

	fn set_info() -> Weight {
		Weight::from_parts(15_303_000, 11_727)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}

	fn settle() -> Weight {
		Weight::from_parts(69_234_000, 27_199)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}

	fn withdraw() -> Weight {
		Weight::from_parts(40_781_000, 7_756)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}

	fn retry(p: u32) -> Weight {
		Weight::from_parts(37_212_267, 8_328)
			.saturating_add(Weight::from_parts(10_521_443, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}

	fn report_lost(p: u32) -> Weight {
		Weight::from_parts(95_059_770, 23_907)
			.saturating_add(Weight::from_parts(12_297_199, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(17_u64))
	}

	fn clean_up() -> Weight {
		Weight::from_parts(102_864_000, 27_407)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(11_u64))
	}

	fn expire(p: u32) -> Weight {
		Weight::from_parts(145_640_939, 31_392)
			.saturating_add(Weight::from_parts(10_748_701, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(18_u64))
	}

	fn on_initialize(b: u32) -> Weight {
		Weight::from_parts(1_055_923, 2_479)
			.saturating_add(Weight::from_parts(1_510_222, 2_503).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(b.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

/// For tests.
impl WeightInfo for () {
	fn subscribe(p: u32) -> Weight {
		Weight::from_parts(107_438_006, 20_859)
			.saturating_add(Weight::from_parts(11_203_007, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(13_u64))
	}

	fn accept() -> Weight {
		Weight::from_parts(29_174_000, 16_753)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn decline(p: u32) -> Weight {
		Weight::from_parts(83_356_434, 18_678)
			.saturating_add(Weight::from_parts(10_670_942, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(14_u64))
	}

	fn ready() -> Weight {
		Weight::from_parts(28_773_000, 14_226)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn degraded() -> Weight {
		Weight::from_parts(75_864_000, 29_726)
			.saturating_add(RocksDbWeight::get().reads(11_u64))
			.saturating_add(RocksDbWeight::get().writes(10_u64))
	}

	fn recovered() -> Weight {
		Weight::from_parts(28_824_000, 16_753)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn terminate(p: u32) -> Weight {
		Weight::from_parts(114_787_490, 26_434)
			.saturating_add(Weight::from_parts(11_300_213, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(17_u64))
	}

	fn released() -> Weight {
		Weight::from_parts(102_094_000, 27_407)
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(10_u64))
	}

	fn top_up(p: u32) -> Weight {
		Weight::from_parts(53_931_221, 16_148)
			.saturating_add(Weight::from_parts(10_918_709, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(11_u64))
	}

	fn top_up_active() -> Weight {
		Weight::from_parts(109_404_000, 29_802)
			.saturating_add(RocksDbWeight::get().reads(11_u64))
			.saturating_add(RocksDbWeight::get().writes(11_u64))
	}

	fn cancel() -> Weight {
		Weight::from_parts(115_042_000, 37_463)
			.saturating_add(RocksDbWeight::get().reads(14_u64))
			.saturating_add(RocksDbWeight::get().writes(12_u64))
	}

	fn update() -> Weight {
		Weight::from_parts(42_173_000, 21_038)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn accept_update() -> Weight {
		Weight::from_parts(57_997_000, 22_076)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn decline_update() -> Weight {
		Weight::from_parts(54_432_000, 22_076)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}

	fn set_info() -> Weight {
		Weight::from_parts(15_303_000, 11_727)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}

	fn settle() -> Weight {
		Weight::from_parts(69_234_000, 27_199)
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}

	fn withdraw() -> Weight {
		Weight::from_parts(40_781_000, 7_756)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}

	fn retry(p: u32) -> Weight {
		Weight::from_parts(37_212_267, 8_328)
			.saturating_add(Weight::from_parts(10_521_443, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}

	fn report_lost(p: u32) -> Weight {
		Weight::from_parts(95_059_770, 23_907)
			.saturating_add(Weight::from_parts(12_297_199, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(17_u64))
	}

	fn clean_up() -> Weight {
		Weight::from_parts(102_864_000, 27_407)
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(11_u64))
	}

	fn expire(p: u32) -> Weight {
		Weight::from_parts(145_640_939, 31_392)
			.saturating_add(Weight::from_parts(10_748_701, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(12_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(18_u64))
	}

	fn on_initialize(b: u32) -> Weight {
		Weight::from_parts(1_055_923, 2_479)
			.saturating_add(Weight::from_parts(1_510_222, 2_503).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().reads(1_u64.saturating_mul(b.into())))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
}
