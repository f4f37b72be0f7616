use expect_test::{Expect, expect};
use wasm_encoder::{
    Component, ComponentExportKind, ComponentExportSection, ComponentImportSection,
    ComponentInstanceSection, ComponentTypeRef, ComponentTypeSection, InstanceType,
};

use super::*;

/// A component with these imports and exports, all of them empty.
fn component(imports: &[&str], exports: &[&str]) -> Vec<u8> {
    let mut types = ComponentTypeSection::new();
    types.instance(&InstanceType::new());
    let mut imported = ComponentImportSection::new();
    for name in imports {
        imported.import(*name, ComponentTypeRef::Instance(0));
    }
    let mut instances = ComponentInstanceSection::new();
    instances.export_items::<&str, _>([]);
    let own = u32::try_from(imports.len()).unwrap();
    let mut exported = ComponentExportSection::new();
    for name in exports {
        exported.export(*name, ComponentExportKind::Instance, own, None);
    }
    let mut component = Component::new();
    component.section(&types);
    component.section(&imported);
    component.section(&instances);
    component.section(&exported);
    component.finish()
}

const SCORER: [&str; 2] = [
    "switchyard:plugin/lifecycle@0.1.0",
    "switchyard:plugin/scorer@0.1.0",
];

/// The command's options, as a shell gives them.
fn options(path: &Path) -> Options {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }
    let path = path.to_str().unwrap();
    <Line as clap::Parser>::parse_from(["inspect", path]).options
}

/// What the command says of a file with these bytes.
fn told(bytes: &[u8]) -> (bool, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fair.wasm");
    std::fs::write(&path, bytes).unwrap();
    let (well, told) = match run(&options(&path)) {
        Ok(said) => (said.well, format!("{}next: {}\n", said.text, said.next)),
        Err(error) => (false, error.to_string()),
    };
    let folder = dir.path().display().to_string();
    (well, told.replace(&format!("{folder}/"), ""))
}

#[track_caller]
fn check(bytes: &[u8], expected: &Expect) {
    let (well, told) = told(bytes);
    assert!(!well, "{told}");
    // The whole table has its own test; here it is what follows.
    let last = told.lines().rev().find(|line| !line.starts_with("next"));
    expected.assert_eq(last.unwrap_or_default().trim_start());
}

#[test]
fn a_component_that_does_not_start_fits_no_picker() {
    let imports = ["switchyard:plugin/log@0.1.0", "wasi:io/poll@0.2.6"];
    let (well, told) = told(&component(&imports, &SCORER));
    assert!(!well);
    expect![[r#"
        fair.wasm
          size      150 bytes
          digest    sha256:6b7c3bb2df7d8045adfa74aa4558516692649e8541fd0ea35ccfe839c67a5798
          contract  switchyard:plugin@0.1.0
          stages    scorer
          exports   lifecycle, scorer
          imports   log, wasi:io/poll@0.2.6
          fits      no: fair.wasm: does not fit the contract 0.1.0: instance export `switchyard:plugin/lifecycle@0.1.0` does not have export `describe`; build it again with `switchyard plugin build` and the SDK of version 0.1.0
        next: switchyard plugin test
    "#]]
    .assert_eq(&told);
}

#[test]
fn what_is_no_component_is_told_apart() {
    check(
        b"",
        &expect![[
            r#"fair.wasm: this is not WebAssembly: it begins with nothing, expected `00 61 73 6d`; `switchyard plugin build` makes a component of a plugin's sources"#
        ]],
    );
    check(
        b"#!/bin/sh",
        &expect![[
            r#"fair.wasm: this is not WebAssembly: it begins with `23 21 2f 62`, expected `00 61 73 6d`; `switchyard plugin build` makes a component of a plugin's sources"#
        ]],
    );
    check(
        b"\0asm\x01\0\0\0",
        &expect![[
            r#"fair.wasm: this is a core module, expected a component; `switchyard plugin build` makes one of a plugin's sources"#
        ]],
    );
    let whole = component(&[], &SCORER);
    check(
        &whole[..whole.len() - 3],
        &expect![[
            r#"fair.wasm: this component is broken: unexpected end-of-file (at offset 0x17); build it again with `switchyard plugin build`, or fetch it again"#
        ]],
    );
}

#[test]
fn misfits_are_told_apart() {
    let newer = [
        "switchyard:plugin/lifecycle@0.2.0",
        "switchyard:plugin/scorer@0.2.0",
    ];
    check(
        &component(&[], &newer),
        &expect![
            "fits      no: it exports `switchyard:plugin/lifecycle@0.2.0`, expected contract 0.1.0; build it again with the SDK that a `switchyard` of that contract brings"
        ],
    );
    let older_import = ["switchyard:plugin/log@0.0.9"];
    check(
        &component(&older_import, &SCORER),
        &expect![
            "fits      no: it imports `switchyard:plugin/log@0.0.9`, expected contract 0.1.0; build it again with the SDK that a `switchyard` of that contract brings"
        ],
    );
    let http = ["wasi:http/outgoing-handler@0.2.0"];
    check(
        &component(&http, &SCORER),
        &expect![
            "fits      no: it imports `wasi:http/outgoing-handler@0.2.0`, which no picker offers; offered are the interfaces of switchyard:plugin@0.1.0 and wasi 0.2 without http"
        ],
    );
    check(
        &component(&[], &["acme:other/thing@1.0.0"]),
        &expect![
            "fits      no: it exports no stage, expected at least one of filter, scorer, picker, decider, profile-handler, scraper, hooks; name the stages in `export!`"
        ],
    );
    check(
        &component(&[], &SCORER[1..]),
        &expect![
            "fits      no: it exports scorer but not `lifecycle`, which every plugin has; the SDK's `export!` exports both"
        ],
    );
}

#[test]
fn later_versions_of_the_series_do_not_fit_as_they_do_not_for_the_picker() {
    let later = [
        "switchyard:plugin/lifecycle@0.1.3",
        "switchyard:plugin/scorer@0.1.3",
    ];
    assert!(!told(&component(&[], &later)).0);
}

#[test]
fn a_missing_file_is_named() {
    let error = run(&options(Path::new("/no/where.wasm"))).unwrap_err();
    expect!["/no/where.wasm cannot be read: No such file or directory (os error 2); `switchyard plugin build` makes a component of a plugin's sources"]
        .assert_eq(&error.to_string());
}

#[test]
fn what_is_next_happens_where_the_sources_are() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fair.wasm");
    let next = || {
        let next = run(&options(&path)).unwrap().next;
        next.replace(&dir.path().display().to_string(), "DIR")
    };
    std::fs::write(&path, component(&[], &["acme:other/thing@1.0.0"])).unwrap();
    assert_eq!(next(), "switchyard plugin build");
    std::fs::write(dir.path().join("plugin.toml"), "").unwrap();
    assert_eq!(next(), "switchyard plugin build --dir DIR");
    std::fs::write(&path, component(&[], &SCORER)).unwrap();
    assert_eq!(next(), "switchyard plugin test --dir DIR");
}
