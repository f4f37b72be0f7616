//! Requests: the few fields a picker decides by, and the prompt as bytes that can be compared.
//!
//! # The prompt
//!
//! Prefixes of prompts are compared as bytes, so the same beginning of a conversation must give the same
//! beginning of bytes, however its JSON is spelled. [`RequestBody::append_prompt`] therefore writes, in
//! this order and whatever the order of keys in the body:
//!
//! 1. `tools` as they stand, since servers render them before the conversation;
//! 2. the system text (`system`, `instructions`);
//! 3. of each message its role, a line feed, its content, its tool calls as they stand, a line feed.
//!
//! Content is the decoded text of a string or of each part in a list, so a string equals a list of one text
//! part. An image, sound or video is eight bytes: a hash of the part, so that prompts part ways where
//! their pictures do. Anything unknown stands as it is. A completion's prompts follow each other with
//! nothing between; token ids are little-endian 32-bit numbers.

mod error;
mod field;
mod kind;
mod prompt;
mod reading;

use std::ops::Range;

pub use error::BodyError;
pub use kind::Kind;

use prompt::Piece;
use reading::Reading;

/// What a body of ours may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingModel {
    /// Refuse a body without a model.
    Refuse,
    /// Take it; the model is known from elsewhere, such as a rewrite header.
    Allow,
}

/// What was read of a request's body. It keeps offsets into the body, not the body: hand the same bytes
/// to the methods that ask for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestBody {
    kind: Kind,
    model: Option<String>,
    pub(crate) model_values: Vec<Range<usize>>,
    pub(crate) first_member: Option<FirstMember>,
    stream: bool,
    max_tokens: Option<u64>,
    cache_salt: Option<String>,
    pieces: Vec<Piece>,
    prompt_bytes: usize,
}

/// Where a member can be put into the top-level object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FirstMember {
    /// Just after the opening brace.
    pub(crate) at: usize,
    /// Whether other members follow.
    pub(crate) others: bool,
}

impl RequestBody {
    /// Reads the body of a request to `path` (its query is ignored). A path that is none of ours asks
    /// nothing of its body: it is not even looked at.
    pub fn read(path: &str, body: &[u8], missing: MissingModel) -> Result<Self, BodyError> {
        let kind = Kind::of_path(path);
        if kind == Kind::LoadOnly {
            return Ok(Self::load_only());
        }
        Reading::new(kind, body)?.finish(missing)
    }

    /// A request whose body says nothing: one without a body, or to an unknown path.
    pub fn load_only() -> Self {
        Self {
            kind: Kind::LoadOnly,
            model: None,
            model_values: Vec::new(),
            first_member: None,
            stream: false,
            max_tokens: None,
            cache_salt: None,
            pieces: Vec::new(),
            prompt_bytes: 0,
        }
    }

    /// Which of the known request bodies it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The model asked for.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Where the values of the top-level `model` keys stand, in order; the last one counts.
    pub fn model_values(&self) -> &[Range<usize>] {
        &self.model_values
    }

    /// Whether the answer is asked for as a stream of events.
    pub fn stream(&self) -> bool {
        self.stream
    }

    /// The most tokens the answer may have, by whichever of its names the body gives it.
    pub fn max_tokens(&self) -> Option<u64> {
        self.max_tokens
    }

    /// Text that keeps this request's cache entries apart from others'.
    pub fn cache_salt(&self) -> Option<&str> {
        self.cache_salt.as_deref()
    }

    /// How many images, sounds and videos the prompt holds.
    pub fn multimodal_parts(&self) -> usize {
        self.pieces
            .iter()
            .filter(|piece| matches!(piece, Piece::Media(_)))
            .count()
    }

    /// How many bytes [`RequestBody::append_prompt`] appends.
    pub fn prompt_bytes(&self) -> usize {
        self.prompt_bytes
    }

    /// Appends the prompt in its normalised form; `body` is what was read.
    pub fn append_prompt(&self, body: &[u8], out: &mut Vec<u8>) {
        out.reserve(self.prompt_bytes);
        for piece in &self.pieces {
            piece.append_to(body, out);
        }
    }
}
