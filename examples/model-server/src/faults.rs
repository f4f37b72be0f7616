//! Faults on purpose: which request fails, hangs or loses its connection is drawn by the seed, so that a
//! run can be repeated.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::live::Live;
use crate::rng::Rng;

/// A failure that a server may answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum FailureType {
    /// 429: too many requests.
    RateLimit,
    /// 401: the key is wrong.
    InvalidApiKey,
    /// 400: the prompt is too long.
    ContextLength,
    /// 503: the server cannot answer now.
    ServerError,
    /// 400: the request is malformed.
    InvalidRequest,
    /// 404: there is no such model.
    ModelNotFound,
}

/// What befalls a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing.
    Served,
    /// It gets an error.
    Fails(FailureType),
    /// It gets no answer.
    Hangs,
    /// Its connection is reset.
    Resets,
}

impl Fate {
    /// Draws the fate of one request: hang, reset and failure are drawn one after another.
    pub(crate) fn draw(live: &Live, rng: &mut Rng) -> Self {
        if rng.percent(live.hang_rate) {
            return Self::Hangs;
        }
        if rng.percent(live.reset_rate) {
            return Self::Resets;
        }
        if rng.percent(live.failure_injection_rate) {
            let types = match live.failure_types.as_slice() {
                [] => FailureType::value_variants(),
                chosen => chosen,
            };
            return Self::Fails(types[rng.below(types.len())]);
        }
        Self::Served
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    #[test]
    fn rates_hold_and_types_are_respected() {
        let mut live = Options::for_model("m").live;
        live.hang_rate = 10.0;
        live.reset_rate = 20.0;
        live.failure_injection_rate = 50.0;
        live.failure_types = vec![FailureType::RateLimit];
        let mut counts = [0; 4];
        for seed in 0..10_000 {
            counts[match Fate::draw(&live, &mut Rng::new(seed)) {
                Fate::Served => 0,
                Fate::Fails(FailureType::RateLimit) => 1,
                Fate::Fails(other) => panic!("{other:?} was not asked for"),
                Fate::Hangs => 2,
                Fate::Resets => 3,
            }] += 1;
        }
        for (count, share) in counts.into_iter().zip([0.36, 0.36, 0.1, 0.18]) {
            assert!(
                (f64::from(count) / 10_000.0 - share).abs() < 0.02,
                "{counts:?}"
            );
        }
    }
}
