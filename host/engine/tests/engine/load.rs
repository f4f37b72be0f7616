//! What does not load says why, in words that name the way out.

use expect_test::{Expect, expect};
use switchyard_engine::{Class, Engine, EngineOptions};
use switchyard_scheduler::Stage;

use crate::guest::Guest;
use crate::harness::engine;

fn check(bytes: &[u8], expected: Expect) {
    let error = engine().load(bytes).unwrap_err();
    expected.assert_eq(&error.to_string());
}

#[test]
fn what_is_not_a_component() {
    check(
        b"#!/bin/sh",
        expect![
            "not WebAssembly: the file starts with `23 21 2f 62` instead of `00 61 73 6d`; give a component, the `.wasm` file that `switchyard plugin build` writes"
        ],
    );
    check(
        b"",
        expect![
            "not WebAssembly: the file starts with nothing instead of `00 61 73 6d`; give a component, the `.wasm` file that `switchyard plugin build` writes"
        ],
    );
    check(
        &wat::parse_str("(module)").unwrap(),
        expect![
            "a core module, not a component: plain compilers stop one step short; `switchyard plugin build` takes that step, as does `wasm-tools component new`"
        ],
    );
    let whole = Guest::new(&["scorer"]).build();
    let cut = engine().load(&whole[..whole.len() / 2]).unwrap_err();
    assert!(cut.to_string().starts_with("broken WebAssembly: "), "{cut}");
}

#[test]
fn what_is_no_plugin() {
    check(
        &wat::parse_str("(component)").unwrap(),
        expect![
            "exports nothing a plugin can be; found no exports, and one of filter, scorer, picker, decider, profile-handler, scraper or hooks of `switchyard:plugin@0.1.0` is needed"
        ],
    );
    check(
        &Guest::new(&[]).build(),
        expect![
            "exports nothing a plugin can be; found `switchyard:plugin/lifecycle@0.1.0`, and one of filter, scorer, picker, decider, profile-handler, scraper or hooks of `switchyard:plugin@0.1.0` is needed"
        ],
    );
    check(
        &Guest::new(&["filter", "scorer"])
            .without_lifecycle()
            .build(),
        expect![
            "exports filter, scorer but not `switchyard:plugin/lifecycle@0.1.0`, which every plugin must; build it for one of the contract's worlds, such as `scorer-plugin`"
        ],
    );
    let thief = Guest::new(&["scorer"]).import(
        "acme:secrets/vault@1.0.0",
        r#"(import "acme:secrets/vault@1.0.0" "open" (func $open))"#,
    );
    check(
        &thief.build(),
        expect![
            "imports `acme:secrets/vault@1.0.0`, which is not offered to plugins; offered are request, log, state and own-columns of `switchyard:plugin@0.1.0`, and WASI 0.2 without files, sockets and environment"
        ],
    );
}

#[test]
fn another_version_of_the_contract() {
    let tomorrow = Guest::new(&["scorer"]).version("0.2.0").build();
    check(
        &tomorrow,
        expect![
            "built for contract 0.2.0 (its export `switchyard:plugin/lifecycle@0.2.0`), and this host offers 0.1.0; build it again with `switchyard plugin build` and the SDK of version 0.1.0, or run a host that offers 0.2.0"
        ],
    );
}

#[test]
fn too_many_bytes() {
    let engine = Engine::new(EngineOptions {
        max_instances: 4,
        max_component_bytes: 100,
        ..EngineOptions::default()
    });
    let error = engine.unwrap().load(&[0; 101]).unwrap_err();
    expect!["101 bytes, and at most 100 are taken; strip the component, or raise the limit"]
        .assert_eq(&error.to_string());
}

#[test]
fn what_loads_is_known() {
    let bytes = Guest::new(&["scorer", "hooks"]).build();
    let component = engine().load(&bytes).unwrap();
    let stages: Vec<Stage> = component.stages().iter().collect();
    assert_eq!(stages, [Stage::Scorer, Stage::Hooks]);
    assert_eq!(component.size_bytes(), bytes.len());
    assert_eq!(component.digest().len(), 64);
    assert_eq!(component.class(), Class::Native);
    assert!(!component.from_cache());
}

#[test]
fn what_is_in_use_is_not_compiled_again() {
    let engine = engine();
    let bytes = Guest::new(&["scorer"]).build();
    let first = engine.load(&bytes).unwrap();
    let second = engine.load(&bytes).unwrap();
    assert!(!first.from_cache() && second.from_cache());
    assert!(engine.load_kept(first.digest()).is_some());
    drop((first, second));
    assert!(!engine.load(&bytes).unwrap().from_cache(), "nobody used it");
}

#[test]
fn managed_languages_are_told_by_their_marks() {
    for (mark, class) in [
        (r#"(@custom "go:buildid" "x")"#, Class::Managed),
        (r#"(@producers (language "Go" "1.26"))"#, Class::Managed),
        (
            r#"(@producers (processed-by "componentize-py" "0.25"))"#,
            Class::Managed,
        ),
        (r#"(@producers (language "Rust" "1.95"))"#, Class::Native),
    ] {
        let guest = Guest::new(&["scorer"]).core(mark);
        let component = engine().load(&guest.build()).unwrap();
        assert_eq!(component.class(), class, "{mark}");
    }
}
