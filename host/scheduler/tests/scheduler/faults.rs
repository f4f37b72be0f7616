//! What a request gets when a plugin gives no answer, and the refusals.

use switchyard_scheduler::{CallFault, Cause, OnFault, Outcome, Refusal, Stage};

use crate::support::{Said, Setup, best_last, fault, keeping, scoring};

const BROKEN: Cause = Cause::Trap;

/// A profile in which everything is in order: filter keeps 0 to 2 of 0 to 3, scorers prefer 2 over 0
/// and 1 over 2, and the picker takes the best. Then `stage` breaks.
fn broken(stage: Stage, on_fault: Option<OnFault>, cause: Cause) -> Setup {
    let mut setup = Setup::new(&[0, 1, 2, 3]);
    let filter = setup.plugin("filter", keeping(&[0, 1, 2]));
    let liked = setup.plugin("liked", scoring(&[(0, 1.0), (1, 0.5), (2, 1.0), (3, 1.0)]));
    let scorer = setup.plugin(
        "scorer",
        scoring(&[(0, 0.0), (1, 1.0), (2, 0.25), (3, 1.0)]),
    );
    let picker = setup.plugin("picker", best_last);
    setup.profile("default", &[filter], &[(liked, 1.0), (scorer, 1.0)], picker);
    let plugin = match stage {
        Stage::Filter => filter,
        Stage::Scorer => scorer,
        Stage::Picker => picker,
        _ => setup.plan.handler,
    };
    setup.on_fault(plugin, on_fault);
    setup.lane.plugins[plugin.0 as usize].1 = Box::new(move |_| Err(fault(cause)));
    setup
}

/// `Ok`: the row of the decision; `Err`: status and reason of the refusal.
fn check(
    stage: Stage,
    on_fault: Option<OnFault>,
    cause: Cause,
    expected: Result<u32, (u16, Option<&str>)>,
) {
    let record = broken(stage, on_fault, cause).run();
    let found = match &record.outcome {
        Ok(decision) => Ok(decision.targets[0].row),
        Err(refusal) => Err((refusal.status(), refusal.reason())),
    };
    assert_eq!(found, expected, "{stage:?} {on_fault:?} {cause:?}");
    let calls = record
        .profiles
        .iter()
        .flat_map(|profile| &profile.calls)
        .chain(&record.handler);
    let faults: Vec<_> = calls.filter_map(|call| call.fault.as_ref()).collect();
    assert!(
        faults.iter().all(|noted| **noted == fault(cause)) && !faults.is_empty(),
        "the record tells of it"
    );
}

#[test]
fn on_fault_says_what_the_request_gets() {
    use OnFault::{Fail, Pass, Skip};
    let failed = Err((503, None));
    // Of those the filter keeps 1 is best, with 1.5; of all it is 3, with 2.
    for (on_fault, expected) in [
        (None, Ok(3)),
        (Some(Pass), Ok(3)),
        (Some(Skip), Ok(3)),
        (Some(Fail), failed),
    ] {
        check(Stage::Filter, on_fault, BROKEN, expected);
    }
    // Without the scorer 0 and 2 are equal, and the picker takes the last of equals.
    for (on_fault, expected) in [
        (None, Ok(2)),
        (Some(Pass), Ok(2)),
        (Some(Skip), Ok(2)),
        (Some(Fail), failed),
    ] {
        check(Stage::Scorer, on_fault, BROKEN, expected);
    }
    for (on_fault, expected) in [
        (None, Ok(1)),
        (Some(Pass), Ok(1)),
        (Some(Skip), Ok(1)),
        (Some(Fail), failed),
    ] {
        check(Stage::Picker, on_fault, BROKEN, expected);
    }
    for on_fault in [None, Some(Pass), Some(Skip), Some(Fail)] {
        check(Stage::ProfileHandler, on_fault, BROKEN, failed);
    }
}

#[test]
fn every_cause_is_treated_alike_but_a_refusal() {
    let causes = [
        Cause::Said { code: 0 },
        Cause::Trap,
        Cause::StackOverflow,
        Cause::Deadline,
        Cause::Memory,
        Cause::HostBytes,
        Cause::WrongLength,
        Cause::UnknownRow,
        Cause::NotFinite,
        Cause::BadAnswer,
        Cause::BreakerOpen,
        Cause::NoInstance,
    ];
    for cause in causes {
        check(Stage::Scorer, None, cause, Ok(2));
        check(Stage::Scorer, Some(OnFault::Fail), cause, Err((503, None)));
    }
    for stage in [
        Stage::Filter,
        Stage::Scorer,
        Stage::Picker,
        Stage::ProfileHandler,
    ] {
        for on_fault in [None, Some(OnFault::Skip), Some(OnFault::Fail)] {
            check(stage, on_fault, Cause::Said { code: 403 }, Err((403, None)));
        }
    }
}

#[test]
fn a_refusal_speaks_in_the_plugins_words_and_a_failure_names_the_plugin() {
    let refusal =
        |stage, on_fault, cause| broken(stage, on_fault, cause).run().outcome.unwrap_err();
    let said = refusal(Stage::Filter, None, Cause::Said { code: 403 });
    let expected = Refusal::Plugin {
        plugin: "filter".into(),
        status: 403,
        message: "it broke".into(),
    };
    assert_eq!((said.to_string().as_str(), &said), ("it broke", &expected));
    let failed = refusal(Stage::Scorer, Some(OnFault::Fail), Cause::Deadline);
    assert_eq!(
        failed.to_string(),
        "the request could not be scheduled: plugin `scorer` failed (deadline: it broke)"
    );
}

#[test]
fn a_fault_ends_the_profile_where_it_happens() {
    for (stage, calls) in [(Stage::Filter, 1), (Stage::Scorer, 3), (Stage::Picker, 4)] {
        let record = broken(stage, Some(OnFault::Fail), BROKEN).run();
        let profile = &record.profiles[0];
        assert_eq!(
            (profile.outcome, profile.calls.len()),
            (Outcome::Failed, calls),
            "{stage:?}"
        );
        assert!(
            profile.picked.is_empty(),
            "a profile that failed as {stage:?} picked nothing"
        );
    }
}

/// The host's own pick: the best total, the first of equals.
fn check_host_pick(scores: &[f64], expected: u32) {
    let rows: Vec<u32> = (10..10 + scores.len() as u32).collect();
    let mut setup = Setup::new(&rows);
    let scores = scores.to_vec();
    let scorer = setup.plugin("scorer", move |_| Ok(Said::Scores(scores.clone())));
    let picker = setup.plugin("picker", |_| Err(fault(BROKEN)));
    setup.profile("default", &[], &[(scorer, 1.0)], picker);
    assert_eq!(setup.targets(), [expected]);
}

#[test]
fn a_picker_that_breaks_leaves_the_best_total_the_first_of_equals() {
    check_host_pick(&[0.5], 10);
    check_host_pick(&[0.0, 0.0, 0.0], 10);
    check_host_pick(&[0.25, 0.75, 0.5], 11);
    check_host_pick(&[0.25, 0.75, 0.75], 11);
    check_host_pick(&[0.25, 0.5, 0.75], 12);
}

#[test]
fn no_candidates_is_a_refusal_of_its_own_and_no_plugin_is_asked() {
    let mut setup = Setup::new(&[]);
    let picker = setup.plugin("picker", best_last);
    setup.profile("default", &[], &[], picker);
    let refusal = setup.run().outcome.unwrap_err();
    assert_eq!(refusal, Refusal::NoEndpoints);
    assert_eq!(
        (refusal.status(), refusal.reason()),
        (503, Some("rejected-no-endpoints"))
    );
    assert!(setup.lane.seen.is_empty() && setup.lane.told.is_empty());
}

#[test]
fn filters_that_leave_nothing_saturate_and_the_rest_of_the_profile_rests() {
    let mut setup = Setup::new(&[1, 2]);
    let first = setup.plugin("first", keeping(&[]));
    let second = setup.plugin("second", keeping(&[1]));
    let scorer = setup.plugin("scorer", scoring(&[]));
    let picker = setup.plugin("picker", best_last);
    setup.profile("default", &[first, second], &[(scorer, 1.0)], picker);
    let record = setup.run();
    let refusal = record.outcome.unwrap_err();
    assert_eq!(
        refusal,
        Refusal::Saturated {
            profile: "default".into()
        }
    );
    assert_eq!(
        (refusal.status(), refusal.reason()),
        (429, Some("rejected-saturated"))
    );
    assert_eq!(record.profiles[0].outcome, Outcome::FilteredOut);
    let asked: Vec<_> = setup
        .lane
        .seen
        .iter()
        .map(|seen| seen.plugin.as_str())
        .collect();
    assert_eq!(
        asked,
        ["handler", "first", "handler"],
        "steps, the filter, and steps again"
    );
}

#[test]
fn a_fault_reads_as_cause_and_message() {
    let fault = CallFault {
        cause: Cause::NotFinite,
        message: "score 3 is NaN".into(),
    };
    assert_eq!(fault.to_string(), "not-finite: score 3 is NaN");
}
