//! What a proxy may do in its principal's name.

use crate::RuntimeCall;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::InstanceFilter;
use scale_info::TypeInfo;

#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Debug,
	Default,
)]
pub enum ProxyType {
	/// Everything.
	#[default]
	Any,
	/// Run a provider: the calls of both pallets, and nothing that moves its balance elsewhere.
	Provider,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		use pallet_dinfra_subscription::Call;
		match self {
			ProxyType::Any => true,
			ProxyType::Provider => match call {
				RuntimeCall::Provider(_) => true,
				RuntimeCall::Utility(_) => true,
				RuntimeCall::Subscription(call) => !matches!(
					call,
					Call::subscribe { .. } | Call::top_up { .. } | Call::cancel { .. } | Call::update { .. }
				),
				_ => false,
			},
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		matches!(self, ProxyType::Any) || self == other
	}
}
