//! Picks the endpoints with the greatest totals, up to `maxNumOfEndpoints`.
//!
//! Endpoints of equal totals come in an order that the request's seed decides, so that a burst of
//! requests for which nothing speaks is spread and a replay spreads it the same way. The seed never
//! moves an endpoint past one with another total. A total of NaN ranks last.

use std::cmp::Ordering;

use switchyard_sdk::{
    Diagnostics, Endpoints, Fault, PickSettings, Picker, Plugin, Random, Request, export,
};

/// `max-score-picker`.
struct MaxScorePicker {
    most: usize,
    /// The candidates in the order that a call works out, as positions; kept for its memory.
    order: Vec<usize>,
}

impl Plugin for MaxScorePicker {
    const NAME: &'static str = "max-score-picker";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = PickSettings;

    fn new(settings: PickSettings) -> Result<Self, Diagnostics> {
        Ok(Self {
            most: settings.most(),
            order: Vec::new(),
        })
    }
}

impl Picker for MaxScorePicker {
    fn pick(
        &mut self,
        request: &Request,
        endpoints: &Endpoints<'_>,
        totals: &[f64],
    ) -> Result<Vec<u32>, Fault> {
        let rows = endpoints.rows();
        let order = &mut self.order;
        order.clear();
        if self.most == 1 {
            best(totals, order);
        } else {
            leading(totals, self.most, order);
        }

        let mut random = None;
        let mut picked = 0;
        for tier in order.chunk_by_mut(|&left, &right| {
            best_first(totals[left], totals[right]) == Ordering::Equal
        }) {
            if picked >= self.most {
                break;
            }
            if tier.len() > 1 {
                random
                    .get_or_insert_with(|| Random::new(request.seed()))
                    .shuffle(tier);
            }
            picked += tier.len();
        }
        let picked = order.iter().take(self.most);
        Ok(picked.map(|&position| rows[position]).collect())
    }
}

/// The first tier of the order alone, found in one pass: where the greatest total is, in the order of rows.
fn best(totals: &[f64], tier: &mut Vec<usize>) {
    let mut greatest = f64::NAN;
    for (position, &total) in totals.iter().enumerate() {
        match best_first(total, greatest) {
            Ordering::Greater => continue,
            Ordering::Equal => {}
            Ordering::Less => tier.clear(),
        }
        greatest = total;
        tier.push(position);
    }
}

/// The tiers that the first `most` are in, best first, each in the order of rows.
fn leading(totals: &[f64], most: usize, order: &mut Vec<usize>) {
    let by_row_where_equal = |left: &usize, right: &usize| {
        best_first(totals[*left], totals[*right]).then(left.cmp(right))
    };
    order.extend(0..totals.len());
    if most < order.len() {
        let (_, last, _) = order.select_nth_unstable_by(most - 1, by_row_where_equal);
        let least = totals[*last];
        order.retain(|&position| best_first(totals[position], least).is_le());
    }
    order.sort_unstable_by(by_row_where_equal);
}

/// Descending, NaN last; 0 and -0 are equal.
fn best_first(left: f64, right: f64) -> Ordering {
    right
        .partial_cmp(&left)
        .unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}

export!(MaxScorePicker, [picker]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{FakeRequest, Tested, set_request};

    fn pick(settings: &str, seed: u64, totals: &[f64]) -> Vec<u32> {
        set_request(FakeRequest {
            seed,
            ..FakeRequest::default()
        });
        Tested::<MaxScorePicker>::new(settings)
            .unwrap()
            .pick(totals)
            .unwrap()
    }

    #[test]
    fn the_greatest_totals_win() {
        let check = |settings: &str, totals: &[f64], want: &[u32]| {
            for seed in 0..50 {
                assert_eq!(pick(settings, seed, totals), want, "{settings} {totals:?}");
            }
        };
        check("{}", &[0.25], &[0]);
        check("{}", &[1.0, 2.8, 2.0], &[1]);
        check("{}", &[f64::NAN, -1.0], &[1]);
        check(r#"{"maxNumOfEndpoints": 2}"#, &[1.0, 2.8, 2.0], &[1, 2]);
        check(r#"{"maxNumOfEndpoints": 3}"#, &[1.0, 2.8, 2.0], &[1, 2, 0]);
        check(r#"{"maxNumOfEndpoints": 9}"#, &[1.0, 2.8, 2.0], &[1, 2, 0]);
        check(r#"{"maxNumOfEndpoints": 0}"#, &[1.0, 2.8, 2.0], &[1]);
        check(r#"{"maxNumOfEndpoints": -4}"#, &[1.0, 2.8, 2.0], &[1]);
    }

    #[test]
    fn a_tie_is_spread_by_the_seed_and_repeats_with_it() {
        let totals = [1.0, 0.5, 1.0, 1.0];
        let mut taken = [0_u32; 4];
        for seed in 0..3000 {
            let picked = pick("{}", seed, &totals);
            assert_eq!(picked, pick("{}", seed, &totals));
            taken[picked[0] as usize] += 1;
        }
        assert_eq!(taken[1], 0);
        for row in [0, 2, 3] {
            assert!((850..1150).contains(&taken[row]), "{taken:?}");
        }
    }

    #[test]
    fn the_seed_moves_nothing_between_tiers() {
        let totals = [0.5, 2.0, 0.5, 2.0, f64::NAN];
        for seed in 0..100 {
            let picked = pick(r#"{"maxNumOfEndpoints": 5}"#, seed, &totals);
            let tiers: Vec<bool> = picked.iter().map(|row| row % 2 == 1).collect();
            assert_eq!(tiers, [true, true, false, false, false], "{picked:?}");
            assert_eq!(picked[4], 4);
        }
    }

    #[test]
    fn other_settings_are_refused() {
        let Err(diagnostics) = Tested::<MaxScorePicker>::new(r#"{"maxEndpoints": 2}"#) else {
            panic!("accepted");
        };
        let first = diagnostics.iter().next().unwrap();
        assert_eq!(first.path, "maxEndpoints");
        assert!(first.message.contains("expected `maxNumOfEndpoints`"));
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        for settings in ["{}", r#"{"maxNumOfEndpoints": 4}"#] {
            plugin_checks::picker::<MaxScorePicker>(settings);
        }
    }
}
