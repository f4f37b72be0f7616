//! Which request a path stands for.

/// The request bodies we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `chat/completions`
    Chat,
    /// `completions`
    Completion,
    /// `embeddings`
    Embedding,
    /// `responses`
    Response,
    /// `messages`, as Anthropic speaks
    Messages,
    /// `conversations`
    Conversation,
    /// `images/generations`
    Image,
    /// `inference/v1/generate`: token ids in, token ids out
    Generate,
    /// Anything else: scheduled by load alone, its body never read
    LoadOnly,
}

/// By the end of the path; a longer end stands before its own tail.
const BY_END: [(&str, Kind); 8] = [
    ("chat/completions", Kind::Chat),
    ("completions", Kind::Completion),
    ("embeddings", Kind::Embedding),
    ("responses", Kind::Response),
    ("messages", Kind::Messages),
    ("conversations", Kind::Conversation),
    ("images/generations", Kind::Image),
    ("inference/v1/generate", Kind::Generate),
];

impl Kind {
    /// The kind of body that is sent to `path`. `.../render` takes the same body as the path it is
    /// added to.
    pub fn of_path(path: &str) -> Self {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let path = path.strip_suffix("/render").unwrap_or(path);
        BY_END
            .iter()
            .find(|(end, _)| {
                path.strip_suffix(end)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
            })
            .map_or(Kind::LoadOnly, |&(_, kind)| kind)
    }

    /// Whether servers refuse such a body without a model.
    pub(super) fn needs_model(self) -> bool {
        !matches!(self, Kind::Conversation | Kind::Generate | Kind::LoadOnly)
    }

    /// The field that holds the prompt, where one must be there.
    pub(super) fn prompt_field(self) -> Option<&'static str> {
        match self {
            Kind::Chat | Kind::Messages => Some("messages"),
            Kind::Completion | Kind::Image => Some("prompt"),
            Kind::Embedding | Kind::Response => Some("input"),
            Kind::Generate => Some("token_ids"),
            Kind::Conversation | Kind::LoadOnly => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn paths_end_in_what_they_are() {
        for (path, kind) in [
            ("/v1/chat/completions", Kind::Chat),
            ("/v1/completions", Kind::Completion),
            ("/openai/v1/embeddings?api-version=1", Kind::Embedding),
            ("/v1/responses", Kind::Response),
            ("/v1/messages", Kind::Messages),
            ("/v1/messages/count_tokens", Kind::LoadOnly),
            ("/v1/conversations", Kind::Conversation),
            ("/v1/images/generations", Kind::Image),
            ("/inference/v1/generate", Kind::Generate),
            ("/generate", Kind::LoadOnly),
            ("/v1/chat/completions/render", Kind::Chat),
            ("/v1/completions/render", Kind::Completion),
            ("/v1/models", Kind::LoadOnly),
            ("/v1/mycompletions", Kind::LoadOnly),
            ("completions", Kind::Completion),
            ("", Kind::LoadOnly),
        ] {
            assert_eq!(Kind::of_path(path), kind, "{path}");
        }
    }
}
