use switchyard_sdk::{Diagnostics, NoSettings, Plugin, export};

struct Rule;

impl Plugin for Rule {
    const NAME: &'static str = "rule";
    const VERSION: &'static str = "1.0.0";
    const SUMMARY: &'static str = "A rule";
    type Settings = NoSettings;

    fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self)
    }
}

export!(Rule, [profile-handler]);

fn main() {}
