//! What columns, string sets and data producers come to as one request's numbers.

use std::sync::Arc;

use switchyard_scheduler::record::json::Numbers;
use switchyard_scheduler::{
    ColumnStore, Gathered, Plan, PlanColumn, RequestValues, SCRAPED, Source,
};

use crate::support::Setup;

const NAN: f64 = f64::NAN;
const NOW_MS: u64 = 10_000;
const OLDEST_MS: u64 = 8_000;

fn plan(columns: &[&str], scalars: &[&str], store: &ColumnStore) -> Plan {
    let column = |name: &&str| PlanColumn {
        name: (*name).into(),
        source: Source::of(name, store),
    };
    Plan {
        columns: columns.iter().map(column).collect(),
        scalars: scalars.iter().map(|name| (*name).into()).collect(),
        ..Setup::new(&[]).plan
    }
}

/// A store in which rows 0 to 3 are known in different ways.
fn store() -> ColumnStore {
    let store = ColumnStore::default();
    let waiting = store.column("waiting-requests");
    waiting.set_at(0, 5.0, OLDEST_MS);
    waiting.set_at(1, 6.0, OLDEST_MS - 1);
    waiting.set(2, 7.0);
    let scraped = store.column(SCRAPED);
    scraped.set_at(0, 1.0, NOW_MS - 50);
    scraped.set_at(1, 1.0, NOW_MS - 5_000);
    scraped.set_at(2, 1.0, NOW_MS + 1);
    let adapters = store.set_column("lora-running");
    adapters.set_at(0, vec!["sql".into(), "chat".into()], NOW_MS);
    adapters.set_at(1, vec!["sql".into()], OLDEST_MS - 1);
    adapters.set_at(2, vec![], NOW_MS);
    store
}

fn check(column: &str, expected: [f64; 4]) {
    let made = RequestValues {
        columns: vec![("prefix-match-blocks", vec![1.0, 2.0, 3.0, 4.0])],
        scalars: vec![],
    };
    let plan = plan(&[column], &[], &store());
    let gathered = Gathered::take(&plan, vec![0, 1, 2, 3], &made, "sql", NOW_MS, OLDEST_MS);
    assert_eq!(
        Numbers(gathered.column(0).to_vec()),
        Numbers(expected.to_vec()),
        "{column}"
    );
}

#[test]
fn what_is_stale_or_never_was_is_not_known() {
    check("waiting-requests", [5.0, NAN, 7.0, NAN]);
    check("nobody-writes-this", [NAN; 4]);
    check("lora-running/size", [2.0, NAN, 0.0, NAN]);
    check("lora-running/has-model", [1.0, NAN, 0.0, NAN]);
    check("nobody-writes-this/size", [NAN; 4]);
    check("prefix-match-blocks", [1.0, 2.0, 3.0, 4.0]);
    // An age is an age however old it is; a clock that went back is no negative age.
    check("metrics-age-ms", [50.0, 5_000.0, 0.0, NAN]);
}

#[test]
fn has_model_is_about_the_target_model_whole() {
    for (model, expected) in [("chat", 1.0), ("cha", 0.0), ("Chat", 0.0), ("", 0.0)] {
        let plan = plan(&["lora-running/has-model"], &[], &store());
        let gathered = Gathered::take(
            &plan,
            vec![0],
            &RequestValues::default(),
            model,
            NOW_MS,
            OLDEST_MS,
        );
        assert_eq!(gathered.values, [expected], "{model}");
    }
}

#[test]
fn values_follow_the_order_of_columns_and_of_candidates() {
    let plan = plan(
        &["lora-running/size", "waiting-requests"],
        &["prompt-tokens", "unmade", "prompt-bytes"],
        &store(),
    );
    let made = RequestValues {
        columns: vec![],
        scalars: vec![("prompt-bytes", 40.0), ("prompt-tokens", 10.0)],
    };
    let gathered = Gathered::take(&plan, vec![2, 0], &made, "", NOW_MS, OLDEST_MS);
    assert_eq!(gathered.values, [0.0, 2.0, 7.0, 5.0]);
    assert_eq!(
        (gathered.column(0), gathered.column(1)),
        (&[0.0, 2.0][..], &[7.0, 5.0][..])
    );
    assert_eq!(Numbers(gathered.scalars), Numbers(vec![10.0, NAN, 40.0]));
}

#[test]
fn a_request_column_of_another_length_is_not_known() {
    let plan = plan(&["prefix-match-blocks"], &[], &store());
    for made in [vec![], vec![1.0], vec![1.0, 2.0, 3.0]] {
        let made = RequestValues {
            columns: vec![("prefix-match-blocks", made)],
            scalars: vec![],
        };
        let gathered = Gathered::take(&plan, vec![0, 1], &made, "", NOW_MS, OLDEST_MS);
        assert_eq!(Numbers(gathered.values), Numbers(vec![NAN; 2]));
    }
}

#[test]
fn a_row_given_back_is_forgotten_in_every_column_and_set() {
    let store = store();
    store.clear_row(0);
    let plan = plan(
        &["waiting-requests", "metrics-age-ms", "lora-running/size"],
        &[],
        &store,
    );
    let gathered = Gathered::take(&plan, vec![0], &RequestValues::default(), "", NOW_MS, 0);
    assert_eq!(Numbers(gathered.values), Numbers(vec![NAN; 3]));
}

#[test]
fn a_set_that_did_not_change_gets_younger() {
    let store = ColumnStore::default();
    let set = store.set_column("s");
    set.set_at(0, vec!["a".into()], 1);
    let first = set.get(0, 0).unwrap();
    set.set_at(0, vec!["a".into()], 2);
    assert!(
        Arc::ptr_eq(&first, &set.get(0, 2).unwrap()),
        "and is not allocated again"
    );
    set.set_at(0, vec!["b".into()], 3);
    assert_eq!(*set.get(0, 3).unwrap(), ["b".to_owned()]);
    assert!(set.get(0, 4).is_none() && set.get(1, 0).is_none());
}

#[test]
fn writers_share_a_column_and_none_is_lost() {
    let store = Arc::new(ColumnStore::default());
    let add = |delta: f64| {
        let store = store.clone();
        std::thread::spawn(move || {
            let column = store.column("in-flight-requests");
            (0..10_000).for_each(|_| column.add(300, delta));
        })
    };
    for thread in [add(2.0), add(-1.0), add(1.0)] {
        thread.join().unwrap();
    }
    assert_eq!(
        store.column("in-flight-requests").get(300, u64::MAX),
        20_000.0
    );
    assert_eq!(store.columns().len(), 1);
}
