//! Why a body is refused. All of these are the client's mistake: 400.

use crate::json::JsonError;

/// What is wrong with a request's body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It is no JSON.
    #[error("the request body is not valid JSON: {0}")]
    Malformed(#[from] JsonError),
    /// It is JSON, but no object.
    #[error("the request body must be a JSON object, found {found}")]
    NotAnObject {
        /// What it is, with its article.
        found: &'static str,
    },
    /// A field has another type than it must have.
    #[error("`{field}` must be {expected}, found {found}")]
    WrongType {
        /// The field, with the position of a list's item.
        field: String,
        /// The types it may have.
        expected: &'static str,
        /// What it is, with its article.
        found: &'static str,
    },
    /// A field is absent or null.
    #[error("you must provide `{field}`: it is missing from the request body")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// A field that must not be empty is.
    #[error("`{field}` must not be empty")]
    Empty {
        /// The field.
        field: &'static str,
    },
}

impl BodyError {
    /// The field it is about, for the error's `param`.
    pub fn param(&self) -> Option<&str> {
        match self {
            BodyError::Malformed(_) | BodyError::NotAnObject { .. } => None,
            BodyError::WrongType { field, .. } => Some(field),
            BodyError::Missing { field } | BodyError::Empty { field } => Some(field),
        }
    }
}
