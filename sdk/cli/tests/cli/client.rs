//! The commands for a running picker: what they ask, and what they make of the answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crate::support::{Ended, run, switchyard};
use expect_test::{Expect, expect};

/// A picker that answers one request with this status and body, and tells what it was asked.
struct Picker {
    url: String,
    asked: JoinHandle<String>,
}

impl Picker {
    fn start(status: u16, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a connection");
            serve(&stream, status, body)
        });
        Self { url, asked }
    }

    fn asked(self) -> String {
        self.asked.join().expect("the request is whole")
    }
}

fn serve(mut stream: &TcpStream, status: u16, body: &str) -> String {
    let mut reader = BufReader::new(stream);
    let mut told = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(": ").unwrap_or(("", ""));
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().expect("a number"),
            "authorization" | "content-type" => told += &format!("{line}\n"),
            "" => told += &format!("{}\n", line.trim_end_matches(" HTTP/1.1")),
            _ => {}
        }
    }
    let mut sent = vec![0; length];
    reader.read_exact(&mut sent).expect("the whole body");
    told += &format!("{length} bytes\n");
    let answer = format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).expect("it listens");
    told
}

/// Runs the command against a picker with this answer; shows all that was said and asked.
fn played(args: &[&str], status: u16, body: &'static str) -> (i32, String) {
    let picker = Picker::start(status, body);
    let url = picker.url.clone();
    let Ended { code, out, err } = run(switchyard(args).args(["--epp", &url]));
    let told = format!("{}---\n{out}---\n{err}", picker.asked());
    (code, told.replace(&url, "EPP"))
}

#[track_caller]
fn check(args: &[&str], body: &'static str, expected: &Expect) {
    let (code, told) = played(args, 200, body);
    assert_eq!(code, 0, "{told}");
    expected.assert_eq(&told);
}

/// A component that is small and right: an empty one.
fn component(folder: &Path) -> PathBuf {
    let path = folder.join("fair.wasm");
    std::fs::write(&path, b"\0asm\x0d\0\x01\0").expect("a folder of ours");
    path
}

fn text(path: &Path) -> &str {
    path.to_str().expect("ASCII")
}

#[test]
fn a_component_is_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let file = component(dir.path());
    let token = dir.path().join("token");
    std::fs::write(&token, " secret\n").unwrap();
    let loaded = r#"{"plan": 7, "plugin": {"name": "fair", "digest": "sha256:ab"}}"#;
    check(
        &["plugin", "load", text(&file)],
        loaded,
        &expect![[r#"
        POST /admin/plugins/fair?mode=active&by=ada
        content-type: application/wasm
        8 bytes
        ---
        fair is loaded, active, in plan 7: sha256:ab
        ---
        next: switchyard explain --last --epp EPP
    "#]],
    );
    let args = [
        "plugin",
        "load",
        text(&file),
        "--name",
        "fairer",
        "--profile",
        "chat",
        "--weight",
        "2.5",
        "--shadow",
        "--parameters",
        r#"{"fullAt": 20}"#,
        "--by",
        "grace h",
        "--token-file",
        text(&token),
    ];
    let (code, told) = played(&args, 200, loaded);
    assert_eq!(code, 0, "{told}");
    let told = told.replace(&dir.path().display().to_string(), "DIR");
    expect![[r#"
        POST /admin/plugins/fairer?profile=chat&weight=2.5&mode=shadow&parameters=%7B%22fullAt%22%3A%2020%7D&by=grace%20h
        content-type: application/wasm
        authorization: Bearer secret
        8 bytes
        ---
        fairer is loaded, shadow, in plan 7: sha256:ab
        ---
        next: switchyard plugin list --epp EPP --token-file DIR/token
    "#]].assert_eq(&told);
}

#[test]
fn what_the_picker_says_is_shown_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = component(dir.path());
    let refused = r#"{"error": "fair: it exports no stage"}"#;
    let (code, told) = played(&["plugin", "load", text(&file)], 422, refused);
    assert_eq!(code, 1);
    assert!(
        told.ends_with("---\n---\nerror: fair: it exports no stage\n"),
        "{told}"
    );
    let token = r#"{"error": "this picker asks for a token"}"#;
    let (code, told) = played(&["plugin", "list"], 401, token);
    assert_eq!(code, 1);
    expect![[r#"
        GET /admin/plugins
        0 bytes
        ---
        ---
        error: this picker asks for a token; name the file with the picker's admin token with `--token-file FILE`
    "#]].assert_eq(&told);
    let (code, told) = played(&["plugin", "list"], 404, "not here");
    assert_eq!(code, 1);
    expect![[r#"
        GET /admin/plugins
        0 bytes
        ---
        ---
        error: EPP/admin/plugins answered with status 404, expected 200: not here; is `--epp` the admin address of a picker of this version?
    "#]].assert_eq(&told);
    let (code, told) = played(&["plugin", "list"], 200, "oops");
    assert_eq!(code, 1);
    expect![[r#"
        GET /admin/plugins
        0 bytes
        ---
        ---
        error: EPP/admin/plugins answered with what is no answer to this question: expected value at line 1 column 1; are picker and `switchyard` of one version?
    "#]].assert_eq(&told);
}

#[test]
fn a_plugin_is_unloaded() {
    check(
        &["plugin", "unload", "fair"],
        r#"{"plan": 8}"#,
        &expect![[r#"
            DELETE /admin/plugins/fair?by=ada
            0 bytes
            ---
            fair is unloaded in plan 8
            ---
            next: switchyard plugin list --epp EPP
        "#]],
    );
}

#[test]
fn plugins_are_listed() {
    check(
        &["plugin", "list"],
        r#"[{"name": "queue", "type": "queue-scorer", "version": "0.1.0", "digest": "sha256:0123456789abcdef",
             "stages": ["scorer"], "state": "closed", "calls": 1200, "faults": {}, "mode": "active", "loaded": null},
            {"name": "fair", "type": "fair", "version": "1.0.0", "digest": "sha256:fedcba9876543210",
             "stages": ["scorer", "hooks"], "state": "open", "calls": 3, "faults": {"deadline": 1}, "mode": "shadow",
             "shadow": {"asked": 3, "would_change": 2, "faults": 0},
             "loaded": {"by": "ada", "at_ms": 1795578420000}}]"#,
        &expect![[r#"
            GET /admin/plugins
            0 bytes
            ---
            name   type          version  stages        state  mode                               calls  mean us  faults  digest        from
            queue  queue-scorer  0.1.0    scorer        works  active                             1200   -        0       0123456789ab  configuration
            fair   fair          1.0.0    scorer+hooks  rests  shadow: 2 of 3 picks would change  3      -        1       fedcba987654  loaded by ada, 2026-11-25 03:47:00Z
            ---
            next: switchyard explain --last --epp EPP
        "#]],
    );
}

#[test]
fn plans_are_listed_and_gone_back_to() {
    check(
        &["plugin", "plans"],
        r#"[{"plan": 2, "digest": "sha256:0123456789abcdef", "at_ms": 1795578420000, "by": "ada", "current": true},
            {"plan": 1, "digest": "sha256:fedcba9876543210", "at_ms": 1795578400000, "by": null, "current": false}]"#,
        &expect![[r#"
            GET /admin/plans
            0 bytes
            ---
            plan           since                 by   digest
            2     current  2026-11-25 03:47:00Z  ada  0123456789ab
            1              2026-11-25 03:46:40Z  -    fedcba987654
            ---
            next: switchyard plugin rollback --to PLAN --epp EPP
        "#]],
    );
    let gone_back = r#"{"plan": 3, "of": 1}"#;
    check(
        &["plugin", "rollback"],
        gone_back,
        &expect![[r#"
        POST /admin/plan/rollback?by=ada
        0 bytes
        ---
        plan 3 is current: what plan 1 was
        ---
        next: switchyard plugin list --epp EPP
    "#]],
    );
    check(
        &["plugin", "rollback", "--to", "1"],
        gone_back,
        &expect![[r#"
            POST /admin/plan/rollback?to=1&by=ada
            0 bytes
            ---
            plan 3 is current: what plan 1 was
            ---
            next: switchyard plugin list --epp EPP
        "#]],
    );
}

#[test]
fn decisions_are_explained() {
    const RECORD: &str = r#"{"request_id": "r/1", "model": "m", "endpoints": [], "rows": [], "columns": {},
        "profiles": [], "decision": null}"#;
    check(
        &["explain", "r/1"],
        RECORD,
        &expect![[r#"
        GET /debug/decisions/r%2F1
        0 bytes
        ---
        One decision explained: request r/1, model m, sent to nowhere
        ---
        next: switchyard plugin list --epp EPP
    "#]],
    );
    let (code, told) = played(&["explain", "--last"], 200, "[]");
    assert_eq!(code, 1);
    expect![[r#"
        GET /debug/decisions?last=1
        0 bytes
        ---
        ---
        error: the picker's list of decisions is empty; send it a request, then ask again
    "#]]
    .assert_eq(&told);
}

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
    check_error(
        &["plugin", "load", "/no/where.wasm"],
        1,
        &expect![[r#"
        error: /no/where.wasm cannot be read: No such file or directory (os error 2)
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
