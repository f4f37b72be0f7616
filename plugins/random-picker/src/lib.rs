//! Picks endpoints at random, whatever their totals, up to `maxNumOfEndpoints`.
//!
//! The randomness is the request's seed, so that a replay picks the same.

use switchyard_sdk::{
    Diagnostics, Endpoints, Fault, PickSettings, Picker, Plugin, Random, Request, export,
};

/// `random-picker`.
struct RandomPicker {
    most: usize,
    /// The candidates in the order that a call draws; kept for its memory.
    drawn: Vec<u32>,
}

impl Plugin for RandomPicker {
    const NAME: &'static str = "random-picker";
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

impl Picker for RandomPicker {
    fn pick(
        &mut self,
        request: &Request,
        endpoints: &Endpoints<'_>,
        _totals: &[f64],
    ) -> Result<Vec<u32>, Fault> {
        self.drawn.clear();
        self.drawn.extend_from_slice(endpoints.rows());
        Random::new(request.seed()).shuffle(&mut self.drawn);
        Ok(self.drawn.iter().copied().take(self.most).collect())
    }
}

export!(RandomPicker, [picker]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{FakeRequest, Tested, set_request};

    fn pick(settings: &str, seed: u64, totals: &[f64]) -> Vec<u32> {
        set_request(FakeRequest {
            seed,
            ..FakeRequest::default()
        });
        Tested::<RandomPicker>::new(settings)
            .unwrap()
            .pick(totals)
            .unwrap()
    }

    #[test]
    fn totals_do_not_count() {
        let mut taken = [0_u32; 3];
        for seed in 0..3000 {
            taken[pick("{}", seed, &[9.0, 0.0, 1.0])[0] as usize] += 1;
        }
        for count in taken {
            assert!((850..1150).contains(&count), "{taken:?}");
        }
    }

    #[test]
    fn no_row_is_picked_twice() {
        let check = |settings: &str, want: usize| {
            let mut picked = pick(settings, 7, &[0.0; 4]);
            picked.sort_unstable();
            picked.dedup();
            assert_eq!(picked.len(), want, "{settings}");
        };
        check("{}", 1);
        check(r#"{"maxNumOfEndpoints": 3}"#, 3);
        check(r#"{"maxNumOfEndpoints": 9}"#, 4);
        check(r#"{"maxNumOfEndpoints": 0}"#, 1);
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        plugin_checks::picker::<RandomPicker>("{}");
    }
}
