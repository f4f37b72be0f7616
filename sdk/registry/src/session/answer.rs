//! A registry's words, made short enough for an error.

use std::error::Error;

use serde::Deserialize;

/// Of an answer that is an error, no more than this is read.
const MAX_READ_BYTES: usize = 8 * 1024;
/// Of words that are not a registry's, no more than this is shown.
const MAX_SHOWN_CHARS: usize = 200;

#[derive(Deserialize)]
struct Envelope {
    errors: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    code: String,
    #[serde(default)]
    message: String,
}

/// The beginning of an answer. What cannot be read says nothing.
pub(super) async fn first_words(answer: &mut reqwest::Response) -> String {
    let mut read = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        let room = MAX_READ_BYTES - read.len();
        read.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if read.len() == MAX_READ_BYTES {
            break;
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// `HTTP 401, unauthorized: authentication required`, where `who` is `HTTP 401`.
pub(super) fn told(who: &str, said: &str) -> String {
    let words = match serde_json::from_str::<Envelope>(said) {
        Ok(envelope) => envelope
            .errors
            .iter()
            .map(|Entry { code, message }| {
                let code = code.to_lowercase();
                if message.is_empty() {
                    code
                } else {
                    format!("{code}: {message}")
                }
            })
            .collect::<Vec<_>>()
            .join("; "),
        Err(_) => said.to_owned(),
    };
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return who.to_owned();
    }
    let shown: String = words.chars().take(MAX_SHOWN_CHARS).collect();
    let cut = if shown.len() < words.len() { "…" } else { "" };
    format!("{who}, {shown}{cut}")
}

/// The innermost cause, which is the one that tells.
pub(super) fn root(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(said: &str, expected: &str) {
        assert_eq!(told("HTTP 401", said), expected, "{said}");
    }

    #[test]
    fn a_registry_is_quoted_in_short() {
        check("", "HTTP 401");
        check(
            r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":[{"Type":"repository"}]}]}"#,
            "HTTP 401, unauthorized: authentication required",
        );
        check(
            r#"{"errors":[{"code":"DENIED"},{"code":"X","message":"y"}]}"#,
            "HTTP 401, denied; x: y",
        );
        check("<html>\n <p>no", "HTTP 401, <html> <p>no");
        let long = "ä".repeat(300);
        check(&long, &format!("HTTP 401, {}…", "ä".repeat(200)));
    }
}
