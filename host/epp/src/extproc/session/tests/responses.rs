//! The way back: what is passed on, what is changed, and in which form.

use proptest::prelude::*;

use super::support::*;
use crate::extproc::pb::ProcessingRequest;

/// A routed request in these modes.
fn routed(
    request: i32,
    response: i32,
    fake: Fake,
) -> (
    crate::extproc::session::Session<Fake>,
    std::sync::Arc<std::sync::Mutex<Notes>>,
) {
    let (mut session, notes) = session(fake);
    converse(&mut session, vec![only_headers(request, response)]);
    (session, notes)
}

fn restoring() -> Fake {
    Fake {
        changes_responses: true,
        ..Fake::default()
    }
}

/// The answers to a response in each of these response modes, the same for every request mode.
fn check(
    modes: &[i32],
    fake: fn() -> Fake,
    messages: fn() -> Vec<ProcessingRequest>,
    expected: &[&[&str]],
) {
    for response in modes {
        for request in MODES {
            let (mut session, notes) = routed(request, *response, fake());
            assert_eq!(
                converse(&mut session, messages()),
                expected,
                "modes {request} and {response}"
            );
            let notes = notes.lock().unwrap();
            assert_eq!(notes.started, [(200, "application/json".to_owned())]);
            assert_eq!(notes.ended.len(), 1);
        }
    }
}

#[test]
fn a_response_that_needs_no_change_is_passed_on() {
    let begun: &[&str] = &["response-headers x-served=yes"];
    let once = || vec![response("200", false), response_body(b"abc", true)];
    check(
        &[DUPLEX],
        Fake::default,
        once,
        &[begun, &["response-body piece:abc."]],
    );
    check(
        &[STREAMED, BUFFERED, PARTIAL],
        Fake::default,
        once,
        &[begun, &["response-body"]],
    );
    let chunks = || {
        vec![
            response("200", false),
            response_body(b"ab", false),
            response_body(b"c", false),
            response_body(b"", true),
        ]
    };
    let pieces: &[&[&str]] = &[
        begun,
        &["response-body piece:ab"],
        &["response-body piece:c"],
        &["response-body piece:."],
    ];
    check(&[DUPLEX], Fake::default, chunks, pieces);
    check(
        &[STREAMED],
        Fake::default,
        chunks,
        &[
            begun,
            &["response-body"],
            &["response-body"],
            &["response-body"],
        ],
    );
    let trailed = || {
        vec![
            response("200", false),
            response_body(b"ab", false),
            response_trailers(),
        ]
    };
    check(
        &[DUPLEX],
        Fake::default,
        trailed,
        &[begun, &["response-body piece:ab"], &["response-trailers"]],
    );
    check(
        &[STREAMED, BUFFERED],
        Fake::default,
        trailed,
        &[begun, &["response-body"], &["response-trailers"]],
    );
    check(
        &MODES,
        Fake::default,
        || vec![response("200", true)],
        &[begun],
    );
}

#[test]
fn a_response_that_is_changed_says_its_length_right_or_not_at_all() {
    let unsized_: &[&str] = &["response-headers x-served=yes -content-length"];
    let once = || vec![response("200", false), response_body(b"abc", true)];
    check(
        &[DUPLEX],
        restoring,
        once,
        &[unsized_, &["response-body piece:abbc."]],
    );
    check(
        &[STREAMED],
        restoring,
        once,
        &[unsized_, &["response-body body:abbc"]],
    );
    check(
        &[BUFFERED],
        restoring,
        once,
        &[
            &["response-headers x-served=yes"],
            &["response-body content-length=4 body:abbc"],
        ],
    );
    check(
        &[PARTIAL],
        restoring,
        once,
        &[unsized_, &["response-body content-length=4 body:abbc"]],
    );
}

#[test]
fn bytes_held_back_come_with_the_next_chunk_or_the_end() {
    let unsized_: &[&str] = &["response-headers x-served=yes -content-length"];
    let chunks = || {
        vec![
            response("200", false),
            response_body(b"ab", false),
            response_body(b"c", false),
            response_body(b"", true),
        ]
    };
    let pieces: &[&[&str]] = &[
        unsized_,
        &["response-body piece:ab"],
        &["response-body piece:b"],
        &["response-body piece:c."],
    ];
    check(&[DUPLEX], restoring, chunks, pieces);
    let bodies: &[&[&str]] = &[
        unsized_,
        &["response-body body:ab"],
        &["response-body body:b"],
        &["response-body body:c"],
    ];
    check(&[STREAMED], restoring, chunks, bodies);
    let trailed = || {
        vec![
            response("200", false),
            response_body(b"ab", false),
            response_trailers(),
        ]
    };
    let pieces: &[&[&str]] = &[
        unsized_,
        &["response-body piece:ab"],
        &["response-body piece:b", "response-trailers"],
    ];
    check(&[DUPLEX], restoring, trailed, pieces);
    let buffered: &[&[&str]] = &[
        &["response-headers x-served=yes"],
        &["response-body content-length=3 body:abb"],
        &["response-trailers"],
    ];
    check(&[BUFFERED], restoring, trailed, buffered);
}

#[test]
fn a_ticket_sees_one_end_even_where_trailers_follow() {
    for mode in [DUPLEX, STREAMED, BUFFERED] {
        let (mut session, notes) = routed(NONE, mode, restoring());
        converse(
            &mut session,
            vec![
                response("200", false),
                response_body(b"abc", false),
                response_trailers(),
            ],
        );
        let notes = notes.lock().unwrap();
        assert_eq!(
            (notes.response.as_slice(), notes.response_ends),
            (&b"abc"[..], 1),
            "mode {mode}"
        );
    }
}

proptest! {
    /// However a response is cut into chunks, what the ticket makes of it comes out whole.
    #[test]
    fn a_response_in_full_duplex_is_passed_on_whole(
        chunks in proptest::collection::vec(proptest::collection::vec(97_u8..100, 0..20), 0..8),
        large in 0_usize..150_000,
        changes: bool,
        trailed: bool,
    ) {
        let mut chunks = chunks;
        chunks.push(vec![b'b'; large]);
        let (mut session, notes) = routed(NONE, DUPLEX, Fake { changes_responses: changes, ..Fake::default() });
        session.take(response("200", false)).unwrap();
        for (at, chunk) in chunks.iter().enumerate() {
            session.take(response_body(chunk, !trailed && at + 1 == chunks.len())).unwrap();
        }
        if trailed {
            session.take(response_trailers()).unwrap();
        }
        let sent = chunks.concat();
        let (bytes, ends) = streamed(&mut session);
        prop_assert_eq!(&notes.lock().unwrap().response, &sent);
        prop_assert_eq!(bytes, if changes { doubled(&sent) } else { sent });
        prop_assert_eq!(ends.iter().filter(|end| **end).count(), usize::from(!trailed));
        prop_assert!(trailed || ends.last() == Some(&true));
    }
}
