//! Measures the benchmarks of a runtime built with `runtime-benchmarks` and writes one weights.rs for each pallet given.
//!
//!     dinfra-weigher RUNTIME.wasm MACHINE PALLET=PATH...

mod measure;
mod metered;
mod render;
mod runtime;

use std::{env, fs, process::ExitCode};

fn main() -> ExitCode {
	match weigh() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("dinfra-weigher: {error}");
			ExitCode::FAILURE
		},
	}
}

fn weigh() -> Result<(), String> {
	let mut arguments = env::args().skip(1);
	let usage = "usage: dinfra-weigher RUNTIME.wasm MACHINE PALLET=PATH...";
	let (wasm, machine) = arguments.next().zip(arguments.next()).ok_or(usage)?;
	let code = fs::read(&wasm).map_err(|error| format!("{wasm}: {error}"))?;
	let runtime = runtime::Runtime::new(code)?;
	let (lists, items) = runtime.benchmarks()?;
	for argument in arguments {
		let (pallet, path) = argument.split_once('=').ok_or(usage)?;
		let list = lists.iter().find(|list| list.pallet == pallet.as_bytes());
		let list = list.ok_or_else(|| format!("the runtime has no benchmarks of {pallet}"))?;
		let mut weighed = Vec::new();
		for benchmark in &list.benchmarks {
			let one = measure::weigh(&runtime, &items, &list.pallet, &list.instance, benchmark)?;
			eprintln!(
				"{pallet} {}: {} ns, {} reads, {} writes",
				one.name,
				one.time.base / 1_000,
				one.reads.base,
				one.writes.base
			);
			weighed.push(one);
		}
		fs::write(path, render::render(&machine, &weighed)).map_err(|error| format!("{path}: {error}"))?;
	}
	Ok(())
}
