//! The two ways in which a configuration can say which labels match.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::Diagnostics;

use crate::selector::{Requirement, Rule, Selector};

/// The settings of `label-selector-filter`, `by-label-selector` and `by-label`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Labels with the values they must have.
    match_labels: BTreeMap<String, String>,
    /// Further requirements; all must hold.
    match_expressions: Vec<Expression>,
    /// The older form: the one label to look at.
    label: Option<String>,
    /// The older form: the values allowed.
    valid_values: Vec<String>,
    /// The older form: whether endpoints without the label match.
    allows_no_label: bool,
}

/// One requirement of a selector.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Expression {
    /// The label.
    key: String,
    /// What must be true of it.
    operator: Operator,
    /// For `In` and `NotIn`.
    #[serde(default)]
    values: Vec<String>,
}

/// What must be true of a label.
#[derive(Deserialize, JsonSchema, Clone, Copy)]
enum Operator {
    /// It has one of the values.
    In,
    /// It has none of the values, or is not there.
    NotIn,
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
}

impl Settings {
    /// The selector meant, or all that is wrong.
    pub(crate) fn selector(self) -> Result<Selector, Diagnostics> {
        let older = !self.valid_values.is_empty() || self.allows_no_label;
        match self.label {
            Some(_) if !self.match_labels.is_empty() || !self.match_expressions.is_empty() => {
                Err(Diagnostics::one(
                    "label",
                    "found together with a selector, expected either `label` or \
                     `matchLabels` and `matchExpressions`",
                ))
            }
            Some(label) => one_label(label, self.valid_values, self.allows_no_label),
            None if older => Err(Diagnostics::one(
                "label",
                "not found, expected the label that `validValues` and `allowsNoLabel` are about",
            )),
            None => all_of(self.match_labels, self.match_expressions),
        }
    }
}

fn one_label(label: String, values: Vec<String>, absent: bool) -> Result<Selector, Diagnostics> {
    let mut diagnostics = Diagnostics::none();
    if label.is_empty() {
        diagnostics.add("label", "found an empty name, expected that of a label");
    }
    if values.is_empty() && !absent {
        diagnostics.add(
            "validValues",
            "found none, expected at least one value (or `allowsNoLabel: true`)",
        );
    }
    let rule = if absent {
        Rule::AbsentOrIn(values)
    } else {
        Rule::In(values)
    };
    diagnostics.or(Selector {
        requirements: vec![Requirement { label, rule }],
    })
}

fn all_of(
    labels: BTreeMap<String, String>,
    expressions: Vec<Expression>,
) -> Result<Selector, Diagnostics> {
    let mut diagnostics = Diagnostics::none();
    let mut requirements: Vec<Requirement> = labels
        .into_iter()
        .map(|(label, value)| Requirement {
            label,
            rule: Rule::In(vec![value]),
        })
        .collect();
    for (position, expression) in expressions.into_iter().enumerate() {
        let path = |field: &str| format!("matchExpressions[{position}].{field}");
        if expression.key.is_empty() {
            diagnostics.add(path("key"), "found an empty name, expected that of a label");
        }
        let wants_values = matches!(expression.operator, Operator::In | Operator::NotIn);
        if wants_values && expression.values.is_empty() {
            diagnostics.add(
                path("values"),
                "found none, expected at least one value for `In` and `NotIn`",
            );
        }
        if !wants_values && !expression.values.is_empty() {
            diagnostics.add(
                path("values"),
                "found some, expected no values for `Exists` and `DoesNotExist`",
            );
        }
        let rule = match expression.operator {
            Operator::In => Rule::In(expression.values),
            Operator::NotIn => Rule::NotIn(expression.values),
            Operator::Exists => Rule::Exists,
            Operator::DoesNotExist => Rule::DoesNotExist,
        };
        requirements.push(Requirement {
            label: expression.key,
            rule,
        });
    }
    diagnostics.or(Selector { requirements })
}
