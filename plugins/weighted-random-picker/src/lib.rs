//! Picks endpoints at random, each as likely as its total is large, up to `maxNumOfEndpoints`.
//!
//! Weighted sampling without replacement (A-Res, Efraimidis and Spirakis 2006): every endpoint draws
//! u^(1/total) and the greatest win. Here the logarithm is drawn, ln(u) / total, which orders alike and
//! does not vanish for small totals. An endpoint with a total of 0 or less, or NaN, comes after all
//! others; if none has more, the pick is plainly random. The randomness is the request's seed.

use switchyard_sdk::{
    Diagnostics, Endpoints, Fault, PickSettings, Picker, Plugin, Random, Request, export,
};

/// `weighted-random-picker`.
struct WeightedRandomPicker {
    most: usize,
    /// What the candidates drew in a call; kept for its memory.
    drawn: Vec<Draw>,
}

/// What one candidate drew.
struct Draw {
    luck: f64,
    /// Its place after a shuffle: what decides between two of equal luck.
    place: u32,
    row: u32,
}

impl Plugin for WeightedRandomPicker {
    const NAME: &'static str = "weighted-random-picker";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = PickSettings;

    fn new(settings: PickSettings) -> Result<Self, Diagnostics> {
        Ok(Self {
            most: settings.most(),
            drawn: Vec::new(),
        })
    }
}

impl Picker for WeightedRandomPicker {
    fn pick(
        &mut self,
        request: &Request,
        endpoints: &Endpoints<'_>,
        totals: &[f64],
    ) -> Result<Vec<u32>, Fault> {
        let mut random = Random::new(request.seed());
        let drawn = &mut self.drawn;
        drawn.clear();
        for (&row, &total) in endpoints.rows().iter().zip(totals) {
            let luck = luck(total, &mut random);
            drawn.push(Draw {
                luck,
                place: 0,
                row,
            });
        }
        random.shuffle(drawn);
        for (place, draw) in (0..).zip(drawn.iter_mut()) {
            draw.place = place;
        }
        let greatest_first = |left: &Draw, right: &Draw| {
            let by_luck = right.luck.total_cmp(&left.luck);
            by_luck.then(left.place.cmp(&right.place))
        };
        if self.most < drawn.len() {
            drawn.select_nth_unstable_by(self.most - 1, greatest_first);
            drawn.truncate(self.most);
        }
        drawn.sort_unstable_by(greatest_first);
        Ok(drawn.iter().map(|draw| draw.row).collect())
    }
}

fn luck(total: f64, random: &mut Random) -> f64 {
    let luck = random.next_f64().ln();
    if total > 0.0 {
        luck / total
    } else {
        f64::NEG_INFINITY
    }
}

export!(WeightedRandomPicker, [picker]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{FakeRequest, Tested, set_request};

    const RUNS: u64 = 10_000;

    fn pick(settings: &str, seed: u64, totals: &[f64]) -> Vec<u32> {
        set_request(FakeRequest {
            seed,
            ..FakeRequest::default()
        });
        Tested::<WeightedRandomPicker>::new(settings)
            .unwrap()
            .pick(totals)
            .unwrap()
    }

    #[test]
    fn shares_follow_the_totals() {
        let check = |totals: &[f64], want: &[f64]| {
            let mut taken = vec![0.0; totals.len()];
            for seed in 0..RUNS {
                taken[pick("{}", seed, totals)[0] as usize] += 1.0 / RUNS as f64;
            }
            for (share, want) in taken.iter().zip(want) {
                assert!((share - want).abs() < 0.02, "{totals:?}: {taken:?}");
            }
        };
        check(&[10.0, 30.0, 60.0], &[0.1, 0.3, 0.6]);
        check(&[0.001, 0.001], &[0.5, 0.5]);
        check(&[1000.0, 1.0], &[0.999, 0.001]);
        check(&[0.0, 0.0, 0.0, 0.0], &[0.25; 4]);
        check(&[0.0, 2.0, f64::NAN, -1.0], &[0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn what_has_no_weight_comes_last() {
        for seed in 0..200 {
            let picked = pick(r#"{"maxNumOfEndpoints": 3}"#, seed, &[0.0, 1.0, 0.5]);
            assert_eq!(picked.len(), 3);
            assert_eq!(picked[2], 0);
        }
    }

    #[test]
    fn the_seed_repeats_the_pick() {
        for seed in 0..50 {
            let once = pick("{}", seed, &[1.0, 2.0, 3.0]);
            assert_eq!(once, pick("{}", seed, &[1.0, 2.0, 3.0]));
        }
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        plugin_checks::picker::<WeightedRandomPicker>("{}");
    }
}
