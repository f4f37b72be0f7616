//! New plugins are built and looked at; what goes wrong is named.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{fresh, run, switchyard};
use expect_test::expect;
use switchyard_build::contract::Stage;

/// Set by `cargo verify` where plugins need another compiler than the one on PATH, see `cargo xtask setup`.
const RUSTC: &str = "SWITCHYARD_PLUGIN_RUSTC";
const LINKERS: &str = "SWITCHYARD_PLUGIN_PATH";

/// Makes a plugin; answers its folder.
pub(crate) fn make(name: &str, stages: &[Stage]) -> PathBuf {
    let folder = fresh(name);
    let mut command = switchyard(&["plugin", "new", name, "--lang", "rust"]);
    for stage in stages {
        command.args(["--stage", stage.name()]);
    }
    let ended = run(command.arg("--dir").arg(&folder));
    assert_eq!(ended.code, 0, "{}", ended.err);
    folder
}

/// One target folder for all plugins, so that what they build on is compiled once.
pub(crate) fn shared(command: &mut Command) -> &mut Command {
    command.env(
        "CARGO_TARGET_DIR",
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins"),
    )
}

/// The compiler for plugins, where it is not the one on PATH.
pub(crate) fn for_wasm(command: &mut Command) -> &mut Command {
    if let Some(rustc) = std::env::var_os(RUSTC) {
        // The library built for that compiler carries no bitcode.
        command
            .env("RUSTC", rustc)
            .env("CARGO_PROFILE_RELEASE_LTO", "off");
    }
    if let Some(linkers) = std::env::var_os(LINKERS) {
        let known = std::env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(PathBuf::from(linkers)).chain(std::env::split_paths(&known));
        let path = std::env::join_paths(all).expect("no folder holds a colon");
        command.env("PATH", path);
    }
    command
}

/// Builds a plugin; answers what the command said.
#[track_caller]
pub(crate) fn build(folder: &Path) -> String {
    let mut command = switchyard(&["plugin", "build", "--dir"]);
    let ended = run(for_wasm(shared(command.arg(folder))));
    assert_eq!(ended.code, 0, "{}", ended.err);
    ended.out
}

/// What a command said of a component, without what changes with every version of a compiler.
fn steady(said: &str, folder: &Path) -> String {
    let changing = ["  size", "  digest", "  made with"];
    said.lines()
        .filter(|line| !changing.iter().any(|start| line.starts_with(start)))
        .map(|line| line.replace(&folder.display().to_string(), "DIR") + "\n")
        .collect()
}

#[test]
fn a_scorer_is_made_built_and_looked_at() {
    let folder = make("fair-scorer", &[Stage::Scorer]);
    let built = build(&folder);
    expect![[r#"
        DIR/fair-scorer.wasm
          contract   switchyard:plugin@0.1.0
          stages     scorer
          exports    scorer, lifecycle
          imports    types, log
    "#]]
    .assert_eq(&steady(&built, &folder));

    let component = folder.join("fair-scorer.wasm");
    let bytes = std::fs::metadata(&component).expect("it was built").len();
    assert!((1_000..400_000).contains(&bytes), "{bytes} bytes");
    let ended = run(switchyard(&["plugin", "inspect"]).arg(&component));
    assert_eq!(ended.code, 0, "{}", ended.err);
    expect![[r#"
        DIR/fair-scorer.wasm
          contract        switchyard:plugin@0.1.0
          stages          scorer
          exports         scorer, lifecycle
          imports         types, log
          fits            yes: pickers with contract 0.1.0
          name            fair-scorer 0.1.0
          summary         A Switchyard plugin: scorer
          columns         waiting-requests
          scalars         none
          writes          none
          capabilities    none
          limits          2 ms a call and 64 MiB, if not given
          fetches         none
          setting fullAt  number, 10.0 if not given: With so many waiting requests an endpoint scores 0; above 0.
    "#]]
    .assert_eq(&steady(&ended.out, &folder));

    // Another stage in plugin.toml than in `export!`.
    let manifest = folder.join("plugin.toml");
    let text = std::fs::read_to_string(&manifest).expect("it was made");
    let text = text.replace("[\"scorer\"]", "[\"scorer\", \"hooks\"]");
    std::fs::write(&manifest, text).expect("it is ours");
    let mut command = switchyard(&["plugin", "build", "--dir"]);
    let ended = run(for_wasm(shared(command.arg(&folder))));
    assert_eq!(ended.code, 1);
    let last = ended.err.lines().next_back().unwrap_or_default();
    expect!["error: fair-scorer: the component exports scorer, plugin.toml expects scorer, hooks; name the same stages in `export!` of src/lib.rs and in `stages` of plugin.toml"].assert_eq(last);
}

#[test]
fn a_missing_tool_is_named_before_anything_is_built() {
    let folder = make("no-tools", &[Stage::Picker]);
    let mut command = switchyard(&["plugin", "build", "--dir"]);
    let ended = run(command.arg(&folder).env("RUSTC", "/no/rustc"));
    assert_eq!(ended.code, 1);
    // What installs it depends on the machine.
    let told = ended
        .err
        .split("; install it with")
        .next()
        .unwrap_or_default();
    expect!["error: rustc: `/no/rustc` could not be started (No such file or directory (os error 2)), expected it on PATH"].assert_eq(told);
}

#[test]
fn what_does_not_compile_is_shown_by_cargo() {
    let folder = make("no-sense", &[Stage::Scorer]);
    std::fs::write(folder.join("src/lib.rs"), "nonsense\n").expect("it is ours");
    let mut command = switchyard(&["plugin", "build", "--dir"]);
    let ended = run(for_wasm(shared(command.arg(&folder))));
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("src/lib.rs:1"), "{}", ended.err);
    let last = ended.err.lines().next_back().unwrap_or_default();
    expect!["error: DIR does not build: see what cargo said above, then run `switchyard plugin build` again"].assert_eq(&last.replace(&folder.display().to_string(), "DIR"));
}
