//! What is wrong on a command line, or with what it names, is told before a picker is asked.

use crate::support::{run, switchyard};
use expect_test::{Expect, expect};

/// Runs the command with nobody to ask.
#[track_caller]
fn check_error(args: &[&str], code: i32, expected: &Expect) {
    let ended = run(&mut switchyard(args));
    assert_eq!(ended.code, code, "{}", ended.err);
    expected.assert_eq(&ended.err);
}

#[test]
fn mistakes_on_the_command_line_are_exit_code_2() {
    check_error(
        &["plugin", "list", "--epp", "localhost:9004"],
        2,
        &expect![[r#"
            error: --epp: found `localhost:9004`, expected the picker's admin address as `http://HOST:PORT`
        "#]],
    );
    check_error(
        &["plugin", "load", "x.wasm", "--parameters", "[1]"],
        2,
        &expect![[r#"
            error: --parameters: found `[1]`, expected one JSON object such as '{"fullAt": 20}'
        "#]],
    );
    for name in ["", "Bad Name", "a\u{1b}[31m"] {
        let ended = run(&mut switchyard(&[
            "plugin", "load", "x.wasm", "--name", name,
        ]));
        assert_eq!(ended.code, 2, "{}", ended.err);
        assert!(ended.err.contains("cannot be a plugin's name"), "{name}");
        assert!(!ended.err.contains('\u{1b}'), "{name}");
    }
    check_error(
        &["plugin", "load", "x.wasm", "--name", "Bad Name"],
        2,
        &expect![[r#"
            error: `Bad Name` cannot be a plugin's name, expected one word such as `tenant-fairness`, as a configuration's `pluginRef` says it; `--name NAME` names it otherwise
        "#]],
    );
    check_error(
        &["plugin", "unload", ""],
        2,
        &expect![[r#"
        error: a value is required for '<NAME>' but none was supplied

        For more information, try '--help'.
    "#]],
    );
    check_error(
        &["plugin", "load", "x.wasm", "--weight", "-1"],
        2,
        &expect![[r#"
            error: --weight: found -1, expected a number from 0 such as 2 or 0.5; a plugin whose best shall count as its worst scores the other way round
        "#]],
    );
    check_error(
        &["plugin", "load", "registry.example/team/fair:0.1.0"],
        2,
        &expect![[r#"
            error: registry.example/team/fair:0.1.0 is no file; what lies in a registry is pulled first: switchyard plugin pull registry.example/team/fair:0.1.0
        "#]],
    );
    check_error(
        &["plugin", "new", "fn", "--lang", "go", "--stage", "scorer"],
        2,
        &expect![[r#"
            error: invalid value 'fn' for '[NAME]': `fn` cannot be a plugin's name: a name must do in every language, and a word of Rust's, or a crate that plugins in Rust build on, is called so; say what it does, such as `fn-scorer`

            For more information, try '--help'.
        "#]],
    );
    check_error(
        &["plugin", "new"],
        2,
        &expect![[r#"
        error: NAME is missing: expected a name such as tenant-fairness; such as `switchyard plugin new tenant-fairness --stage scorer --lang rust`
    "#]],
    );
    for args in [
        &["explain"][..],
        &["explain", "r", "--last"],
        &["plugin", "new", "A"],
    ] {
        assert_eq!(run(&mut switchyard(args)).code, 2, "{args:?}");
    }
}

#[test]
fn other_mistakes_are_exit_code_1() {
    check_error(
        &["plugin", "list", "--token-file", "/no/where"],
        1,
        &expect![[r#"
            error: --token-file /no/where: No such file or directory (os error 2), expected a file that holds the token
        "#]],
    );
    let empty = tempfile::NamedTempFile::new().unwrap();
    let ended = run(switchyard(&["plugin", "list", "--token-file"]).arg(empty.path()));
    assert_eq!(ended.code, 1);
    expect![[r#"
        error: --token-file FILE: found no token, expected a file that holds the token
    "#]]
    .assert_eq(
        &ended
            .err
            .replace(&empty.path().display().to_string(), "FILE"),
    );
    check_error(
        &["plugin", "load", "/no/where.wasm"],
        1,
        &expect![[r#"
            error: /no/where.wasm cannot be read: No such file or directory (os error 2); `switchyard plugin build` makes a component of a plugin's sources
        "#]],
    );
    // Nothing listens on port 1.
    check_error(
        &["plugin", "list", "--epp", "http://127.0.0.1:1"],
        1,
        &expect![[r#"
            error: no picker answers at http://127.0.0.1:1: io: Connection refused (os error 111); is it running, and is this its admin address? `--epp URL` names another
        "#]],
    );
}
