//! Who may ask: those who show the token, where one is set.

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::json;
use switchyard_engine::digest_of;

/// The token, as its digest: comparing digests tells nothing of how much of a wrong one was right.
#[derive(Debug, Clone)]
pub struct Token(Arc<str>);

impl Token {
    /// The token in a file, white space around it left out.
    ///
    /// # Errors
    /// The file cannot be read, or holds none.
    pub fn read(path: &Path) -> io::Result<Self> {
        let text = std::fs::read_to_string(path)?;
        match text.trim() {
            "" => Err(io::Error::other("the file is empty: expected a token")),
            token => Ok(Self(digest_of(token.as_bytes()).into())),
        }
    }

    /// Asks for it before any of these routes.
    pub fn guard(self, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(self, check))
    }
}

async fn check(State(token): State<Token>, request: Request, next: Next) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION);
    let shown = shown.and_then(|value| {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    if shown.is_some_and(|shown| digest_of(shown.as_bytes()) == *token.0) {
        return next.run(request).await;
    }
    let error = match shown {
        None => "this picker asks for a token: send `Authorization: Bearer TOKEN`",
        Some(_) => "this is not the picker's token (--admin-token-file)",
    };
    (StatusCode::UNAUTHORIZED, Json(json!({ "error": error }))).into_response()
}
