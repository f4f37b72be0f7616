//! The commands for a running picker: what they ask, and what they make of the answers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crate::support::{Ended, run, switchyard};
use expect_test::{Expect, expect};

/// A picker that answers requests with these statuses and bodies, one after the other, and tells what it was asked.
pub(crate) struct Picker {
    pub(crate) url: String,
    asked: JoinHandle<Vec<String>>,
}

impl Picker {
    pub(crate) fn start(answers: &'static [(u16, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = std::thread::spawn(move || {
            let ask = |(status, body): &(u16, &str)| {
                let (stream, _) = listener.accept().expect("a connection");
                serve(&stream, *status, body)
            };
            answers.iter().map(ask).collect()
        });
        Self { url, asked }
    }

    /// All of its answers were asked for.
    pub(crate) fn asked(self) -> Vec<String> {
        self.asked.join().expect("the requests are whole")
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

/// Runs the command against a picker with these answers; shows all that was said and asked.
fn played(args: &[&str], answers: &'static [(u16, &'static str)]) -> (i32, String) {
    let picker = Picker::start(answers);
    let url = picker.url.clone();
    let Ended { code, out, err } = run(switchyard(args).args(["--epp", &url]));
    let told = format!("{}---\n{out}---\n{err}", picker.asked().concat());
    (code, told.replace(&url, "EPP"))
}

#[track_caller]
fn check(args: &[&str], answers: &'static [(u16, &'static str)], expected: &Expect) {
    let (code, told) = played(args, answers);
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
    let loaded = &[
        (200, "[]"),
        (
            200,
            r#"{"plan": 7, "plugin": {"name": "fair", "digest": "sha256:ab"}}"#,
        ),
    ];
    check(
        &["plugin", "load", text(&file)],
        loaded,
        &expect![[r#"
            GET /admin/plugins
            0 bytes
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
    let (code, told) = played(&args, loaded);
    assert_eq!(code, 0, "{told}");
    let told = told.replace(&dir.path().display().to_string(), "DIR");
    expect![[r#"
        GET /admin/plugins
        authorization: Bearer secret
        0 bytes
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
    let refused = &[
        (200, "[]"),
        (422, r#"{"error": "fair: it exports no stage"}"#),
    ];
    let (code, told) = played(&["plugin", "load", text(&file)], refused);
    assert_eq!(code, 1);
    assert!(
        told.ends_with("---\n---\nerror: fair: it exports no stage\n"),
        "{told}"
    );
    let token = &[(401, r#"{"error": "this picker asks for a token"}"#)];
    let (code, told) = played(&["plugin", "list"], token);
    assert_eq!(code, 1);
    expect![[r#"
        GET /admin/plugins
        0 bytes
        ---
        ---
        error: this picker asks for a token; name the file with the picker's admin token with `--token-file FILE`
    "#]].assert_eq(&told);
    let (code, told) = played(&["plugin", "list"], &[(404, "not here")]);
    assert_eq!(code, 1);
    expect![[r#"
        GET /admin/plugins
        0 bytes
        ---
        ---
        error: EPP/admin/plugins answered with status 404, expected 200: not here; is `--epp` the admin address of a picker of this version?
    "#]].assert_eq(&told);
    let (code, told) = played(&["plugin", "list"], &[(200, "oops")]);
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
fn a_large_component_is_not_sent_to_who_refuses_it() {
    let dir = tempfile::tempdir().unwrap();
    // What fills it is a custom section, which may hold anything.
    let large = dir.path().join("large.wasm");
    let mut bytes = b"\0asm\x0d\0\x01\0\0\x80\x80\x80\x08\x01x".to_vec();
    bytes.resize(bytes.len() - 2 + (16 << 20), 0);
    std::fs::write(&large, &bytes).unwrap();
    let token = &[(401, r#"{"error": "this picker asks for a token"}"#)];
    let (code, told) = played(&["plugin", "load", text(&large)], token);
    assert_eq!(code, 1);
    expect![[r#"
        GET /admin/plugins
        0 bytes
        ---
        ---
        error: this picker asks for a token; name the file with the picker's admin token with `--token-file FILE`
    "#]]
    .assert_eq(&told);

    // Nobody is asked about one that no picker takes.
    let too_large = std::fs::File::create(&large).unwrap();
    too_large.set_len((64 << 20) + 1).unwrap();
    let ended = run(&mut switchyard(&["plugin", "load", text(&large)]));
    assert_eq!(ended.code, 1);
    expect![[r#"
        error: DIR/large.wasm is too large: found 65 MiB, expected at most 64 MiB; a plugin of that size is most often built with debug information, build it again for release
    "#]].assert_eq(&ended.err.replace(text(dir.path()), "DIR"));
}

#[test]
fn a_plugin_is_unloaded() {
    check(
        &["plugin", "unload", "fair"],
        &[(200, r#"{"plan": 8}"#)],
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
        &[(
            200,
            r#"[{"name": "queue", "type": "queue-scorer", "version": "0.1.0", "digest": "sha256:0123456789abcdef",
             "stages": ["scorer"], "state": "closed", "calls": 1200, "faults": {}, "mode": "active", "loaded": null},
            {"name": "fair", "type": "fair", "version": "1.0.0", "digest": "sha256:fedcba9876543210",
             "stages": ["scorer", "hooks"], "state": "open", "calls": 3, "faults": {"deadline": 1}, "mode": "shadow",
             "shadow": {"asked": 3, "would_change": 2, "faults": 0},
             "loaded": {"by": "ada", "at_ms": 1795578420000}}]"#,
        )],
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
        &[(
            200,
            r#"[{"plan": 2, "digest": "sha256:0123456789abcdef", "at_ms": 1795578420000, "by": "ada", "current": true},
            {"plan": 1, "digest": "sha256:fedcba9876543210", "at_ms": 1795578400000, "by": null, "current": false}]"#,
        )],
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
    let gone_back = &[(200, r#"{"plan": 3, "of": 1}"#)];
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
    const RECORD: &[(u16, &str)] = &[(
        200,
        r#"{"request_id": "r/1", "model": "m", "endpoints": [], "rows": [], "columns": {},
        "profiles": [], "decision": null}"#,
    )];
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
    let (code, told) = played(&["explain", "--last"], &[(200, "[]")]);
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
