//! Why something ended: 1 to 9999 the consumer's, 10000 to 19999 the provider's, from 20000 on the network's reasons.
//!
//! Providers choose their codes themselves; the rest is given here.

use crate::ReasonCode;

/// The consumer cancelled.
pub const CANCELLED: ReasonCode = 1;

/// The provider did not accept in time.
pub const ACCEPT_DEADLINE: ReasonCode = 20_001;
/// The provider did not report ready in time.
pub const READY_DEADLINE: ReasonCode = 20_002;
/// The funds were used up and the grace is over.
pub const OUT_OF_FUNDS: ReasonCode = 20_003;
/// The provider was not heard of for too long.
pub const PROVIDER_LOST: ReasonCode = 20_004;
/// The tenure was degraded for too long.
pub const DEGRADED_TOO_LONG: ReasonCode = 20_005;
/// No eligible provider was found in time.
pub const NO_PROVIDER: ReasonCode = 20_006;

/// Whether a provider may give this code.
pub fn is_providers(code: ReasonCode) -> bool {
	(10_000..20_000).contains(&code)
}
