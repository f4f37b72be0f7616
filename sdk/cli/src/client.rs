//! Asks a running picker, over its admin API.

pub mod explain;
pub mod list;
pub mod load;
pub mod plans;
mod time;
mod url;

use std::path::PathBuf;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;
use switchyard_registry::{MAX_COMPONENT_BYTES, Reference};

pub use url::{Target, UrlError};

/// Where a picker's admin API is if nothing else is said.
pub const DEFAULT_EPP: &str = "http://127.0.0.1:9004";

/// A load waits until the component is compiled, which takes seconds for an interpreter.
const LIMIT: Duration = Duration::from_secs(120);

/// Which picker, and what it wants to see.
#[derive(Debug, Clone, clap::Args)]
pub struct Connection {
    /// The picker's admin address
    #[arg(long, value_name = "URL", default_value = DEFAULT_EPP)]
    pub epp: String,
    /// A file with the token that the picker's admin API requires
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
}

/// Who changes something, for those who ask later.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Who {
    /// Who does it, for those who ask later; $USER if not given
    #[arg(long, value_name = "WHO")]
    pub by: Option<String>,
}

impl Who {
    fn name(&self) -> Option<String> {
        self.by.clone().or_else(|| std::env::var("USER").ok())
    }
}

/// Why a picker gave no answer, or another than was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is none.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The file with the token cannot be used.
    #[error("--token-file {}: {reason}, expected a file that holds the token", path.display())]
    Token {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The settings or limits for a plugin are none.
    #[error("{flag}: {reason}, expected one JSON object such as '{{\"fullAt\": 20}}'")]
    Object {
        /// What they were given with.
        flag: &'static str,
        /// What was found.
        reason: String,
    },
    /// No name can be made of the file's.
    #[error("{} gives no name for the plugin; say one with `--name NAME`", .0.display())]
    Nameless(PathBuf),
    /// No plugin can be called so.
    #[error(
        "`{0}` cannot be a plugin's name, expected one word such as `tenant-fairness`, as a configuration's `pluginRef` says it; `--name NAME` names it otherwise"
    )]
    Name(String),
    /// A weight that scores cannot have.
    #[error(
        "--weight: found {0}, expected a number from 0 such as 2 or 0.5; a plugin whose best shall count as its worst scores the other way round"
    )]
    Weight(f64),
    /// What looks like a place in a registry.
    #[error("{0} is no file; what lies in a registry is pulled first: switchyard plugin pull {0}")]
    InRegistry(Reference),
    /// No picker takes it.
    #[error(
        "{} is too large: found {}, expected at most {}; a plugin of that size is most often built with debug information, build it again for release",
        path.display(), size(*bytes), size(MAX_COMPONENT_BYTES)
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How large it is.
        bytes: u64,
    },
    /// The component cannot be read, or is none.
    #[error(transparent)]
    Component(#[from] switchyard_build::facts::InspectError),
    /// Nobody answers.
    #[error(
        "no picker answers at {epp}: {reason}; is it running, and is this its admin address? `--epp URL` names another"
    )]
    Silent {
        /// The address.
        epp: String,
        /// Why.
        reason: String,
    },
    /// The picker wants a token, or another one.
    #[error("{told}; name the file with the picker's admin token with `--token-file FILE`")]
    Unauthorised {
        /// What the picker said.
        told: String,
    },
    /// The picker says no, and why.
    #[error("{0}")]
    Refused(String),
    /// What answers is not what was expected.
    #[error(
        "{url} answered with status {status}, expected 200: {body}; is `--epp` the admin address of a picker of this version?"
    )]
    Status {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
        /// The beginning of the answer.
        body: String,
    },
    /// The answer is not as it should be.
    #[error(
        "{url} answered with what is no answer to this question: {reason}; are picker and `switchyard` of one version?"
    )]
    Answer {
        /// What was asked.
        url: String,
        /// Why.
        reason: String,
    },
}

impl ClientError {
    /// Whether the command line was wrong.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Url(_)
                | Self::Object { .. }
                | Self::Nameless(_)
                | Self::Name(_)
                | Self::Weight(_)
                | Self::InRegistry(_)
        )
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
enum Method<'a> {
    Get,
    Delete,
    Post,
    /// With a component as body.
    Send(&'a [u8]),
}

impl Connection {
    fn get<T: DeserializeOwned>(&self, target: Target) -> Result<T, ClientError> {
        self.ask(Method::Get, target)
    }

    fn delete<T: DeserializeOwned>(&self, target: Target) -> Result<T, ClientError> {
        self.ask(Method::Delete, target)
    }

    fn post<T: DeserializeOwned>(&self, target: Target) -> Result<T, ClientError> {
        self.ask(Method::Post, target)
    }

    fn send<T: DeserializeOwned>(&self, target: Target, body: &[u8]) -> Result<T, ClientError> {
        self.ask(Method::Send(body), target)
    }

    fn ask<T: DeserializeOwned>(
        &self,
        method: Method<'_>,
        target: Target,
    ) -> Result<T, ClientError> {
        let url = target.on(&self.epp)?;
        let (status, body) = self.exchange(method, &url)?;
        if status != 200 {
            return Err(refusal(url, status, &body));
        }
        // An answer without a body is one that says nothing.
        let text = if body.is_empty() { "null" } else { &body };
        serde_json::from_str(text).map_err(|error| ClientError::Answer {
            url,
            reason: error.to_string(),
        })
    }

    fn exchange(&self, method: Method<'_>, url: &str) -> Result<(u16, String), ClientError> {
        let token = self.token()?;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(LIMIT))
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .new_agent();
        let authorised = |mut headers: Vec<(&'static str, String)>| {
            headers.extend(
                token
                    .iter()
                    .map(|token| ("authorization", format!("Bearer {token}"))),
            );
            headers
        };
        let answer = match method {
            Method::Get => with(agent.get(url), authorised(Vec::new())).call(),
            Method::Delete => with(agent.delete(url), authorised(Vec::new())).call(),
            Method::Post => with(agent.post(url), authorised(Vec::new())).send_empty(),
            Method::Send(body) => {
                let kind = ("content-type", "application/wasm".to_owned());
                with(agent.post(url), authorised(vec![kind])).send(body)
            }
        };
        let silent = |error: ureq::Error| ClientError::Silent {
            epp: self.epp.clone(),
            reason: error.to_string(),
        };
        let mut answer = answer.map_err(silent)?;
        let body = answer.body_mut().with_config().limit(64 << 20);
        let body = body.read_to_string().map_err(silent)?;
        Ok((answer.status().as_u16(), body))
    }

    fn token(&self) -> Result<Option<String>, ClientError> {
        let Some(path) = &self.token_file else {
            return Ok(None);
        };
        let failed = |reason: String| ClientError::Token {
            path: path.clone(),
            reason,
        };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        match text.trim() {
            "" => Err(failed("found no token".to_owned())),
            token => Ok(Some(token.to_owned())),
        }
    }

    /// A further command for the same picker.
    fn next(&self, command: &str) -> String {
        let mut next = format!("switchyard {command}");
        if self.epp != DEFAULT_EPP {
            next.push_str(&format!(" --epp {}", self.epp));
        }
        if let Some(path) = &self.token_file {
            next.push_str(&format!(" --token-file {}", path.display()));
        }
        next
    }
}

/// As many MiB, rounded up so that what is too large reads so.
fn size(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1 << 20))
}

fn with<B>(
    request: ureq::RequestBuilder<B>,
    headers: Vec<(&'static str, String)>,
) -> ureq::RequestBuilder<B> {
    headers.into_iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

/// What an answer that is not 200 means.
fn refusal(url: String, status: u16, body: &str) -> ClientError {
    let told = serde_json::from_str::<Value>(body).ok();
    let told = told.as_ref().and_then(|answer| answer["error"].as_str());
    match (status, told) {
        (401 | 403, told) => ClientError::Unauthorised {
            told: told.map_or_else(
                || format!("{url} refuses us (status {status})"),
                str::to_owned,
            ),
        },
        (_, Some(told)) => ClientError::Refused(told.to_owned()),
        (_, None) => ClientError::Status {
            url,
            status,
            body: body
                .chars()
                .take(200)
                .collect::<String>()
                .trim_end()
                .to_owned(),
        },
    }
}
