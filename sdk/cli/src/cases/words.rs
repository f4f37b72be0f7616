//! What the YAML reader says is wrong, in the words of a case file.
//!
//! The reader speaks to programmers: `.[0].columns.x: invalid type: string "a", expected f64 at line 3 column 5`.

use serde_yaml_ng::{Error, Value};

/// A text that is no YAML at all.
pub(super) fn no_yaml(error: &Error) -> String {
    let (line, said) = placed(error);
    if said.contains(": duplicate entry") {
        return told(error, &Value::Null);
    }
    let line = line.map_or_else(String::new, |line| format!("{line}: "));
    format!(
        "{line}this is no YAML: {said}; fields of a case stand under one another, further in than its `-`"
    )
}

/// YAML that is no list of cases; `tree` is what stands there.
pub(super) fn told(error: &Error, tree: &Value) -> String {
    let (line, said) = placed(error);
    let (case, path, said) = pathed(&said);
    let case = case.map(|case| match tree[case]["name"].as_str() {
        None => format!("case {}", case + 1),
        Some(name) => format!("case {} `{name}`", case + 1),
    });
    let path = (!path.is_empty()).then(|| path.to_owned());
    let place: Vec<String> = [line, case, path].into_iter().flatten().collect();
    match place.as_slice() {
        [] => in_words(said),
        place => format!("{}: {}", place.join(", "), in_words(said)),
    }
}

/// `line 3`, and what is said without the place at its end.
fn placed(error: &Error) -> (Option<String>, String) {
    let said = error.to_string();
    match error.location() {
        None => (None, said),
        Some(place) => {
            let at = format!(" at line {} column {}", place.line(), place.column());
            (
                Some(format!("line {}", place.line())),
                said.replacen(&at, "", 1),
            )
        }
    }
}

/// The case's position, the path in it, and what is said of that.
fn pathed(said: &str) -> (Option<usize>, &str, &str) {
    let parts = || {
        let (path, said) = said.strip_prefix(".[")?.split_once(": ")?;
        let (case, path) = path.split_once(']')?;
        Some((case.parse().ok()?, path.trim_start_matches('.'), said))
    };
    parts().map_or((None, "", said), |(case, path, said)| {
        (Some(case), path, said)
    })
}

fn in_words(said: &str) -> String {
    let kinds = ["invalid type: ", "invalid value: "];
    let found = kinds.iter().find_map(|kind| said.strip_prefix(kind));
    if let Some((found, expected)) = found.and_then(|rest| rest.split_once(", expected ")) {
        return format!(
            "found {}, expected {}",
            self::found(found),
            wanted(expected)
        );
    }
    let kinds = ["unknown field ", "unknown variant "];
    if kinds.iter().any(|kind| said.starts_with(kind)) {
        // The first is the wrong one, the others are all there are.
        let quoted: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
        if let [wrong, known @ ..] = quoted.as_slice() {
            return unknown(wrong, known);
        }
    }
    if let Some(name) = said.strip_prefix("missing field ") {
        return format!("{name} is missing");
    }
    if let Some(name) = said.strip_prefix("duplicate entry with key ") {
        return format!("{} stands there twice", name.replace('"', "`"));
    }
    said.to_owned()
}

fn unknown(wrong: &str, known: &[&str]) -> String {
    let meant = switchyard_config::nearest(wrong, known.iter().copied());
    let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
    let known = known.join(", ");
    format!("found `{wrong}`, expected one of {known}{meant}")
}

fn found(word: &str) -> String {
    match word {
        "unit value" => "nothing".to_owned(),
        "sequence" => "a list".to_owned(),
        "map" => "a mapping".to_owned(),
        word => match (word.strip_prefix("string "), word.split('`').nth(1)) {
            (Some(text), _) => format!("the text {text}"),
            (None, Some(number)) => number.to_owned(),
            (None, None) => word.to_owned(),
        },
    }
}

fn wanted(word: &str) -> &str {
    match word {
        "f64" => "a number, or `.nan` for one that is not known",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" => "a whole number from 0",
        "a sequence" => "a list",
        "a map" => "a mapping",
        "a string" => "a text",
        "a boolean" => "true or false",
        word if word.starts_with("struct ") => "a mapping",
        word => word,
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::parse;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(texts: &[&str], expected: &Expect) {
        let told = texts.iter().map(|text| parse(text).unwrap_err() + "\n");
        expected.assert_eq(&told.collect::<String>());
    }

    /// A case that is sound but for what is put into it.
    fn with(field: &str) -> String {
        format!("- name: a\n  {field}\n  expect: {{keep: []}}\n")
    }

    #[test]
    fn words_that_nobody_knows() {
        check(
            &[
                &with("stage: scroer"),
                &with("colums: {x: [1]}"),
                "- {name: b, expect: {score: [1]}}",
                "- expect: {scores: [1]}\n",
            ],
            &expect![[r#"
                line 2, case 1 `a`, stage: found `scroer`, expected one of filter, scorer, picker, decider, profile-handler, scraper, hooks; did you mean `scorer`?
                line 2, case 1 `a`: found `colums`, expected one of name, stage, settings, endpoints, columns, scalars, request, totals, profile, picked, done, events, exposition, status, fetch, elapsed-ms, expect; did you mean `columns`?
                line 1, case 1 `b`, expect: found `score`, expected one of scores, keep, pick, agrees, steps, decision, samples, headers, own-columns, fault, diagnostics; did you mean `scores`?
                line 1, case 1: `name` is missing
            "#]],
        );
    }

    #[test]
    fn values_of_another_kind() {
        check(
            &[
                &with("columns: {x: [one]}"),
                &with("columns: {x: 1}"),
                &with("columns: [1]"),
                &with("scalars: {x: true}"),
                &with("columns: {x: [1, null]}"),
                &with("request: {seed: -1}"),
                &with("status: 70000"),
                &with("endpoints: [{name: b, address: x}]"),
                "- {name: a, expect: {agrees: 1}}",
                "- {name: a, expect: 1}",
                "- a",
                "name: a",
            ],
            &expect![[r#"
                line 2, case 1 `a`, columns.x[0]: found the text "one", expected a number, or `.nan` for one that is not known
                line 2, case 1 `a`, columns.x: found 1, expected a list
                line 2, case 1 `a`, columns: found a list, expected a mapping
                line 2, case 1 `a`, scalars.x: found true, expected a number, or `.nan` for one that is not known
                line 2, case 1 `a`, columns.x[1]: found nothing, expected a number, or `.nan` for one that is not known
                line 2, case 1 `a`, request.seed: found -1, expected a whole number from 0
                line 2, case 1 `a`, status: found 70000, expected a whole number from 0 to 65535
                line 2, case 1 `a`, endpoints[0].address: invalid IP address syntax
                line 1, case 1 `a`, expect.agrees: found 1, expected true or false
                line 1, case 1 `a`, expect: found 1, expected a mapping
                line 1, case 1: found the text "a", expected a mapping
                line 1: found a mapping, expected a list
            "#]],
        );
    }

    #[test]
    fn where_an_indentation_is_wrong_no_field_is_missing() {
        check(
            &[
                "- name: a\n columns: {x: [1]}\n  expect: {scores: [1]}\n",
                "- name: a\n   columns: {x: [1]}\n  expect: {scores: [1]}\n",
                "- name: a\n  columns: {x: [1,\n  expect: {scores: [1]}\n",
                "- name: a\n\tcolumns: {x: [1]}\n",
                "- name: a\n  name: b\n  expect: {keep: []}\n",
            ],
            &expect![[r#"
                line 2: this is no YAML: did not find expected '-' indicator, while parsing a block collection; fields of a case stand under one another, further in than its `-`
                line 2: this is no YAML: mapping values are not allowed in this context; fields of a case stand under one another, further in than its `-`
                line 4: this is no YAML: did not find expected ',' or ']', while parsing a flow sequence at line 2 column 16; fields of a case stand under one another, further in than its `-`
                line 2: this is no YAML: found a tab character that violates indentation, while scanning a plain scalar at line 1 column 9; fields of a case stand under one another, further in than its `-`
                line 1, case 1: `name` stands there twice
            "#]],
        );
    }

    #[test]
    fn no_cases_are_no_mistake() {
        assert!(parse("").unwrap().is_empty());
        assert!(parse("# to come\n").unwrap().is_empty());
    }
}
