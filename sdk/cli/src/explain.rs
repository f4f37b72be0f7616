//! One decision record as tables: endpoints down, what each plugin said across.
//!
//! The record is read loosely: what a picker of another version leaves out is left out here.

use serde_json::Value;

use switchyard_build::table::aligned;

/// There is nothing to explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the picker's list of decisions is empty; send it a request, then ask again")]
pub struct NoDecision;

/// Explains a record, or the first of a list of them, as the picker's admin API gives it.
pub fn decision(records: &Value) -> Result<String, NoDecision> {
    let record = match records.as_array() {
        Some(records) => records.first().ok_or(NoDecision)?,
        None => records,
    };
    let mut text = format!(
        "One decision explained: request {}, model {}, sent to {}\n",
        word(&record["request_id"]),
        word(&record["model"]),
        destinations(record),
    );
    for profile in list(&record["profiles"]) {
        text.push_str(&format!(
            "\nprofile {}: {}\n",
            word(&profile["profile"]),
            word(&profile["outcome"])
        ));
        text.push_str(&aligned(&profile_rows(record, profile)));
        for line in faults(profile) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    Ok(text)
}

fn destinations(record: &Value) -> String {
    let targets = list(&record["decision"]["targets"]);
    let addresses = targets
        .iter()
        .map(|target| {
            let endpoints = list(&record["endpoints"]).iter();
            let named = endpoints.filter(|endpoint| endpoint["row"] == target["row"]);
            named.map(|endpoint| word(&endpoint["address"])).collect()
        })
        .collect::<Vec<String>>();
    if addresses.is_empty() {
        "nowhere".to_owned()
    } else {
        addresses.join(", then ")
    }
}

/// The table of one profile, its head first.
fn profile_rows(record: &Value, profile: &Value) -> Vec<Vec<String>> {
    let columns: Vec<_> = record["columns"]
        .as_object()
        .into_iter()
        .flatten()
        .collect();
    let (filters, scorers) = (list(&profile["filters"]), list(&profile["scorers"]));
    let (candidates, kept) = (list(&record["rows"]), list(&profile["kept"]));
    let picked = list(&profile["picker"]["picked"]);

    let mut head = vec!["endpoint".to_owned()];
    head.extend(columns.iter().map(|(name, _)| (*name).clone()));
    head.extend(filters.iter().map(|filter| word(&filter["plugin"])));
    head.extend(
        scorers
            .iter()
            .map(|s| format!("{} x{}", word(&s["plugin"]), number(&s["weight"]))),
    );
    head.push("total".to_owned());
    head.push(word(&profile["picker"]["plugin"]));

    let mut rows = vec![head];
    for endpoint in list(&record["endpoints"]) {
        let row = &endpoint["row"];
        let candidate = candidates.iter().position(|candidate| candidate == row);
        // Scores and totals are about the endpoints that the filters kept.
        let place = kept.iter().position(|kept| kept == row);
        let scored = |values: &Value| {
            place
                .and_then(|place| values.get(place))
                .map_or_else(|| "-".to_owned(), number)
        };
        let mut cells = vec![format!(
            "{} {}",
            word(&endpoint["id"]),
            word(&endpoint["address"])
        )];
        cells.extend(columns.iter().map(|(_, values)| {
            let value = candidate.and_then(|position| values.get(position));
            value.map_or_else(|| "-".to_owned(), number)
        }));
        cells.extend(filters.iter().map(|filter| {
            let kept = list(&filter["kept"]).contains(row);
            if kept {
                "kept".to_owned()
            } else {
                "dropped".to_owned()
            }
        }));
        cells.extend(scorers.iter().map(|scorer| scored(&scorer["scores"])));
        cells.push(scored(&profile["totals"]));
        cells.push(match picked.iter().position(|picked| picked == row) {
            Some(0) => "picked".to_owned(),
            Some(rank) => format!("fallback {rank}"),
            None => String::new(),
        });
        rows.push(cells);
    }
    rows.push(times(filters, scorers, &profile["picker"], columns.len()));
    rows
}

/// The last line: how long each plugin took.
fn times(filters: &[Value], scorers: &[Value], picker: &Value, columns: usize) -> Vec<String> {
    let micros = |plugin: &Value| {
        plugin["ns"]
            .as_f64()
            .map_or_else(String::new, |ns| format!("{:.1} us", ns / 1e3))
    };
    let mut row = vec!["time".to_owned()];
    row.extend(std::iter::repeat_n(String::new(), columns));
    row.extend(filters.iter().chain(scorers).map(micros));
    row.push(String::new());
    row.push(micros(picker));
    row
}

/// A line for each plugin that failed.
fn faults(profile: &Value) -> Vec<String> {
    list(&profile["filters"])
        .iter()
        .chain(list(&profile["scorers"]))
        .chain([&profile["picker"]])
        .filter(|plugin| plugin["fault"].is_object())
        .map(|plugin| {
            let fault = &plugin["fault"];
            format!(
                "{} failed ({}): {}",
                word(&plugin["plugin"]),
                word(&fault["cause"]),
                word(&fault["message"])
            )
        })
        .collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "?".to_owned(),
        other => other.to_string(),
    }
}

/// At most three decimals; what is no number (`"NaN"`) as it is.
fn number(value: &Value) -> String {
    match value {
        Value::Number(number) => number.as_f64().map_or_else(
            || number.to_string(),
            |n| {
                let text = format!("{n:.3}");
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            },
        ),
        Value::String(text) => text.clone(),
        _ => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(records: &Value, expected: &expect_test::Expect) {
        expected.assert_eq(&decision(records).unwrap());
    }

    #[test]
    fn a_decision_becomes_a_table() {
        check(
            &serde_json::json!([{
                "request_id": "r-1", "model": "demo",
                "endpoints": [
                    {"row": 0, "id": "default/a", "address": "10.0.0.1:80"},
                    {"row": 4, "id": "default/b", "address": "10.0.0.2:80"},
                    {"row": 5, "id": "default/c", "address": "10.0.0.3:80"},
                ],
                "rows": [0, 4, 5],
                "columns": {"waiting-requests": [3.0, 0.0, "NaN"]},
                "profiles": [{
                    "profile": "default", "outcome": "picked", "kept": [4, 5],
                    "filters": [{"plugin": "decode", "kept": [4, 5], "ns": 900, "fault": null}],
                    "scorers": [{
                        "plugin": "queue", "weight": 2.0, "scores": [0.5, 0.25], "ns": 1234,
                        "fault": {"cause": "deadline", "message": "ran longer than 2 ms"},
                    }],
                    "totals": [1.0, 0.5],
                    "picker": {"plugin": "max-score", "picked": [4, 5], "ns": 50, "fault": null},
                }],
                "decision": {
                    "targets": [{"row": 4, "port": 0}, {"row": 5, "port": 0}],
                },
            }]),
            &expect_test::expect![[r#"
                One decision explained: request r-1, model demo, sent to 10.0.0.2:80, then 10.0.0.3:80

                profile default: picked
                endpoint               waiting-requests   decode  queue x2  total   max-score
                default/a 10.0.0.1:80                 3  dropped         -      -
                default/b 10.0.0.2:80                 0     kept       0.5      1      picked
                default/c 10.0.0.3:80               NaN     kept      0.25    0.5  fallback 1
                time                                      0.9 us    1.2 us             0.1 us
                queue failed (deadline): ran longer than 2 ms
            "#]],
        );
    }

    #[test]
    fn what_is_missing_is_left_out() {
        check(
            &serde_json::json!([{"profiles": [{"profile": "p"}]}]),
            &expect_test::expect![[r#"
                One decision explained: request ?, model ?, sent to nowhere

                profile p: ?
                endpoint  total  ?
                time
            "#]],
        );
    }

    #[test]
    fn a_lone_record_is_explained_as_well() {
        let record = serde_json::json!({"request_id": "r-2"});
        let text = decision(&record).unwrap();
        assert!(text.contains("request r-2"), "{text}");
    }

    #[test]
    fn no_decision_is_an_error() {
        assert_eq!(decision(&serde_json::json!([])), Err(NoDecision));
    }
}
