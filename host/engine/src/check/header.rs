//! Which headers a plugin may set.

use switchyard_scheduler::{CallFault, Cause, Header};

use crate::fault::fault;

/// Headers that would steer the request past the host or break the connection it travels on.
const FORBIDDEN: [&str; 12] = [
    "x-gateway-destination-endpoint",
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Passes headers that a plugin may set.
pub(crate) fn headers(headers: Vec<Header>) -> Result<Vec<Header>, CallFault> {
    headers.iter().try_for_each(check)?;
    Ok(headers)
}

/// Whether a plugin may set this header.
pub(super) fn check(header: &Header) -> Result<(), CallFault> {
    let Header { name, value } = header;
    let wrong = if FORBIDDEN.contains(&name.as_str()) {
        "plugins may not set it"
    } else if name.is_empty() || !name.bytes().all(is_name_byte) {
        "a name is lower-case letters, digits and the usual signs"
    } else if !value
        .bytes()
        .all(|byte| byte == b'\t' || byte >= b' ' && byte != 0x7f)
    {
        "its value holds a control character"
    } else {
        return Ok(());
    };
    Err(fault(Cause::BadAnswer, format!("header {name:?}: {wrong}")))
}

/// The token characters of RFC 9110, section 5.6.2, without capitals; `:` of pseudo headers is none of them.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_headers_pass() {
        for (name, value, passes) in [
            ("x-prefiller-host-port", "10.0.0.1:8000", true),
            ("x-empty", "", true),
            ("x-gateway-destination-endpoint", "10.0.0.1:8000", false),
            ("transfer-encoding", "chunked", false),
            (":path", "/", false),
            ("X-Upper", "v", false),
            ("", "v", false),
            ("x-split", "a\r\nx-evil: b", false),
            ("x-nul", "\0", false),
        ] {
            let header = Header {
                name: name.to_owned(),
                value: value.to_owned(),
            };
            let found = check(&header).map_err(|fault| fault.cause);
            let expected = if passes {
                Ok(())
            } else {
                Err(Cause::BadAnswer)
            };
            assert_eq!(found, expected, "{name}: {value}");
        }
    }
}
