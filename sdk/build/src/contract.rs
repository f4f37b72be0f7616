//! The names of the contract: its package, its version, its stages.

use std::fmt;

use serde::Deserialize;

/// The package of the contract, with the slash before an interface.
pub const PACKAGE: &str = "switchyard:plugin/";

/// The version this command writes plugins for, and the only one that pickers of its version run: a later one may
/// ask for what they do not offer.
pub const VERSION: &str = "0.1.0";

/// The interfaces a plugin may import.
pub const IMPORTS: [&str; 5] = ["types", "request", "log", "state", "own-columns"];

/// Something a plugin can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Drops endpoints that must not get the request
    Filter,
    /// Says how well each endpoint suits the request
    Scorer,
    /// Chooses among the endpoints by their totals
    Picker,
    /// Answers whether a further profile shall run
    Decider,
    /// Says which profiles run, and makes one decision of their results
    ProfileHandler,
    /// Reads numbers about the model servers
    Scraper,
    /// Follows a request to its end
    Hooks,
}

impl Stage {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 7] = [
        Self::Filter,
        Self::Scorer,
        Self::Picker,
        Self::Decider,
        Self::ProfileHandler,
        Self::Scraper,
        Self::Hooks,
    ];

    /// The interface's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Scorer => "scorer",
            Self::Picker => "picker",
            Self::Decider => "decider",
            Self::ProfileHandler => "profile-handler",
            Self::Scraper => "scraper",
            Self::Hooks => "hooks",
        }
    }

    /// The name in a language without hyphens.
    pub fn identifier(self) -> String {
        self.name().replace('-', "_")
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `filter, scorer`; `none` where there is none.
pub fn listed(stages: &[Stage]) -> String {
    if stages.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<&str> = stages.iter().map(|stage| stage.name()).collect();
    names.join(", ")
}

/// The interface and the version of an item of the contract, such as `scorer` and `0.1.0`.
pub fn interface(item: &str) -> Option<(&str, &str)> {
    let rest = item.strip_prefix(PACKAGE)?;
    Some(rest.split_once('@').unwrap_or((rest, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_wit_files() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
        let files = std::fs::read_dir(folder).unwrap().flatten();
        let wit: String = files
            .map(|file| std::fs::read_to_string(file.path()).unwrap())
            .collect();
        assert!(wit.contains(&format!("package switchyard:plugin@{VERSION};")));
        let stages = Stage::ALL.map(Stage::name);
        for interface in stages.iter().chain(&IMPORTS) {
            let declared = wit.contains(&format!("interface {interface} {{"));
            assert!(declared, "{interface}");
        }
    }

    #[test]
    fn an_item_is_an_interface_and_a_version() {
        let check = |item: &str, want| assert_eq!(interface(item), want, "{item}");
        check("switchyard:plugin/scorer@0.1.0", Some(("scorer", "0.1.0")));
        check("switchyard:plugin/scorer", Some(("scorer", "")));
        check("wasi:io/poll@0.2.6", None);
    }
}
