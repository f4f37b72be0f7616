//! Another model in a request's body, and not one other byte changed.

use crate::RequestBody;

/// `body` with `model` as its model: the value of every top-level `model` key is replaced, because a
/// server may read the first or the last of them. A body without one gets it as its first member. A body
/// that was not read ([`RequestBody::load_only`]) stays as it is.
pub fn with_model(read: &RequestBody, body: &[u8], model: &str) -> Vec<u8> {
    let value = json_string(model);
    let mut out = Vec::with_capacity(body.len() + value.len() + "\"model\":,".len());
    let mut copied = 0;
    if let (Some(first), true) = (read.first_member, read.model_values.is_empty()) {
        out.extend_from_slice(&body[..first.at]);
        out.extend_from_slice(b"\"model\":");
        out.extend_from_slice(&value);
        out.extend_from_slice(if first.others { b"," } else { b"" });
        copied = first.at;
    }
    for span in &read.model_values {
        out.extend_from_slice(&body[copied..span.start]);
        out.extend_from_slice(&value);
        copied = span.end;
    }
    out.extend_from_slice(&body[copied..]);
    out
}

/// `text` as a JSON string, quotes included.
pub(crate) fn json_string(text: &str) -> Vec<u8> {
    serde_json::to_vec(text).expect("a string always has a JSON form")
}
