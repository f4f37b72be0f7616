use super::*;
use expect_test::expect;

fn case(text: &str) -> Case {
    file::parse(text).unwrap().remove(0)
}

#[test]
fn exactly_one_thing_is_expected() {
    let told = |text: &str| case(text).expect.known().map(|_| ()).unwrap_err();
    assert!(told("- {name: a, expect: {}}").starts_with("`expect` says 0 things"));
    assert!(
        told("- {name: a, expect: {agrees: true, keep: []}}").starts_with("`expect` says 2 things")
    );
}

#[test]
fn endpoints_are_as_many_as_the_case_speaks_of() {
    let check = |text: &str, want: usize| {
        let scene = scene::of(&case(text), Stage::Scorer).unwrap();
        assert_eq!(scene.endpoints.len(), want, "{text}");
    };
    check(
        "- {name: a, columns: {x: [1, .nan, 3]}, expect: {scores: []}}",
        3,
    );
    check("- {name: a, totals: [1, 2], expect: {pick: []}}", 2);
    check("- {name: a, picked: [pod-4], expect: {agrees: true}}", 5);
    check("- {name: a, expect: {keep: []}}", 1);
    check("- {name: a, endpoints: [{name: x}], expect: {keep: []}}", 1);
}

#[test]
fn numbers_that_do_not_fit_the_endpoints_are_refused() {
    let case =
        case("- {name: a, endpoints: [{name: x}], columns: {y: [1, 2]}, expect: {keep: []}}");
    let told = scene::of(&case, Stage::Filter).err();
    expect![[r#"`y` has 2 values, expected one for each of the 1 endpoints"#]]
        .assert_eq(&told.unwrap_or_default());
}

#[test]
fn a_name_nobody_has_is_refused() {
    let case = case("- {name: a, request: {peers: {prefill: [pod-x]}}, expect: {keep: []}}");
    let told = scene::of(&case, Stage::Filter).err();
    expect![[r#"there is no endpoint `pod-x`, expected one of pod-0"#]]
        .assert_eq(&told.unwrap_or_default());
}

#[test]
fn unknown_is_a_number_like_any_other() {
    let case = case("- {name: a, columns: {x: [.nan, 1]}, expect: {scores: [0, .nan]}}");
    assert!(case.columns["x"][0].is_nan());
    assert!(
        matches!(case.expect.known(), Ok(Expected::Scores([zero, nan])) if *zero == 0.0 && nan.is_nan())
    );
}

#[test]
fn a_file_without_cases_has_no_first_one() {
    let file = CaseFile {
        path: "cases/scorer.yaml".into(),
        cases: Vec::new(),
    };
    let told = file.find(None).unwrap_err().to_string();
    expect!["cases/scorer.yaml: no cases, expected a list of them"].assert_eq(&told);
}
