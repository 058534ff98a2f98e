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
	fn cancel_awarded() -> Weight;
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
		Weight::from_parts(132_838_995, 20_859)
			.saturating_add(Weight::from_parts(12_093_762, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(13_u64))
	}

	fn accept() -> Weight {
		Weight::from_parts(31_728_000, 16_753)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn decline(p: u32) -> Weight {
		Weight::from_parts(73_301_385, 18_678)
			.saturating_add(Weight::from_parts(12_496_008, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(14_u64))
	}

	fn ready() -> Weight {
		Weight::from_parts(32_439_000, 14_226)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn degraded() -> Weight {
		Weight::from_parts(86_100_000, 29_726)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(10_u64))
	}

	fn recovered() -> Weight {
		Weight::from_parts(33_129_000, 16_753)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn terminate(p: u32) -> Weight {
		Weight::from_parts(137_634_510, 26_434)
			.saturating_add(Weight::from_parts(12_262_357, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(17_u64))
	}

	fn released() -> Weight {
		Weight::from_parts(117_246_000, 32_539)
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().writes(11_u64))
	}

	fn top_up(p: u32) -> Weight {
		Weight::from_parts(72_586_910, 16_148)
			.saturating_add(Weight::from_parts(11_860_997, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(11_u64))
	}

	fn top_up_active() -> Weight {
		Weight::from_parts(127_601_000, 32_617)
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().writes(11_u64))
	}

	fn cancel() -> Weight {
		Weight::from_parts(128_292_000, 37_463)
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().writes(12_u64))
	}

	fn cancel_awarded() -> Weight {
		Weight::from_parts(163_847_000, 37_643)
			.saturating_add(T::DbWeight::get().reads(14_u64))
			.saturating_add(T::DbWeight::get().writes(14_u64))
	}

	fn update() -> Weight {
		Weight::from_parts(48_132_000, 21_038)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn accept_update() -> Weight {
		Weight::from_parts(65_238_000, 22_076)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}

	fn decline_update() -> Weight {
		Weight::from_parts(60_381_000, 22_076)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}

	fn set_info() -> Weight {
		Weight::from_parts(17_426_000, 11_727)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}

	fn settle() -> Weight {
		Weight::from_parts(75_974_000, 27_199)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}

	fn withdraw() -> Weight {
		Weight::from_parts(44_226_000, 7_756)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}

	fn retry(p: u32) -> Weight {
		Weight::from_parts(27_730_187, 8_328)
			.saturating_add(Weight::from_parts(12_287_736, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}

	fn report_lost(p: u32) -> Weight {
		Weight::from_parts(143_385_040, 23_907)
			.saturating_add(Weight::from_parts(11_588_459, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(17_u64))
	}

	fn clean_up() -> Weight {
		Weight::from_parts(116_825_000, 32_539)
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().writes(12_u64))
	}

	fn expire(p: u32) -> Weight {
		Weight::from_parts(133_167_615, 31_392)
			.saturating_add(Weight::from_parts(12_114_866, 13_800).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(18_u64))
	}

	fn on_initialize(b: u32) -> Weight {
		Weight::from_parts(1_335_057, 2_479)
			.saturating_add(Weight::from_parts(1_622_811, 2_503).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(b.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

/// For tests.
impl WeightInfo for () {
	fn subscribe(p: u32) -> Weight {
		Weight::from_parts(132_838_995, 20_859)
			.saturating_add(Weight::from_parts(12_093_762, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(13_u64))
	}

	fn accept() -> Weight {
		Weight::from_parts(31_728_000, 16_753)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn decline(p: u32) -> Weight {
		Weight::from_parts(73_301_385, 18_678)
			.saturating_add(Weight::from_parts(12_496_008, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(14_u64))
	}

	fn ready() -> Weight {
		Weight::from_parts(32_439_000, 14_226)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn degraded() -> Weight {
		Weight::from_parts(86_100_000, 29_726)
			.saturating_add(RocksDbWeight::get().reads(11_u64))
			.saturating_add(RocksDbWeight::get().writes(10_u64))
	}

	fn recovered() -> Weight {
		Weight::from_parts(33_129_000, 16_753)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn terminate(p: u32) -> Weight {
		Weight::from_parts(137_634_510, 26_434)
			.saturating_add(Weight::from_parts(12_262_357, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(17_u64))
	}

	fn released() -> Weight {
		Weight::from_parts(117_246_000, 32_539)
			.saturating_add(RocksDbWeight::get().reads(12_u64))
			.saturating_add(RocksDbWeight::get().writes(11_u64))
	}

	fn top_up(p: u32) -> Weight {
		Weight::from_parts(72_586_910, 16_148)
			.saturating_add(Weight::from_parts(11_860_997, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(11_u64))
	}

	fn top_up_active() -> Weight {
		Weight::from_parts(127_601_000, 32_617)
			.saturating_add(RocksDbWeight::get().reads(12_u64))
			.saturating_add(RocksDbWeight::get().writes(11_u64))
	}

	fn cancel() -> Weight {
		Weight::from_parts(128_292_000, 37_463)
			.saturating_add(RocksDbWeight::get().reads(14_u64))
			.saturating_add(RocksDbWeight::get().writes(12_u64))
	}

	fn cancel_awarded() -> Weight {
		Weight::from_parts(163_847_000, 37_643)
			.saturating_add(RocksDbWeight::get().reads(14_u64))
			.saturating_add(RocksDbWeight::get().writes(14_u64))
	}

	fn update() -> Weight {
		Weight::from_parts(48_132_000, 21_038)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn accept_update() -> Weight {
		Weight::from_parts(65_238_000, 22_076)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}

	fn decline_update() -> Weight {
		Weight::from_parts(60_381_000, 22_076)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}

	fn set_info() -> Weight {
		Weight::from_parts(17_426_000, 11_727)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}

	fn settle() -> Weight {
		Weight::from_parts(75_974_000, 27_199)
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}

	fn withdraw() -> Weight {
		Weight::from_parts(44_226_000, 7_756)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}

	fn retry(p: u32) -> Weight {
		Weight::from_parts(27_730_187, 8_328)
			.saturating_add(Weight::from_parts(12_287_736, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}

	fn report_lost(p: u32) -> Weight {
		Weight::from_parts(143_385_040, 23_907)
			.saturating_add(Weight::from_parts(11_588_459, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(17_u64))
	}

	fn clean_up() -> Weight {
		Weight::from_parts(116_825_000, 32_539)
			.saturating_add(RocksDbWeight::get().reads(12_u64))
			.saturating_add(RocksDbWeight::get().writes(12_u64))
	}

	fn expire(p: u32) -> Weight {
		Weight::from_parts(133_167_615, 31_392)
			.saturating_add(Weight::from_parts(12_114_866, 13_800).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(12_u64))
			.saturating_add(RocksDbWeight::get().reads(5_u64.saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(18_u64))
	}

	fn on_initialize(b: u32) -> Weight {
		Weight::from_parts(1_335_057, 2_479)
			.saturating_add(Weight::from_parts(1_622_811, 2_503).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().reads(1_u64.saturating_mul(b.into())))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
}
