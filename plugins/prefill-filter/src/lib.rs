//! Keeps the endpoints that may prefill.
//!
//! Unlike decoding, prefilling must be asked for: an endpoint without a role does not stay.

use switchyard_sdk::{
    Diagnostics, Endpoint, Endpoints, Fault, Filter, NoSettings, PerRow, Plugin, Request, disagg,
    export,
};

/// `prefill-filter`.
struct PrefillFilter {
    prefills: PerRow<bool>,
}

impl Plugin for PrefillFilter {
    const NAME: &'static str = "prefill-filter";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = NoSettings;

    fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self {
            prefills: PerRow::default(),
        })
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.prefills = PerRow::resolve(endpoints, disagg::may_prefill);
        Ok(())
    }
}

impl Filter for PrefillFilter {
    fn keep(&mut self, _request: &Request, endpoints: &Endpoints<'_>) -> Result<Vec<u32>, Fault> {
        Ok(endpoints.keep(|_, row| self.prefills.holds(row)))
    }
}

export!(PrefillFilter, [filter]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::disagg::ROLE_LABEL;
    use switchyard_sdk::testing::{Tested, endpoint, labelled};

    #[test]
    fn roles() {
        let check = |role: &str, stays: bool| {
            let endpoints = [labelled(3, &[(ROLE_LABEL, role)])];
            let mut plugin = Tested::<PrefillFilter>::new("{}")
                .unwrap()
                .endpoints(&endpoints)
                .unwrap();
            let want: &[u32] = if stays { &[3] } else { &[] };
            assert_eq!(plugin.keep(&[3]).unwrap(), want, "{role}");
        };
        check("prefill", true);
        check("encode-prefill", true);
        check("prefill-decode", true);
        check("both", true);
        check("encode-prefill-decode", true);
        check("decode", false);
        check("encode", false);
        check("", false);
    }

    #[test]
    fn an_endpoint_without_a_role_goes() {
        let endpoints = [endpoint(0), labelled(1, &[(ROLE_LABEL, "prefill")])];
        let mut plugin = Tested::<PrefillFilter>::new("{}")
            .unwrap()
            .endpoints(&endpoints)
            .unwrap();
        assert_eq!(plugin.keep(&[0, 1]).unwrap(), [1]);
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        plugin_checks::filter::<PrefillFilter>("{}");
    }
}
