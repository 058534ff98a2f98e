mod award;
mod lifecycle;
pub(crate) mod mock;
mod model;
mod payment;
