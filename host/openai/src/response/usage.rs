//! Reads from a response how many tokens it took.

use super::Format;
use super::events::{Events, Step};
use super::place::Count;
use super::scanner::Found;

/// What a response said of its tokens; `None` where it said nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt, those found in the cache included.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the prompt that the server found in its cache.
    pub cached_tokens: Option<u64>,
    /// Tokens of the answer.
    pub completion_tokens: Option<u64>,
}

/// Follows a response and reads its `usage`, as OpenAI's completions, chat and responses write it, and
/// Anthropic's messages. What a later object says replaces what an earlier one said, number by number,
/// since events tell it piecewise; a value that is no count of tokens says nothing.
#[derive(Debug)]
pub struct UsageReader {
    events: Events,
    prompt: Option<u64>,
    completion: Option<u64>,
    cached: Option<u64>,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
}

impl UsageReader {
    /// For a response of this format.
    pub fn new(format: Format) -> Self {
        Self {
            events: Events::new(format, "\"usage\""),
            prompt: None,
            completion: None,
            cached: None,
            cache_read: None,
            cache_write: None,
        }
    }

    /// Takes the next chunk of the body.
    pub fn push(&mut self, chunk: &[u8]) {
        let mut at = 0;
        while let Some(step) = self.events.next(chunk, &mut at) {
            let Step::Found(Found::Count(count, tokens)) = step else {
                continue;
            };
            let field = match count {
                Count::Prompt => &mut self.prompt,
                Count::Completion => &mut self.completion,
                Count::Cached => &mut self.cached,
                Count::CacheRead => &mut self.cache_read,
                Count::CacheWrite => &mut self.cache_write,
            };
            *field = Some(tokens);
        }
    }

    /// What was said so far.
    pub fn usage(&self) -> Usage {
        // Anthropic counts cached tokens beside the input, OpenAI within it.
        let beside = self
            .cache_read
            .unwrap_or(0)
            .saturating_add(self.cache_write.unwrap_or(0));
        Usage {
            prompt_tokens: self.prompt.map(|tokens| tokens.saturating_add(beside)),
            cached_tokens: self.cached.or(self.cache_read),
            completion_tokens: self.completion,
        }
    }
}
