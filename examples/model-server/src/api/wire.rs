//! Answers as vLLM writes them: field by field in its order, nulls included.

use serde::Serialize;

use super::sequence::Done;

/// What every answer carries as its fingerprint.
pub(super) const FINGERPRINT: &str = "switchyard-sim";

/// Which of the two APIs is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `/v1/chat/completions`.
    Chat,
    /// `/v1/completions`.
    Completion,
}

impl Kind {
    /// How its ids begin.
    pub(super) fn id_prefix(self) -> &'static str {
        match self {
            Self::Chat => "chatcmpl-",
            Self::Completion => "cmpl-",
        }
    }
}

/// What an answer has in common with its events.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// Which API.
    pub kind: Kind,
    /// The answer's id.
    pub id: String,
    /// Unix time.
    pub created: u64,
    /// The model's name.
    pub model: String,
}

/// Tokens of a request, over all of its sequences.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    /// In the prompts.
    pub prompt: usize,
    /// In the answers.
    pub completion: usize,
    /// Of the prompts, found in the cache.
    pub cached: usize,
    /// Of the prompts, newly in the cache.
    pub created: usize,
}

/// Tokens as an answer tells them.
#[derive(Serialize)]
pub(super) struct Usage {
    prompt_tokens: usize,
    total_tokens: usize,
    completion_tokens: usize,
    prompt_tokens_details: Details,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_tokens_details: Option<()>,
}

#[derive(Serialize)]
struct Details {
    cached_tokens: usize,
    created_cache_tokens: usize,
}

impl From<Totals> for Usage {
    fn from(totals: Totals) -> Self {
        Self {
            prompt_tokens: totals.prompt,
            total_tokens: totals.prompt + totals.completion,
            completion_tokens: totals.completion,
            prompt_tokens_details: Details {
                cached_tokens: totals.cached,
                created_cache_tokens: totals.created,
            },
            completion_tokens_details: None,
        }
    }
}

type Null = ();

#[derive(Serialize)]
struct Answer<'a, C> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: Vec<C>,
    service_tier: Null,
    system_fingerprint: &'static str,
    usage: Usage,
    prompt_logprobs: Null,
    kv_transfer_params: Null,
    ec_transfer_params: Null,
    metrics: Null,
}

#[derive(Serialize)]
struct ChatChoice<'a> {
    index: usize,
    message: ChatMessage<'a>,
    logprobs: Null,
    finish_reason: &'static str,
    stop_reason: Null,
    token_ids: Null,
}

#[derive(Serialize)]
struct ChatMessage<'a> {
    role: &'static str,
    content: &'a str,
    refusal: Null,
    annotations: Null,
    audio: Null,
    function_call: Null,
    reasoning: Null,
}

#[derive(Serialize)]
struct TextChoice<'a> {
    index: usize,
    text: &'a str,
    logprobs: Null,
    finish_reason: &'static str,
    stop_reason: Null,
    token_ids: Null,
    prompt_logprobs: Null,
    prompt_token_ids: Null,
}

/// The whole answer, in JSON.
pub(super) fn answer(head: &Head, done: &[Done], totals: Totals) -> Vec<u8> {
    // Strings and numbers only: nothing that JSON cannot hold.
    match head.kind {
        Kind::Chat => serde_json::to_vec(&body(
            head,
            "chat.completion",
            totals,
            done.iter().map(chat_choice),
        )),
        Kind::Completion => serde_json::to_vec(&body(
            head,
            "text_completion",
            totals,
            done.iter().map(text_choice),
        )),
    }
    .unwrap_or_default()
}

fn body<'a, C>(
    head: &'a Head,
    object: &'static str,
    totals: Totals,
    choices: impl Iterator<Item = C>,
) -> Answer<'a, C> {
    Answer {
        id: &head.id,
        object,
        created: head.created,
        model: &head.model,
        choices: choices.collect(),
        service_tier: (),
        system_fingerprint: FINGERPRINT,
        usage: totals.into(),
        prompt_logprobs: (),
        kv_transfer_params: (),
        ec_transfer_params: (),
        metrics: (),
    }
}

fn chat_choice(done: &Done) -> ChatChoice<'_> {
    ChatChoice {
        index: done.index,
        message: ChatMessage {
            role: "assistant",
            content: &done.text,
            refusal: (),
            annotations: (),
            audio: (),
            function_call: (),
            reasoning: (),
        },
        logprobs: (),
        finish_reason: done.finish.label(),
        stop_reason: (),
        token_ids: (),
    }
}

fn text_choice(done: &Done) -> TextChoice<'_> {
    TextChoice {
        index: done.index,
        text: &done.text,
        logprobs: (),
        finish_reason: done.finish.label(),
        stop_reason: (),
        token_ids: (),
        prompt_logprobs: (),
        prompt_token_ids: (),
    }
}
