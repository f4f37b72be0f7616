//! A call allocates its answer and nothing else: counted from the lists that the contract hands over to
//! those it takes back, once a first call has given the plugin its room.

use std::hint::black_box;

use allocation_counter::measure;
use switchyard_sdk::bindings::{decider, filter, guest, hooks, picker, profile_handler, scorer};
use switchyard_sdk::export::{Exported, Hosted, Slot};
use switchyard_sdk::testing::{self, labelled};
use switchyard_sdk::{
    Column, Decider, Decision, Diagnostics, Endpoint, Endpoints, Fault, Filter, Hooks, Needs,
    NoSettings, PerRow, Picker, Plugin, ProfileHandler, ProfileResult, Random, Request, Scalar,
    Scorer, Step, scores,
};

use decider::exports::switchyard::plugin::decider::Guest as DeciderGuest;
use filter::exports::switchyard::plugin::filter::Guest as _;
use guest::exports::switchyard::plugin::lifecycle::Guest as _;
use hooks::exports::switchyard::plugin::hooks::Guest as _;
use picker::exports::switchyard::plugin::picker::Guest as _;
use profile_handler::exports::switchyard::plugin::profile_handler::Guest as _;
use scorer::exports::switchyard::plugin::scorer::Guest as _;

/// Every stage that is asked on a request's way, each reading what it can.
#[derive(Default)]
struct Everything {
    drained: PerRow<bool>,
    ranked: Vec<(f64, u32)>,
}

impl Plugin for Everything {
    const NAME: &'static str = "everything";
    const VERSION: &'static str = "1.0.0";
    const SUMMARY: &'static str = "Takes part in every stage";
    type Settings = NoSettings;

    fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self::default())
    }

    fn needs(&self) -> Needs {
        Needs::none()
            .column(Column::WaitingRequests)
            .optional_scalar(Scalar::PromptTokens)
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.drained = PerRow::resolve(endpoints, |endpoint| endpoint.label("drain").is_some());
        Ok(())
    }
}

impl Filter for Everything {
    fn keep(&mut self, _request: &Request, endpoints: &Endpoints<'_>) -> Result<Vec<u32>, Fault> {
        Ok(endpoints.keep(|_, row| !self.drained.holds(row)))
    }
}

impl Scorer for Everything {
    fn score(
        &mut self,
        request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        black_box(request.seed());
        scores::lower_is_better(endpoints.column(Column::WaitingRequests), scores);
        Ok(())
    }
}

impl Picker for Everything {
    fn pick(
        &mut self,
        request: &Request,
        endpoints: &Endpoints<'_>,
        totals: &[f64],
    ) -> Result<Vec<u32>, Fault> {
        let rows = endpoints.rows().iter().copied();
        self.ranked.clear();
        self.ranked.extend(totals.iter().copied().zip(rows));
        Random::new(request.seed()).shuffle(&mut self.ranked);
        self.ranked
            .sort_unstable_by(|(one, _), (other, _)| other.total_cmp(one));
        Ok(self.ranked[..2].iter().map(|(_, row)| *row).collect())
    }
}

impl Decider for Everything {
    fn decide(
        &mut self,
        _request: &Request,
        _profile: &str,
        picked: &Endpoints<'_>,
    ) -> Result<bool, Fault> {
        Ok(picked.scalar(Scalar::PromptTokens) > 10.0)
    }
}

impl ProfileHandler for Everything {
    fn next(
        &mut self,
        _request: &Request,
        _done: &[ProfileResult],
        picked: &Endpoints<'_>,
    ) -> Result<Vec<Step>, Fault> {
        black_box(picked.column(Column::WaitingRequests));
        Ok(Vec::new())
    }

    fn decide(
        &mut self,
        _request: &Request,
        done: &[ProfileResult],
        _picked: &Endpoints<'_>,
    ) -> Result<Decision, Fault> {
        Ok(Decision::of(&done[0]))
    }
}

impl Hooks for Everything {}

thread_local! {
    static SLOT: Slot<Everything> = Slot::default();
}

impl Hosted for Everything {
    fn with_slot<R>(body: impl FnOnce(&Slot<Self>) -> R) -> R {
        SLOT.with(body)
    }
}

type Component = Exported<Everything>;

const ROWS: u32 = 1_000;

fn rows() -> Vec<u32> {
    (0..ROWS).collect()
}

/// One column of `rows` values and one scalar.
fn inputs(rows: u32) -> Vec<f64> {
    let waiting = (0..rows).map(|row| match row % 9 {
        8 => f64::NAN,
        waiting => f64::from(waiting),
    });
    waiting.chain([300.0]).collect()
}

/// Calls twice and counts the second time. Arguments are made before, as the host makes them.
#[track_caller]
fn check<A, R>(expected: u64, arguments: impl Fn() -> A, call: impl Fn(A) -> Result<R, Fault>) {
    testing::set_request(testing::FakeRequest::default());
    assert!(Component::configure("{}".to_owned()).is_ok());
    let endpoints = (0..ROWS)
        .map(|row| match row % 3 {
            0 => labelled(row, &[("drain", "true")]),
            _ => testing::endpoint(row),
        })
        .collect();
    assert_eq!(Component::endpoints_changed(1, endpoints), Ok(()));
    assert!(call(arguments()).is_ok());
    let arguments = arguments();
    let mut answer = None;
    let counted = measure(|| answer = Some(call(arguments)));
    assert!(answer.is_some_and(|answer| answer.is_ok()));
    assert_eq!(counted.count_total, expected);
}

#[test]
fn scores_are_the_only_list() {
    let arguments = || (rows(), inputs(ROWS));
    check(1, arguments, |(rows, inputs)| {
        Component::score(rows, inputs)
    });
}

#[test]
fn kept_rows_are_the_only_list() {
    let arguments = || (rows(), inputs(ROWS));
    check(1, arguments, |(rows, inputs)| Component::keep(rows, inputs));
}

#[test]
fn picked_rows_are_the_only_list() {
    let totals = || (0..ROWS).map(|row| f64::from(row % 7)).collect();
    let arguments = || (rows(), totals(), inputs(ROWS));
    check(1, arguments, |(rows, totals, inputs)| {
        Component::pick(rows, totals, inputs)
    });
}

#[test]
fn a_decider_makes_no_list() {
    let arguments = || ("prefill".to_owned(), vec![3, 1], inputs(2));
    check(0, arguments, |(profile, picked, inputs)| {
        <Component as DeciderGuest>::decide(profile, picked, inputs)
    });
}

#[test]
fn rows_inside_of_records_need_no_list_of_their_own() {
    let done = || vec![testing::picked("default", &[3, 1])];
    check(
        0,
        || (done(), inputs(2)),
        |(done, inputs)| Component::next(done, inputs),
    );
    check(
        0,
        || (Decision::of(&done()[0]), inputs(2)),
        |(decision, inputs)| Component::picked(decision, inputs),
    );
}
