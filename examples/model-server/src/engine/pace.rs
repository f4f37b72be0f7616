//! The time model: how long a prefill takes and how long a token does.
//!
//! Both grow with the load: with `f` = `time-factor-under-load`, all times are multiplied by
//! `1 + (f - 1) (running - 1) / (max-num-seqs - 1)`.

use std::time::Duration;

use crate::live::{LatencyCalculator, Live};
use crate::rng::Rng;
use crate::span::Span;

/// Time until the first token of a request with `uncached` prompt tokens, while `running` requests run.
pub(crate) fn prefill(live: &Live, uncached: usize, running: usize, rng: &mut Rng) -> Duration {
    let constant = match live.latency_calculator {
        LatencyCalculator::Constant => true,
        LatencyCalculator::PerToken => false,
        LatencyCalculator::Auto => !live.time_to_first_token.is_zero(),
    };
    let (mean, deviation) = if constant {
        (
            live.time_to_first_token.as_secs_f64(),
            live.time_to_first_token_std_dev,
        )
    } else {
        let tokens = live.prefill_time_per_token.as_secs_f64() * uncached as f64;
        (
            live.prefill_overhead.as_secs_f64() + tokens,
            live.prefill_time_std_dev,
        )
    };
    seconds(vary(mean, deviation, rng) * load_factor(live, running))
}

/// Time until the next token, while `running` requests run.
pub(crate) fn token(live: &Live, running: usize, rng: &mut Rng) -> Duration {
    let mean = live.inter_token_latency.as_secs_f64();
    if mean == 0.0 {
        return Duration::ZERO;
    }
    seconds(vary(mean, live.inter_token_latency_std_dev, rng) * load_factor(live, running))
}

fn load_factor(live: &Live, running: usize) -> f64 {
    if live.max_num_seqs <= 1 {
        return 1.0;
    }
    let load = running.saturating_sub(1) as f64 / (live.max_num_seqs - 1) as f64;
    1.0 + (live.time_factor_under_load - 1.0) * load.min(1.0)
}

/// A draw around `mean`, never further from it than 70 %.
fn vary(mean: f64, deviation: Span, rng: &mut Rng) -> f64 {
    if deviation.is_zero() {
        return mean;
    }
    (mean + deviation.as_secs_f64() * rng.normal()).clamp(mean * 0.3, mean * 1.7)
}

fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    fn live(args: &[(&str, &str)]) -> Live {
        let live = Options::for_model("m").live;
        let patch = args
            .iter()
            .map(|(name, value)| ((*name).to_owned(), serde_json::from_str(value).unwrap()));
        live.patched(&patch.collect()).unwrap()
    }

    #[test]
    fn prefill_counts_what_the_calculator_says() {
        let ttft = ("time-to-first-token", "100");
        let tokens = [("prefill-overhead", "10"), ("prefill-time-per-token", "2")];
        for (args, ms) in [
            (vec![], 0),
            (vec![ttft], 100),
            (tokens.to_vec(), 10 + 2 * 7),
            (vec![ttft, tokens[0], tokens[1]], 100),
            (
                vec![
                    ttft,
                    tokens[0],
                    tokens[1],
                    ("latency-calculator", "\"per-token\""),
                ],
                24,
            ),
            (
                vec![tokens[0], tokens[1], ("latency-calculator", "\"constant\"")],
                0,
            ),
            (
                vec![ttft, ("time-factor-under-load", "3"), ("max-num-seqs", "5")],
                200,
            ),
        ] {
            let found = prefill(&live(&args), 7, 3, &mut Rng::new(1));
            assert!(
                found.abs_diff(Duration::from_millis(ms)) < Duration::from_micros(1),
                "{args:?}: {found:?}"
            );
        }
    }

    #[test]
    fn the_load_factor_is_whole_at_full_batch_and_never_more() {
        let live = live(&[
            ("inter-token-latency", "10"),
            ("time-factor-under-load", "2"),
            ("max-num-seqs", "4"),
        ]);
        for (running, ms) in [(1, 10.0), (4, 20.0), (9, 20.0)] {
            let found = token(&live, running, &mut Rng::new(1)).as_secs_f64() * 1000.0;
            assert!((found - ms).abs() < 1e-6, "{running}: {found}");
        }
    }

    #[test]
    fn draws_vary_around_the_mean_within_bounds() {
        let live = live(&[
            ("inter-token-latency", "100"),
            ("inter-token-latency-std-dev", "30"),
        ]);
        let mut rng = Rng::new(9);
        let draws: Vec<f64> = (0..5_000)
            .map(|_| token(&live, 1, &mut rng).as_secs_f64())
            .collect();
        assert!(draws.iter().all(|draw| (0.03..=0.1701).contains(draw)));
        let mean = draws.iter().sum::<f64>() / 5_000.0;
        assert!((mean - 0.1).abs() < 0.003, "{mean}");
        assert!(draws.iter().any(|draw| (draw - 0.1).abs() > 0.02));
    }
}
