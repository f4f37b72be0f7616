//! Why a body is not JSON.

/// What is wrong, and at which byte of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{fault} at byte {at}")]
pub struct JsonError {
    /// Offset from the body's first byte.
    pub at: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// The ways in which a body can fail to be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Bytes that are no UTF-8.
    #[error("invalid UTF-8")]
    Utf8,
    /// The body ends inside a value, or is empty.
    #[error("unexpected end")]
    End,
    /// Something else than the grammar allows.
    #[error("unexpected character, expected {0},")]
    Expected(&'static str),
    /// A control character inside a string, which must be escaped.
    #[error("unescaped control character in a string")]
    Control,
    /// A backslash followed by something that is no escape.
    #[error("invalid escape in a string")]
    Escape,
    /// Half of a surrogate pair.
    #[error("lone surrogate in a string")]
    Surrogate,
    /// A number too large for a 64-bit float.
    #[error("number out of range")]
    Range,
    /// Arrays and objects nested deeper than 127.
    #[error("nesting deeper than 127 levels")]
    Depth,
    /// Something after the value.
    #[error("trailing characters after the JSON value")]
    Trailing,
}
