//! Every picked request ends exactly once, wherever its stream breaks off.

use proptest::prelude::*;
use switchyard_scheduler::Ending;

use super::support::*;
use crate::extproc::pb::ProcessingRequest;

fn check(mode: i32, messages: Vec<ProcessingRequest>, expected: &[(Ending, u16)]) {
    let (mut session, notes) = session(Fake::default());
    converse(
        &mut session,
        [only_headers(NONE, mode)]
            .into_iter()
            .chain(messages)
            .collect(),
    );
    session.closed();
    drop(session);
    assert_eq!(notes.lock().unwrap().ended, expected);
}

#[test]
fn an_ending_says_who_ended_it() {
    use Ending::{ClientLeft, Complete, FailedUpstream};
    for mode in [STREAMED, DUPLEX] {
        check(mode, vec![], &[(ClientLeft, 0)]);
        check(mode, vec![response("200", false)], &[(ClientLeft, 200)]);
        check(
            mode,
            vec![response("200", false), response_body(b"a", false)],
            &[(ClientLeft, 200)],
        );
        check(
            mode,
            vec![response("200", false), response_body(b"a", true)],
            &[(Complete, 200)],
        );
        check(
            mode,
            vec![response("200", false), response_trailers()],
            &[(Complete, 200)],
        );
        check(mode, vec![response("404", true)], &[(Complete, 404)]);
        check(
            mode,
            vec![response("503", false), response_body(b"a", true)],
            &[(FailedUpstream, 503)],
        );
        check(mode, vec![response("500", false)], &[(FailedUpstream, 500)]);
    }
    check(NONE, vec![], &[(ClientLeft, 0)]);
    check(NONE, vec![response("200", false)], &[(Complete, 200)]);
    check(NONE, vec![response("502", false)], &[(FailedUpstream, 502)]);
    // A buffered body is whole, also where trailers follow that are not shown to us.
    check(
        BUFFERED,
        vec![response("200", false), response_body(b"a", false)],
        &[(Complete, 200)],
    );
}

/// A whole request and response as a gateway in these modes sends it.
fn whole(request: i32, response_mode: i32, trailed: bool) -> Vec<ProcessingRequest> {
    let mut messages = vec![headers(request, response_mode)];
    match request {
        NONE => {}
        BUFFERED | PARTIAL => messages.push(body(b"{}", !trailed)),
        _ => messages.extend([body(b"{", false), body(b"}", false), body(b"", !trailed)]),
    }
    messages.extend(trailed.then(trailers));
    messages.push(response("200", false));
    match response_mode {
        NONE => {}
        BUFFERED | PARTIAL => messages.push(response_body(b"abc", !trailed)),
        _ => messages.extend([response_body(b"ab", false), response_body(b"c", !trailed)]),
    }
    messages.extend((trailed && response_mode != NONE).then(response_trailers));
    messages
}

#[test]
fn a_stream_that_breaks_off_anywhere_ends_its_request_once() {
    for request in MODES {
        for response in MODES {
            for trailed in [false, true] {
                let length = whole(request, response, trailed).len();
                for taken in 0..=length {
                    let (mut session, notes) = session(Fake::default());
                    let messages = whole(request, response, trailed).into_iter().take(taken);
                    converse(&mut session, messages.collect());
                    drop(session);
                    let notes = notes.lock().unwrap();
                    let at =
                        format!("modes {request} and {response}, {taken} of {length} messages");
                    assert_eq!(notes.ended.len(), notes.picks.len(), "{at}");
                    if taken == length {
                        assert_eq!(notes.ended, [(Ending::Complete, 200)], "{at}");
                    }
                }
            }
        }
    }
}

fn any_message() -> impl Strategy<Value = ProcessingRequest> {
    let bytes = || proptest::collection::vec(97_u8..100, 0..4);
    prop_oneof![
        (0..5, 0..5).prop_map(|(request, response)| headers(request, response)),
        (bytes(), any::<bool>()).prop_map(|(bytes, end)| body(&bytes, end)),
        Just(trailers()),
        any::<bool>().prop_map(|end| response("200", end)),
        (bytes(), any::<bool>()).prop_map(|(bytes, end)| response_body(&bytes, end)),
        Just(response_trailers()),
        Just(ProcessingRequest::default()),
    ]
}

proptest! {
    /// Whatever a gateway sends, timeouts in between included: one pick at most, and one end for it.
    #[test]
    fn nothing_a_gateway_sends_ends_a_request_twice(
        request in 0..6, response in 0..5,
        messages in proptest::collection::vec((any_message(), proptest::bool::weighted(0.1)), 0..12),
        changes_responses: bool,
    ) {
        let (mut session, notes) = session(Fake { changes_responses, ..Fake::default() });
        session.take(headers(request, response)).unwrap();
        for (message, times_out) in messages {
            if times_out {
                session.timed_out();
            }
            if session.take(message).is_err() {
                break;
            }
            let _ = answers(&mut session);
        }
        session.closed();
        drop(session);
        let notes = notes.lock().unwrap();
        prop_assert!(notes.picks.len() <= 1);
        prop_assert_eq!(notes.ended.len(), notes.picks.len());
    }
}
