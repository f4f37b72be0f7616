//! Every way in which a plugin can break the contract is found by `plugin test`, named, and told before anybody loses
//! patience. One plugin in C with all of them: the setting `fullAt` says which.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use expect_test::{Expect, expect};
use switchyard_build::contract::Stage;
use switchyard_build::language::Language;

use crate::languages::make_and_build;
use crate::support::{Ended, run, switchyard};
use crate::trial::{edit, failures};

/// The scorer with a number for each kind of mischief.
const SCORER: &str = r#"
#include "plugin.h"

static bool is(int mischief) { return rule.full_at == mischief; }

// How many scores too many there are.
size_t too_many(size_t count) { return is(101) || (is(107) && count == 0) ? 1 : 0; }

// A row that nobody offered.
size_t strangers(void) { return is(102) ? 1 : 0; }

switchyard_fault score(const switchyard_endpoints *endpoints, double *scores) {
    for (size_t at = 0; at < endpoints->count; at++)
        scores[at] = is(100) ? 0.0 / 0.0 : 0.5;
    if (is(103))
        for (volatile int i = 1; i;) {
        }
    if (is(104))
        for (;;)
            switchyard_allocate(1 << 20);
    if (is(105))
        for (;;)
            switchyard_log(SWITCHYARD_WARN, "here I am");
    if (is(106) && endpoints->count > 500)
        switchyard_panic("so many");
    return SWITCHYARD_NO_FAULT;
}
"#;

const CASES: &str = "\
- name: as ever
  columns: {waiting-requests: [1, 2]}
  expect: {scores: [0.5, 0.5]}
";

/// The plugin's folder, built.
fn made(name: &str) -> PathBuf {
    let stages = [Stage::Filter, Stage::Scorer];
    let component = make_and_build(name, Language::C, &stages);
    let folder = component.parent().expect("it lies in its folder");
    fs::write(folder.join("src/scorer.c"), SCORER).expect("it is ours");
    fs::remove_file(folder.join("cases/filter.yaml")).expect("it was made");
    fs::write(folder.join("cases/scorer.yaml"), CASES).expect("it is ours");
    // The SDK answers as many scores as there are rows, so mischief needs its help.
    let glue = folder.join(".switchyard/sdk/c/src/wasm/scorer.c");
    edit(&glue, "rows->len};", "rows->len + too_many(rows->len)};");
    edit(&glue, "\n\nbool", "\n\nsize_t too_many(size_t);\n\nbool");
    let filter = folder.join("src/filter.c");
    edit(
        &filter,
        "switchyard_fault keep",
        "size_t strangers(void);\n\nswitchyard_fault keep",
    );
    edit(
        &filter,
        "    for (",
        "    if (strangers()) {\n        switchyard_add_row(kept, 7777);\n        return SWITCHYARD_NO_FAULT;\n    }\n    for (",
    );
    let plugin = folder.join("src/plugin.c");
    edit(
        &plugin,
        "const switchyard_plugin ",
        "static void configure(switchyard_diagnostics *diagnostics) {\n    if (rule.full_at == 108)\n        switchyard_diagnose(diagnostics, \"fullAt\", \"found 108, expected another number\");\n}\n\nconst switchyard_plugin ",
    );
    edit(
        &plugin,
        "    rule.drained = ",
        "    if (rule.full_at == 109 && count > 500)\n        switchyard_panic(\"so many to know\");\n    rule.drained = ",
    );
    edit(
        &plugin,
        "    .needs = needs,",
        "    .needs = needs,\n    .configure = configure,",
    );
    let ended = run(switchyard(&["plugin", "build", "--dir"]).arg(folder));
    assert_eq!(ended.code, 0, "{}", ended.err);
    folder.to_path_buf()
}

fn tested(folder: &Path) -> Ended {
    run(switchyard(&["plugin", "test", "--no-build", "--dir"]).arg(folder))
}

#[test]
fn mischief_of_every_kind_is_found() {
    let folder = made("misbehaving");
    let manifest = folder.join("plugin.toml");
    let ended = tested(&folder);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);

    let mut last = 10;
    let mut check = |mischief: u32, expected: &Expect| {
        edit(
            &manifest,
            &format!("fullAt = {last}"),
            &format!("fullAt = {mischief}"),
        );
        edit(
            &folder.join("cases/scorer.yaml"),
            "- name: as ever\n",
            &format!("- name: as ever\n  settings: {{fullAt: {mischief}}}\n"),
        );
        let begun = Instant::now();
        let ended = tested(&folder);
        let took = begun.elapsed();
        fs::write(folder.join("cases/scorer.yaml"), CASES).expect("it is ours");
        last = mischief;
        assert_eq!(ended.code, 1, "{mischief}: {}{}", ended.out, ended.err);
        assert!(took < Duration::from_secs(10), "{mischief} took {took:?}");
        expected.assert_eq(&failures(&ended));
    };
    // NaN.
    check(
        100,
        &expect![[r#"
              FAILED  scorer: answers as the contract says
                        `score` with 2 endpoints: not-finite: the score of row 0 is NaN
              FAILED  scorer: unknown values are tolerated
                        `score` with 10 endpoints: not-finite: the score of row 0 is NaN
              FAILED  scorer: no candidate and a single one
                        `score` with 1 endpoint: not-finite: the score of row 0 is NaN
              FAILED  scorer: same question, same answer, on another instance too
                        `score` with 10 endpoints: not-finite: the score of row 0 is NaN
              FAILED  scorer: keeps to its budget
                        `score` with 100 endpoints: not-finite: the score of row 0 is NaN
              FAILED  cases/scorer.yaml: as ever
                        `score` with 2 endpoints: not-finite: the score of row 0 is NaN
            10 passed, 6 failed
        "#]],
    );
    // A score too many.
    check(
        101,
        &expect![[r#"
              FAILED  scorer: answers as the contract says
                        `score` with 2 endpoints: wrong-length: 3 scores for 2 rows
              FAILED  scorer: unknown values are tolerated
                        `score` with 10 endpoints: wrong-length: 11 scores for 10 rows
              FAILED  scorer: no candidate and a single one
                        `score` with 1 endpoint: wrong-length: 2 scores for 1 rows
              FAILED  scorer: same question, same answer, on another instance too
                        `score` with 10 endpoints: wrong-length: 11 scores for 10 rows
              FAILED  scorer: keeps to its budget
                        `score` with 100 endpoints: wrong-length: 101 scores for 100 rows
              FAILED  cases/scorer.yaml: as ever
                        `score` with 2 endpoints: wrong-length: 3 scores for 2 rows
            10 passed, 6 failed
        "#]],
    );
    // A row that was not offered.
    check(
        102,
        &expect![[r#"
              FAILED  takes any set of endpoints
                        `keep` with 1000 endpoints: unknown-row: row 7777 was not offered
              FAILED  filter: answers as the contract says
                        `keep` with 2 endpoints: unknown-row: row 7777 was not offered
              FAILED  filter: unknown values are tolerated
                        `keep` with 10 endpoints: unknown-row: row 7777 was not offered
              FAILED  filter: no candidate and a single one
                        `keep` with 1 endpoint: unknown-row: row 7777 was not offered
              FAILED  filter: same question, same answer, on another instance too
                        `keep` with 10 endpoints: unknown-row: row 7777 was not offered
              FAILED  filter: keeps to its budget
                        `keep` with 100 endpoints: unknown-row: row 7777 was not offered
            10 passed, 6 failed
        "#]],
    );
    // No end.
    check(
        103,
        &expect![[r#"
              FAILED  scorer: answers as the contract says
                        `score` with 2 endpoints: deadline: ran past its budget of 100 ms; `limits.call` is 2ms: look for a loop that does not end
              -       4 not made: the scorer would not come back from them either
              FAILED  cases/scorer.yaml: as ever
                        `score` with 2 endpoints: deadline: ran past its budget of 100 ms; `limits.call` is 2ms: look for a loop that does not end
            10 passed, 2 failed, 4 not made
        "#]],
    );
    // All the memory there is.
    check(
        104,
        &expect![[r#"
              FAILED  scorer: answers as the contract says
                        `score` with 2 endpoints: memory: out of memory: 67108864 bytes could not be had (asked for more memory than its limit of 67108864 bytes (wasm trap: wasm `unreachable` instruction executed)); `limits.memory` is 64.0 MiB (67108864 bytes)
              FAILED  scorer: unknown values are tolerated
                        `score` with 10 endpoints: memory: out of memory: 67108864 bytes could not be had (asked for more memory than its limit of 67108864 bytes (wasm trap: wasm `unreachable` instruction executed)); `limits.memory` is 64.0 MiB (67108864 bytes)
              FAILED  scorer: no candidate and a single one
                        `score` with 1 endpoint: memory: out of memory: 67108864 bytes could not be had (asked for more memory than its limit of 67108864 bytes (wasm trap: wasm `unreachable` instruction executed)); `limits.memory` is 64.0 MiB (67108864 bytes)
              FAILED  scorer: same question, same answer, on another instance too
                        `score` with 10 endpoints: memory: out of memory: 67108864 bytes could not be had (asked for more memory than its limit of 67108864 bytes (wasm trap: wasm `unreachable` instruction executed)); `limits.memory` is 64.0 MiB (67108864 bytes)
              FAILED  scorer: keeps to its budget
                        `score` with 100 endpoints: memory: out of memory: 67108864 bytes could not be had (asked for more memory than its limit of 67108864 bytes (wasm trap: wasm `unreachable` instruction executed)); `limits.memory` is 64.0 MiB (67108864 bytes)
              FAILED  cases/scorer.yaml: as ever
                        `score` with 2 endpoints: memory: out of memory: 67108864 bytes could not be had (asked for more memory than its limit of 67108864 bytes (wasm trap: wasm `unreachable` instruction executed)); `limits.memory` is 64.0 MiB (67108864 bytes)
            10 passed, 6 failed
        "#]],
    );
    // Nothing but talk.
    check(
        105,
        &expect![[r#"
              FAILED  scorer: answers as the contract says
                        `score` with 2 endpoints: deadline: ran past its budget of 100 ms; `limits.call` is 2ms: look for a loop that does not end
              -       4 not made: the scorer would not come back from them either
              FAILED  cases/scorer.yaml: as ever
                        `score` with 2 endpoints: deadline: ran past its budget of 100 ms; `limits.call` is 2ms: look for a loop that does not end
            10 passed, 2 failed, 4 not made
        "#]],
    );
    // Too much for it.
    check(
        106,
        &expect![[r#"
              FAILED  scorer: answers as the contract says
                        `score` with 1000 endpoints: trap: so many (wasm `unreachable` instruction executed)
            15 passed, 1 failed
        "#]],
    );
    // An answer to no question.
    check(
        107,
        &expect![[r#"
              FAILED  scorer: no candidate and a single one
                        `score` with 0 endpoints: wrong-length: 1 scores for 0 rows
            15 passed, 1 failed
        "#]],
    );
    // What its schema allows it refuses.
    check(
        108,
        &expect![[r#"
              FAILED  says who it is
                        plugin `misbehaving` refuses its settings: fullAt: found 108, expected another number; they stand under `[settings]` in plugin.toml
              -       14 not made: they need a plugin that starts
              FAILED  cases/scorer.yaml: as ever
                        plugin `misbehaving` refuses its settings: fullAt: found 108, expected another number
            0 passed, 2 failed, 14 not made
        "#]],
    );
    // Too much to be told.
    check(
        109,
        &expect![[r#"
              FAILED  takes any set of endpoints
                        trap: told of 1000 endpoints: so many to know (wasm `unreachable` instruction executed)
              FAILED  filter: answers as the contract says
                        `keep` with 1000 endpoints: trap: told of 1000 endpoints: so many to know (wasm `unreachable` instruction executed)
              FAILED  scorer: answers as the contract says
                        `score` with 1000 endpoints: trap: told of 1000 endpoints: so many to know (wasm `unreachable` instruction executed)
            13 passed, 3 failed
        "#]],
    );
}

/// Settings are held against the schema before the plugin sees them, so one that lets everything pass is found out.
#[test]
fn a_schema_that_says_nothing_is_found() {
    let folder = made("lax");
    let lifecycle = folder.join(".switchyard/sdk/c/src/wasm/lifecycle.c");
    edit(
        &lifecycle,
        "switchyard_settings_schema(&switchyard_exported)",
        "\"{\\\"properties\\\": {\\\"fullAt\\\": {\\\"type\\\": \\\"number\\\"}, \\\"drainLabel\\\": {}}}\"",
    );
    // The SDK would find it out by itself.
    edit(&lifecycle, "if (diagnostics.count > 0) {", "if (false) {");
    let ended = run(switchyard(&["plugin", "test", "--dir"]).arg(&folder));
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    expect![[r#"
          FAILED  a setting it does not know is refused, with its path
                    `noSuchSetting: 1` was taken, expected diagnostics
        15 passed, 1 failed
    "#]]
    .assert_eq(&failures(&ended));
}
