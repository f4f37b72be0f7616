//! Endpoints that are being drained get no requests: those whose label `drainLabel` is `true`.

use switchyard_sdk::{Endpoints, Fault, Filter, Request};

use crate::Rule;

impl Filter for Rule {
    fn keep(&mut self, _request: &Request, endpoints: &Endpoints<'_>) -> Result<Vec<u32>, Fault> {
        Ok(endpoints.keep(|_at, row| !self.drained.holds(row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{Tested, endpoint, labelled};

    #[track_caller]
    fn check(settings: &str, want: &[u32]) {
        let endpoints = [
            endpoint(0),
            labelled(1, &[("drain", "true")]),
            labelled(2, &[("drain", "false"), ("old", "true")]),
        ];
        let plugin = Tested::<Rule>::new(settings).expect("the settings are right");
        let mut plugin = plugin.endpoints(&endpoints).expect("any endpoints will do");
        let kept = plugin.keep(&[0, 1, 2]).expect("a filter has an answer");
        assert_eq!(kept, want, "{settings}");
    }

    #[test]
    fn drained_endpoints_go() {
        check("{}", &[0, 2]);
        check(r#"{"drainLabel": "old"}"#, &[0, 1]);
    }
}
