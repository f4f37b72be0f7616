//! The profile handler's loop: steps, gates, several profiles, the decision.

use std::cell::RefCell;
use std::rc::Rc;

use switchyard_scheduler::{Cause, Decision, Header, OnFault, Outcome, Refusal, Step, Target};

use crate::support::{
    Said, Setup, best_last, fault, first_pick, in_turn, keeping, request, scoring, step,
};

/// Profiles `prefill`, which takes row 1, and `decode`, which takes row 2.
fn two_profiles(turns: Vec<Vec<Step>>) -> Setup {
    let mut setup = Setup::new(&[1, 2]);
    setup.column("cached", &[10.0, 20.0]);
    setup.scalar("prompt-tokens", 100.0);
    let prefill = setup.plugin("prefill-filter", keeping(&[1]));
    let decode = setup.plugin("decode-filter", keeping(&[2]));
    let scorer = setup.plugin("scorer", scoring(&[(1, 0.5), (2, 0.75)]));
    let picker = setup.plugin("picker", best_last);
    setup.profile("prefill", &[prefill], &[(scorer, 1.0)], picker);
    setup.profile("decode", &[decode], &[(scorer, 2.0)], picker);
    setup.handler(in_turn(turns));
    setup
}

fn check_bad_steps(turns: Vec<Vec<Step>>, message: &str) {
    let refusal = two_profiles(turns).run().outcome.unwrap_err();
    let Refusal::Failed { plugin, fault } = &refusal else {
        panic!("{refusal:?}")
    };
    assert_eq!(
        (plugin.as_str(), fault.cause, fault.message.as_str()),
        ("handler", Cause::BadAnswer, message)
    );
    assert_eq!(refusal.status(), 503);
}

#[test]
fn steps_that_cannot_be_are_refused_by_name() {
    check_bad_steps(
        vec![vec![step("decod", "")]],
        "it names the profile `decod`, which the configuration does not have",
    );
    check_bad_steps(
        vec![vec![step("decode", ""), step("decode", "")]],
        "it names the profile `decode` a second time",
    );
    check_bad_steps(
        vec![
            vec![step("decode", "")],
            vec![step("prefill", ""), step("decode", "")],
        ],
        "it names the profile `decode` a second time",
    );
    check_bad_steps(
        vec![vec![step("decode", "allways")]],
        "it names the decider `allways`, which the configuration does not have",
    );
    // A plugin that is there and no decider.
    check_bad_steps(
        vec![vec![step("decode", "scorer")]],
        "it names the decider `scorer`, which the configuration does not have",
    );
}

#[test]
fn nothing_of_a_bad_list_of_steps_runs() {
    let mut setup = two_profiles(vec![vec![step("decode", ""), step("none", "")]]);
    let record = setup.run();
    assert!(record.profiles.is_empty());
    assert_eq!(setup.lane.calls("picker"), []);
}

fn profiles(setup: &mut Setup) -> Vec<(String, Outcome, Vec<u32>)> {
    let record = setup.run();
    record
        .profiles
        .into_iter()
        .map(|profile| (profile.profile, profile.outcome, profile.picked))
        .collect()
}

#[test]
fn profiles_run_in_the_order_of_the_steps_in_one_turn_or_several() {
    let picked = |name: &str, row| (name.to_owned(), Outcome::Picked, vec![row]);
    let expected = [picked("decode", 2), picked("prefill", 1)];
    assert_eq!(
        profiles(&mut two_profiles(vec![vec![
            step("decode", ""),
            step("prefill", "")
        ]])),
        expected
    );
    assert_eq!(
        profiles(&mut two_profiles(vec![
            vec![step("decode", "")],
            vec![step("prefill", "")]
        ])),
        expected
    );
    assert_eq!(
        profiles(&mut two_profiles(vec![vec![step("prefill", "")]])),
        [picked("prefill", 1)]
    );
}

#[test]
fn the_handler_reads_inputs_about_the_rows_picked_so_far() {
    let mut setup = two_profiles(vec![vec![step("decode", "")], vec![step("prefill", "")]]);
    setup.reads(setup.plan.handler, &["cached"], &["prompt-tokens"]);
    setup.run();
    let inputs: Vec<_> = setup
        .lane
        .calls("handler")
        .into_iter()
        .map(|call| call.inputs)
        .collect();
    let expected = [
        vec![100.0],
        vec![20.0, 100.0],
        vec![20.0, 10.0, 100.0],
        vec![20.0, 10.0, 100.0],
    ];
    assert_eq!(inputs, expected, "three rounds of steps and the decision");
}

#[test]
fn later_profiles_see_what_earlier_ones_picked() {
    let mut setup = two_profiles(vec![vec![step("decode", ""), step("prefill", "")]]);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let noted = seen.clone();
    let picker = setup.plan.profiles[0].picker;
    setup.lane.plugins[picker.0 as usize].1 = Box::new(move |asked| {
        let peers = |profile| asked.request.peers(profile);
        noted.borrow_mut().push((
            asked.profile.to_owned(),
            peers("decode"),
            peers("prefill"),
            peers(""),
        ));
        best_last(asked)
    });
    let request = request();
    setup.run_as(&request);
    let expected = [
        ("decode".to_owned(), vec![], vec![], vec![]),
        ("prefill".to_owned(), vec![2], vec![], vec![]),
    ];
    assert_eq!(*seen.borrow(), expected);
    assert_eq!(
        (request.peers("prefill"), request.peers("")),
        (vec![1], vec![2]),
        "the decision's are under no name"
    );
    assert!(request.peers("unheard-of").is_empty());
}

/// `prefill` behind a gate, after `decode`.
fn check_gate(
    answer: Result<bool, Cause>,
    on_fault: Option<OnFault>,
    expected: Result<Outcome, u16>,
) {
    let mut setup = two_profiles(vec![vec![step("decode", ""), step("prefill", "gate")]]);
    let gate = setup.plugin("gate", move |_| answer.map(Said::Agree).map_err(fault));
    setup.on_fault(gate, on_fault);
    setup.reads(gate, &["cached"], &["prompt-tokens"]);
    setup.plan.deciders.push(gate);
    let record = setup.run();
    let calls = setup.lane.calls("gate");
    assert_eq!(calls.len(), 1);
    assert_eq!(
        calls[0].profile, "prefill",
        "a gate is told of the profile that would run"
    );
    assert_eq!(
        (&calls[0].rows, &calls[0].inputs),
        (&vec![2], &vec![20.0, 100.0]),
        "and of what was picked"
    );
    let ran = setup.lane.calls("prefill-filter").len();
    let gated = &record.profiles[1];
    match (&record.outcome, expected) {
        (Ok(decision), Ok(outcome)) => {
            assert_eq!((gated.outcome, decision.targets[0].row), (outcome, 2));
            assert_eq!(ran, usize::from(outcome == Outcome::Picked));
            assert_eq!(gated.picked.is_empty(), outcome != Outcome::Picked);
        }
        (Err(refusal), Err(status)) => assert_eq!((refusal.status(), ran), (status, 0)),
        (found, _) => panic!("found {found:?}, expected {expected:?}"),
    }
}

#[test]
fn a_gate_says_yes_or_no_and_one_that_breaks_says_no() {
    check_gate(Ok(true), None, Ok(Outcome::Picked));
    check_gate(Ok(false), None, Ok(Outcome::Gated));
    check_gate(Err(Cause::Trap), None, Ok(Outcome::Gated));
    check_gate(
        Err(Cause::Said { code: 0 }),
        Some(OnFault::Skip),
        Ok(Outcome::Gated),
    );
    // A profile was picked before, so that the handler still decides.
    check_gate(Err(Cause::Trap), Some(OnFault::Fail), Ok(Outcome::Failed));
    check_gate(Err(Cause::Said { code: 403 }), None, Err(403));
}

#[test]
fn a_gate_before_any_pick_is_asked_about_no_rows() {
    let mut setup = two_profiles(vec![vec![step("prefill", "gate")]]);
    let gate = setup.plugin("gate", |_| Ok(Said::Agree(false)));
    setup.plan.deciders.push(gate);
    let record = setup.run();
    assert!(setup.lane.calls("gate")[0].rows.is_empty());
    // Nothing ran, so that the decision names no target: there is nowhere to send the request.
    assert!(record.outcome.is_err_and(|refusal| refusal.status() == 503));
}

/// The picker fails in `failing`, and its `onFault` is `fail`.
fn check_failing(failing: &'static str, expected: Result<u32, u16>) {
    let mut setup = two_profiles(vec![vec![step("decode", ""), step("prefill", "")]]);
    let picker = setup.plan.profiles[0].picker;
    setup.on_fault(picker, Some(OnFault::Fail));
    setup.lane.plugins[picker.0 as usize].1 = Box::new(move |asked| {
        if asked.profile == failing {
            Err(fault(Cause::Deadline))
        } else {
            best_last(asked)
        }
    });
    let request = request();
    let record = setup.run_as(&request);
    let found = record
        .outcome
        .map(|decision| decision.targets[0].row)
        .map_err(|refusal| refusal.status());
    assert_eq!(found, expected);
    assert_eq!(
        record.profiles.last().map(|profile| profile.outcome),
        Some(Outcome::Failed)
    );
    assert!(
        request.peers(failing).is_empty(),
        "what failed picked nothing"
    );
}

#[test]
fn a_later_profile_that_fails_leaves_the_decision_to_the_handler() {
    check_failing("prefill", Ok(2));
    check_failing("decode", Err(503));
}

/// `decode` and `prefill` run dry or not.
fn check_dry(dry: &[&str], expected: Result<u32, Refusal>) {
    let mut setup = two_profiles(vec![vec![step("decode", ""), step("prefill", "")]]);
    for profile in dry {
        let filter = setup.plan.profile(profile).unwrap().filters[0];
        setup.lane.plugins[filter.0 as usize].1 = Box::new(keeping(&[]));
    }
    assert_eq!(
        setup.run().outcome.map(|decision| decision.targets[0].row),
        expected
    );
}

#[test]
fn one_profile_that_runs_dry_is_no_refusal_and_all_of_them_are() {
    check_dry(&[], Ok(2));
    check_dry(&["prefill"], Ok(2));
    check_dry(&["decode"], Ok(1));
    check_dry(
        &["decode", "prefill"],
        Err(Refusal::Saturated {
            profile: "decode".into(),
        }),
    );
}

#[test]
fn a_handler_may_name_another_port_and_headers() {
    let mut setup = two_profiles(vec![]);
    let decision = Decision {
        primary: "decode".into(),
        targets: vec![Target {
            row: 2,
            port: 8_200,
        }],
        set_headers: vec![Header {
            name: "x-prefiller-host-port".into(),
            value: "10.0.0.1:8001".into(),
        }],
    };
    let said = decision.clone();
    setup.handler(move |asked| match asked.deciding {
        true => Ok(Said::Decision(said.clone())),
        false if asked.done.is_empty() => Ok(Said::Steps(vec![step("decode", "")])),
        false => Ok(Said::Steps(vec![])),
    });
    assert_eq!(setup.run().outcome, Ok(decision));
}

#[test]
fn a_decision_that_fails_is_a_failure_whatever_on_fault_says() {
    for on_fault in [
        None,
        Some(OnFault::Skip),
        Some(OnFault::Pass),
        Some(OnFault::Fail),
    ] {
        let mut setup = two_profiles(vec![]);
        setup.on_fault(setup.plan.handler, on_fault);
        setup.handler(|asked| match asked.deciding {
            true => Err(fault(Cause::Trap)),
            false if asked.done.is_empty() => Ok(Said::Steps(vec![step("decode", "")])),
            false => Ok(Said::Steps(vec![])),
        });
        let refusal = setup.run().outcome.unwrap_err();
        assert!(
            matches!(&refusal, Refusal::Failed { plugin, .. } if plugin == "handler"),
            "{refusal:?}"
        );
    }
}

#[test]
fn a_handler_that_skips_a_broken_round_decides_with_what_it_has() {
    let mut setup = two_profiles(vec![]);
    setup.on_fault(setup.plan.handler, Some(OnFault::Skip));
    setup.handler(|asked| match asked.deciding {
        true => Ok(first_pick(asked)),
        false if asked.done.is_empty() => Ok(Said::Steps(vec![step("decode", "")])),
        false => Err(fault(Cause::Trap)),
    });
    assert_eq!(setup.targets(), [2]);
}
