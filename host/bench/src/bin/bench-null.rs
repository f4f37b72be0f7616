//! An ext_proc server that decides nothing: it reads a request to its end, sets a destination, echoes
//! the body in the pieces a gateway takes, and lets responses pass. What a picker costs beyond it is
//! the picker's own.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use envoy_types::pb::envoy::config::core::v3::{HeaderValue, HeaderValueOption};
use envoy_types::pb::envoy::service::ext_proc::v3::external_processor_server::{
    ExternalProcessor, ExternalProcessorServer,
};
use envoy_types::pb::envoy::service::ext_proc::v3::processing_request::Request as Message;
use envoy_types::pb::envoy::service::ext_proc::v3::processing_response::Response as Answer;
use envoy_types::pb::envoy::service::ext_proc::v3::{
    BodyMutation, BodyResponse, CommonResponse, HeaderMutation, HeadersResponse, ProcessingRequest,
    ProcessingResponse, StreamedBodyResponse, TrailersResponse, body_mutation,
};
use futures_util::Stream;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, Streaming};

const MAX_CHUNK: usize = 62_000;
const DESTINATION: &str = "127.0.0.1:8000";

struct Null;

struct Answers {
    inbound: Streaming<ProcessingRequest>,
    upload: Vec<Vec<u8>>,
    answers: VecDeque<ProcessingResponse>,
}

#[tonic::async_trait]
impl ExternalProcessor for Null {
    type ProcessStream = Pin<Box<dyn Stream<Item = Result<ProcessingResponse, Status>> + Send>>;

    async fn process(
        &self,
        request: Request<Streaming<ProcessingRequest>>,
    ) -> Result<Response<Self::ProcessStream>, Status> {
        let inbound = request.into_inner();
        Ok(Response::new(Box::pin(Answers {
            inbound,
            upload: Vec::new(),
            answers: VecDeque::new(),
        })))
    }
}

impl Stream for Answers {
    type Item = Result<ProcessingResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(answer) = self.answers.pop_front() {
                return Poll::Ready(Some(Ok(answer)));
            }
            match ready!(Pin::new(&mut self.inbound).poll_next(cx)) {
                Some(Ok(message)) => self.take(message),
                Some(Err(status)) => return Poll::Ready(Some(Err(status))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl Answers {
    fn take(&mut self, message: ProcessingRequest) {
        match message.request {
            Some(Message::RequestHeaders(headers)) if headers.end_of_stream => self.route(),
            Some(Message::RequestBody(body)) => {
                self.upload.push(body.body);
                if body.end_of_stream {
                    self.route();
                }
            }
            Some(Message::ResponseHeaders(_)) => {
                self.answer(Answer::ResponseHeaders(HeadersResponse {
                    response: Some(CommonResponse::default()),
                }));
            }
            Some(Message::ResponseBody(body)) => {
                self.echo(body.body, body.end_of_stream, Answer::ResponseBody)
            }
            Some(Message::ResponseTrailers(_)) => {
                self.answer(Answer::ResponseTrailers(TrailersResponse {
                    header_mutation: None,
                }));
            }
            _ => {}
        }
    }

    fn route(&mut self) {
        let header = HeaderValue {
            key: "x-gateway-destination-endpoint".into(),
            raw_value: DESTINATION.into(),
            ..HeaderValue::default()
        };
        let set_headers = vec![HeaderValueOption {
            header: Some(header),
            ..HeaderValueOption::default()
        }];
        let header_mutation = Some(HeaderMutation {
            set_headers,
            remove_headers: Vec::new(),
        });
        let response = CommonResponse {
            header_mutation,
            clear_route_cache: true,
            ..CommonResponse::default()
        };
        self.answer(Answer::RequestHeaders(HeadersResponse {
            response: Some(response),
        }));
        let upload = std::mem::take(&mut self.upload);
        let last = upload.len().saturating_sub(1);
        for (at, piece) in upload.into_iter().enumerate() {
            self.echo(piece, at == last, Answer::RequestBody);
        }
    }

    fn echo(&mut self, bytes: Vec<u8>, end: bool, answer: fn(BodyResponse) -> Answer) {
        if bytes.len() <= MAX_CHUNK {
            if end || !bytes.is_empty() {
                self.piece(bytes, end, answer);
            }
            return;
        }
        let pieces = bytes.len().div_ceil(MAX_CHUNK);
        for (at, chunk) in bytes.chunks(MAX_CHUNK).enumerate() {
            self.piece(chunk.to_vec(), end && at + 1 == pieces, answer);
        }
    }

    fn piece(&mut self, body: Vec<u8>, end_of_stream: bool, answer: fn(BodyResponse) -> Answer) {
        let streamed = StreamedBodyResponse {
            body,
            end_of_stream,
            ..StreamedBodyResponse::default()
        };
        let mutation = Some(body_mutation::Mutation::StreamedResponse(streamed));
        let body_mutation = Some(BodyMutation { mutation });
        let response = CommonResponse {
            body_mutation,
            ..CommonResponse::default()
        };
        self.answer(answer(BodyResponse {
            response: Some(response),
        }));
    }

    fn answer(&mut self, answer: Answer) {
        self.answers.push_back(ProcessingResponse {
            response: Some(answer),
            ..ProcessingResponse::default()
        });
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    #[allow(
        clippy::print_stdout,
        reason = "the driver reads the address from here"
    )]
    {
        println!("{}", listener.local_addr()?);
    }
    let service = ExternalProcessorServer::new(Null)
        .max_decoding_message_size(64 << 20)
        .max_encoding_message_size(usize::MAX);
    tonic::transport::Server::builder()
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(16 << 20)
        .add_service(service)
        .serve_with_incoming(TcpListenerStream::new(listener))
        .await?;
    Ok(())
}
