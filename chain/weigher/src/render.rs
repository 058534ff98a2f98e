//! The text of a weights.rs.

use crate::measure::{Formula, Weighed};
use std::fmt::Write;

const HEAD: &str = "\
//! Weights of the calls and hooks. Measured: do not edit, run chain/weigh.
//!
//! Method: the benchmarks of `benchmarking.rs`, in a release build of the runtime's WebAssembly, compiled by wasmtime on one
//! core of the machine named below and called through the runtime API `Benchmark`. For each component 12 values from its
//! lowest to its highest are measured with the others at their highest, 120 runs each; time is fitted by least squares
//! without the fastest and the slowest quarter. Time is that of the code with its storage in memory; each key read or
//! written, the same one once, is counted and charged as an access to the database (`DbWeight`). The size of the proof is
//! the most that each item read can take, and 2,475 bytes of tree above each.
//!
";

pub fn render(machine: &str, weighed: &[Weighed]) -> String {
	let mut out = String::from(HEAD);
	let _ = writeln!(out, "//! Machine: {machine}.\n");
	out.push_str("use core::marker::PhantomData;\n");
	out.push_str("use frame_support::{\n\ttraits::Get,\n\tweights::{Weight, constants::RocksDbWeight},\n};\n\n");
	out.push_str("pub trait WeightInfo {\n");
	for one in weighed {
		let _ = writeln!(out, "\t{};", signature(one, true));
	}
	out.push_str("}\n\npub struct SubstrateWeight<T>(PhantomData<T>);\n\n");
	block(&mut out, "impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T>", "T::DbWeight::get()", weighed);
	out.push_str("\n/// For tests.\n");
	block(&mut out, "impl WeightInfo for ()", "RocksDbWeight::get()", weighed);
	out
}

fn block(out: &mut String, head: &str, db: &str, weighed: &[Weighed]) {
	let _ = writeln!(out, "{head} {{");
	for (index, one) in weighed.iter().enumerate() {
		if index > 0 {
			out.push('\n');
		}
		let _ = writeln!(out, "\t{} {{", signature(one, false));
		let _ = writeln!(out, "\t\tWeight::from_parts({}, {})", number(one.time.base), number(one.proof.base));
		for (component, slope) in &one.time.slopes {
			let proof = one.proof.slopes.iter().find(|(name, _)| name == component).map_or(0, |(_, slope)| *slope);
			let each = format!("Weight::from_parts({}, {})", number(*slope), number(proof));
			let _ = writeln!(out, "\t\t\t.saturating_add({each}.saturating_mul({component}.into()))");
		}
		for (kind, formula) in [("reads", &one.reads), ("writes", &one.writes)] {
			accesses(out, db, kind, formula);
		}
		out.push_str("\t}\n");
	}
	out.push_str("}\n");
}

fn accesses(out: &mut String, db: &str, kind: &str, formula: &Formula) {
	if formula.base > 0 {
		let _ = writeln!(out, "\t\t\t.saturating_add({db}.{kind}({}_u64))", formula.base);
	}
	for (component, slope) in &formula.slopes {
		let _ = writeln!(out, "\t\t\t.saturating_add({db}.{kind}({slope}_u64.saturating_mul({component}.into())))");
	}
}

/// Components that turned out not to matter are still arguments: the signature is the benchmark's, not the machine's.
fn signature(one: &Weighed, named: bool) -> String {
	let formulas = [&one.time, &one.reads, &one.writes];
	let matters = |component: &String| formulas.iter().any(|f| f.slopes.iter().any(|(name, _)| name == component));
	let argument = |component: &String| {
		let prefix = if named || matters(component) { "" } else { "_" };
		format!("{prefix}{component}: u32")
	};
	let arguments: Vec<_> = one.components.iter().map(argument).collect();
	format!("fn {}({}) -> Weight", one.name, arguments.join(", "))
}

fn number(value: u64) -> String {
	let digits = value.to_string();
	let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group)).collect();
	groups.join("_")
}
