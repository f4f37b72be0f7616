//! Keeps the endpoints whose labels match.
//!
//! The rule is a Kubernetes label selector (`matchLabels`, `matchExpressions`), or the older form of one
//! label with its allowed values (`label`, `validValues`, `allowsNoLabel`). Which of the two is meant
//! shows in the fields that are given, so the type names `label-selector-filter`, `by-label-selector`
//! and `by-label` are one component. Nothing given matches every endpoint.

mod selector;
mod settings;

use selector::Selector;
use settings::Settings;
use switchyard_sdk::{
    Diagnostics, Endpoint, Endpoints, Fault, Filter, PerRow, Plugin, Request, export,
};

/// `label-selector-filter`.
struct LabelSelectorFilter {
    selector: Selector,
    matching: PerRow<bool>,
}

impl Plugin for LabelSelectorFilter {
    const NAME: &'static str = "label-selector-filter";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        Ok(Self {
            selector: settings.selector()?,
            matching: PerRow::default(),
        })
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.matching = PerRow::resolve(endpoints, |endpoint| self.selector.matches(endpoint));
        Ok(())
    }
}

impl Filter for LabelSelectorFilter {
    fn keep(&mut self, _request: &Request, endpoints: &Endpoints<'_>) -> Result<Vec<u32>, Fault> {
        Ok(endpoints.keep(|_, row| self.matching.holds(row)))
    }
}

export!(LabelSelectorFilter, [filter]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{Tested, endpoint, labelled};

    /// Four endpoints: gold in zone a, silver in zone b, gold in no zone, and one without labels.
    fn kept(settings: &str) -> Vec<u32> {
        let endpoints = [
            labelled(0, &[("tier", "gold"), ("zone", "a")]),
            labelled(1, &[("tier", "silver"), ("zone", "b")]),
            labelled(2, &[("tier", "gold")]),
            endpoint(3),
        ];
        Tested::<LabelSelectorFilter>::new(settings)
            .unwrap()
            .endpoints(&endpoints)
            .unwrap()
            .keep(&[0, 1, 2, 3])
            .unwrap()
    }

    #[test]
    fn selectors() {
        let check = |settings: &str, want: &[u32]| assert_eq!(kept(settings), want, "{settings}");
        check("{}", &[0, 1, 2, 3]);
        check(r#"{"matchLabels": {"tier": "gold"}}"#, &[0, 2]);
        check(r#"{"matchLabels": {"tier": "gold", "zone": "a"}}"#, &[0]);
        check(r#"{"matchLabels": {"tier": "bronze"}}"#, &[]);
        let expression = |key: &str, operator: &str, values: &str| {
            format!(
                r#"{{"matchExpressions": [{{"key": "{key}", "operator": "{operator}"{values}}}]}}"#
            )
        };
        check(
            &expression("zone", "In", r#", "values": ["a", "b"]"#),
            &[0, 1],
        );
        check(
            &expression("zone", "NotIn", r#", "values": ["a"]"#),
            &[1, 2, 3],
        );
        check(&expression("zone", "Exists", ""), &[0, 1]);
        check(&expression("zone", "DoesNotExist", ""), &[2, 3]);
        check(
            r#"{"matchLabels": {"tier": "gold"},
                "matchExpressions": [{"key": "zone", "operator": "DoesNotExist"}]}"#,
            &[2],
        );
    }

    #[test]
    fn one_label_with_its_values() {
        let check = |settings: &str, want: &[u32]| assert_eq!(kept(settings), want, "{settings}");
        check(r#"{"label": "zone", "validValues": ["a"]}"#, &[0]);
        check(
            r#"{"label": "zone", "validValues": ["a"], "allowsNoLabel": true}"#,
            &[0, 2, 3],
        );
        check(r#"{"label": "zone", "allowsNoLabel": true}"#, &[2, 3]);
    }

    #[test]
    fn mistakes_are_named() {
        let check = |settings: &str, path: &str, message: &str| {
            let Err(diagnostics) = Tested::<LabelSelectorFilter>::new(settings) else {
                panic!("accepted: {settings}");
            };
            let first = diagnostics.iter().next().unwrap();
            assert_eq!(first.path, path, "{settings}");
            assert!(
                first.message.contains(message),
                "{settings}: {}",
                first.message
            );
        };
        check(
            r#"{"matchExpressions": [{"key": "a", "operator": "Like"}]}"#,
            "matchExpressions[0].operator",
            "unknown variant `Like`",
        );
        check(
            r#"{"matchExpressions": [{"key": "a", "operator": "In"}]}"#,
            "matchExpressions[0].values",
            "at least one value",
        );
        check(
            r#"{"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]}"#,
            "matchExpressions[0].values",
            "no values",
        );
        check(
            r#"{"matchExpressions": [{"key": "", "operator": "Exists"}]}"#,
            "matchExpressions[0].key",
            "empty",
        );
        check(r#"{"validValues": ["a"]}"#, "label", "expected the label");
        check(r#"{"label": "zone"}"#, "validValues", "at least one value");
        check(
            r#"{"label": "zone", "validValues": ["a"], "matchLabels": {"a": "b"}}"#,
            "label",
            "together with a selector",
        );
        check(r#"{"labels": {}}"#, "labels", "unknown field");
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        let settings = r#"{"matchLabels": {"llm-d.ai/role": "decode"}}"#;
        plugin_checks::filter::<LabelSelectorFilter>(settings);
    }
}
