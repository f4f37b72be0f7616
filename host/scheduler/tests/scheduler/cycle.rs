//! Filters in order, scorers over what they leave, one picker.

use proptest::prelude::*;
use switchyard_scheduler::record::{Answer, ProfileRecord};
use switchyard_scheduler::{Outcome, Stage};

use crate::support::{Said, Setup, best_last, in_turn, keeping, scoring, step};

fn names(setup: &Setup) -> Vec<&str> {
    setup
        .lane
        .seen
        .iter()
        .map(|seen| seen.plugin.as_str())
        .collect()
}

#[test]
fn a_filter_sees_what_the_one_before_it_kept_and_scorers_what_is_left() {
    let mut setup = Setup::new(&[4, 9, 2, 7]);
    setup.column("waiting", &[40.0, 90.0, 20.0, 70.0]);
    setup.column("running", &[4.5, 9.5, 2.5, 7.5]);
    setup.scalar("prompt-tokens", 100.0);
    setup.scalar("block-tokens", 16.0);
    let a = setup.plugin("a", keeping(&[4, 2, 7]));
    let b = setup.plugin("b", keeping(&[2, 7, 9]));
    let c = setup.plugin("c", keeping(&[4, 2, 7, 9]));
    let scorer = setup.plugin("scorer", scoring(&[(2, 0.25), (7, 0.75)]));
    let picker = setup.plugin("picker", best_last);
    setup.reads(a, &["waiting"], &[]);
    setup.reads(b, &["running", "waiting"], &["prompt-tokens"]);
    setup.reads(scorer, &["running"], &["block-tokens", "prompt-tokens"]);
    setup.reads(picker, &["waiting"], &[]);
    setup.profile("default", &[a, b, c], &[(scorer, 2.0)], picker);

    let record = setup.run();
    assert_eq!(
        names(&setup),
        [
            "handler", "a", "b", "c", "scorer", "picker", "handler", "handler"
        ]
    );
    let seen = |name: &str| {
        let calls = setup.lane.calls(name);
        (calls[0].rows.clone(), calls[0].inputs.clone())
    };
    assert_eq!(seen("a"), (vec![4, 9, 2, 7], vec![40.0, 90.0, 20.0, 70.0]));
    assert_eq!(
        seen("b"),
        (vec![4, 2, 7], vec![4.5, 2.5, 7.5, 40.0, 20.0, 70.0, 100.0])
    );
    assert_eq!(seen("c"), (vec![2, 7], vec![]));
    assert_eq!(seen("scorer"), (vec![2, 7], vec![2.5, 7.5, 16.0, 100.0]));
    assert_eq!(seen("picker"), (vec![2, 7], vec![20.0, 70.0]));
    let ProfileRecord {
        outcome,
        kept,
        totals,
        picked,
        calls,
        ..
    } = &record.profiles[0];
    assert_eq!(
        (*outcome, kept, totals, picked),
        (Outcome::Picked, &vec![2, 7], &vec![0.5, 1.5], &vec![7])
    );
    assert_eq!(calls[1].answer, Answer::Keep(vec![2, 7]));
    assert_eq!(
        calls[3].answer,
        Answer::Scores {
            raw: vec![0.25, 0.75],
            clamped: 0
        }
    );
    let stages: Vec<_> = calls.iter().map(|call| call.stage).collect();
    assert_eq!(
        stages,
        [
            Stage::Filter,
            Stage::Filter,
            Stage::Filter,
            Stage::Scorer,
            Stage::Picker
        ]
    );
    assert_eq!(record.outcome.unwrap().targets[0].row, 7);
    assert_eq!(
        setup.lane.told,
        [7],
        "plugins were told of the snapshot's generation"
    );
}

/// `scorers`: weight and answer of each; all score the same rows.
fn check_totals(scorers: &[(f64, &[f64])], expected: &[f64], expected_clamps: &[u32]) {
    let rows: Vec<u32> = (0..expected.len() as u32).collect();
    let mut setup = Setup::new(&rows);
    let mut weighted = Vec::new();
    for (at, (weight, scores)) in scorers.iter().enumerate() {
        let scores = scores.to_vec();
        weighted.push((
            setup.plugin(&format!("scorer-{at}"), move |_| {
                Ok(Said::Scores(scores.clone()))
            }),
            *weight,
        ));
    }
    let picker = setup.plugin("picker", best_last);
    setup.profile("default", &[], &weighted, picker);
    let record = setup.run();
    assert_eq!(record.profiles[0].totals, expected);
    let clamps = record.profiles[0]
        .calls
        .iter()
        .filter_map(|call| match &call.answer {
            Answer::Scores { clamped, .. } => Some(*clamped),
            _ => None,
        });
    let clamps: Vec<u32> = clamps.collect();
    assert_eq!(clamps, expected_clamps);
}

#[test]
fn scores_are_clamped_first_then_weighted_and_summed_undivided() {
    check_totals(&[], &[0.0, 0.0], &[]);
    check_totals(
        &[(1.0, &[-0.5, 1.5, 0.0, 1.0, 0.5])],
        &[0.0, 1.0, 0.0, 1.0, 0.5],
        &[2],
    );
    check_totals(&[(1.0, &[-0.5]), (1.0, &[1.5])], &[1.0], &[1, 1]);
    check_totals(&[(1.0, &[0.3]), (1.0, &[0.8])], &[1.1], &[0, 0]);
    check_totals(&[(60.0, &[0.3]), (40.0, &[0.8])], &[50.0], &[0, 0]);
    // Weighting first would give 2.0 and -1.0.
    check_totals(
        &[(10.0, &[1.2, -0.1]), (2.0, &[0.5, 0.5])],
        &[11.0, 1.0],
        &[2, 0],
    );
    check_totals(&[(0.0, &[1.0])], &[0.0], &[0]);
    // A negative weight makes a good score a bad one; that is the configuration's word.
    check_totals(&[(-1.0, &[1.0, 0.25])], &[-1.0, -0.25], &[0]);
}

/// Three servers with queue and cache usage, of which the second has the request's adapter: it wins
/// with a score of 1 for its queue, .8 for its cache and 1 for the adapter.
#[test]
fn queue_cache_and_adapter_add_up() {
    let mut setup = Setup::new(&[0, 1, 2]);
    setup.column("waiting-requests", &[0.0, 0.0, 10.0]);
    setup.column("kv-cache-usage", &[0.2, 0.2, 0.8]);
    setup.column("lora-running/has-model", &[0.0, 1.0, 0.0]);
    let queue = setup.plugin("queue", |asked| {
        let most = asked.inputs.iter().copied().fold(0.0, f64::max);
        Ok(Said::Scores(
            asked
                .inputs
                .iter()
                .map(|waiting| 1.0 - waiting / most)
                .collect(),
        ))
    });
    let cache = setup.plugin("cache", |asked| {
        Ok(Said::Scores(
            asked.inputs.iter().map(|usage| 1.0 - usage).collect(),
        ))
    });
    let lora = setup.plugin("lora", |asked| Ok(Said::Scores(asked.inputs.to_vec())));
    let picker = setup.plugin("picker", best_last);
    setup.reads(queue, &["waiting-requests"], &[]);
    setup.reads(cache, &["kv-cache-usage"], &[]);
    setup.reads(lora, &["lora-running/has-model"], &[]);
    setup.profile(
        "default",
        &[],
        &[(queue, 1.0), (cache, 1.0), (lora, 1.0)],
        picker,
    );
    let record = setup.run();
    assert_eq!(record.profiles[0].picked, [1]);
    assert_eq!(record.profiles[0].totals[1], 2.8);
}

#[test]
fn a_picker_may_name_several_rows_best_first() {
    let mut setup = Setup::new(&[0, 1, 2]);
    let scorer = setup.plugin("scorer", scoring(&[(0, 0.5), (1, 0.25), (2, 1.0)]));
    let picker = setup.plugin("picker", |_| Ok(Said::Rows(vec![2, 0])));
    setup.profile("default", &[], &[(scorer, 1.0)], picker);
    let totals = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
    let noted = totals.clone();
    let mut act = in_turn(vec![vec![step("default", "")]]);
    setup.handler(move |asked| {
        *noted.borrow_mut() = asked
            .done
            .iter()
            .map(|done| (done.rows.clone(), done.totals.clone()))
            .collect();
        act(asked)
    });
    assert_eq!(setup.targets(), [2, 0]);
    assert_eq!(
        *totals.borrow(),
        [(vec![2, 0], vec![1.0, 0.5])],
        "the handler is told the totals"
    );
}

proptest! {
    /// Whatever filters keep, every plugin's inputs are its columns one after the other, aligned with
    /// the rows it is offered, and then its scalars.
    #[test]
    fn inputs_stay_aligned(
        rows in proptest::collection::btree_set(0_u32..500, 1..40).prop_map(|rows| rows.into_iter().collect::<Vec<_>>()).prop_shuffle(),
        masks in proptest::collection::vec(any::<u64>(), 1..5),
    ) {
        let mut setup = Setup::new(&rows);
        let value = |column: u32, row: u32| f64::from(column * 1_000 + row);
        for (at, name) in ["c0", "c1", "c2"].iter().enumerate() {
            let values: Vec<f64> = rows.iter().map(|row| value(at as u32, *row)).collect();
            setup.column(name, &values);
        }
        setup.scalar("s0", -1.0);
        setup.scalar("s1", -2.0);
        let stays = |mask: u64, row: u32| mask >> (row % 64) & 1 == 1;
        let mut filters = Vec::new();
        for (at, mask) in masks.iter().copied().enumerate() {
            let filter = setup.plugin(&format!("filter-{at}"), move |asked| {
                Ok(Said::Rows(asked.rows.iter().copied().filter(|row| stays(mask, *row)).collect()))
            });
            setup.reads(filter, &["c1"], &["s1"]);
            filters.push(filter);
        }
        let scorer = setup.plugin("scorer", |asked| Ok(Said::Scores(vec![0.5; asked.rows.len()])));
        let picker = setup.plugin("picker", best_last);
        setup.reads(scorer, &["c2", "c0"], &["s1", "s0"]);
        setup.reads(picker, &["c0", "c1", "c2"], &["s0"]);
        setup.profile("default", &filters, &[(scorer, 1.0)], picker);
        let record = setup.run();

        let mut left = rows.clone();
        for (at, mask) in masks.iter().enumerate() {
            let calls = setup.lane.calls(&format!("filter-{at}"));
            prop_assert_eq!(calls.len(), usize::from(!left.is_empty()), "a filter is not asked about nothing");
            for call in calls {
                prop_assert_eq!(&call.rows, &left);
                let expected: Vec<f64> = left.iter().map(|row| value(1, *row)).chain([-2.0]).collect();
                prop_assert_eq!(call.inputs, expected);
            }
            left.retain(|row| stays(*mask, *row));
        }
        prop_assert_eq!(&record.profiles[0].kept, &left);
        prop_assert_eq!(record.outcome.is_ok(), !left.is_empty());
        for (plugin, columns, scalars) in [("scorer", &[2, 0][..], &[-2.0, -1.0][..]), ("picker", &[0, 1, 2], &[-1.0])] {
            for call in setup.lane.calls(plugin) {
                prop_assert_eq!(&call.rows, &left);
                let cells = columns.iter().flat_map(|column| left.iter().map(|row| value(*column, *row)));
                let expected: Vec<f64> = cells.chain(scalars.iter().copied()).collect();
                prop_assert_eq!(call.inputs, expected);
            }
        }
    }
}
