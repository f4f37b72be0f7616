//! What a play came to, the two plays side by side, and whether routing paid off.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use switchyard_build::table::aligned;

use super::player::Answer;

/// How much more of the prompts must come from caches when requests are routed.
const SHARE_GAIN: f64 = 1.5;

/// The figures of one play.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Figures {
    /// Median time to the first token, in ms.
    pub(super) ttft_ms_p50: f64,
    /// Nine in ten are faster, in ms.
    pub(super) ttft_ms_p90: f64,
    /// Cached prompt tokens of all prompt tokens, 0 to 1.
    pub(super) cached_token_share: f64,
    pub(super) requests_per_second: f64,
    /// By the server's name.
    pub(super) requests_by_server: BTreeMap<String, u64>,
}

impl Figures {
    /// Sums up `answers`; `servers` are all servers, by port, also those that got no request.
    pub(super) fn of(answers: &[Answer], took: Duration, servers: &[(u16, String)]) -> Self {
        let mut first: Vec<_> = answers
            .iter()
            .map(|a| a.first_token.as_secs_f64() * 1e3)
            .collect();
        first.sort_by(f64::total_cmp);
        let prompt: u64 = answers.iter().map(|answer| answer.prompt_tokens).sum();
        let cached: u64 = answers.iter().map(|answer| answer.cached_tokens).sum();
        let count = |port| {
            answers
                .iter()
                .filter(|answer| answer.server == port)
                .count() as u64
        };
        Self {
            ttft_ms_p50: nearest_rank(&first, 50),
            ttft_ms_p90: nearest_rank(&first, 90),
            cached_token_share: cached as f64 / (prompt as f64).max(1.0),
            requests_per_second: answers.len() as f64 / took.as_secs_f64().max(1e-9),
            requests_by_server: servers
                .iter()
                .map(|(port, name)| (name.clone(), count(*port)))
                .collect(),
        }
    }
}

/// The smallest of the sorted values that `percent` of them do not exceed.
fn nearest_rank(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// The table that the demo prints.
pub(super) fn side_by_side(round_robin: &Figures, routed: &Figures) -> String {
    let both = [round_robin, routed];
    let row = |name: &str, cell: &dyn Fn(&Figures) -> String, note: String| {
        let mut row = vec![name.to_owned()];
        row.extend(both.map(cell));
        row.push(note);
        row
    };
    let times = |of: f64, to: f64| {
        if to > 0.0 {
            format!("{:.2}x", of / to)
        } else {
            String::new()
        }
    };
    let mut rows = vec![
        ["", "round robin", "routed", ""]
            .map(str::to_owned)
            .to_vec(),
        row(
            "TTFT p50",
            &|f| format!("{:.1} ms", f.ttft_ms_p50),
            times(routed.ttft_ms_p50, round_robin.ttft_ms_p50),
        ),
        row(
            "TTFT p90",
            &|f| format!("{:.1} ms", f.ttft_ms_p90),
            times(routed.ttft_ms_p90, round_robin.ttft_ms_p90),
        ),
        row(
            "cached tokens",
            &|f| format!("{:.1} %", f.cached_token_share * 100.0),
            times(routed.cached_token_share, round_robin.cached_token_share),
        ),
        row(
            "throughput",
            &|f| format!("{:.1} req/s", f.requests_per_second),
            times(routed.requests_per_second, round_robin.requests_per_second),
        ),
    ];
    for server in round_robin.requests_by_server.keys() {
        let count = |f: &Figures| {
            f.requests_by_server
                .get(server)
                .copied()
                .unwrap_or(0)
                .to_string()
        };
        rows.push(row(&format!("requests, {server}"), &count, String::new()));
    }
    aligned(&rows)
}

/// Whether routing reached what it must; else every reason why not.
pub(super) fn verdict(round_robin: &Figures, routed: &Figures) -> Result<(), String> {
    let mut reasons = Vec::new();
    let needed = SHARE_GAIN * round_robin.cached_token_share;
    // Nothing cached in either play is no gain, although 0 is 1.5 times 0.
    if routed.cached_token_share < needed || routed.cached_token_share <= 0.0 {
        reasons.push(format!(
            "the cached-token share is {:.3}; expected at least {SHARE_GAIN} x {:.3}",
            routed.cached_token_share, round_robin.cached_token_share
        ));
    }
    for (name, routed, round_robin) in [
        ("p50", routed.ttft_ms_p50, round_robin.ttft_ms_p50),
        ("p90", routed.ttft_ms_p90, round_robin.ttft_ms_p90),
    ] {
        if routed >= round_robin {
            reasons.push(format!(
                "TTFT {name} is {routed:.1} ms; expected less than the {round_robin:.1} ms of round robin"
            ));
        }
    }
    if reasons.is_empty() {
        Ok(())
    } else {
        Err(reasons.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(first_token_ms: u64, cached_tokens: u64, server: u16) -> Answer {
        Answer {
            first_token: Duration::from_millis(first_token_ms),
            prompt_tokens: 100,
            cached_tokens,
            server,
        }
    }

    fn figures(p50: f64, p90: f64, share: f64) -> Figures {
        Figures {
            ttft_ms_p50: p50,
            ttft_ms_p90: p90,
            cached_token_share: share,
            requests_per_second: 10.0,
            requests_by_server: BTreeMap::from([("server-1".to_owned(), 5)]),
        }
    }

    #[test]
    fn answers_are_summed_up() {
        let answers: Vec<_> = (1..=10).map(|ms| answer(ms, 40, 1)).collect();
        let servers = [(1, "one".to_owned()), (2, "two".to_owned())];
        let figures = Figures::of(&answers, Duration::from_secs(2), &servers);
        assert_eq!(figures.ttft_ms_p50, 5.0);
        assert_eq!(figures.ttft_ms_p90, 9.0);
        assert_eq!(figures.cached_token_share, 0.4);
        assert_eq!(figures.requests_per_second, 5.0);
        let by_server: Vec<_> = figures.requests_by_server.into_iter().collect();
        assert_eq!(by_server, [("one".to_owned(), 10), ("two".to_owned(), 0)]);
    }

    #[test]
    fn the_file_has_the_promised_shape() {
        let text = serde_json::to_string(&figures(1.0, 2.0, 0.5)).unwrap();
        assert_eq!(
            text,
            "{\"ttft_ms_p50\":1.0,\"ttft_ms_p90\":2.0,\"cached_token_share\":0.5,\
             \"requests_per_second\":10.0,\"requests_by_server\":{\"server-1\":5}}"
        );
    }

    #[test]
    fn routing_must_gain_in_share_and_in_time() {
        let round_robin = figures(100.0, 200.0, 0.5);
        let rows = [
            (figures(50.0, 150.0, 0.75), ""),
            (
                figures(50.0, 150.0, 0.74),
                "the cached-token share is 0.740; expected at least 1.5 x 0.500",
            ),
            (
                figures(100.0, 150.0, 0.9),
                "TTFT p50 is 100.0 ms; expected less than the 100.0 ms of round robin",
            ),
            (
                figures(50.0, 201.0, 0.9),
                "TTFT p90 is 201.0 ms; expected less than the 200.0 ms of round robin",
            ),
        ];
        for (routed, reason) in rows {
            let expected = if reason.is_empty() {
                Ok(())
            } else {
                Err(reason.to_owned())
            };
            assert_eq!(verdict(&round_robin, &routed), expected);
        }
        assert!(verdict(&figures(9.0, 9.0, 0.0), &figures(1.0, 1.0, 0.0)).is_err());
    }
}
