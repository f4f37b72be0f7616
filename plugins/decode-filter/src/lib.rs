//! Keeps the endpoints that may decode.
//!
//! An endpoint without a role may: a pool in which nobody set the label is a pool of whole servers.

use switchyard_sdk::{
    Diagnostics, Endpoint, Endpoints, Fault, Filter, NoSettings, PerRow, Plugin, export,
};

/// The label that holds an endpoint's role in disaggregated serving.
const ROLE_LABEL: &str = "llm-d.ai/role";

/// The roles that decode.
const ROLES: [&str; 4] = ["decode", "prefill-decode", "both", "encode-prefill-decode"];

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
        self.decodes = PerRow::resolve(endpoints, |endpoint| {
            endpoint
                .label(ROLE_LABEL)
                .is_none_or(|role| ROLES.contains(&role))
        });
        Ok(())
    }
}

impl Filter for DecodeFilter {
    fn keep(&mut self, endpoints: &Endpoints<'_>) -> Result<Vec<u32>, Fault> {
        let decodes = |row: &u32| self.decodes.get(*row) == Some(&true);
        Ok(endpoints.rows().iter().copied().filter(decodes).collect())
    }
}

export!(DecodeFilter, [filter]);

#[cfg(test)]
mod tests {
    use super::*;
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
}
