//! The stages as a table: what ran, what runs next, what comes of it.

use super::*;
use switchyard_sdk::Outcome;
use switchyard_sdk::testing::{Tested, ended, endpoint, picked};

const PD: &str = r#"{"deciders": {"prefill": "pd"}}"#;
const EPD: &str = r#"{"deciders": {"prefill": "pd", "encode": "mm"}}"#;
const E_ONLY: &str = r#"{"deciders": {"encode": "mm"}}"#;
const PREFILL_FIRST: &str = r#"{"stageOrder": "prefill-first", "deciders": {"encode": "mm"}}"#;

fn handler(settings: &str, parts: f64) -> Tested<DisaggProfileHandler> {
    let mut ipv6 = endpoint(7);
    ipv6.address = "fd00::7".to_owned();
    let endpoints = [endpoint(0), endpoint(1), endpoint(2), ipv6];
    Tested::new(settings)
        .unwrap()
        .endpoints(&endpoints)
        .unwrap()
        .scalar(Scalar::MultimodalParts, parts)
}

#[test]
fn what_runs_next() {
    let check = |settings: &str, parts: f64, done: &[ProfileResult], want: &[Step]| {
        let found = handler(settings, parts).next(done).unwrap();
        assert_eq!(found, want, "{settings} {parts} {done:?}");
    };
    let decode = Step::run("decode");
    let prefill = Step::gated("prefill", "pd");
    let encode = Step::gated("encode", "mm");
    let decoded = picked("decode", &[0]);

    for settings in ["{}", PD, EPD, E_ONLY] {
        check(settings, 1.0, &[], std::slice::from_ref(&decode));
        for outcome in [Outcome::FilteredOut, Outcome::Failed] {
            check(settings, 1.0, &[ended("decode", outcome)], &[]);
        }
    }
    check("{}", 1.0, std::slice::from_ref(&decoded), &[]);
    check(
        PD,
        0.0,
        std::slice::from_ref(&decoded),
        std::slice::from_ref(&prefill),
    );
    check(
        PD,
        1.0,
        std::slice::from_ref(&decoded),
        std::slice::from_ref(&prefill),
    );
    check(
        EPD,
        0.0,
        std::slice::from_ref(&decoded),
        std::slice::from_ref(&prefill),
    );
    check(
        EPD,
        f64::NAN,
        std::slice::from_ref(&decoded),
        std::slice::from_ref(&prefill),
    );
    check(
        EPD,
        2.0,
        std::slice::from_ref(&decoded),
        &[prefill, encode.clone()],
    );
    check(
        E_ONLY,
        2.0,
        std::slice::from_ref(&decoded),
        std::slice::from_ref(&encode),
    );
    check(E_ONLY, 0.0, std::slice::from_ref(&decoded), &[]);

    for outcome in [Outcome::Gated, Outcome::FilteredOut, Outcome::Failed] {
        let done = [decoded.clone(), ended("prefill", outcome)];
        check(PD, 0.0, &done, &[]);
        check(EPD, 1.0, &done, std::slice::from_ref(&encode));
    }
    let all = [decoded, picked("prefill", &[1]), picked("encode", &[2])];
    check(EPD, 1.0, &all, &[]);

    let first = Step::run("prefill");
    check(PREFILL_FIRST, 0.0, &[], &[first.clone(), decode.clone()]);
    check(PREFILL_FIRST, 1.0, &[], &[first, encode, decode]);
    check(
        PREFILL_FIRST,
        0.0,
        &[picked("prefill", &[1]), picked("decode", &[0])],
        &[],
    );
}

#[test]
fn what_comes_of_it() {
    let check = |done: &[ProfileResult], want: &[(&str, &str)]| {
        let decision = handler(EPD, 1.0).decision(done).unwrap();
        assert_eq!(decision.primary, "decode");
        assert_eq!(
            decision.targets,
            Decision::of(&picked("decode", &[0, 1])).targets
        );
        let want: Vec<Header> = want
            .iter()
            .map(|(name, value)| Header::new(*name, *value))
            .collect();
        assert_eq!(decision.set_headers, want, "{done:?}");
    };
    let decoded = picked("decode", &[0, 1]);
    let prefiller = (PREFILLER_HEADER, "10.0.0.1:8000");
    check(std::slice::from_ref(&decoded), &[]);
    check(&[decoded.clone(), picked("prefill", &[1, 2])], &[prefiller]);
    check(
        &[decoded.clone(), picked("prefill", &[7])],
        &[(PREFILLER_HEADER, "[fd00::7]:8000")],
    );
    check(
        &[
            decoded.clone(),
            picked("prefill", &[1]),
            picked("encode", &[2, 7]),
        ],
        &[prefiller, (ENCODERS_HEADER, "10.0.0.2:8000,[fd00::7]:8000")],
    );
    check(&[decoded.clone(), ended("prefill", Outcome::Gated)], &[]);
    check(&[ended("prefill", Outcome::FilteredOut), decoded], &[]);
}

#[test]
fn without_decode_there_is_no_decision() {
    let done = [ended("decode", Outcome::Failed), picked("prefill", &[1])];
    assert_eq!(
        handler(PD, 0.0).decision(&done).unwrap_err().message,
        "the decode profile `decode` picked no endpoint"
    );
    assert!(handler(PD, 0.0).decision(&[]).is_err());
}

#[test]
fn the_older_settings_mean_the_same() {
    let check = |settings: &str| {
        let mut plugin = handler(settings, 1.0);
        assert_eq!(plugin.next(&[]).unwrap(), [Step::run("d")], "{settings}");
        assert_eq!(
            plugin.next(&[picked("d", &[0])]).unwrap(),
            [Step::gated("p", "pd"), Step::gated("e", "mm")],
            "{settings}"
        );
    };
    check(
        r#"{"profiles": {"decode": "d", "prefill": "p", "encode": "e"},
            "deciders": {"prefill": "pd", "encode": "mm"}}"#,
    );
    check(
        r#"{"decodeProfile": "d", "prefillProfile": "p", "encodeProfile": "e",
            "prefillDeciderPluginName": "pd", "encodeDeciderPluginName": "mm"}"#,
    );
    check(
        r#"{"stageOrder": "Decode_First", "decodeProfile": "d", "prefillProfile": "p",
            "profiles": {"encode": "e"}, "deciderPluginName": "pd",
            "deciders": {"encode": "mm", "prefill": ""}}"#,
    );
}

#[test]
fn mistakes_are_named() {
    let check = |settings: &str, path: &str, message: &str| {
        let Err(diagnostics) = Tested::<DisaggProfileHandler>::new(settings) else {
            panic!("accepted: {settings}");
        };
        let first = diagnostics.iter().next().unwrap();
        assert_eq!(first.path, path, "{settings}");
        assert!(
            first.message.contains(message),
            "{settings}: {}",
            first.message
        );
    };
    check(
        r#"{"stageOrder": "encode-first"}"#,
        "stageOrder",
        "found `encode-first`",
    );
    check(
        r#"{"stageOrder": "prefill-first", "deciders": {"prefill": "pd"}}"#,
        "deciders.prefill",
        "prefill-first",
    );
    check(
        r#"{"decodeProfile": "a", "profiles": {"decode": "b"}}"#,
        "decodeProfile",
        "found `a`, expected `b` as in `profiles.decode`",
    );
    check(
        r#"{"deciders": {"decode": "x"}}"#,
        "deciders.decode",
        "unknown field",
    );
}
