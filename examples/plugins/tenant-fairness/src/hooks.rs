//! Counts what each tenant has in flight: one more when a request was picked, one less when it is over.
//!
//! The two are often seen by two instances. Both find the bucket by the request's header and the endpoint by
//! the decision, so that there is nothing to remember between them.

use switchyard_sdk::{Decision, Ended, Endpoints, Fault, Header, Hooks, Request, own_columns};

use crate::TenantFairness;

impl Hooks for TenantFairness {
    fn picked(
        &mut self,
        request: &Request,
        decision: &Decision,
        _targets: &Endpoints<'_>,
    ) -> Result<Vec<Header>, Fault> {
        let row = decision.targets.first().map(|target| target.row);
        self.count(request, row, 1.0);
        Ok(Vec::new())
    }

    fn response_ended(&mut self, request: &Request, _ended: &Ended) -> Result<(), Fault> {
        let row = request.peers("").first().copied();
        self.count(request, row, -1.0);
        Ok(())
    }
}

impl TenantFairness {
    fn count(&self, request: &Request, row: Option<u32>, by: f64) {
        // An own column's index is its place in `needs`, which is that of its bucket.
        if let (Some(bucket), Some(row)) = (self.bucket(request), row) {
            own_columns::add(bucket as u32, row, by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket_of;
    use switchyard_sdk::testing::{FakeRequest, Tested, own_column, picked, set_request};
    use switchyard_sdk::{Column, Ending};

    const NOTHING_KNOWN: Ended = Ended {
        ending: Ending::Complete,
        status: 200,
        prompt_tokens: f64::NAN,
        cached_tokens: f64::NAN,
        completion_tokens: f64::NAN,
        first_token_ms: f64::NAN,
        total_ms: f64::NAN,
    };

    fn instance() -> Tested<TenantFairness> {
        Tested::new("{}").expect("the settings are right")
    }

    fn request_of(tenant: &str, row: u32) -> Decision {
        set_request(FakeRequest {
            headers: vec![("x-tenant".to_owned(), tenant.to_owned())],
            peers: vec![(String::new(), vec![row, 7])],
            ..FakeRequest::default()
        });
        Decision::of(&picked("default", &[row, 7]))
    }

    #[test]
    fn instances_count_together() {
        let decision = request_of("acme", 0);
        for _ in 0..6 {
            // Each request meets another instance.
            assert_eq!(instance().picked(&decision), Ok(Vec::new()));
        }
        let counted = || own_column(bucket_of("acme", 8) as u32, 0);
        assert_eq!(counted(), 6.0);

        let mut reader = instance().column(Column::InFlightRequests, &[6.0, 0.0]);
        let scores = |reader: &mut Tested<_>| reader.score().expect("a scorer has an answer");
        assert_eq!(scores(&mut reader), [4.0 / 6.0, 1.0]);
        for _ in 0..2 {
            assert_eq!(instance().response_ended(&NOTHING_KNOWN), Ok(()));
        }
        assert_eq!(counted(), 4.0);
        assert_eq!(scores(&mut reader), [1.0, 1.0]);
    }

    #[test]
    fn only_the_first_target_counts() {
        let decision = request_of("acme", 3);
        assert_eq!(instance().picked(&decision), Ok(Vec::new()));
        let bucket = bucket_of("acme", 8) as u32;
        assert_eq!(own_column(bucket, 3), 1.0);
        assert!(own_column(bucket, 7).is_nan());
    }

    #[test]
    fn a_request_without_a_tenant_is_not_counted() {
        let decision = request_of("", 0);
        assert_eq!(instance().picked(&decision), Ok(Vec::new()));
        assert!((0..8).all(|bucket| own_column(bucket, 0).is_nan()));
    }
}
