//! Which keys of the top-level object matter, by the kind of request.

use super::Kind;

/// A top-level field that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Model,
    Stream,
    /// One of the names of the answer's length, and its rank: the highest that is given counts.
    MaxTokens(usize),
    SamplingParams,
    CacheSalt,
    Tools,
    System,
    Messages,
    Prompt,
}

/// How many names the answer's length has.
pub(super) const MAX_TOKENS_NAMES: usize = 3;

impl Field {
    /// The field named by the decoded `key`.
    pub(super) fn of(kind: Kind, key: &[u8]) -> Option<Self> {
        Some(match (key, kind) {
            (b"model", _) => Field::Model,
            (b"stream", _) => Field::Stream,
            (b"max_tokens", _) => Field::MaxTokens(0),
            (b"max_output_tokens", _) => Field::MaxTokens(1),
            (b"max_completion_tokens", _) => Field::MaxTokens(2),
            (b"sampling_params", Kind::Generate) => Field::SamplingParams,
            (b"cache_salt", _) => Field::CacheSalt,
            (b"tools", Kind::Chat | Kind::Messages | Kind::Response) => Field::Tools,
            (b"system", Kind::Messages) | (b"instructions", Kind::Response) => Field::System,
            (b"messages", Kind::Chat | Kind::Messages | Kind::Embedding) => Field::Messages,
            (b"items", Kind::Conversation) => Field::Messages,
            (b"prompt", Kind::Completion | Kind::Image) => Field::Prompt,
            (b"input", Kind::Embedding | Kind::Response) => Field::Prompt,
            (b"token_ids", Kind::Generate) => Field::Prompt,
            _ => return None,
        })
    }
}
