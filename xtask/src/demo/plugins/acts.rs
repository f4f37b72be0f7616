//! The servers of `cargo demo --plugins`, and what each plugin changes about who gets which requests.

use std::time::{SystemTime, UNIX_EPOCH};

use super::load::Kind;
use super::shares::Change;
use crate::stage::model_servers::Abilities;
use crate::stage::picker::Labels;

/// One plugin: where its sources are, how it is loaded, and what must come of it.
#[derive(Debug)]
pub(super) struct Act {
    /// Its name, and that of its folder in `examples/plugins`.
    pub(super) name: &'static str,
    pub(super) language: &'static str,
    /// What it does, for people.
    pub(super) about: &'static str,
    /// The weight of its scores; a filter has none.
    pub(super) weight: Option<&'static str>,
    pub(super) parameters: &'static str,
    /// The requests to look at.
    pub(super) kind: Kind,
    pub(super) change: Change,
}

/// In which order they are loaded.
pub(super) const ACTS: [Act; 6] = [
    Act {
        name: "tenant-fairness",
        language: "Rust",
        about: "a tenant with many requests in flight gets more than the one server that knows its prompt",
        weight: Some("8"),
        parameters: r#"{"header": "x-tenant", "share": 1}"#,
        kind: Kind::Tenant,
        change: Change::Spread,
    },
    Act {
        name: "gpu-temperature",
        language: "Go",
        about: "server-2, at 88 degrees, gets fewer requests than the cool ones",
        weight: Some("8"),
        parameters: r#"{"coolAt": 60, "hotAt": 85}"#,
        kind: Kind::Plain,
        change: Change::Less(HOT),
    },
    Act {
        name: "canary-by-header",
        language: "TypeScript",
        about: "requests that ask for it go to the canary, server-3",
        weight: None,
        parameters: r#"{"header": "x-canary", "value": "always"}"#,
        kind: Kind::Canary,
        change: Change::Only(CANARY),
    },
    Act {
        name: "cost-aware",
        language: "Python",
        about: "server-1, the cheapest, gets more requests",
        weight: Some("8"),
        parameters: r#"{"label": "price-per-hour", "loadWeight": 0.3}"#,
        kind: Kind::Plain,
        change: Change::More(CHEAP),
    },
    Act {
        name: "time-of-day",
        language: "JavaScript",
        about: "server-4 is closed at this hour and gets nothing",
        weight: None,
        parameters: r#"{"label": "hours"}"#,
        kind: Kind::Plain,
        change: Change::Never(CLOSED),
    },
    Act {
        name: "length-bucket",
        language: "C",
        about: "long prompts go to server-1, which was set up for them",
        weight: Some("8"),
        parameters: r#"{"label": "max-prompt-tokens"}"#,
        kind: Kind::Long,
        change: Change::More(LONG),
    },
];

// Places in the list of servers.
const CHEAP: usize = 0;
const LONG: usize = 0;
const HOT: usize = 1;
const CANARY: usize = 2;
const CLOSED: usize = 3;

/// How many servers there are.
pub(super) const SERVERS: usize = 4;

/// What each of them can do: so much that nothing ever waits, because then only plugins decide.
pub(super) const ABILITIES: Abilities = Abilities {
    context_tokens: 4_096,
    slots: 128,
    block_tokens: 16,
    cache_blocks: 4_096,
    prefill_overhead_us: 5_000,
    prefill_per_token_us: 20,
    per_token_us: 8_000,
};

/// What each is started with beside that.
pub(super) fn own_arguments() -> [&'static [&'static str]; SERVERS] {
    let mut own: [&[&str]; SERVERS] = [&["--gpu-temperature=55"]; SERVERS];
    own[HOT] = &["--gpu-temperature=88"];
    own
}

/// The labels of each.
pub(super) fn labels() -> [Labels; SERVERS] {
    std::array::from_fn(|server| {
        let either = |special, then: &str, otherwise: &str| {
            if server == special { then } else { otherwise }.to_owned()
        };
        let mut labels = vec![
            ("price-per-hour", either(CHEAP, "0.60", "2.40")),
            ("max-prompt-tokens", either(LONG, "32768", "256")),
            ("track", either(CANARY, "canary", "stable")),
        ];
        if server == CLOSED {
            labels.push(("hours", closed_at(minute_of_day())));
        }
        labels
    })
}

/// Before the plugins come, servers are told apart by what waits, and by what they have cached.
pub(super) const CONFIG: &str = "\
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- type: queue-scorer
- type: prefix-cache-scorer
schedulingProfiles:
- name: default
  plugins:
  - {pluginRef: queue-scorer, weight: 2}
  - {pluginRef: prefix-cache-scorer, weight: 3}
";

/// The profile above.
pub(super) const PROFILE: &str = "default";

/// Opening hours that begin long after this minute of the day and end long before it.
fn closed_at(minute: u64) -> String {
    let text = |minute: u64| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    format!("{}-{}", text(minute + 6 * 60), text(minute + 12 * 60))
}

/// Of the clock that pickers have too, which is UTC.
fn minute_of_day() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs() / 60 % (24 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_closed_for_hours_before_and_after() {
        for (minute, hours) in [
            (0, "06:00-12:00"),
            (13 * 60 + 5, "19:05-01:05"),
            (23 * 60 + 59, "05:59-11:59"),
        ] {
            assert_eq!(closed_at(minute), hours);
        }
    }

    #[test]
    fn every_example_has_its_act() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/plugins");
        let mut examples: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let mut acts: Vec<_> = ACTS.iter().map(|act| act.name.to_owned()).collect();
        examples.sort();
        acts.sort();
        assert_eq!(acts, examples);
    }
}
