//! A storage in memory that counts which keys are read and written, as the host of benchmarks has to.

use frame_benchmarking::BenchmarkResult;
use sp_core::storage::{ChildInfo, StateVersion, Storage, TrackedStorageKey};
use sp_externalities::{Error, Extension, ExtensionStore, Externalities, MultiRemovalResults};
use sp_state_machine::BasicExternalities;
use std::{
	any::{Any, TypeId},
	collections::{HashMap, HashSet},
};

#[derive(Default, Clone, Copy)]
struct Touched {
	read: bool,
	written: bool,
}

pub struct Metered {
	genesis: Storage,
	now: BasicExternalities,
	touched: HashMap<Vec<u8>, Touched>,
	whitelist: Vec<TrackedStorageKey>,
	free: HashSet<Vec<u8>>,
}

impl Metered {
	pub fn new(genesis: Storage) -> Self {
		let now = BasicExternalities::new(genesis.clone());
		Self { genesis, now, touched: HashMap::new(), whitelist: Vec::new(), free: HashSet::new() }
	}

	/// The storage as it is now.
	pub fn into_storage(self) -> Storage {
		self.now.into_storages()
	}

	/// A key that was written before is in memory: reading it costs no access to the database.
	fn read(&mut self, key: &[u8]) {
		if !self.free.contains(key) {
			let touched = self.touched.entry(key.to_vec()).or_default();
			touched.read |= !touched.written;
		}
	}

	fn written(&mut self, key: &[u8]) {
		if !self.free.contains(key) {
			self.touched.entry(key.to_vec()).or_default().written = true;
		}
	}

	fn count(&self, of: impl Fn(&Touched) -> bool) -> u32 {
		self.touched.values().filter(|touched| of(touched)).count() as u32
	}
}

/// Unused by our runtime, and not metered.
const NO_CHILDREN: &str = "the pallets use no child storage";

impl Externalities for Metered {
	fn set_offchain_storage(&mut self, _: &[u8], _: Option<&[u8]>) {}

	fn storage(&mut self, key: &[u8]) -> Option<Vec<u8>> {
		self.read(key);
		self.now.storage(key)
	}

	fn storage_hash(&mut self, key: &[u8]) -> Option<Vec<u8>> {
		self.read(key);
		self.now.storage_hash(key)
	}

	fn exists_storage(&mut self, key: &[u8]) -> bool {
		self.read(key);
		self.now.exists_storage(key)
	}

	fn next_storage_key(&mut self, key: &[u8]) -> Option<Vec<u8>> {
		// Walking to the next key is an access of its own, whether or not the key is read afterwards.
		self.read(&[key, b"/next"].concat());
		self.now.next_storage_key(key)
	}

	fn place_storage(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
		self.written(&key);
		self.now.place_storage(key, value);
	}

	fn storage_append(&mut self, key: Vec<u8>, value: Vec<u8>) {
		self.written(&key);
		self.now.storage_append(key, value);
	}

	fn clear_prefix(&mut self, prefix: &[u8], limit: Option<u32>, cursor: Option<&[u8]>) -> MultiRemovalResults {
		let mut key = prefix.to_vec();
		let mut removed = 0;
		while let Some(next) = self.now.next_storage_key(&key).filter(|next| next.starts_with(prefix)) {
			if limit.is_some_and(|limit| removed >= limit) {
				break;
			}
			self.read(&next);
			self.written(&next);
			removed += 1;
			key = next;
		}
		self.now.clear_prefix(prefix, limit, cursor)
	}

	fn storage_root(&mut self, version: StateVersion) -> Vec<u8> {
		self.now.storage_root(version)
	}

	fn storage_start_transaction(&mut self) {
		self.now.storage_start_transaction();
	}

	fn storage_rollback_transaction(&mut self) -> Result<(), ()> {
		self.now.storage_rollback_transaction()
	}

	fn storage_commit_transaction(&mut self) -> Result<(), ()> {
		self.now.storage_commit_transaction()
	}

	fn wipe(&mut self) {
		self.now = BasicExternalities::new(self.genesis.clone());
		self.touched.clear();
	}

	/// There is one layer only. The counts stay: benchmarks commit before they read them.
	fn commit(&mut self) {}

	fn read_write_count(&self) -> (u32, u32, u32, u32) {
		(self.count(|touched| touched.read), 0, self.count(|touched| touched.written), 0)
	}

	fn reset_read_write_count(&mut self) {
		self.touched.clear();
	}

	fn get_whitelist(&self) -> Vec<TrackedStorageKey> {
		self.whitelist.clone()
	}

	fn set_whitelist(&mut self, new: Vec<TrackedStorageKey>) {
		self.free = new.iter().map(|tracked| tracked.key.clone()).collect();
		self.whitelist = new;
	}

	fn get_read_and_written_keys(&self) -> Vec<(Vec<u8>, u32, u32, bool)> {
		let row = |(key, touched): (&Vec<u8>, &Touched)| {
			(key.clone(), u32::from(touched.read), u32::from(touched.written), false)
		};
		self.touched.iter().map(row).collect()
	}

	fn child_storage_hash(&mut self, _: &ChildInfo, _: &[u8]) -> Option<Vec<u8>> {
		unimplemented!("{NO_CHILDREN}")
	}

	fn child_storage(&mut self, _: &ChildInfo, _: &[u8]) -> Option<Vec<u8>> {
		unimplemented!("{NO_CHILDREN}")
	}

	fn next_child_storage_key(&mut self, _: &ChildInfo, _: &[u8]) -> Option<Vec<u8>> {
		unimplemented!("{NO_CHILDREN}")
	}

	fn kill_child_storage(&mut self, _: &ChildInfo, _: Option<u32>, _: Option<&[u8]>) -> MultiRemovalResults {
		unimplemented!("{NO_CHILDREN}")
	}

	fn clear_child_prefix(&mut self, _: &ChildInfo, _: &[u8], _: Option<u32>, _: Option<&[u8]>) -> MultiRemovalResults {
		unimplemented!("{NO_CHILDREN}")
	}

	fn place_child_storage(&mut self, _: &ChildInfo, _: Vec<u8>, _: Option<Vec<u8>>) {
		unimplemented!("{NO_CHILDREN}")
	}

	fn child_storage_root(&mut self, _: &ChildInfo, _: StateVersion) -> Vec<u8> {
		unimplemented!("{NO_CHILDREN}")
	}
}

impl ExtensionStore for Metered {
	fn extension_by_type_id(&mut self, type_id: TypeId) -> Option<&mut dyn Any> {
		self.now.extension_by_type_id(type_id)
	}

	fn register_extension_with_type_id(&mut self, type_id: TypeId, extension: Box<dyn Extension>) -> Result<(), Error> {
		self.now.register_extension_with_type_id(type_id, extension)
	}

	fn deregister_extension_by_type_id(&mut self, type_id: TypeId) -> Result<(), Error> {
		self.now.deregister_extension_by_type_id(type_id)
	}
}

/// The size of the proof of one run: of each value read the most it can be, and the nodes of the tree above it.
pub fn proof_size(result: &BenchmarkResult, most: impl Fn(&[u8]) -> u32) -> u32 {
	const NODES_ABOVE: u32 = 2_475;
	let read = result.keys.iter().filter(|(_, reads, _, _)| *reads > 0);
	read.map(|(key, ..)| most(key) + NODES_ABOVE).sum()
}
