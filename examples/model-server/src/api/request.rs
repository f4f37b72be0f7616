//! What a request asks for: the fields of OpenAI's completions and chat that matter here. Others are
//! accepted and ignored, as vLLM does.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

/// A request for an answer.
#[derive(Debug, Deserialize)]
pub(super) struct Ask {
    /// The model; the first one if not given.
    pub model: Option<String>,
    /// The prompts of a completion.
    pub prompt: Option<Prompts>,
    /// The messages of a chat.
    pub messages: Option<Vec<Message>>,
    /// Most tokens of an answer.
    pub max_tokens: Option<usize>,
    /// The newer name of the same.
    pub max_completion_tokens: Option<usize>,
    /// Fewest tokens of an answer.
    pub min_tokens: Option<usize>,
    /// Answer with exactly the most tokens.
    #[serde(default)]
    pub ignore_eos: bool,
    /// Answers per prompt.
    pub n: Option<usize>,
    /// Answer as server-sent events.
    pub stream: Option<bool>,
    /// What the events tell.
    pub stream_options: Option<StreamOptions>,
    /// Shares cached blocks only with requests of the same salt.
    pub cache_salt: Option<String>,
}

/// What a stream tells beside its text.
#[derive(Debug, Default, Deserialize)]
pub(super) struct StreamOptions {
    /// A last event with the usage of the whole request.
    #[serde(default)]
    pub include_usage: bool,
    /// The usage so far in every event.
    #[serde(default)]
    pub continuous_usage_stats: bool,
}

/// A message of a chat.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    /// Who says it.
    #[serde(default)]
    pub role: String,
    /// What is said.
    #[serde(default)]
    pub content: Content,
}

/// The text of a message: given whole, or in parts, of which those without text count nothing.
#[derive(Debug, Default)]
pub(super) struct Content(pub String);

/// The prompts of a completion, as bytes: text is UTF-8, and a token id is four bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Prompts(pub Vec<Vec<u8>>);

impl Ask {
    /// The limit of an answer, if the request says one.
    pub(super) fn limit(&self) -> Option<usize> {
        self.max_completion_tokens.or(self.max_tokens)
    }
}

/// The bytes a chat template would make of `messages`. The next turn of a conversation begins with exactly
/// the bytes of this one and its answer, so that it finds their blocks.
pub(super) fn render(messages: &[Message]) -> Vec<u8> {
    let mut text = String::new();
    for Message { role, content } in messages {
        for part in ["<|", role, "|>", &content.0, "\n"] {
            text.push_str(part);
        }
    }
    text.push_str("<|assistant|>");
    text.into_bytes()
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Part {
            #[serde(default)]
            text: Option<String>,
        }

        struct TextOrParts;

        impl<'de> Visitor<'de> for TextOrParts {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of parts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Content, E> {
                Ok(Content(text.to_owned()))
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<Content, E> {
                Ok(Content(text))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Content, E> {
                Ok(Content::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Content, A::Error> {
                let mut text = String::new();
                while let Some(part) = parts.next_element::<Part>()? {
                    text.push_str(part.text.as_deref().unwrap_or_default());
                }
                Ok(Content(text))
            }
        }

        deserializer.deserialize_any(TextOrParts)
    }
}

impl<'de> Deserialize<'de> for Prompts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "a text, a list of texts, a list of token ids, or a list of such lists"
        )]
        enum Form {
            Text(String),
            Texts(Vec<String>),
            Ids(Vec<u32>),
            ManyIds(Vec<Vec<u32>>),
        }

        let bytes = |ids: Vec<u32>| ids.into_iter().flat_map(u32::to_le_bytes).collect();
        let prompts = match Form::deserialize(deserializer)? {
            Form::Text(text) => vec![text.into_bytes()],
            Form::Texts(texts) => texts.into_iter().map(String::into_bytes).collect(),
            Form::Ids(ids) => vec![bytes(ids)],
            Form::ManyIds(many) => many.into_iter().map(bytes).collect(),
        };
        Ok(Self(prompts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_prompts_are_read() {
        for (json, prompts) in [
            (r#""ab""#, vec![b"ab".to_vec()]),
            (r#"["a","b"]"#, vec![b"a".to_vec(), b"b".to_vec()]),
            ("[1,2]", vec![vec![1, 0, 0, 0, 2, 0, 0, 0]]),
            ("[[1],[2]]", vec![vec![1, 0, 0, 0], vec![2, 0, 0, 0]]),
        ] {
            assert_eq!(
                serde_json::from_str::<Prompts>(json).unwrap().0,
                prompts,
                "{json}"
            );
        }
        assert!(serde_json::from_str::<Prompts>(r#"{"a":1}"#).is_err());
    }

    #[test]
    fn a_turn_begins_with_the_one_before_and_its_answer() {
        let messages = |json: &str| serde_json::from_str::<Vec<Message>>(json).unwrap();
        let first = render(&messages(
            r#"[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"hi"}]}]"#,
        ));
        let second = render(&messages(
            r#"[{"role":"system","content":"s"},{"role":"user","content":"hi"},{"role":"assistant","content":" yes"},{"role":"user","content":null}]"#,
        ));
        assert!(second.starts_with(&[&first[..], b" yes"].concat()));
    }
}
