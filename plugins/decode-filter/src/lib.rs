//! Keeps the endpoints that may decode.
//!
//! An endpoint without a role may: a pool in which nobody set the label is a pool of whole servers.

use switchyard_sdk::{
    Diagnostics, Endpoint, Endpoints, Fault, Filter, NoSettings, PerRow, Plugin, Request, disagg,
    export,
};

/// `decode-filter`.
struct DecodeFilter {
    decodes: PerRow<bool>,
}

impl Plugin for DecodeFilter {
    const NAME: &'static str = "decode-filter";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = NoSettings;

    fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self {
            decodes: PerRow::default(),
        })
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.decodes = PerRow::resolve(endpoints, disagg::may_decode);
        Ok(())
    }
}

impl Filter for DecodeFilter {
    fn keep(&mut self, _request: &Request, endpoints: &Endpoints<'_>) -> Result<Vec<u32>, Fault> {
        Ok(endpoints.keep(|_, row| self.decodes.holds(row)))
    }
}

export!(DecodeFilter, [filter]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::disagg::ROLE_LABEL;
    use switchyard_sdk::testing::{Tested, endpoint, labelled};

    #[test]
    fn roles() {
        let check = |role: &str, stays: bool| {
            let endpoints = [labelled(3, &[(ROLE_LABEL, role)])];
            let mut plugin = Tested::<DecodeFilter>::new("{}")
                .unwrap()
                .endpoints(&endpoints)
                .unwrap();
            let want: &[u32] = if stays { &[3] } else { &[] };
            assert_eq!(plugin.keep(&[3]).unwrap(), want, "{role}");
        };
        check("decode", true);
        check("prefill-decode", true);
        check("both", true);
        check("encode-prefill-decode", true);
        check("prefill", false);
        check("encode", false);
        check("encode-prefill", false);
        check("", false);
        check("Decode", false);
    }

    #[test]
    fn an_endpoint_without_a_role_stays() {
        let endpoints = [
            labelled(0, &[(ROLE_LABEL, "prefill")]),
            endpoint(1),
            labelled(2, &[("app", "vllm"), (ROLE_LABEL, "decode")]),
        ];
        let mut plugin = Tested::<DecodeFilter>::new("{}")
            .unwrap()
            .endpoints(&endpoints)
            .unwrap();
        assert_eq!(plugin.keep(&[0, 1, 2]).unwrap(), [1, 2]);
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        plugin_checks::filter::<DecodeFilter>("{}");
    }
}
