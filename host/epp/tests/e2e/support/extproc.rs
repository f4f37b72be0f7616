//! An ext_proc client for what Envoy never does: stopping half way, bytes that are no message.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Buf, BufMut};
use http::uri::PathAndQuery;
use switchyard_epp::extproc::pb::{
    HeaderMap, HeaderValue, HttpBody, HttpHeaders, ImmediateResponse, Metadata, ProcessingRequest,
    ProcessingResponse, ProtocolConfiguration, Struct, Value,
    external_processor_client::ExternalProcessorClient, processing_request::Request as Message,
    processing_response::Response as Answer, value::Kind,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint};
use tonic::{Status, Streaming};

/// FULL_DUPLEX_STREAMED.
const DUPLEX: i32 = 4;
const PROCESS: &str = "/envoy.service.ext_proc.v3.ExternalProcessor/Process";
/// Messages that may wait to be sent.
const WAITING: usize = 16;
/// Far longer than any answer may take.
const LIMIT: Duration = Duration::from_secs(15);

/// Runs one async test.
pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(test)
}

pub(crate) async fn connect(address: SocketAddr) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    endpoint.connect().await.unwrap()
}

/// One ext_proc stream. Dropping it is the gateway going away.
pub(crate) struct Stream {
    messages: mpsc::Sender<ProcessingRequest>,
    answers: Streaming<ProcessingResponse>,
}

impl Stream {
    /// Opens a stream with the headers of a request whose body follows.
    pub(crate) async fn open(channel: &Channel, request_id: &str) -> Self {
        Self::begin(channel, headers(request_id)).await
    }

    /// The same from a gateway that allows these endpoints only.
    pub(crate) async fn open_subset(channel: &Channel, request_id: &str, subset: &str) -> Self {
        let value = Value {
            kind: Some(Kind::StringValue(subset.to_owned())),
        };
        let fields = [("x-gateway-destination-endpoint-subset".to_owned(), value)];
        let hint = Struct {
            fields: fields.into(),
        };
        let message = ProcessingRequest {
            metadata_context: Some(Metadata {
                filter_metadata: [("envoy.lb.subset_hint".to_owned(), hint)].into(),
                ..Metadata::default()
            }),
            ..headers(request_id)
        };
        Self::begin(channel, message).await
    }

    async fn begin(channel: &Channel, first: ProcessingRequest) -> Self {
        let (messages, outbound) = mpsc::channel(WAITING);
        messages.send(first).await.unwrap();
        let mut client = ExternalProcessorClient::new(channel.clone());
        let answers = client.process(ReceiverStream::new(outbound)).await.unwrap();
        Self {
            messages,
            answers: answers.into_inner(),
        }
    }

    pub(crate) async fn body(&self, bytes: &[u8], end_of_stream: bool) {
        let body = HttpBody {
            body: bytes.to_vec(),
            end_of_stream,
            ..HttpBody::default()
        };
        let message = message(Message::RequestBody(body));
        self.messages.send(message).await.unwrap();
    }

    /// The model server's answer: its status and the beginning of its body.
    pub(crate) async fn response(&self, status: u16, bytes: &[u8]) {
        let status = HeaderValue {
            key: ":status".to_owned(),
            raw_value: status.to_string().into_bytes(),
            ..HeaderValue::default()
        };
        let headers = HttpHeaders {
            headers: Some(HeaderMap {
                headers: vec![status],
            }),
            ..HttpHeaders::default()
        };
        let headers = message(Message::ResponseHeaders(headers));
        self.messages.send(headers).await.unwrap();
        self.response_body(bytes, false).await;
    }

    pub(crate) async fn response_body(&self, bytes: &[u8], end_of_stream: bool) {
        let body = HttpBody {
            body: bytes.to_vec(),
            end_of_stream,
            ..HttpBody::default()
        };
        let message = message(Message::ResponseBody(body));
        self.messages.send(message).await.unwrap();
    }

    /// The next answer; `None` is the end of the stream.
    pub(crate) async fn answer(&mut self) -> Result<Option<Answer>, Status> {
        let answer = tokio::time::timeout(LIMIT, self.answers.message()).await;
        let answer = answer.expect("an answer in time")?;
        Ok(answer.and_then(|answer| answer.response))
    }

    /// The next answer: where the request goes, or why not.
    pub(crate) async fn decision(&mut self) -> Result<String, (i32, String)> {
        let answer = match self.answer().await.unwrap() {
            Some(Answer::RequestHeaders(answer)) => answer,
            Some(Answer::ImmediateResponse(refusal)) => return Err(told(refusal)),
            other => panic!("found {other:?}; expected a decision"),
        };
        let changes = answer.response.unwrap().header_mutation.unwrap();
        let mut set = changes.set_headers.into_iter().filter_map(|set| set.header);
        let found = set.find(|header| header.key == "x-gateway-destination-endpoint");
        Ok(String::from_utf8(found.unwrap().raw_value).unwrap())
    }

    /// Sends no more; the next answer.
    pub(crate) async fn close(self) -> Result<Option<Answer>, Status> {
        let Self {
            messages,
            mut answers,
        } = self;
        drop(messages);
        Ok(answers.message().await?.and_then(|answer| answer.response))
    }
}

fn told(refusal: ImmediateResponse) -> (i32, String) {
    let status = refusal.status.unwrap().code;
    (status, String::from_utf8(refusal.body).unwrap())
}

fn headers(request_id: &str) -> ProcessingRequest {
    let headers = [
        (":method", "POST"),
        (":path", "/v1/completions"),
        (":authority", "e2e"),
        ("content-type", "application/json"),
        ("x-request-id", request_id),
    ];
    let header = |(key, value): (&str, &str)| HeaderValue {
        key: key.to_owned(),
        raw_value: value.as_bytes().to_vec(),
        ..HeaderValue::default()
    };
    let headers = HttpHeaders {
        headers: Some(HeaderMap {
            headers: headers.map(header).to_vec(),
        }),
        ..HttpHeaders::default()
    };
    ProcessingRequest {
        protocol_config: Some(ProtocolConfiguration {
            request_body_mode: DUPLEX,
            response_body_mode: DUPLEX,
            ..ProtocolConfiguration::default()
        }),
        ..message(Message::RequestHeaders(headers))
    }
}

fn message(request: Message) -> ProcessingRequest {
    ProcessingRequest {
        request: Some(request),
        ..ProcessingRequest::default()
    }
}

/// Sends bytes as if they were a message; what comes back as the answer's status.
pub(crate) async fn send_bytes(channel: &Channel, bytes: &'static [u8]) -> Status {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let stream = tokio_stream::iter([bytes]);
    let path = PathAndQuery::from_static(PROCESS);
    let opened = client
        .streaming(tonic::Request::new(stream), path, Raw)
        .await;
    let mut answers = match opened {
        Ok(answers) => answers.into_inner(),
        Err(status) => return status,
    };
    match tokio::time::timeout(LIMIT, answers.message()).await {
        Ok(Err(status)) => status,
        other => panic!("found {other:?}; expected the stream to end with a status"),
    }
}

/// Bytes as they are.
struct Raw;

impl Codec for Raw {
    type Encode = &'static [u8];
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = &'static [u8];
    type Error = Status;

    fn encode(&mut self, bytes: &'static [u8], to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(bytes);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let bytes = from.copy_to_bytes(from.remaining());
        Ok(Some(bytes.to_vec()))
    }
}
