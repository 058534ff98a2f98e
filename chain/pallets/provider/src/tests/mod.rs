mod heartbeats;
pub(crate) mod mock;
mod offers;
mod providers;
mod records;
mod types;
