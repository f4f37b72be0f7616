//! Hooks: headers in order, faults that cost nothing or the request, and the end that all must hear.

use std::sync::Arc;

use switchyard_scheduler::{
    Cause, Decision, Ended, Ending, Header, OnFault, PluginIndex, Refusal, Target, hooks,
};

use crate::support::{Said, Setup, best_last, fault, request};

fn header(value: &str) -> Header {
    Header {
        name: "x-hook".into(),
        value: value.into(),
    }
}

/// Three hooks that each set a header; `broken` breaks the second.
fn three(broken: Option<(Cause, Option<OnFault>)>) -> Setup {
    let mut setup = Setup::new(&[3, 5]);
    setup.column("load", &[30.0, 50.0]);
    setup.scalar("prompt-tokens", 9.0);
    for name in ["a", "b", "c"] {
        let hook = setup.plugin(name, move |_| Ok(Said::Headers(vec![header(name)])));
        setup.plan.hooks.push(hook);
    }
    if let Some((cause, on_fault)) = broken {
        let second = setup.plan.hooks[1];
        setup.on_fault(second, on_fault);
        setup.lane.plugins[second.0 as usize].1 = Box::new(move |_| Err(fault(cause)));
    }
    let picker = setup.plugin("picker", best_last);
    setup.profile("default", &[], &[], picker);
    setup
}

const ENDED: Ended = Ended {
    ending: Ending::Complete,
    status: 200,
    prompt_tokens: 1.0,
    cached_tokens: f64::NAN,
    completion_tokens: 2.0,
    first_token_ms: 3.0,
    total_ms: 4.0,
};

fn check(broken: Option<(Cause, Option<OnFault>)>, expected: Result<&[&str], u16>) {
    let expected =
        expected.map(|values| values.iter().map(|value| header(value)).collect::<Vec<_>>());
    let status = |refusal: Refusal| refusal.status();

    let mut setup = three(broken);
    let record = setup.run();
    let decision = record.outcome.clone().unwrap();
    assert_eq!(
        hooks::picked(&record, &mut setup.lane, &decision).map_err(status),
        expected
    );

    let mut setup = three(broken);
    let plan = Arc::new(setup.plan.clone());
    assert_eq!(
        hooks::response_started(&plan, &request(), &mut setup.lane, 200).map_err(status),
        expected
    );

    setup.lane.seen.clear();
    hooks::response_ended(&plan, &request(), &mut setup.lane, &ENDED);
    let told: Vec<_> = setup
        .lane
        .seen
        .iter()
        .map(|seen| seen.plugin.as_str())
        .collect();
    assert_eq!(
        told,
        ["a", "b", "c"],
        "each hook hears of the end, whatever the others do: {broken:?}"
    );
}

#[test]
fn headers_come_in_the_order_of_the_hooks_and_a_fault_costs_what_on_fault_says() {
    check(None, Ok(&["a", "b", "c"]));
    check(Some((Cause::Trap, None)), Ok(&["a", "c"]));
    check(Some((Cause::Trap, Some(OnFault::Skip))), Ok(&["a", "c"]));
    check(Some((Cause::Said { code: 0 }, None)), Ok(&["a", "c"]));
    check(Some((Cause::Trap, Some(OnFault::Fail))), Err(503));
    check(Some((Cause::Said { code: 403 }, None)), Err(403));
}

#[test]
fn a_hook_reads_inputs_about_the_picked_rows() {
    let mut setup = three(None);
    let first: PluginIndex = setup.plan.hooks[0];
    setup.reads(first, &["load"], &["prompt-tokens"]);
    let record = setup.run();
    let target = |row| Target { row, port: 0 };
    // Row 8 is no candidate: a handler took it from elsewhere.
    let targets = vec![target(5), target(8), target(3)];
    let decision = Decision {
        primary: "default".into(),
        targets,
        set_headers: vec![],
    };
    hooks::picked(&record, &mut setup.lane, &decision).unwrap();
    let inputs = &setup.lane.calls("a")[0].inputs;
    assert_eq!((inputs[0], inputs[2], inputs[3]), (50.0, 30.0, 9.0));
    assert!(inputs[1].is_nan());
}
