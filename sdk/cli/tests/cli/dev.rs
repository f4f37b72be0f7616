//! `plugin dev` puts into a picker what passed, as it was tested, and keeps out what failed.

use std::path::Path;

use crate::client::Picker;
use crate::plugin::{for_wasm, make, shared};
use crate::support::{Ended, run, switchyard};
use expect_test::expect;
use switchyard_build::contract::Stage;

/// Looks at a plugin once.
fn once(folder: &Path, more: &[&str]) -> Ended {
    let mut command = switchyard(&["plugin", "dev", "--once", "--dir"]);
    run(for_wasm(shared(command.arg(folder).args(more))))
}

#[test]
fn what_passes_is_loaded_as_it_was_tested() {
    let folder = make("dev-scorer", &[Stage::Scorer]);
    let steady = |text: &str| text.replace(&folder.display().to_string(), "DIR");
    let last = |ended: &Ended| {
        let lines: Vec<&str> = ended.err.lines().rev().take(2).collect();
        steady(&format!("{}\n{}\n", lines[1], lines[0]))
    };
    let ended = once(&folder, &[]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(last(&ended).ends_with("\nnext: switchyard plugin load DIR/dev-scorer.wasm\n"));

    let picker = Picker::start(&[
        (200, "[]"),
        (200, r#"{"plan": 2, "plugin": {"digest": "sha256:ab"}}"#),
    ]);
    let url = picker.url.clone();
    let ended = once(&folder, &["--epp", &url, "--shadow"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    expect![[r#"
        dev-scorer is loaded, shadow, in plan 2: sha256:ab
        next: switchyard plugin list --epp EPP
    "#]]
    .assert_eq(&last(&ended).replace(&url, "EPP"));
    let asked = picker.asked();
    let sent = asked[1].lines().next().unwrap_or_default();
    expect!["POST /admin/plugins/dev-scorer?mode=shadow&parameters=%7B%22fullAt%22%3A10%7D&limits=%7B%22call%22%3A%222ms%22%2C%22memory%22%3A%2264Mi%22%7D&by=ada"].assert_eq(sent);

    // An answer that it does not give.
    let case = folder.join("cases/scorer.yaml");
    let text = std::fs::read_to_string(&case).expect("it was made");
    let wrong = text.replacen("scores: [", "scores: [0.125, ", 1);
    assert_ne!(wrong, text);
    std::fs::write(&case, wrong).expect("it is ours");
    // Nothing listens on port 1, so that asking would be another error.
    let ended = once(&folder, &["--epp", "http://127.0.0.1:1"]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    expect![[r#"
        not loaded: what failed above comes first
        next: switchyard plugin dev --dir DIR
    "#]]
    .assert_eq(&last(&ended));
}
