//! How the gateway sends bodies. It says so in the first message of a stream, if it is new enough.

use super::pb::ProtocolConfiguration;

/// One direction's way of sending a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyMode {
    /// No body comes.
    None,
    /// Chunk by chunk, each waiting for its answer. Headers have left before the first one.
    Streamed,
    /// Whole, after the headers were answered; the answer may still change headers.
    Buffered,
    /// As `Buffered`, but cut off where the proxy's buffer ends.
    BufferedPartial,
    /// Chunk by chunk without waiting; headers leave when they are answered.
    FullDuplex,
    /// The gateway did not say.
    Unknown,
}

/// Both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Modes {
    pub request: BodyMode,
    pub response: BodyMode,
}

impl Modes {
    /// Before the first message.
    pub const UNKNOWN: Self = Self {
        request: BodyMode::Unknown,
        response: BodyMode::Unknown,
    };
}

impl From<&ProtocolConfiguration> for Modes {
    fn from(config: &ProtocolConfiguration) -> Self {
        Self {
            request: mode(config.request_body_mode),
            response: mode(config.response_body_mode),
        }
    }
}

/// The numbers of `ProcessingMode.BodySendMode`.
fn mode(number: i32) -> BodyMode {
    match number {
        0 => BodyMode::None,
        1 => BodyMode::Streamed,
        2 => BodyMode::Buffered,
        3 => BodyMode::BufferedPartial,
        4 => BodyMode::FullDuplex,
        _ => BodyMode::Unknown,
    }
}
