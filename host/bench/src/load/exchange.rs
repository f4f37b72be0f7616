//! One request and its response, in the messages Envoy 1.40 sends in FULL_DUPLEX_STREAMED.
//!
//! Envoy does not wait for answers to body messages, nor for the answer to the request's headers before
//! it sends the body; it waits for the whole answer to the request before there can be a response, and
//! for the answer to the response's headers before it goes on to the client. So does this.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use envoy_types::pb::envoy::config::core::v3::{HeaderMap, HeaderValue, Metadata};
use envoy_types::pb::envoy::extensions::filters::http::ext_proc::v3::processing_mode::BodySendMode;
use envoy_types::pb::envoy::service::ext_proc::v3::external_processor_client::ExternalProcessorClient;
use envoy_types::pb::envoy::service::ext_proc::v3::processing_request::Request as Message;
use envoy_types::pb::envoy::service::ext_proc::v3::processing_response::Response as Answer;
use envoy_types::pb::envoy::service::ext_proc::v3::{
    BodyResponse, HeadersResponse, HttpBody, HttpHeaders, ProcessingRequest, ProcessingResponse,
    ProtocolConfiguration, body_mutation,
};
use envoy_types::pb::google::protobuf::{Struct, Value, value::Kind};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Channel;

use super::Prompts;

const DESTINATION: &str = "x-gateway-destination-endpoint";
const RESPONSE: &[u8] = br#"{"id":"chatcmpl-7d0f1c2a","object":"chat.completion","created":1780000000,"model":"meta-llama/Llama-3.1-8B-Instruct","choices":[{"index":0,"message":{"role":"assistant","content":"Every server that holds the prefix answers sooner, because it need not read the prompt again.","refusal":null,"tool_calls":[]},"logprobs":null,"finish_reason":"stop","stop_reason":null}],"service_tier":null,"system_fingerprint":null,"usage":{"prompt_tokens":512,"total_tokens":533,"completion_tokens":21,"prompt_tokens_details":{"cached_tokens":256}},"prompt_logprobs":null,"kv_transfer_params":null}"#;

/// Why a request did not go through.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// No connection.
    #[error("the server takes no connection: {0}")]
    Connect(#[from] tonic::transport::Error),
    /// The stream broke.
    #[error("the stream broke: {0}")]
    Status(Box<tonic::Status>),
    /// The server refused the request.
    #[error("the request was refused: {0}")]
    Refused(String),
    /// The server answered something else than what was due.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What was due.
        expected: &'static str,
        /// What came.
        found: String,
    },
    /// The load generator itself failed.
    #[error("the load generator broke: {0}")]
    Broken(String),
}

impl From<tonic::Status> for ExchangeError {
    fn from(status: tonic::Status) -> Self {
        Self::Status(Box::new(status))
    }
}

/// Returns the time from the end of the request's body to its destination.
pub(super) async fn run(
    client: &mut ExternalProcessorClient<Channel>,
    prompts: &Prompts,
    number: u64,
) -> Result<Duration, ExchangeError> {
    let body = prompts.body(number);
    let sent_bytes = body.len();
    let (messages, outbound) = mpsc::channel(4);
    let send = async |message| {
        let sent = messages.send(message).await;
        sent.map_err(|_| ExchangeError::Broken("the stream took no message".into()))
    };
    send(request_headers(number, sent_bytes)).await?;
    send(message(Message::RequestBody(chunk(body, false)))).await?;
    send(message(Message::RequestBody(chunk(Vec::new(), true)))).await?;
    let ended = Instant::now();
    let mut inbound = client
        .process(ReceiverStream::new(outbound))
        .await?
        .into_inner();

    let destination = match next(&mut inbound).await? {
        Answer::RequestHeaders(answer) => destination(answer)?,
        other => return Err(unexpected("a destination", &other)),
    };
    let pick = ended.elapsed();
    let echoed = body_to_end(&mut inbound, |answer| match answer {
        Answer::RequestBody(body) => Ok(body),
        other => Err(unexpected("the request's body", &other)),
    });
    let echoed = echoed.await?;
    if echoed != sent_bytes {
        return Err(ExchangeError::Unexpected {
            expected: "the request's body as it was sent",
            found: format!("{echoed} bytes of {sent_bytes}"),
        });
    }

    let about = |request| response(request, &destination);
    send(about(Message::ResponseHeaders(response_headers()))).await?;
    match next(&mut inbound).await? {
        Answer::ResponseHeaders(_) => {}
        other => return Err(unexpected("an answer to the response's headers", &other)),
    }
    send(about(Message::ResponseBody(chunk(
        RESPONSE.to_vec(),
        false,
    ))))
    .await?;
    send(about(Message::ResponseBody(chunk(Vec::new(), true)))).await?;
    let echoed = body_to_end(&mut inbound, |answer| match answer {
        Answer::ResponseBody(body) => Ok(body),
        other => Err(unexpected("the response's body", &other)),
    });
    let echoed = echoed.await?;
    if echoed != RESPONSE.len() {
        return Err(ExchangeError::Unexpected {
            expected: "the response's body as it was sent",
            found: format!("{echoed} bytes of {}", RESPONSE.len()),
        });
    }
    drop(messages);
    match inbound.message().await? {
        None => Ok(pick),
        Some(more) => Err(ExchangeError::Unexpected {
            expected: "the end of the stream",
            found: format!("{more:?}"),
        }),
    }
}

async fn next(inbound: &mut Streaming<ProcessingResponse>) -> Result<Answer, ExchangeError> {
    match inbound.message().await?.and_then(|answer| answer.response) {
        Some(Answer::ImmediateResponse(refusal)) => {
            let status = refusal.status.map_or(0, |status| status.code);
            let said = String::from_utf8_lossy(&refusal.body).into_owned();
            Err(ExchangeError::Refused(format!("{status}: {said}")))
        }
        Some(answer) => Ok(answer),
        None => Err(ExchangeError::Unexpected {
            expected: "an answer",
            found: "the end of the stream".into(),
        }),
    }
}

fn unexpected(expected: &'static str, found: &Answer) -> ExchangeError {
    let mut found = format!("{found:?}");
    found.truncate(found.floor_char_boundary(200));
    ExchangeError::Unexpected { expected, found }
}

/// The bytes of a body's answers, to its end.
async fn body_to_end(
    inbound: &mut Streaming<ProcessingResponse>,
    of: impl Fn(Answer) -> Result<BodyResponse, ExchangeError>,
) -> Result<usize, ExchangeError> {
    let mut bytes = 0;
    loop {
        let answer = of(next(inbound).await?)?;
        let mutation = answer.response.and_then(|common| common.body_mutation);
        match mutation.and_then(|mutation| mutation.mutation) {
            Some(body_mutation::Mutation::StreamedResponse(streamed)) => {
                bytes += streamed.body.len();
                if streamed.end_of_stream {
                    return Ok(bytes);
                }
            }
            other => {
                return Err(ExchangeError::Unexpected {
                    expected: "a streamed body",
                    found: format!("{other:?}"),
                });
            }
        }
    }
}

fn destination(answer: HeadersResponse) -> Result<String, ExchangeError> {
    let mutation = answer.response.and_then(|common| common.header_mutation);
    let set = mutation.map(|mutation| mutation.set_headers);
    let headers = set.into_iter().flatten();
    let mut headers = headers.filter_map(|option| option.header);
    let found = headers.find(|header| header.key == DESTINATION);
    let found = found.ok_or_else(|| ExchangeError::Unexpected {
        expected: DESTINATION,
        found: "other headers only".into(),
    })?;
    Ok(String::from_utf8_lossy(&found.raw_value).into_owned())
}

fn message(request: Message) -> ProcessingRequest {
    ProcessingRequest {
        request: Some(request),
        metadata_context: Some(Metadata::default()),
        ..ProcessingRequest::default()
    }
}

/// With the metadata that Envoy keeps from the answer to the request.
fn response(request: Message, destination: &str) -> ProcessingRequest {
    let value = Value {
        kind: Some(Kind::StringValue(destination.to_owned())),
    };
    let fields = HashMap::from([(DESTINATION.to_owned(), value)]);
    let filter_metadata = HashMap::from([("envoy.lb".to_owned(), Struct { fields })]);
    ProcessingRequest {
        metadata_context: Some(Metadata {
            filter_metadata,
            ..Metadata::default()
        }),
        ..message(request)
    }
}

fn chunk(body: Vec<u8>, end_of_stream: bool) -> HttpBody {
    HttpBody {
        body,
        end_of_stream,
        ..HttpBody::default()
    }
}

fn request_headers(number: u64, body_bytes: usize) -> ProcessingRequest {
    let id = format!("{:08x}-fe64-495c-922f-{number:012x}", number >> 48);
    let duplex = BodySendMode::FullDuplexStreamed as i32;
    let headers = headers(&[
        (":authority", "127.0.0.1:10001"),
        (":path", "/v1/chat/completions"),
        (":method", "POST"),
        (":scheme", "http"),
        ("user-agent", "OpenAI/Python 2.7.1"),
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("authorization", "Bearer sk-0123456789abcdef"),
        ("content-length", &body_bytes.to_string()),
        ("x-forwarded-proto", "http"),
        ("x-request-id", &id),
    ]);
    ProcessingRequest {
        protocol_config: Some(ProtocolConfiguration {
            request_body_mode: duplex,
            response_body_mode: duplex,
            ..ProtocolConfiguration::default()
        }),
        ..message(Message::RequestHeaders(headers))
    }
}

fn response_headers() -> HttpHeaders {
    headers(&[
        (":status", "200"),
        ("content-type", "application/json"),
        ("content-length", &RESPONSE.len().to_string()),
        ("x-envoy-upstream-service-time", "312"),
    ])
}

fn headers(headers: &[(&str, &str)]) -> HttpHeaders {
    let value = |(key, value): &(&str, &str)| HeaderValue {
        key: (*key).to_owned(),
        raw_value: value.as_bytes().to_vec(),
        ..HeaderValue::default()
    };
    HttpHeaders {
        headers: Some(HeaderMap {
            headers: headers.iter().map(value).collect(),
        }),
        ..HttpHeaders::default()
    }
}
