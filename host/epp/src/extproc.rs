//! The gateway's side: Envoy's external processing protocol.
//!
//! [`session::Session`] is one HTTP request as a state machine, messages in and messages out, without
//! sockets or clocks; [`stream`] runs it on a gRPC stream; [`head`] and [`messages`] are the two ends
//! of its vocabulary.

pub mod head;
pub mod messages;
pub mod modes;
pub mod picker;
pub mod service;
pub mod session;
pub mod stream;

/// Generated types of the protocol under short names.
pub mod pb {
    pub use envoy_types::pb::envoy::config::core::v3::{
        HeaderMap, HeaderValue, HeaderValueOption, Metadata,
    };
    pub use envoy_types::pb::envoy::service::ext_proc::v3::{
        BodyMutation, BodyResponse, CommonResponse, HeaderMutation, HeadersResponse, HttpBody,
        HttpHeaders, HttpTrailers, ImmediateResponse, ProcessingRequest, ProcessingResponse,
        ProtocolConfiguration, StreamedBodyResponse, TrailersResponse, body_mutation,
        external_processor_client, external_processor_server, processing_request,
        processing_response,
    };
    pub use envoy_types::pb::envoy::r#type::v3::HttpStatus;
    pub use envoy_types::pb::google::protobuf::{Struct, Value, value};
}
