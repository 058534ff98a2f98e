//! From a benchmark to the formula of a weight.

use crate::{
	metered::proof_size,
	runtime::{Runtime, StorageItem},
};
use frame_benchmarking::{
	Analysis, BenchmarkConfig, BenchmarkMetadata, BenchmarkParameter, BenchmarkResult, BenchmarkSelector,
};

/// Of each component this many values are measured, the others being at their highest.
const STEPS: u32 = 12;
/// Runs within one call of the runtime, and calls, for each of them.
const INNER: u32 = 20;
const OUTER: u32 = 6;

/// A value that grows linearly with the components of a benchmark.
pub struct Formula {
	pub base: u64,
	/// By component; those that do not matter are left out.
	pub slopes: Vec<(String, u64)>,
}

pub struct Weighed {
	pub name: String,
	/// Names of the components, in order.
	pub components: Vec<String>,
	/// Picoseconds.
	pub time: Formula,
	/// Bytes.
	pub proof: Formula,
	pub reads: Formula,
	pub writes: Formula,
}

pub fn weigh(
	runtime: &Runtime,
	items: &[StorageItem],
	pallet: &[u8],
	instance: &[u8],
	benchmark: &BenchmarkMetadata,
) -> Result<Weighed, String> {
	let mut times = Vec::new();
	let mut accesses = Vec::new();
	for selected_components in points(&benchmark.components) {
		let config = BenchmarkConfig {
			pallet: pallet.to_vec(),
			instance: instance.to_vec(),
			benchmark: benchmark.name.clone(),
			selected_components,
			verify: false,
			internal_repeats: INNER,
		};
		runtime.run(&BenchmarkConfig { verify: true, internal_repeats: 1, ..config.clone() })?;
		for _ in 0..OUTER {
			times.extend(runtime.run(&config)?);
		}
		let mut once = runtime.run(&BenchmarkConfig { internal_repeats: 1, ..config })?;
		for result in &mut once {
			result.proof_size = proof_size(result, |key| most(items, key));
		}
		accesses.extend(once);
	}
	Ok(Weighed {
		name: String::from_utf8_lossy(&benchmark.name).into_owned(),
		components: benchmark.components.iter().map(|(parameter, ..)| format!("{parameter:?}")).collect(),
		time: fit(&times, BenchmarkSelector::ExtrinsicTime)?,
		proof: fit(&accesses, BenchmarkSelector::ProofSize)?,
		reads: fit(&accesses, BenchmarkSelector::Reads)?,
		writes: fit(&accesses, BenchmarkSelector::Writes)?,
	})
}

/// The points to measure: one line through the component space for each component.
fn points(components: &[(BenchmarkParameter, u32, u32)]) -> Vec<Vec<(BenchmarkParameter, u32)>> {
	if components.is_empty() {
		return vec![Vec::new()];
	}
	let mut points = Vec::new();
	for (parameter, low, high) in components {
		let steps = STEPS.min(high - low + 1).max(2);
		for step in 0..steps {
			let at = low + (u64::from(high - low) * u64::from(step) / u64::from(steps - 1)) as u32;
			let value = |(other, _, most): &(BenchmarkParameter, u32, u32)| {
				(*other, if other == parameter { at } else { *most })
			};
			points.push(components.iter().map(value).collect());
		}
	}
	points
}

fn fit(results: &Vec<BenchmarkResult>, of: BenchmarkSelector) -> Result<Formula, String> {
	let analysis = Analysis::min_squares_iqr(results, of).map_err(|error| error.to_string())?;
	let slopes = analysis.names.into_iter().zip(analysis.slopes).filter(|(_, slope)| *slope > 0);
	Ok(Formula { base: analysis.base as u64, slopes: slopes.map(|(name, slope)| (name, slope as u64)).collect() })
}

/// The largest key and value of the item a key belongs to, in bytes.
fn most(items: &[StorageItem], key: &[u8]) -> u32 {
	items.iter().find(|item| key.starts_with(&item.prefix)).and_then(|item| item.max_size).unwrap_or(0)
}
