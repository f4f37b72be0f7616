//! The endpoints with the best totals, best first: one, and `fallbacks` further ones.
//!
//! Among equals chance decides. It comes from the request's seed, so that a replay picks the same.

use switchyard_sdk::{Endpoints, Fault, Picker, Random, Request};

use crate::Rule;

impl Picker for Rule {
    fn pick(
        &mut self,
        request: &Request,
        endpoints: &Endpoints<'_>,
        totals: &[f64],
    ) -> Result<Vec<u32>, Fault> {
        let rows = endpoints.rows().iter().copied();
        self.ranked.clear();
        self.ranked.extend(rows.zip(totals.iter().copied()));
        Random::new(request.seed()).shuffle(&mut self.ranked);
        // A stable sort: equals stay as they were shuffled.
        self.ranked
            .sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let most = (self.settings.fallbacks as usize).saturating_add(1);
        let best = self.ranked.iter().take(most);
        Ok(best.map(|(row, _)| *row).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{FakeRequest, Tested, set_request};

    fn pick(settings: &str, seed: u64, totals: &[f64]) -> Vec<u32> {
        set_request(FakeRequest {
            seed,
            ..FakeRequest::default()
        });
        let mut plugin = Tested::<Rule>::new(settings).expect("the settings are right");
        plugin.pick(totals).expect("a picker always has an answer")
    }

    #[test]
    fn the_best_come_first() {
        assert_eq!(pick("{}", 1, &[0.5, 2.0, 1.0]), [1, 2]);
        assert_eq!(pick(r#"{"fallbacks": 0}"#, 1, &[0.5, 2.0, 1.0]), [1]);
        assert_eq!(pick(r#"{"fallbacks": 9}"#, 1, &[0.5, 2.0]), [1, 0]);
    }

    #[test]
    fn chance_decides_among_equals() {
        let first = |seed| pick("{}", seed, &[1.0, 1.0])[0];
        let zeros = (0..1000).filter(|seed| first(*seed) == 0).count();
        assert!((400..600).contains(&zeros), "{zeros} of 1000");
        assert_eq!(first(7), first(7));
    }
}
