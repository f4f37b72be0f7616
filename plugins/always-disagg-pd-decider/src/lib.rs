//! Always asks for a separate prefill.

use switchyard_sdk::{Decider, Diagnostics, Endpoints, Fault, NoSettings, Plugin, Request, export};

/// `always-disagg-pd-decider`.
struct AlwaysDisaggPdDecider;

impl Plugin for AlwaysDisaggPdDecider {
    const NAME: &'static str = "always-disagg-pd-decider";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = NoSettings;

    fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self)
    }
}

impl Decider for AlwaysDisaggPdDecider {
    fn decide(
        &mut self,
        _request: &Request,
        _profile: &str,
        _picked: &Endpoints<'_>,
    ) -> Result<bool, Fault> {
        Ok(true)
    }
}

export!(AlwaysDisaggPdDecider, [decider]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::Tested;

    #[test]
    fn it_agrees() {
        let mut plugin = Tested::<AlwaysDisaggPdDecider>::new("{}").unwrap();
        assert!(plugin.agrees("prefill", &[0]).unwrap());
        assert!(plugin.agrees("prefill", &[]).unwrap());
    }

    #[test]
    fn a_call_allocates_nothing() {
        plugin_checks::decider::<AlwaysDisaggPdDecider>("{}");
    }
}
