//! When the next scrape is due. Pure: rows and times in, times out.
//!
//! Ticks are spread by the golden ratio of the row number: rows 0 to n-1 come out nearly even over the
//! interval for every n, and an endpoint keeps its place when others come or go.

use std::time::Duration;

/// The longest pause between two tries at a failing target.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A fraction in [0, 1) that differs well between neighbouring rows.
fn spread(row: u32) -> f64 {
    (f64::from(row) * 0.618_033_988_749_894_9).fract()
}

/// How far into each interval the row's tick falls.
pub(super) fn phase(row: u32, interval: Duration) -> Duration {
    interval.mul_f64(spread(row))
}

/// The first tick after `now`; both are times since the thread began. Ticks missed are not made up.
pub(super) fn next_tick(now: Duration, interval: Duration, phase: Duration) -> Duration {
    let Some(since) = now.checked_sub(phase) else {
        return phase;
    };
    let passed = since.as_nanos() / interval.as_nanos().max(1);
    phase + interval.saturating_mul(u32::try_from(passed + 1).unwrap_or(u32::MAX))
}

/// The pause after this many failures in a row: doubled each time up to [`LONGEST_PAUSE`], less up to
/// a quarter by row, so that servers that failed together are not all tried together.
pub(super) fn backoff(row: u32, failures: u32, interval: Duration) -> Duration {
    let doubled = interval.saturating_mul(1 << failures.min(16));
    doubled.min(LONGEST_PAUSE).mul_f64(1.0 - spread(row) / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn ticks_are_spread_over_the_interval() {
        for rows in [2_u32, 10, 100, 1_000] {
            let mut phases: Vec<f64> = (0..rows)
                .map(|row| phase(row, ms(50)).as_secs_f64() / 0.05)
                .collect();
            phases.sort_by(f64::total_cmp);
            phases.push(phases[0] + 1.0);
            let widest = phases
                .windows(2)
                .map(|pair| pair[1] - pair[0])
                .fold(0.0, f64::max);
            assert!(
                widest < 2.0 / f64::from(rows),
                "{rows} rows leave a gap of {widest}"
            );
        }
    }

    #[test]
    fn the_next_tick_lies_ahead_and_missed_ones_are_skipped() {
        let rows = [
            (ms(0), ms(7)),
            (ms(7), ms(57)),
            (ms(8), ms(57)),
            (ms(56), ms(57)),
            (ms(57), ms(107)),
            (ms(1_020), ms(1_057)),
        ];
        for (now, expected) in rows {
            assert_eq!(next_tick(now, ms(50), ms(7)), expected, "at {now:?}");
        }
    }

    #[test]
    fn pauses_double_up_to_five_seconds() {
        let rows = [
            (1, ms(100)),
            (2, ms(200)),
            (6, ms(3_200)),
            (7, ms(5_000)),
            (4_000, ms(5_000)),
        ];
        for (failures, expected) in rows {
            assert_eq!(
                backoff(0, failures, ms(50)),
                expected,
                "{failures} failures"
            );
            let other = backoff(1, failures, ms(50));
            assert!(
                other < expected && other > expected / 2,
                "another row, another pause: {other:?}"
            );
        }
    }
}
