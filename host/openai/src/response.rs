//! Responses, followed chunk by chunk: who reads them never holds them.
//!
//! Chunks may end anywhere, in the middle of a key or of a number too. One scanner follows the JSON, in a
//! plain body or in the `data:` lines of an event stream, and reports the few places somebody wants; two
//! users stand on it, one that reads usage and one that puts the client's name of the model back.

mod events;
mod place;
mod restore;
mod scanner;
mod usage;

pub use restore::ModelRestorer;
pub use usage::{Usage, UsageReader};

/// How a response's body carries its JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON values, one after the other.
    Json,
    /// Server-sent events whose data is JSON.
    EventStream,
}

impl Format {
    /// By the response's `content-type`; `None` for anything that is neither.
    pub fn of(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("text/event-stream") {
            Some(Format::EventStream)
        } else if essence.eq_ignore_ascii_case("application/json") {
            Some(Format::Json)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn the_content_type_decides() {
        for (content_type, format) in [
            ("application/json", Some(Format::Json)),
            ("Application/JSON; charset=utf-8", Some(Format::Json)),
            (
                "text/event-stream; charset=utf-8",
                Some(Format::EventStream),
            ),
            ("text/event-stream", Some(Format::EventStream)),
            ("text/plain", None),
            ("application/json-seq", None),
            ("", None),
        ] {
            assert_eq!(Format::of(content_type), format, "{content_type}");
        }
    }
}
