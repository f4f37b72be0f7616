//! The engine against small guests written by hand: every limit fires, every wrong answer is caught.

mod breaker;
mod cache;
mod faults;
mod guest;
mod harness;
mod imports;
mod lane;
mod load;
mod pooling;
mod stages;
mod wasi;
