mod award;
mod lifecycle;
mod mock;
mod model;
mod payment;
