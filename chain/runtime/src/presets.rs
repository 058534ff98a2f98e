//! Genesis presets: `development` for one node, `local` for a test net of two.

use crate::{AccountId, AuraConfig, Balance, BalancesConfig, RuntimeGenesisConfig, SudoConfig, UNIT};
use alloc::{vec, vec::Vec};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET, PresetId};
use sp_keyring::Sr25519Keyring;

/// Stock tools call it `local_testnet`; both names are good.
const LOCAL_PRESET: &str = "local";

/// What each well-known development account starts with.
const ENDOWMENT: Balance = 1_000_000 * UNIT;

fn genesis(authorities: Vec<AuraId>) -> RuntimeGenesisConfig {
	let accounts = Sr25519Keyring::iter().map(|key| key.to_account_id());
	let balances: Vec<(AccountId, Balance)> = accounts.map(|account| (account, ENDOWMENT)).collect();
	RuntimeGenesisConfig {
		balances: BalancesConfig { balances, ..Default::default() },
		aura: AuraConfig { authorities },
		sudo: SudoConfig { key: Some(Sr25519Keyring::Alice.to_account_id()) },
		..Default::default()
	}
}

/// The configuration of the preset of this name. Complete, not only what differs from the default: state can be built
/// from it as it is.
fn config(name: &str) -> Option<RuntimeGenesisConfig> {
	let authorities = match name {
		DEV_RUNTIME_PRESET => vec![Sr25519Keyring::Alice],
		LOCAL_PRESET | LOCAL_TESTNET_RUNTIME_PRESET => vec![Sr25519Keyring::Alice, Sr25519Keyring::Bob],
		_ => return None,
	};
	Some(genesis(authorities.into_iter().map(|key| key.public().into()).collect()))
}

/// The preset of this name, as JSON.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	serde_json::to_vec(&config(id.as_ref())?).ok()
}

/// The storage at the genesis of the preset of this name, for tests and benchmarks.
#[cfg(feature = "std")]
pub fn genesis_of(name: &str) -> Option<sp_core::storage::Storage> {
	use sp_runtime::BuildStorage;
	config(name)?.build_storage().ok()
}

/// The names of all presets.
pub fn preset_names() -> Vec<PresetId> {
	[DEV_RUNTIME_PRESET, LOCAL_PRESET, LOCAL_TESTNET_RUNTIME_PRESET].map(PresetId::from).into()
}
