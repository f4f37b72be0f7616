//! The body of an answer that refuses a request, in the shape OpenAI's clients read.

use crate::BodyError;
use crate::rewrite::json_string;

/// An error that is told to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorBody<'a> {
    /// The HTTP status it goes with.
    pub status: u16,
    /// For a person.
    pub message: &'a str,
    /// The field of the request that is at fault.
    pub param: Option<&'a str>,
    /// A short name that programs can tell the cause by, such as `rejected-saturated`. It becomes `code`;
    /// without it the status does, as vLLM has it.
    pub reason: Option<&'a str>,
}

impl<'a> ErrorBody<'a> {
    /// An error with nothing but a message.
    pub fn new(status: u16, message: &'a str) -> Self {
        Self {
            status,
            message,
            param: None,
            reason: None,
        }
    }

    /// `{"error":{"message","type","param","code"}}`.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = b"{\"error\":{\"message\":".to_vec();
        out.extend(json_string(self.message));
        out.extend_from_slice(b",\"type\":");
        out.extend(json_string(type_of(self.status)));
        out.extend_from_slice(b",\"param\":");
        out.extend(self.param.map_or_else(|| b"null".to_vec(), json_string));
        out.extend_from_slice(b",\"code\":");
        out.extend(
            self.reason
                .map_or_else(|| self.status.to_string().into_bytes(), json_string),
        );
        out.extend_from_slice(b"}}");
        out
    }
}

/// The answer to a body that was refused.
pub fn refusal(error: &BodyError) -> Vec<u8> {
    let message = error.to_string();
    ErrorBody {
        param: error.param(),
        ..ErrorBody::new(400, &message)
    }
    .to_json()
}

/// OpenAI's word for a status.
fn type_of(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        503 => "service_unavailable_error",
        400..500 => "invalid_request_error",
        _ => "server_error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_four_fields() {
        let saturated = ErrorBody {
            reason: Some("rejected-saturated"),
            ..ErrorBody::new(429, "all \"busy\"")
        };
        for (json, expected) in [
            (
                saturated.to_json(),
                r#"{"error":{"message":"all \"busy\"","type":"rate_limit_error","param":null,"code":"rejected-saturated"}}"#,
            ),
            (
                ErrorBody::new(503, "no endpoints").to_json(),
                r#"{"error":{"message":"no endpoints","type":"service_unavailable_error","param":null,"code":503}}"#,
            ),
            (
                refusal(&BodyError::Missing { field: "model" }),
                r#"{"error":{"message":"you must provide `model`: it is missing from the request body","type":"invalid_request_error","param":"model","code":400}}"#,
            ),
        ] {
            assert_eq!(String::from_utf8_lossy(&json), expected);
        }
    }
}
