//! The tutorials in `docs/plugins/` work as they stand: a reader who types what they say gets what they say.
//!
//! All commands of a tutorial run in their order, in one shell and an empty folder. Those for a running picker stand in
//! blocks of their own (`sh picker`), and what they do is tested where pickers run.

use std::path::Path;
use std::process::Command;

use crate::plugin::shared;
use crate::support::{fresh, run};
use switchyard_build::language::Language;

/// Fenced blocks that a reader types.
const TYPED: &str = "sh";

/// Plugins in Rust may need another compiler than the crates' own tests, see [`crate::plugin::for_wasm`]; in a script
/// only the command itself may see it.
const FOR_WASM: &str = r#"
if [ -n "${SWITCHYARD_PLUGIN_RUSTC:-}" ]; then
    switchyard() {
        env RUSTC="$SWITCHYARD_PLUGIN_RUSTC" CARGO_PROFILE_RELEASE_LTO=off \
            PATH="${SWITCHYARD_PLUGIN_PATH:-}${SWITCHYARD_PLUGIN_PATH:+:}$PATH" switchyard "$@"
    }
fi
"#;

/// The content of all blocks fenced by exactly this word.
fn blocks<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let fence = format!("\n```{word}\n");
    let found = text.split(&fence).skip(1);
    found
        .map(|rest| {
            rest.split_once("\n```")
                .map_or(rest, |(block, _)| &rest[..=block.len()])
        })
        .collect()
}

fn docs(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/plugins");
    std::fs::read_to_string(folder.join(name)).expect("it is written")
}

/// Types what the tutorial says; `makes` is the component that must be there in the end.
#[track_caller]
fn works(tutorial: &str, language: Language, makes: &str) {
    let text = docs(tutorial);
    let typed = blocks(&text, TYPED);
    assert!(!typed.is_empty(), "{tutorial} has nothing to type");
    let folder = fresh(&tutorial.replace(".md", "-tutorial"));
    std::fs::create_dir_all(&folder).expect("it is ours");
    let program = Path::new(env!("CARGO_BIN_EXE_switchyard"));
    let mut folders = vec![program.parent().expect("a folder").to_path_buf()];
    folders.extend(language.toolchain().folders());
    let known = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&known));
    let path = std::env::join_paths(folders).expect("no folder holds a colon");
    let mut shell = Command::new("sh");
    shell
        .args(["-eu", "-c", &format!("{FOR_WASM}{}", typed.concat())])
        .current_dir(&folder)
        .env("PATH", path);
    let ended = run(shared(&mut shell));
    assert_eq!(ended.code, 0, "{tutorial}:\n{}{}", ended.out, ended.err);
    assert!(folder.join(makes).is_file(), "{tutorial} makes {makes}");
}

#[test]
fn the_tutorial_for_rust() {
    works("rust.md", Language::Rust, "urgent-first/urgent-first.wasm");
}

#[test]
fn the_tutorial_for_go() {
    works("go.md", Language::Go, "headroom/headroom.wasm");
}

#[test]
fn the_tutorial_for_javascript() {
    works("javascript.md", Language::Js, "headroom/headroom.wasm");
}

#[test]
fn the_tutorial_for_typescript() {
    works(
        "typescript.md",
        Language::Ts,
        "reserved-pool/reserved-pool.wasm",
    );
}

#[test]
fn the_tutorial_for_python() {
    works(
        "python.md",
        Language::Python,
        "short-queues/short-queues.wasm",
    );
}

#[test]
fn the_tutorial_for_c() {
    works("c.md", Language::C, "cache-guard/cache-guard.wasm");
}

#[test]
fn the_way_from_idea_to_production() {
    works(
        "from-idea-to-production.md",
        Language::Rust,
        "calm-queue/calm-queue.wasm",
    );
}

#[test]
fn the_way_to_a_newer_contract() {
    works(
        "newer-contract.md",
        Language::C,
        "old-friend/old-friend.wasm",
    );
}

/// Every command of all pages exists and takes the flags that it is given, also those that nothing here runs.
#[test]
fn what_is_typed_at_a_picker_is_a_command() {
    let entries =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/plugins"));
    let mut checked = 0;
    for entry in entries.expect("the pages are there").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = docs(&name);
        let typed = ["sh", "sh picker", "sh registry"];
        let typed = typed.into_iter().flat_map(|word| blocks(&text, word));
        for line in typed.flat_map(str::lines) {
            let Some(words) = line.strip_prefix("switchyard ") else {
                continue;
            };
            // The shell takes the quotes off; `--help` says whether the rest is understood, and does nothing.
            let script = format!(
                "switchyard_asked() {{ \"$SWITCHYARD\" \"$@\" --help; }}\nswitchyard_asked {words}"
            );
            let mut shell = Command::new("sh");
            shell.args(["-eu", "-c", &script]);
            let ended = run(shell.env("SWITCHYARD", env!("CARGO_BIN_EXE_switchyard")));
            assert_eq!(ended.code, 0, "{name}: `{line}`:\n{}", ended.err);
            checked += 1;
        }
    }
    assert!(checked > 30, "found {checked} commands");
}

/// The examples of the page about cases are cases.
#[test]
fn the_cases_in_the_documentation_can_be_read() {
    let folder = fresh("cases-docs");
    std::fs::create_dir_all(&folder).expect("it is ours");
    let text = docs("cases.md");
    let shown = blocks(&text, "yaml");
    assert_eq!(shown.len(), 4, "in general, handlers, scrapers, hooks");
    for (block, number) in shown.into_iter().zip(1..) {
        let path = folder.join(format!("{number}.yaml"));
        std::fs::write(&path, block).expect("it is ours");
        let file = switchyard_cli::cases::read_file(&path).expect("it is as the page says");
        for case in &file.cases {
            assert!(case.expect.known().is_ok(), "{}", case.name);
        }
    }
}
