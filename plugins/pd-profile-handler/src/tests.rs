//! Both generations of rules as tables.

use super::*;
use switchyard_sdk::Outcome;
use switchyard_sdk::testing::{Tested, ended, endpoint, picked};

fn handler(settings: &str) -> Tested<PdProfileHandler> {
    Tested::new(settings)
        .unwrap()
        .endpoints(&[endpoint(0), endpoint(1)])
        .unwrap()
}

#[test]
fn a_decider_judges() {
    let check = |settings: &str, want: Step| {
        let mut plugin = handler(settings);
        assert_eq!(plugin.next(&[]).unwrap(), [Step::run("decode")]);
        assert_eq!(
            plugin.next(&[picked("decode", &[0])]).unwrap(),
            [want],
            "{settings}"
        );
    };
    check("{}", Step::gated("prefill", "prefix-based-pd-decider"));
    check(
        r#"{"deciderPluginName": "always"}"#,
        Step::gated("prefill", "always"),
    );
    check(
        r#"{"deciderPluginName": "always", "prefillProfile": "p", "prefixPluginName": "x"}"#,
        Step::gated("p", "always"),
    );
    check(r#"{"threshold": 0}"#, Step::run("prefill"));
}

#[test]
fn uncached_bytes_judge() {
    let check = |settings: &str, prompt: f64, matched: f64, block_tokens: f64, runs: bool| {
        let mut plugin = handler(settings)
            .column(Column::PrefixMatchBlocks, &[matched])
            .scalar(Scalar::PromptBytes, prompt)
            .scalar(Scalar::BlockTokens, block_tokens);
        let steps = plugin.next(&[picked("decode", &[0])]).unwrap();
        assert_eq!(steps.len() == 1, runs, "{settings} {prompt} {matched}");
    };
    let hundred = r#"{"threshold": 100}"#;
    // Blocks of 16 tokens are 64 bytes; three matched count as two.
    check(hundred, 228.0, 3.0, 16.0, true);
    check(hundred, 227.0, 3.0, 16.0, false);
    check(hundred, 100.0, 1.0, 16.0, true);
    check(hundred, 99.0, 0.0, 16.0, false);
    check(hundred, 100.0, f64::NAN, 16.0, true);
    check(hundred, f64::NAN, 0.0, 16.0, false);
    // Where the index does not say, `hashBlockSize` does.
    let small = r#"{"threshold": 100, "hashBlockSize": 5}"#;
    check(small, 110.0, 3.0, f64::NAN, true);
    check(small, 109.0, 3.0, f64::NAN, false);
}

#[test]
fn it_ends() {
    let check = |done: &[ProfileResult]| {
        assert_eq!(handler("{}").next(done).unwrap(), [], "{done:?}");
    };
    check(&[ended("decode", Outcome::Failed)]);
    check(&[ended("decode", Outcome::FilteredOut)]);
    check(&[picked("decode", &[0]), ended("prefill", Outcome::Gated)]);
    check(&[picked("decode", &[0]), picked("prefill", &[1])]);
}

#[test]
fn decisions() {
    let check = |settings: &str, done: &[ProfileResult], ports: &[u16], want: &[(&str, &str)]| {
        let decision = handler(settings).decision(done).unwrap();
        let found: Vec<u16> = decision.targets.iter().map(|target| target.port).collect();
        assert_eq!(found, ports, "{settings}");
        let want: Vec<Header> = want
            .iter()
            .map(|(name, value)| Header::new(*name, *value))
            .collect();
        assert_eq!(decision.set_headers, want, "{settings}");
    };
    let alone = [
        picked("decode", &[0, 1]),
        ended("prefill", Outcome::FilteredOut),
    ];
    let split = [picked("decode", &[0, 1]), picked("prefill", &[1])];
    let prefiller = (PREFILLER_HEADER, "10.0.0.1:8000");
    check("{}", &alone, &[0, 0], &[]);
    check("{}", &split, &[0, 0], &[prefiller]);
    check(
        r#"{"primaryPort": 9000}"#,
        &split,
        &[9000],
        &[prefiller, (RANK_HEADER, "10.0.0.0:8000")],
    );
    let nothing = handler("{}").decision(&[ended("decode", Outcome::Failed)]);
    assert!(
        nothing
            .unwrap_err()
            .message
            .contains("`decode` picked no endpoint")
    );
}

#[test]
fn mistakes_are_named() {
    let check = |settings: &str, path: &str| {
        let Err(diagnostics) = Tested::<PdProfileHandler>::new(settings) else {
            panic!("accepted: {settings}");
        };
        assert_eq!(diagnostics.iter().next().unwrap().path, path, "{settings}");
    };
    check(r#"{"threshold": -1}"#, "threshold");
    check(
        r#"{"threshold": 1, "deciderPluginName": "x"}"#,
        "deciderPluginName",
    );
    check(r#"{"hashBlockSize": 0}"#, "hashBlockSize");
    check(r#"{"decodeProfile": ""}"#, "decodeProfile");
    check(r#"{"primaryPort": 70000}"#, "primaryPort");
}
