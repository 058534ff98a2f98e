//! The runtime under test: compiled WebAssembly, called through its runtime API.

use crate::metered::Metered;
use codec::{Decode, DecodeAll, Encode};
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList, BenchmarkResult, benchmarking};
use sc_executor::WasmExecutor;
use sp_core::{
	storage::Storage,
	traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode},
};

type HostFunctions = (sp_io::SubstrateHostFunctions, benchmarking::HostFunctions);

/// What `StorageInfo` of frame-support looks like on the wire.
#[derive(Decode)]
pub struct StorageItem {
	pub _pallet: Vec<u8>,
	pub _name: Vec<u8>,
	pub prefix: Vec<u8>,
	pub _max_values: Option<u32>,
	pub max_size: Option<u32>,
}

pub struct Runtime {
	code: Vec<u8>,
	hash: Vec<u8>,
	executor: WasmExecutor<HostFunctions>,
	genesis: Storage,
}

impl Runtime {
	/// Starts from the genesis preset `development`.
	pub fn new(code: Vec<u8>) -> Result<Self, String> {
		let hash = sp_io::hashing::blake2_256(&code).to_vec();
		let executor = WasmExecutor::builder().with_allow_missing_host_functions(true).build();
		let mut runtime = Self { code, hash, executor, genesis: Storage::default() };
		let mut state = Metered::new(Storage::default());
		let preset: Option<Vec<u8>> = runtime.call(&mut state, "GenesisBuilder_get_preset", &Some("development"))?;
		let preset = preset.ok_or("the runtime has no preset development")?;
		let built: Result<(), String> = runtime.call(&mut state, "GenesisBuilder_build_state", &preset)?;
		built?;
		runtime.genesis = state.into_storage();
		Ok(runtime)
	}

	/// All benchmarks, and all items of the storage.
	pub fn benchmarks(&self) -> Result<(Vec<BenchmarkList>, Vec<StorageItem>), String> {
		self.call(&mut Metered::new(self.genesis.clone()), "Benchmark_benchmark_metadata", &false)
	}

	/// Run one benchmark with the components given, as often as the configuration says.
	pub fn run(&self, config: &BenchmarkConfig) -> Result<Vec<BenchmarkResult>, String> {
		let mut state = Metered::new(self.genesis.clone());
		let batches: Result<Vec<BenchmarkBatch>, String> =
			self.call(&mut state, "Benchmark_dispatch_benchmark", config)?;
		Ok(batches?.into_iter().flat_map(|batch| batch.results).collect())
	}

	fn call<R: Decode>(&self, state: &mut Metered, method: &str, argument: &impl Encode) -> Result<R, String> {
		let code = RuntimeCode {
			code_fetcher: &WrappedRuntimeCode(self.code.as_slice().into()),
			hash: self.hash.clone(),
			heap_pages: None,
		};
		let (result, _) = self.executor.call(state, &code, method, &argument.encode(), CallContext::Offchain);
		let bytes = result.map_err(|error| format!("{method}: {error}"))?;
		R::decode_all(&mut bytes.as_slice()).map_err(|error| format!("{method}: {error}"))
	}
}
