//! The places in a response that somebody wants, and how keys lead to them.

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The whole document.
    Root,
    /// `response` or `message`: what an event wraps.
    Wrapped,
    /// A model's name.
    Model,
    Usage,
    UsageDetails,
    /// A number of tokens.
    Count(Count),
    /// Nowhere of interest, and so is all that is inside.
    Elsewhere,
}

/// The numbers of a usage object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Prompt,
    Completion,
    /// Part of `Prompt`.
    Cached,
    /// Anthropic's, not part of `Prompt`.
    CacheRead,
    /// Anthropic's, not part of `Prompt`.
    CacheWrite,
}

impl Place {
    /// The longest key that leads anywhere, as it is spelled without escapes.
    pub(super) const LONGEST_KEY: usize = "cache_creation_input_tokens".len();

    /// Where `key` leads from here.
    pub(super) fn member(self, key: &[u8]) -> Self {
        match (self, key) {
            (Place::Root | Place::Wrapped, b"model") => Place::Model,
            (Place::Root | Place::Wrapped, b"usage") => Place::Usage,
            (Place::Root, b"response" | b"message") => Place::Wrapped,
            (Place::Usage, b"prompt_tokens" | b"input_tokens") => Place::Count(Count::Prompt),
            (Place::Usage, b"completion_tokens" | b"output_tokens") => {
                Place::Count(Count::Completion)
            }
            (Place::Usage, b"prompt_tokens_details" | b"input_tokens_details") => {
                Place::UsageDetails
            }
            (Place::Usage, b"cache_read_input_tokens") => Place::Count(Count::CacheRead),
            (Place::Usage, b"cache_creation_input_tokens") => Place::Count(Count::CacheWrite),
            (Place::UsageDetails, b"cached_tokens") => Place::Count(Count::Cached),
            _ => Place::Elsewhere,
        }
    }

    /// Whether an object here has members that lead somewhere.
    pub(super) fn leads_on(self) -> bool {
        matches!(
            self,
            Place::Root | Place::Wrapped | Place::Usage | Place::UsageDetails
        )
    }
}
