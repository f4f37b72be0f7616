//! What bounds a request's way in, and gateways that do not speak the protocol.

use super::support::*;
use crate::extproc::pb::ProcessingRequest;
use crate::extproc::session::{ProtocolError, Waits};

fn check_cap(mode: i32, sizes: &[usize], over: bool) {
    let (mut session, notes) = session(Fake::default());
    session.take(headers(mode, mode)).unwrap();
    for (at, size) in sizes.iter().enumerate() {
        session
            .take(body(&vec![b'x'; *size], at + 1 == sizes.len()))
            .unwrap();
    }
    let lines = answers(&mut session);
    let refused: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("immediate 413"))
        .collect();
    assert_eq!(refused.len(), usize::from(over), "{sizes:?}");
    let notes = notes.lock().unwrap();
    assert_eq!(
        (notes.refused.as_slice(), notes.picks.len()),
        if over { (&[413][..], 0) } else { (&[][..], 1) }
    );
    if over {
        assert!(
            refused[0].contains("200000 bytes") && refused[0].contains("--max-body-bytes"),
            "{refused:?}"
        );
        assert!(session.is_over());
    }
}

#[test]
fn a_body_past_the_cap_is_answered_with_413() {
    for mode in [DUPLEX, BUFFERED, PARTIAL] {
        check_cap(mode, &[200_000], false);
        check_cap(mode, &[200_001], true);
    }
    check_cap(DUPLEX, &[100_000, 100_000, 0], false);
    check_cap(DUPLEX, &[100_000, 100_000, 1], true);
    // What nobody reads is not bounded.
    check_cap(STREAMED, &[150_000, 150_000], false);
}

#[test]
fn what_comes_after_a_refusal_is_ignored() {
    let (mut session, _) = session(Fake::default());
    let messages = vec![headers(DUPLEX, DUPLEX), body(&vec![b'x'; 300_000], false)];
    assert_eq!(converse(&mut session, messages).concat().len(), 1);
    let late = vec![
        body(b"more", true),
        trailers(),
        response("200", false),
        ProcessingRequest::default(),
    ];
    assert!(converse(&mut session, late).concat().is_empty());
    session.timed_out();
    assert!(answers(&mut session).is_empty());
}

#[test]
fn an_upload_that_stops_is_answered_with_408() {
    for mode in [DUPLEX, BUFFERED] {
        let (mut session, notes) = session(Fake::default());
        session.take(headers(mode, mode)).unwrap();
        answers(&mut session);
        assert_eq!(session.waits(), Waits::Upload(BOUNDS.upload_idle));
        session.timed_out();
        let lines = answers(&mut session);
        assert!(
            lines[0].starts_with("immediate 408 content-type=application/json {"),
            "{lines:?}"
        );
        assert!(lines[0].contains("nothing for 30 s"), "{lines:?}");
        assert_eq!(notes.lock().unwrap().refused, [408]);
    }
}

#[test]
fn a_request_the_gateway_answers_itself_is_not_timed_any_more() {
    let (mut session, notes) = session(Fake::default());
    let lines = converse(
        &mut session,
        vec![
            headers(BUFFERED, BUFFERED),
            response("413", false),
            response_body(b"no", true),
        ],
    );
    assert_eq!(
        lines,
        [["request-headers"], ["response-headers"], ["response-body"]]
    );
    assert_eq!(session.waits(), Waits::Forever);
    session.timed_out();
    drop(session);
    assert_eq!(
        *notes.lock().unwrap(),
        Notes::default(),
        "nothing was picked, refused or ended"
    );
}

fn check_malformed(messages: Vec<ProcessingRequest>, expected: ProtocolError) {
    let (mut session, _) = session(Fake::default());
    let mut taken = messages.into_iter().map(|message| session.take(message));
    let found = taken.by_ref().find(Result::is_err);
    assert_eq!(found, Some(Err(expected)));
    assert_eq!(taken.len(), 0, "and not before the last message");
}

#[test]
fn streams_that_are_no_ext_proc_are_errors() {
    let empty = || ProcessingRequest::default();
    check_malformed(vec![empty()], ProtocolError::Empty);
    check_malformed(vec![headers(DUPLEX, DUPLEX), empty()], ProtocolError::Empty);
    check_malformed(
        vec![body(b"a", true)],
        ProtocolError::HeadersFirst("a request body"),
    );
    check_malformed(
        vec![trailers()],
        ProtocolError::HeadersFirst("request trailers"),
    );
    check_malformed(
        vec![response("200", true)],
        ProtocolError::HeadersFirst("response headers"),
    );
    check_malformed(
        vec![response_body(b"", true)],
        ProtocolError::HeadersFirst("a response body"),
    );
    check_malformed(
        vec![response_trailers()],
        ProtocolError::HeadersFirst("response trailers"),
    );
    check_malformed(
        vec![headers(NONE, NONE), headers(NONE, NONE)],
        ProtocolError::HeadersTwice,
    );
}

#[test]
fn a_gateway_that_only_watches_gets_no_answer() {
    for mode in [
        Some((DUPLEX, DUPLEX)),
        Some((BUFFERED, BUFFERED)),
        Some((NONE, NONE)),
        None,
    ] {
        let (mut session, notes) = session(Fake::default());
        let first = ProcessingRequest {
            observability_mode: true,
            ..headers_with(mode, &[], false)
        };
        session.take(first).unwrap();
        session.timed_out();
        let rest = vec![
            body(b"{}", true),
            response("200", false),
            response_body(b"x", true),
        ];
        assert!(converse(&mut session, rest).concat().is_empty(), "{mode:?}");
        drop(session);
        assert!(notes.lock().unwrap().ended.len() <= 1);
    }
}
