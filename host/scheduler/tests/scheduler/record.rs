//! A record as JSON and back, and the replay of what was read.

use std::sync::Arc;

use proptest::prelude::*;
use switchyard_scheduler::record::json::{Numbers, RecordJson};
use switchyard_scheduler::record::replay::{Recorded, ReplayError};
use switchyard_scheduler::{Cause, ImportAnswer, Request, schedule};

use crate::support::{Said, Setup, best_last, fault, in_turn, keeping, request, step};

/// A plan with a gate, a filter, a scorer that reads a column, one that breaks, and two profiles.
fn plan(rows: &[u32], load: &[f64]) -> Setup {
    let mut setup = Setup::new(rows);
    setup.column("load", load);
    setup.scalar("prompt-tokens", 12.5);
    setup.scalar("block-tokens", f64::NAN);
    let filter = setup.plugin("filter", keeping(&rows[..rows.len().div_ceil(2)]));
    let scorer = setup.plugin("scorer", |asked| {
        let loads = &asked.inputs[..asked.rows.len()];
        Ok(Said::Scores(
            loads
                .iter()
                .map(|load| {
                    if load.is_finite() {
                        1.0 / (1.0 + load.abs())
                    } else {
                        0.0
                    }
                })
                .collect(),
        ))
    });
    let steep = setup.plugin("steep", |asked| {
        Ok(Said::Scores(
            asked
                .rows
                .iter()
                .map(|row| f64::from(*row) / 3.0 - 0.1)
                .collect(),
        ))
    });
    let broken = setup.plugin("broken", |_| Err(fault(Cause::Said { code: 0 })));
    let picker = setup.plugin("picker", best_last);
    let gate = setup.plugin("gate", |asked| {
        Ok(Said::Agree(
            asked.rows.first().is_some_and(|row| row % 2 == 0),
        ))
    });
    setup.reads(scorer, &["load"], &["block-tokens"]);
    setup.plan.deciders.push(gate);
    setup.profile(
        "decode",
        &[],
        &[(scorer, 2.0), (steep, 0.3), (broken, 1.0)],
        picker,
    );
    setup.profile("prefill", &[filter], &[(steep, 1.0)], picker);
    setup.handler(in_turn(vec![vec![
        step("decode", ""),
        step("prefill", "gate"),
    ]]));
    setup
}

fn odd_loads() -> Vec<f64> {
    vec![0.1 + 0.2, f64::NAN, f64::INFINITY, 1e-7, 123_456.789]
}

const ROWS: &[u32] = &[3, 1, 4, 0, 5];

fn text(setup: &mut Setup) -> String {
    serde_json::to_string(&RecordJson::from(&setup.run())).unwrap()
}

fn replay(recorded: &Recorded, setup: &mut Setup) -> Result<(), String> {
    let plan = Arc::new(setup.plan.clone());
    let request = recorded.request().unwrap();
    let gathered = recorded.gathered(&plan);
    let record = schedule(
        &plan,
        &recorded.snapshot,
        &mut setup.lane,
        &request,
        gathered,
    );
    recorded
        .compare(&record)
        .map_err(|difference| difference.to_string())
}

#[test]
fn a_record_survives_json() {
    let record = RecordJson::from(&plan(ROWS, &odd_loads()).run());
    let text = serde_json::to_string_pretty(&record).unwrap();
    assert_eq!(serde_json::from_str::<RecordJson>(&text).unwrap(), record);
    assert_eq!(
        record.seed,
        (u64::MAX - 1).to_string(),
        "more than a double holds"
    );
    assert_eq!(record.columns["load"], Numbers(odd_loads()));
    assert_eq!(record.scalars["block-tokens"], Numbers(vec![f64::NAN]));
}

#[test]
fn a_record_tells_who_answered_what() {
    let record = RecordJson::from(&plan(&[2, 7], &[0.0, 1.0]).run());
    let decode = &record.profiles[0];
    let [scorer, steep, broken] = &decode.scorers[..] else {
        panic!("{decode:?}")
    };
    assert_eq!(
        (scorer.plugin.as_str(), scorer.kind.as_str(), scorer.weight),
        ("scorer", "scorer-type", Some(2.0))
    );
    assert_eq!(
        (&scorer.scores, scorer.clamped),
        (&Some(Numbers(vec![1.0, 0.5])), Some(0))
    );
    assert_eq!(steep.clamped, Some(1), "7 / 3 is more than 1");
    let told = broken
        .fault
        .as_ref()
        .map(|fault| (fault.cause.as_str(), fault.code, fault.message.as_str()));
    assert_eq!(
        (told, &broken.scores),
        (Some(("said", Some(0), "it broke")), &None)
    );
    let prefill = &record.profiles[1];
    assert_eq!(
        prefill.gate.as_ref().and_then(|gate| gate.agrees),
        Some(true)
    );
    assert_eq!(prefill.filters[0].kept, Some(vec![2]));
    assert_eq!(
        prefill
            .picker
            .as_ref()
            .and_then(|picker| picker.picked.clone()),
        Some(vec![2])
    );
    assert_eq!(record.handler.len(), 3);
    assert_eq!(record.endpoints[1].address, "10.0.0.1:8007");
    assert_eq!(record.endpoints[1].labels["row"], "7");
}

#[test]
fn a_refusal_stands_in_the_record() {
    let mut setup = plan(&[2, 7], &[0.0, 1.0]);
    setup.gathered.rows.clear();
    setup.gathered.values.clear();
    let record = RecordJson::from(&setup.run());
    let refusal = record
        .refusal
        .as_ref()
        .map(|refusal| (refusal.status, refusal.reason.as_deref()));
    assert_eq!(
        (refusal, &record.decision),
        (Some((503, Some("rejected-no-endpoints"))), &None)
    );
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(replay(&Recorded::parse(&text).unwrap(), &mut setup), Ok(()));
}

#[test]
fn a_record_holds_a_body_as_length_and_hash_only() {
    let mut asked = Request::new("r".into(), 5, 6, Box::new(Headers(vec![])));
    asked.note_body(b"the secret prompt");
    asked.keep_body(b"the secret prompt".to_vec());
    let asked = Arc::new(asked);
    let record = plan(&[2, 7], &[0.0, 1.0]).run_as(&asked);
    asked.release();
    let record = RecordJson::from(&record);
    assert_eq!((record.body_bytes, record.body_hash.len()), (17, 16));
    assert!(!serde_json::to_string(&record).unwrap().contains("secret"));
}

#[test]
fn a_body_is_read_in_pieces_until_it_is_released() {
    let asked = Request::new("r".into(), 5, 6, Box::new(Headers(vec![])));
    asked.keep_body(b"0123456789".to_vec());
    let rows = [
        (0, 4, "0123"),
        (8, 4, "89"),
        (10, 1, ""),
        (11, 1, ""),
        (u64::MAX, u32::MAX, ""),
        (2, u32::MAX, "23456789"),
    ];
    for (offset, length, expected) in rows {
        assert_eq!(asked.body(offset, length), expected.as_bytes());
        assert_eq!(asked.body_available(offset, length), expected.len());
    }
    asked.release();
    assert_eq!((asked.body(0, 4), asked.body_available(0, 4)), (vec![], 0));
}

#[test]
fn a_replay_goes_the_same_way() {
    let recorded = Recorded::parse(&text(&mut plan(ROWS, &odd_loads()))).unwrap();
    assert_eq!(replay(&recorded, &mut plan(ROWS, &odd_loads())), Ok(()));
    let request = recorded.request().unwrap();
    assert_eq!(
        (request.now_ms, request.seed, request.id.as_str()),
        (1_000, u64::MAX - 1, "request-1")
    );
    assert_eq!(
        recorded
            .snapshot
            .endpoint(5)
            .map(|endpoint| endpoint.socket_address()),
        Some("10.0.0.1:8005".into())
    );
}

#[test]
fn a_replay_needs_no_column_that_was_not_recorded() {
    let recorded = Recorded::parse(&text(&mut plan(ROWS, &odd_loads()))).unwrap();
    let mut other = plan(ROWS, &odd_loads());
    other.column("new", &[1.0; 5]);
    other.scalar("newer", 1.0);
    let gathered = recorded.gathered(&other.plan);
    assert_eq!(Numbers(gathered.column(0).to_vec()), Numbers(odd_loads()));
    assert_eq!(
        Numbers(gathered.column(1).to_vec()),
        Numbers(vec![f64::NAN; 5])
    );
    assert_eq!(
        Numbers(gathered.scalars),
        Numbers(vec![12.5, f64::NAN, f64::NAN])
    );
}

/// Plants a difference in the record, and expects the comparison to name it.
fn check_difference(plant: impl FnOnce(&mut RecordJson), expected: &str) {
    let mut json: RecordJson = serde_json::from_str(&text(&mut plan(ROWS, &odd_loads()))).unwrap();
    plant(&mut json);
    let recorded = Recorded::parse(&serde_json::to_string(&json).unwrap()).unwrap();
    let difference = replay(&recorded, &mut plan(ROWS, &odd_loads())).unwrap_err();
    assert!(difference.starts_with(expected), "{difference}");
}

fn one_bit_off(numbers: &mut Option<Numbers>) {
    let number = &mut numbers.as_mut().unwrap().0[0];
    *number = f64::from_bits(number.to_bits() ^ 1);
}

#[test]
fn a_difference_of_one_bit_is_found_and_named() {
    check_difference(
        |json| {
            let total = &mut json.profiles[0].totals.0[1];
            *total = f64::from_bits(total.to_bits() ^ 1);
        },
        "totals of profile `decode` differs: recorded Numbers([",
    );
    check_difference(
        |json| one_bit_off(&mut json.profiles[0].scorers[1].scores),
        "scores of `steep` differs",
    );
    check_difference(
        |json| json.profiles[0].picked = vec![1],
        "picked rows of profile `decode` differs",
    );
    check_difference(
        |json| json.profiles[0].kept = vec![1],
        "kept rows of profile `decode` differs",
    );
    check_difference(
        |json| json.profiles[0].scorers[2].fault = None,
        "fault of `broken` differs",
    );
    check_difference(
        |json| json.decision.as_mut().unwrap().targets[0].row += 1,
        "decision differs: recorded Some(",
    );
    check_difference(
        |json| json.decision = None,
        "decision differs: recorded None",
    );
    check_difference(
        |json| drop(json.profiles.pop()),
        "number of profiles differs: recorded 1, replayed 2",
    );
}

#[test]
fn a_plugin_that_answers_otherwise_is_found() {
    let recorded = Recorded::parse(&text(&mut plan(ROWS, &odd_loads()))).unwrap();
    let mut other = plan(ROWS, &odd_loads());
    other.lane.plugins[2].1 = Box::new(|asked| Ok(Said::Scores(vec![0.5; asked.rows.len()])));
    let difference = replay(&recorded, &mut other).unwrap_err();
    assert!(difference.contains("differs"), "{difference}");
}

struct Headers(Vec<(&'static str, &'static str)>);

impl switchyard_scheduler::HeaderSource for Headers {
    fn header(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    }
}

#[test]
fn what_imports_answered_is_there_again_in_the_order_of_the_calls() {
    let answer = |call: &str, answer: serde_json::Value| ImportAnswer {
        call: call.into(),
        answer,
    };
    let given = [
        answer("request.header(\"x-tenant\")", "gold".into()),
        answer("request.header(\"x-none\")", serde_json::Value::Null),
    ];
    let mut setup = plan(ROWS, &odd_loads());
    setup.lane.imports = given.to_vec();
    let mut json: RecordJson = serde_json::from_str(&text(&mut setup)).unwrap();
    assert_eq!(
        json.handler[0].imports, given,
        "they belong to the first call"
    );
    json.handler[2].imports = vec![answer("last", 3.into())];
    json.profiles[0].scorers[0].imports = vec![answer("first", 1.into())];
    json.profiles[1].gate.as_mut().unwrap().imports = vec![answer("second", 2.into())];
    let recorded = Recorded::parse(&serde_json::to_string(&json).unwrap()).unwrap();
    let calls: Vec<_> = recorded
        .import_answers()
        .into_iter()
        .map(|answer| answer.call)
        .collect();
    assert_eq!(calls[2..], ["first", "second", "last"]);
    let headers = recorded.request().unwrap();
    assert_eq!(headers.header("x-tenant").as_deref(), Some("gold"));
    assert_eq!(
        (headers.header("x-none"), headers.header("x-never-asked")),
        (None, None)
    );
}

fn check_unreadable(change: impl FnOnce(&mut RecordJson), expected: &str) {
    let mut json: RecordJson = serde_json::from_str(&text(&mut plan(ROWS, &odd_loads()))).unwrap();
    change(&mut json);
    let error = match Recorded::parse(&serde_json::to_string(&json).unwrap()) {
        Ok(recorded) => recorded.request().map(drop).unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_cannot_be_replayed_says_why() {
    check_unreadable(
        |json| json.endpoints[0].address = "server-3:80".into(),
        "field `endpoints[].address` of the decision record holds `server-3:80`: expected an IP address and a port",
    );
    check_unreadable(
        |json| json.seed = "0x12".into(),
        "field `seed` of the decision record holds `0x12`: expected a number of 64 bits as a string",
    );
    for (row, found) in [(65_536, "65536"), (u32::MAX, "4294967295")] {
        check_unreadable(
            |json| json.endpoints[0].row = row,
            &format!(
                "field `endpoints[].row` of the decision record holds `{found}`: expected a row below 65536"
            ),
        );
    }
    for text in ["", "{}", "[]", "{\"request_id\": 1}"] {
        assert!(
            matches!(Recorded::parse(text), Err(ReplayError::NotARecord(_))),
            "{text}"
        );
    }
}

#[test]
fn a_seed_differs_by_profile_and_plugin() {
    let request = request();
    let seeds = [("a", "p"), ("b", "p"), ("a", "q"), ("", "ap")]
        .map(|(profile, plugin)| request.seed_for(profile, plugin));
    for (at, seed) in seeds.iter().enumerate() {
        assert!(!seeds[..at].contains(seed), "{seeds:?}");
    }
    assert_eq!(request.seed_for("a", "p"), seeds[0]);
}

proptest! {
    /// Any numbers at all: written, read in another process's shoes, and decided alike.
    #[test]
    fn any_record_replays(bits in proptest::collection::vec(any::<u64>(), 1..20)) {
        let load: Vec<f64> = bits.iter().copied().map(f64::from_bits).collect();
        let rows: Vec<u32> = (0..load.len() as u32).collect();
        let text = text(&mut plan(&rows, &load));
        let recorded = Recorded::parse(&text).unwrap();
        prop_assert_eq!(replay(&recorded, &mut plan(&rows, &load)), Ok(()));
        let (read, known) = (recorded.json.columns["load"].0.iter(), load.iter());
        for (read, known) in read.zip(known) {
            prop_assert!(read.to_bits() == known.to_bits() || read.is_nan() && known.is_nan(), "{} {}", read, known);
        }
        prop_assert_eq!(serde_json::to_string(&recorded.json).unwrap(), text);
    }
}
