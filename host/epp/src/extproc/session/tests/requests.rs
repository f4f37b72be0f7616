//! The way in: when the decision falls, what the answers carry, and that no byte is lost.

use proptest::prelude::*;

use super::support::*;
use crate::extproc::pb::ProcessingRequest;
use crate::extproc::session::Waits;

const ROUTED: &str = "x-gateway-destination-endpoint=10.0.0.1:8000";
const META: &str = "meta=10.0.0.1:8000";

/// Messages, what the picker saw, and the answers to each message.
fn check(
    fake: Fake,
    messages: Vec<ProcessingRequest>,
    pick: (&'static str, &str),
    expected: &[&[&str]],
) {
    let (mut session, notes) = session(fake);
    let found = converse(&mut session, messages);
    let expected: Vec<Vec<String>> = expected
        .iter()
        .map(|answers| {
            answers
                .iter()
                .map(|line| line.replace("ROUTED", ROUTED).replace("META", META))
                .collect()
        })
        .collect();
    assert_eq!(found, expected);
    assert_eq!(
        notes.lock().unwrap().picks,
        [(pick.0, pick.1.as_bytes().to_vec())]
    );
    assert_eq!(session.waits(), Waits::Forever, "responses are never timed");
}

#[test]
fn in_full_duplex_headers_wait_for_the_body() {
    let split = vec![
        headers(DUPLEX, DUPLEX),
        body(b"ab", false),
        body(b"", false),
        body(b"cd", false),
        body(b"", true),
    ];
    let answers: &[&str] = &[
        "request-headers ROUTED content-length=4 reroute META",
        "request-body piece:ab",
        "request-body piece:cd",
        "request-body piece:.",
    ];
    check(
        Fake::default(),
        split,
        ("whole", "abcd"),
        &[&[], &[], &[], &[], answers],
    );
    let once = vec![headers(DUPLEX, DUPLEX), body(b"abcd", true)];
    let answers: &[&str] = &[
        "request-headers ROUTED content-length=4 reroute META",
        "request-body piece:abcd.",
    ];
    check(Fake::default(), once, ("whole", "abcd"), &[&[], answers]);
    let empty = vec![headers(DUPLEX, DUPLEX), body(b"", true)];
    let answers: &[&str] = &[
        "request-headers ROUTED content-length=0 reroute META",
        "request-body piece:.",
    ];
    check(Fake::default(), empty, ("whole", ""), &[&[], answers]);
}

#[test]
fn in_full_duplex_trailers_end_the_body() {
    let messages = || {
        vec![
            headers(DUPLEX, DUPLEX),
            body(b"ab", false),
            body(b"cd", false),
            trailers(),
        ]
    };
    let answers: &[&str] = &[
        "request-headers ROUTED reroute META",
        "request-body piece:ab",
        "request-body piece:cd",
        "request-trailers",
    ];
    check(
        Fake::default(),
        messages(),
        ("whole", "abcd"),
        &[&[], &[], &[], answers],
    );
    let changed = Fake {
        body: Some(b"other".to_vec()),
        ..Fake::default()
    };
    let answers: &[&str] = &[
        "request-headers ROUTED -accept-encoding -content-length reroute META",
        "request-body piece:other",
        "request-trailers",
    ];
    check(
        changed,
        messages(),
        ("whole", "abcd"),
        &[&[], &[], &[], answers],
    );
    let bare = vec![headers(DUPLEX, DUPLEX), trailers()];
    let answers: &[&str] = &["request-headers ROUTED reroute META", "request-trailers"];
    check(Fake::default(), bare, ("whole", ""), &[&[], answers]);
}

#[test]
fn a_changed_body_has_its_own_length() {
    let changed = || Fake {
        body: Some(b"longer".to_vec()),
        ..Fake::default()
    };
    let duplex = vec![headers(DUPLEX, NONE), body(b"ab", false), body(b"cd", true)];
    let answers: &[&str] = &[
        "request-headers ROUTED content-length=6 -accept-encoding reroute META",
        "request-body piece:longer.",
    ];
    check(changed(), duplex, ("whole", "abcd"), &[&[], &[], answers]);
    for mode in [BUFFERED, PARTIAL] {
        let whole = vec![headers(mode, NONE), body(b"abcd", true)];
        let answers: &[&str] =
            &["request-body ROUTED content-length=6 -accept-encoding body:longer reroute META"];
        check(
            changed(),
            whole,
            ("whole", "abcd"),
            &[&["request-headers"], answers],
        );
    }
    let cut = vec![headers(PARTIAL, NONE), body(b"abcd", false)];
    let answers: &[&str] =
        &["request-body ROUTED -accept-encoding -content-length body:longer reroute META"];
    check(
        changed(),
        cut,
        ("partial", "abcd"),
        &[&["request-headers"], answers],
    );
    let cleared = Fake {
        body: Some(Vec::new()),
        ..Fake::default()
    };
    let answers: &[&str] =
        &["request-body ROUTED content-length=0 -accept-encoding body: reroute META"];
    check(
        cleared,
        vec![headers(BUFFERED, NONE), body(b"abcd", true)],
        ("whole", "abcd"),
        &[&["request-headers"], answers],
    );
}

#[test]
fn buffered_bodies_route_with_their_answer() {
    let answers: &[&str] = &["request-body ROUTED reroute META"];
    let whole = vec![headers(BUFFERED, BUFFERED), body(b"abcd", true)];
    check(
        Fake::default(),
        whole,
        ("whole", "abcd"),
        &[&["request-headers"], answers],
    );
    let with_trailers = vec![
        headers(BUFFERED, BUFFERED),
        body(b"abcd", false),
        trailers(),
    ];
    check(
        Fake::default(),
        with_trailers,
        ("whole", "abcd"),
        &[&["request-headers"], answers, &["request-trailers"]],
    );
    // Headers have left and no body comes that could carry the answer.
    let no_body = vec![headers(BUFFERED, BUFFERED), trailers()];
    check(
        Fake::default(),
        no_body,
        ("absent", ""),
        &[&["request-headers"], &["request-trailers META"]],
    );
    // The rest of a body that was cut off is not shown.
    let cut = vec![headers(PARTIAL, PARTIAL), body(b"ab", false)];
    check(
        Fake::default(),
        cut,
        ("partial", "ab"),
        &[&["request-headers"], answers],
    );
}

#[test]
fn where_headers_leave_first_they_decide() {
    let routed: &[&str] = &["request-headers ROUTED reroute META"];
    let streamed = vec![
        headers(STREAMED, STREAMED),
        body(b"ab", false),
        body(b"", true),
    ];
    check(
        Fake::default(),
        streamed,
        ("absent", ""),
        &[routed, &["request-body"], &["request-body"]],
    );
    let streamed = vec![headers(STREAMED, STREAMED), body(b"ab", false), trailers()];
    check(
        Fake::default(),
        streamed,
        ("absent", ""),
        &[routed, &["request-body"], &["request-trailers"]],
    );
    check(
        Fake::default(),
        vec![headers(NONE, NONE)],
        ("absent", ""),
        &[routed],
    );
    check(
        Fake::default(),
        vec![headers(NONE, DUPLEX), trailers()],
        ("absent", ""),
        &[routed, &["request-trailers"]],
    );
    for request in MODES {
        for response in MODES {
            check(
                Fake::default(),
                vec![only_headers(request, response)],
                ("absent", ""),
                &[routed],
            );
        }
    }
}

fn unknown() -> ProcessingRequest {
    headers_with(None, &[(":path", "/v1/completions")], false)
}

#[test]
fn a_gateway_that_says_nothing_and_sends_body_streams_in_full_duplex() {
    let messages = vec![
        unknown(),
        body(b"ab", false),
        body(b"cd", true),
        response("200", false),
        response_body(b"x", true),
    ];
    let routed: &[&str] = &[
        "request-headers ROUTED content-length=4 reroute META",
        "request-body piece:ab",
        "request-body piece:cd.",
    ];
    let expected: &[&[&str]] = &[
        &[],
        &[],
        routed,
        &["response-headers x-served=yes"],
        &["response-body piece:x."],
    ];
    check(Fake::default(), messages, ("whole", "abcd"), expected);
    let (mut session, _) = session(Fake::default());
    session.take(unknown()).unwrap();
    assert_eq!(session.waits(), Waits::Mode(BOUNDS.unknown_mode_grace));
    session.take(body(b"a", false)).unwrap();
    assert_eq!(session.waits(), Waits::Upload(BOUNDS.upload_idle));
}

#[test]
fn a_gateway_that_says_nothing_and_waits_is_answered_as_in_streamed() {
    let (mut session, notes) = session(Fake::default());
    session.take(unknown()).unwrap();
    assert!(session.next_answer().is_none());
    session.timed_out();
    assert_eq!(
        answers(&mut session),
        [format!("request-headers {ROUTED} reroute {META}")]
    );
    let rest = vec![
        body(b"ab", false),
        body(b"", true),
        response("200", false),
        response_body(b"x", true),
    ];
    let expected = [
        ["request-body"],
        ["request-body"],
        ["response-headers x-served=yes"],
        ["response-body"],
    ];
    assert_eq!(converse(&mut session, rest), expected);
    assert_eq!(notes.lock().unwrap().picks, [("absent", vec![])]);
}

proptest! {
    /// However a body is cut into messages, its pieces come out as the same bytes, each small enough,
    /// and the last one, and only it, ends the stream.
    #[test]
    fn a_body_in_full_duplex_is_passed_on_whole(
        chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..90), 0..8),
        large in 0_usize..150_000,
        changed in proptest::option::of(0_usize..150_000),
        ends_apart: bool,
    ) {
        let mut chunks = chunks;
        chunks.push(vec![b'x'; large]);
        let body_changed = changed.map(|length| vec![b'y'; length]);
        let (mut session, notes) = session(Fake { body: body_changed.clone(), ..Fake::default() });
        session.take(headers(DUPLEX, DUPLEX)).unwrap();
        for (at, chunk) in chunks.iter().enumerate() {
            session.take(body(chunk, !ends_apart && at + 1 == chunks.len())).unwrap();
        }
        if ends_apart {
            session.take(body(b"", true)).unwrap();
        }
        let sent = chunks.concat();
        let (bytes, ends) = streamed(&mut session);
        prop_assert_eq!(&notes.lock().unwrap().picks[0].1, &sent);
        prop_assert_eq!(bytes, body_changed.unwrap_or(sent));
        prop_assert!(ends.last() == Some(&true) && ends.iter().filter(|end| **end).count() == 1);
    }
}
