//! The fewer requests of the tenant an endpoint has in flight, the better.
//!
//! score = 1 up to `share` requests, then `share` / requests. A request without a tenant scores 1 everywhere.

use switchyard_sdk::{Column, Endpoints, Fault, Request, Scorer};

use crate::TenantFairness;

impl Scorer for TenantFairness {
    fn score(
        &mut self,
        request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        let Some(bucket) = self.bucket(request) else {
            scores.fill(1.0);
            return Ok(());
        };
        let tenants = endpoints.column(&self.columns[bucket]);
        let all = endpoints.column(Column::InFlightRequests);
        for ((score, &tenants), &all) in scores.iter_mut().zip(tenants).zip(all) {
            // The host's count is exact. Ours is too high for good where a hook once failed at a request's
            // end, so it never counts for more than everything that is there.
            let requests = if all < tenants { all } else { tenants };
            // False for NaN: where nothing was ever counted, nothing is in flight.
            *score = if requests > self.share {
                self.share / requests
            } else {
                1.0
            };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket_of;
    use switchyard_sdk::testing::{FakeRequest, Tested, assert_close, set_request};

    fn request_of(headers: &[(&str, &str)]) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        set_request(FakeRequest {
            headers: headers.iter().map(owned).collect(),
            ..FakeRequest::default()
        });
    }

    /// What `acme` is told, with so many requests of its own and of all at each endpoint.
    #[track_caller]
    fn check(settings: &str, own: &[f64], all: &[f64], want: &[f64]) {
        let plugin = Tested::<TenantFairness>::new(settings).expect("the settings are right");
        let name = format!("tenant-fairness/in-flight/{}", bucket_of("acme", 8));
        let mut plugin = plugin
            .column(Column::Named(name.into()), own)
            .column(Column::InFlightRequests, all);
        let scores = plugin.score().expect("a scorer always has an answer");
        assert_close(&scores, want);
    }

    #[test]
    fn more_requests_of_the_tenant_score_worse() {
        request_of(&[("x-tenant", "acme")]);
        let many = [99.0; 4];
        check("{}", &[0.0, 4.0, 5.0, 16.0], &many, &[1.0, 1.0, 0.8, 0.25]);
        let strict = r#"{"share": 0.5}"#;
        check(strict, &[0.0, 1.0], &many[..2], &[1.0, 0.5]);
        check("{}", &[f64::NAN, 8.0], &many[..2], &[1.0, 0.5]);
    }

    #[test]
    fn no_more_count_than_are_in_flight_at_all() {
        request_of(&[("x-tenant", "acme")]);
        check("{}", &[16.0, 16.0], &[8.0, 0.0], &[0.5, 1.0]);
        check("{}", &[16.0], &[f64::NAN], &[0.25]);
    }

    #[test]
    fn other_tenants_and_none_are_not_held_back() {
        let other = ["globex", "initech", "umbrella"]
            .into_iter()
            .find(|other| bucket_of(other, 8) != bucket_of("acme", 8))
            .expect("not all of them share a bucket");
        for headers in [
            &[("x-tenant", other)][..],
            &[("x-tenant", "")],
            &[("tenant", "acme")],
            &[],
        ] {
            request_of(headers);
            check("{}", &[16.0, 0.0], &[99.0, 99.0], &[1.0, 1.0]);
        }
    }

    #[test]
    fn the_header_can_be_another() {
        request_of(&[("x-org", "acme")]);
        check(r#"{"header": "X-Org"}"#, &[16.0], &[99.0], &[0.25]);
    }
}
