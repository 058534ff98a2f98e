mod award;
mod lifecycle;
mod mock;
mod payment;
