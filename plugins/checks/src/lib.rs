//! What every built-in plugin on a request's way is checked for: a call allocates its answer and
//! nothing else.
//!
//! Allocations are counted from the lists that the contract hands over to the one it takes back, after a
//! first call has given the plugin its room. What an import answers, such as the text of a header, is the
//! host's to hand over and is counted apart.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic, reason = "a check fails the test that asks for it")]

use allocation_counter::measure;
use switchyard_sdk::disagg::ROLE_LABEL;
use switchyard_sdk::testing::{Tested, endpoint, labelled};
use switchyard_sdk::{Column, Decider, Endpoint, Filter, Picker, Plugin, Scalar, Scorer};

/// The greatest number comes first, so that room is made once.
const CANDIDATES: [u32; 4] = [1_000, 100, 2, 1];

/// A scorer, with settings in JSON. `imported` is how many texts and lists its imports hand over.
#[track_caller]
pub fn scorer<P: Scorer>(settings: &str, imported: u64) {
    each(settings, |plugin: &mut Tested<P>, rows| {
        let inputs = plugin.inputs(rows);
        count(1 + imported, rows, || {
            plugin.instance().score(rows, &inputs)
        });
    });
}

/// A filter.
#[track_caller]
pub fn filter<P: Filter>(settings: &str) {
    each(settings, |plugin: &mut Tested<P>, rows| {
        let inputs = plugin.inputs(rows);
        count(1, rows, || plugin.instance().keep(rows, &inputs));
    });
}

/// A picker, of totals without, with some and with nothing but ties.
#[track_caller]
pub fn picker<P: Picker>(settings: &str) {
    for different in [u32::MAX, 5, 1] {
        each(settings, |plugin: &mut Tested<P>, rows| {
            let totals: Vec<f64> = rows.iter().map(|row| f64::from(row % different)).collect();
            let inputs = plugin.inputs(rows);
            count(1, rows, || plugin.instance().pick(rows, &totals, &inputs));
        });
    }
}

/// A decider, whose answer is no list.
#[track_caller]
pub fn decider<P: Decider>(settings: &str) {
    each(settings, |plugin: &mut Tested<P>, rows| {
        let inputs = plugin.inputs(rows);
        count(0, rows, || {
            plugin.instance().agrees("prefill", rows, &inputs)
        });
    });
}

/// `call` with ever fewer candidates, on an instance that knows its endpoints and has all it needs.
#[track_caller]
fn each<P: Plugin>(settings: &str, call: impl Fn(&mut Tested<P>, &[u32])) {
    let most = CANDIDATES[0];
    let endpoints: Vec<Endpoint> = (0..most).map(with_some_role).collect();
    let Ok(plugin) = Tested::<P>::new(settings) else {
        panic!("{} refuses {settings}", P::NAME);
    };
    let columns: Vec<Column> = plugin.needs().columns().cloned().collect();
    let scalars: Vec<Scalar> = plugin.needs().scalars().cloned().collect();
    let values: Vec<f64> = (0..most).map(some_value).collect();
    let Ok(plugin) = plugin.endpoints(&endpoints) else {
        panic!("{} refuses endpoints", P::NAME);
    };
    let plugin = columns
        .into_iter()
        .fold(plugin, |plugin, column| plugin.column(column, &values));
    let mut plugin = scalars
        .into_iter()
        .fold(plugin, |plugin, scalar| plugin.scalar(scalar, 300.0));
    for candidates in CANDIDATES {
        let rows: Vec<u32> = (0..candidates).collect();
        call(&mut plugin, &rows);
    }
}

/// Calls twice and counts the second time.
#[track_caller]
fn count<R, E>(expected: u64, rows: &[u32], mut call: impl FnMut() -> Result<R, E>) {
    let candidates = rows.len();
    assert!(call().is_ok(), "no answer for {candidates} candidates");
    let mut answer = None;
    let counted = measure(|| answer = Some(call()));
    assert!(answer.is_some_and(|answer| answer.is_ok()));
    assert_eq!(
        counted.count_total, expected,
        "allocations in a call with {candidates} candidates"
    );
}

fn with_some_role(row: u32) -> Endpoint {
    match row % 4 {
        0 => endpoint(row),
        1 => labelled(row, &[(ROLE_LABEL, "decode")]),
        2 => labelled(row, &[(ROLE_LABEL, "prefill")]),
        _ => labelled(row, &[(ROLE_LABEL, "both")]),
    }
}

/// Small numbers, some alike, and every ninth not known.
fn some_value(row: u32) -> f64 {
    match row % 9 {
        8 => f64::NAN,
        value => f64::from(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::{Diagnostics, Endpoints, Fault, NoSettings, Request};

    /// Makes a list on its way.
    struct Wasteful;

    impl Plugin for Wasteful {
        const NAME: &'static str = "wasteful";
        const VERSION: &'static str = "1.0.0";
        const SUMMARY: &'static str = "Makes a list on its way";
        type Settings = NoSettings;

        fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
            Ok(Self)
        }
    }

    impl Filter for Wasteful {
        fn keep(
            &mut self,
            _request: &Request,
            endpoints: &Endpoints<'_>,
        ) -> Result<Vec<u32>, Fault> {
            let mut sorted = endpoints.rows().to_vec();
            sorted.sort_unstable();
            Ok(endpoints.keep(|at, row| sorted[at] == row))
        }
    }

    #[test]
    #[should_panic(expected = "allocations in a call with 1000 candidates")]
    fn a_list_too_many_is_found() {
        filter::<Wasteful>("{}");
    }
}
