//! Errors in vLLM's shape: `{"error": {"message", "type", "param", "code"}}`.

use hyper::StatusCode;
use serde_json::json;

use crate::engine::QueueFull;
use crate::faults::FailureType;
use crate::live::SettingError;
use crate::reply::{self, Cut, Reply};

/// Why a request is not served.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    /// The body is no JSON, or not of the right shape.
    #[error(
        "1 validation error:\n  {{'type': 'json_invalid', 'loc': 'body.{at}', 'msg': 'JSON decode error', 'ctx': {{'error': '{error}'}}}}"
    )]
    Json {
        /// Byte in the body.
        at: usize,
        /// What is wrong there.
        error: serde_json::Error,
    },
    /// A field that must be there is not.
    #[error(
        "1 validation error:\n  {{'type': 'missing', 'loc': 'body.{0}', 'msg': 'Field required'}}"
    )]
    Missing(&'static str),
    /// A field has a value it cannot have.
    #[error("{name}: found {found}, expected {expected}")]
    Field {
        /// Which field.
        name: &'static str,
        /// What was found.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// There is no such model.
    #[error("The model `{asked}` does not exist. Valid aliases: {known}.")]
    Model {
        /// What was asked for.
        asked: String,
        /// What there is.
        known: String,
    },
    /// The prompt leaves no room for an answer.
    #[error(
        "This model's maximum context length is {limit} tokens, and the prompt has {found} tokens with {answer} asked for as output. Shorten the prompt or the output. (parameter=input_tokens, value={found})"
    )]
    TooLong {
        /// Tokens of the prompt.
        found: usize,
        /// Tokens of the answer asked for.
        answer: usize,
        /// Tokens that fit.
        limit: usize,
    },
    /// The request could never run.
    #[error(
        "The request needs {needed} KV blocks and the cache has {blocks}; start the server with a larger --kv-cache-size."
    )]
    NoRoom {
        /// Blocks it needs.
        needed: usize,
        /// Blocks there are.
        blocks: usize,
    },
    /// The body is over the limit.
    #[error(
        "The request body is larger than {limit} bytes; raise --max-request-body-size-mb or send less."
    )]
    TooLarge {
        /// Most bytes allowed.
        limit: usize,
    },
    /// The waiting queue is full.
    #[error("{error}")]
    Queue {
        /// How full.
        error: QueueFull,
        /// The status to answer with.
        status: u16,
    },
    /// A failure on purpose.
    #[error("injected failure: {0:?}")]
    Injected(FailureType),
    /// A failure that the request asked for.
    #[error("status {0} was asked for with the header x-return-error")]
    AskedFor(StatusCode),
    /// A run-time setting is wrong.
    #[error("{0}")]
    Setting(#[from] SettingError),
    /// An adapter cannot be loaded or unloaded.
    #[error("{message}")]
    Lora {
        /// Why.
        message: String,
        /// 400 or 404.
        status: StatusCode,
    },
    /// No answer at all: the connection is reset.
    #[error(transparent)]
    Cut(#[from] Cut),
}

impl ApiError {
    /// An error about the JSON in `body`.
    pub(super) fn json(body: &[u8], error: serde_json::Error) -> Self {
        let before: usize = body
            .split_inclusive(|byte| *byte == b'\n')
            .take(error.line().saturating_sub(1))
            .map(<[u8]>::len)
            .sum();
        Self::Json {
            at: before + error.column(),
            error,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Json { .. }
            | Self::Missing(_)
            | Self::Field { .. }
            | Self::TooLong { .. }
            | Self::NoRoom { .. }
            | Self::Setting(_) => StatusCode::BAD_REQUEST,
            Self::Model { .. } => StatusCode::NOT_FOUND,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Queue { status, .. } => {
                StatusCode::from_u16(*status).unwrap_or(StatusCode::TOO_MANY_REQUESTS)
            }
            Self::Injected(failure) => match failure {
                FailureType::RateLimit => StatusCode::TOO_MANY_REQUESTS,
                FailureType::InvalidApiKey => StatusCode::UNAUTHORIZED,
                FailureType::ContextLength | FailureType::InvalidRequest => StatusCode::BAD_REQUEST,
                FailureType::ServerError => StatusCode::SERVICE_UNAVAILABLE,
                FailureType::ModelNotFound => StatusCode::NOT_FOUND,
            },
            Self::AskedFor(status) => *status,
            Self::Lora { status, .. } => *status,
            Self::Cut(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn kind(&self) -> &'static str {
        match (self, self.status().as_u16()) {
            (Self::Json { .. } | Self::Missing(_) | Self::Field { .. }, _) => "Bad Request",
            (_, 400) => "BadRequestError",
            (_, 401) => "AuthenticationError",
            (_, 404) => "NotFoundError",
            (_, 413) => "RequestEntityTooLargeError",
            (_, 429) => "TooManyRequestsError",
            (_, 503) => "ServiceUnavailableError",
            (_, 400..500) => "BadRequestError",
            _ => "InternalServerError",
        }
    }

    fn param(&self) -> Option<String> {
        match self {
            Self::Json { at, .. } => Some(format!("body.{at}")),
            Self::Missing(field) => Some(format!("body.{field}")),
            Self::Field { name, .. } => Some(format!("body.{name}")),
            Self::Model { .. } => Some("model".to_owned()),
            Self::TooLong { .. } => Some("input_tokens".to_owned()),
            _ => None,
        }
    }

    /// The answer that tells it.
    pub(super) fn reply(&self) -> Reply {
        let status = self.status();
        let error = json!({
            "message": self.to_string(),
            "type": self.kind(),
            "param": self.param(),
            "code": status.as_u16(),
        });
        reply::json(status, &json!({"error": error}))
    }
}
