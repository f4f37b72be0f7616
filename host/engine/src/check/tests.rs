//! Answers that pass, and answers that don't.

use switchyard_scheduler::{Outcome, Target};

use super::*;
use crate::scraper::{Scope, StringSet};

fn cause<T>(checked: Result<T, CallFault>) -> Option<Cause> {
    checked.err().map(|fault| fault.cause)
}

#[test]
fn scores_are_finite_and_one_a_row() {
    for (answer, expected) in [
        (vec![0.5, 2.0], None),
        (vec![0.5], Some(Cause::WrongLength)),
        (vec![0.5, 0.5, 0.5], Some(Cause::WrongLength)),
        (vec![0.5, f64::NAN], Some(Cause::NotFinite)),
        (vec![f64::INFINITY, 0.0], Some(Cause::NotFinite)),
        (vec![0.0, f64::NEG_INFINITY], Some(Cause::NotFinite)),
    ] {
        assert_eq!(cause(scores(&answer, &[1, 2])), expected, "{answer:?}");
    }
}

#[test]
fn kept_rows_come_back_in_the_order_offered() {
    let rows = [9, 4, 7, 1];
    for (answer, expected) in [
        (vec![9, 7], Ok(vec![9, 7])),
        (vec![1, 9, 4], Ok(vec![9, 4, 1])),
        (vec![], Ok(vec![])),
        (vec![9, 9], Err(Cause::UnknownRow)),
        (vec![9, 4, 9], Err(Cause::UnknownRow)),
        (vec![5], Err(Cause::UnknownRow)),
    ] {
        let mut keep = Vec::new();
        let checked = kept(answer.clone(), &rows, &mut Vec::new(), &mut keep);
        let found = checked.map(|()| keep).map_err(|fault| fault.cause);
        assert_eq!(found, expected, "{answer:?}");
    }
}

#[test]
fn picks_are_offered_and_not_empty() {
    let rows = [9, 4, 7];
    for (answer, expected) in [
        (vec![4], None),
        (vec![7, 9], None),
        (vec![], Some(Cause::BadAnswer)),
        (vec![5], Some(Cause::UnknownRow)),
        (vec![4, 4], Some(Cause::UnknownRow)),
    ] {
        let found = cause(picks(&answer, &rows, &mut Vec::new()));
        assert_eq!(found, expected, "{answer:?}");
    }
}

#[test]
fn targets_were_picked_by_some_profile() {
    let done = |rows: &[u32]| ProfileResult {
        profile: "p".to_owned(),
        outcome: Outcome::Picked,
        rows: rows.to_vec(),
        totals: vec![0.0; rows.len()],
    };
    let target = |row, port| Target { row, port };
    for (targets, picked, expected) in [
        (vec![target(3, 0), target(2, 0)], vec![2, 3], None),
        (vec![target(3, 8000), target(3, 8001)], vec![3], None),
        (vec![], vec![], None),
        (vec![], vec![2], Some(Cause::BadAnswer)),
        (vec![target(4, 0)], vec![2, 3], Some(Cause::UnknownRow)),
        (
            vec![target(2, 0), target(2, 0)],
            vec![2],
            Some(Cause::UnknownRow),
        ),
    ] {
        let answer = Decision {
            primary: "p".to_owned(),
            targets,
            set_headers: Vec::new(),
        };
        let found = cause(decision(&answer, &[done(&picked)]));
        assert_eq!(found, expected, "{answer:?}");
    }
}

#[test]
fn samples_fit_their_plan() {
    let fetch = Fetch {
        name: "metrics".to_owned(),
        scope: Scope::Endpoint,
        scheme: "http".to_owned(),
        port: None,
        path: "/metrics".to_owned(),
        interval: None,
        timeout: std::time::Duration::from_secs(1),
        families: Vec::new(),
        columns: vec!["a".to_owned(), "b".to_owned()],
        sets: vec!["lora".to_owned()],
    };
    for (values, set, expected) in [
        (vec![1.0, f64::NAN], "lora", None),
        (vec![1.0], "lora", Some(Cause::WrongLength)),
        (vec![1.0, f64::INFINITY], "lora", Some(Cause::NotFinite)),
        (vec![1.0, 2.0], "other", Some(Cause::BadAnswer)),
    ] {
        let sets = vec![StringSet {
            name: set.to_owned(),
            members: Vec::new(),
        }];
        let sample = Sample {
            rank: 0,
            values,
            sets,
        };
        assert_eq!(cause(samples(&fetch, &[sample])), expected, "{set}");
    }
    for (scheme, path, expected) in [
        ("https", "/x", None),
        ("file", "/x", Some(Cause::BadAnswer)),
        ("http", "x", Some(Cause::BadAnswer)),
    ] {
        let fetch = Fetch {
            scheme: scheme.to_owned(),
            path: path.to_owned(),
            ..fetch.clone()
        };
        assert_eq!(cause(plan(&[fetch])), expected, "{scheme} {path}");
    }
}
