//! What never reaches a model server, and what a client is told instead of its answer.

use switchyard_scheduler::Header;

use super::support::*;
use crate::extproc::head::CONTROL_HEADERS;
use crate::extproc::picker::Refused;

#[test]
fn control_headers_of_a_client_are_removed_and_never_one_that_is_set() {
    let sent: Vec<(&str, &str)> = CONTROL_HEADERS
        .iter()
        .map(|name| (*name, "6.6.6.6:1"))
        .collect();
    let prefiller = Header {
        name: "x-prefiller-host-port".into(),
        value: "10.0.0.2:8000".into(),
    };
    for (mode, then) in [
        (NONE, None),
        (STREAMED, None),
        (BUFFERED, Some(body(b"a", true))),
        (DUPLEX, Some(body(b"a", true))),
    ] {
        let (mut session, _) = session(Fake {
            set_headers: vec![prefiller.clone()],
            ..Fake::default()
        });
        let messages = [headers_with(Some((mode, NONE)), &sent, false)]
            .into_iter()
            .chain(then)
            .collect();
        let lines: Vec<String> = converse(&mut session, messages).concat();
        let last = lines.iter().rfind(|line| line.contains("reroute")).unwrap();
        for name in [
            "x-encoder-hosts-ports",
            "x-data-parallel-host-port",
            "x-kv-cache-source-host-port",
        ] {
            assert!(last.contains(&format!(" -{name}")), "{last}");
        }
        assert!(
            last.contains("x-gateway-destination-endpoint=10.0.0.1:8000")
                && last.contains("x-prefiller-host-port=10.0.0.2:8000"),
            "{last}"
        );
        if mode == BUFFERED {
            assert_eq!(
                lines[0].matches(" -x-").count(),
                CONTROL_HEADERS.len(),
                "{}",
                lines[0]
            );
        }
        assert!(!lines.concat().contains("6.6.6.6"));
    }
}

#[test]
fn a_control_header_is_removed_whatever_its_spelling_and_bytes() {
    use crate::extproc::pb::processing_request::Request as Message;
    let mut odd = headers_with(
        Some((NONE, NONE)),
        &[
            ("X-Prefiller-Host-Port", ""),
            ("x-encoder-hosts-ports", "1"),
        ],
        true,
    );
    let Some(Message::RequestHeaders(inner)) = &mut odd.request else {
        panic!("no headers")
    };
    inner.headers.as_mut().unwrap().headers[1].raw_value = b"10.0.0.9:1\xff".to_vec();
    let (mut session, _) = session(Fake::default());
    let lines = converse(&mut session, vec![odd]).concat();
    assert!(
        lines[0].contains("-x-prefiller-host-port -x-encoder-hosts-ports"),
        "{lines:?}"
    );
}

#[test]
fn a_refusal_is_an_immediate_answer_in_every_mode() {
    for mode in MODES {
        let reason = Some("rejected-saturated");
        let refuses = Refused {
            status: 429,
            reason,
            message: "no \"room\"".into(),
        };
        let (mut session, notes) = session(Fake {
            refuses: Some(refuses),
            ..Fake::default()
        });
        let lines = converse(&mut session, vec![headers(mode, mode), body(b"{}", true)]).concat();
        let line = lines
            .iter()
            .find(|line| line.starts_with("immediate"))
            .unwrap();
        let start = "immediate 429 content-type=application/json x-llm-d-request-dropped-reason=rejected-saturated ";
        let error: serde_json::Value =
            serde_json::from_str(line.strip_prefix(start).unwrap()).unwrap();
        assert_eq!(error["error"]["message"], "no \"room\"");
        assert_eq!(error["error"]["code"], "rejected-saturated");
        assert!(error["error"]["type"].is_string());
        assert!(session.is_over(), "the stream can be closed");
        let notes = notes.lock().unwrap();
        assert!(
            notes.ended.is_empty() && notes.refused.is_empty(),
            "the picker counts its own refusals"
        );
    }
}
