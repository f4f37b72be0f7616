//! A stand-in for the host, so that a plugin's rule is tested as ordinary Rust.
//!
//! [`Tested`] configures a plugin as the host would and lays out `inputs` by its needs: a column the
//! test does not give is NaN, and one the plugin did not declare never arrives. What the imports answer
//! is kept per thread, and so per test; state and own columns outlive a [`Tested`] as they outlive an
//! instance, which is how a test has two of them.

pub(crate) mod imports;
mod tested;

pub use tested::Tested;

use crate::log::Level;
use crate::{Endpoint, Label, Outcome, ProfileResult};

/// What [`crate::Request`] answers.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct FakeRequest {
    pub id: String,
    pub path: String,
    pub model: String,
    pub target_model: String,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub profile: String,
    /// The names of the configuration's profiles.
    pub profiles: Vec<String>,
    /// Rows by profile; `""`: those of the decision.
    pub peers: Vec<(String, Vec<u32>)>,
    pub now_ms: u64,
    pub seed: u64,
}

/// Makes the imports answer about this request.
pub fn set_request(request: FakeRequest) {
    imports::set_request(request);
}

/// The lines logged since the last time.
pub fn take_log() -> Vec<(Level, String)> {
    imports::take_log()
}

/// The value of an own column; NaN where none was written.
pub fn own_column(column: u32, row: u32) -> f64 {
    imports::own_column(column, row)
}

/// An endpoint in `default` named after its row, at `10.0.0.<row>:8000`, without labels.
pub fn endpoint(row: u32) -> Endpoint {
    let name = format!("pod-{row}");
    Endpoint {
        row,
        id: format!("default/{name}"),
        name,
        namespace: "default".to_owned(),
        address: format!("10.0.0.{row}"),
        port: 8000,
        rank: 0,
        labels: Vec::new(),
    }
}

/// [`endpoint`] with labels.
pub fn labelled(row: u32, labels: &[(&str, &str)]) -> Endpoint {
    let label = |(key, value): &(&str, &str)| Label {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    Endpoint {
        labels: labels.iter().map(label).collect(),
        ..endpoint(row)
    }
}

/// A result of a profile that picked `rows`, each with a total of 1.
pub fn picked(profile: &str, rows: &[u32]) -> ProfileResult {
    ProfileResult {
        profile: profile.to_owned(),
        outcome: Outcome::Picked,
        rows: rows.to_vec(),
        totals: vec![1.0; rows.len()],
    }
}

/// A result of a profile that picked nothing.
pub fn ended(profile: &str, outcome: Outcome) -> ProfileResult {
    ProfileResult {
        profile: profile.to_owned(),
        outcome,
        rows: Vec::new(),
        totals: Vec::new(),
    }
}

/// Fails unless both lists are equal up to rounding.
#[track_caller]
pub fn assert_close(found: &[f64], want: &[f64]) {
    let close = |(found, want): (&f64, &f64)| (found - want).abs() < 1e-9;
    assert!(
        found.len() == want.len() && found.iter().zip(want).all(close),
        "found {found:?}, expected {want:?}"
    );
}
