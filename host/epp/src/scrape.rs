//! What the picker knows of its model servers: fetched by the host, read by scraper plugins, kept in
//! columns.
//!
//! Everything happens on one thread with a runtime of its own, so that a hundred servers asked twenty
//! times a second never stand in the way of a request. The host fetches and keeps only the lines a
//! plugin asked for; the plugin sees a few hundred bytes of the 60 KB that a server sends.

mod board;
mod client;
mod failure;
mod filter;
mod pace;
mod parser;
mod shelf;
mod targets;
mod task;
mod trust;
mod worker;

#[cfg(test)]
mod tests;

pub use board::{Board, FailureCount, TargetStatus, TargetView};
pub use failure::ScrapeError;
pub use parser::Parser;
pub use switchyard_engine::{Fetch, Sample, Scope, StringSet};
pub use trust::{ScrapeTrust, TrustError};
pub use worker::{ScrapeOptions, Scraper, ScraperError, Source};
