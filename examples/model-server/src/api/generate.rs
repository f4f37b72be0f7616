//! Completions and chats: from the request to its answer, whole or as a stream.

use hyper::StatusCode;
use hyper::body::Incoming;
use xxhash_rust::xxh64::xxh64;

use crate::app::{Target, unix_now};
use crate::engine::Job;
use crate::faults::Fate;
use crate::live::Live;
use crate::reply::{self, Cut, Reply};
use crate::rng::Rng;

use super::error::ApiError;
use super::request::{Ask, render};
use super::sequence::{Done, Frame, Sequence};
use super::sse;
use super::wire::{self, Head, Kind, Totals};
use super::{Call, REQUEST_ID};

/// Most answers one request may ask for.
const MOST_CHOICES: usize = 128;

impl Call<'_> {
    /// Serves a completion or a chat.
    pub(super) async fn generate(&self, kind: Kind, body: Incoming) -> Result<Reply, ApiError> {
        let app = self.app;
        let live = app.engine.live.load_full();
        let mut rng = app.request_rng();
        let body = self.body(body).await?;
        if let Some(status) = self
            .header("x-return-error")
            .and_then(|status| status.parse::<StatusCode>().ok())
        {
            return Err(ApiError::AskedFor(status));
        }
        let fate = Fate::draw(&live, &mut rng);
        match fate {
            Fate::Hangs => std::future::pending::<()>().await,
            Fate::Fails(failure) => return Err(ApiError::Injected(failure)),
            Fate::Resets | Fate::Served => {}
        }
        let ask: Ask =
            serde_json::from_slice(&body).map_err(|error| ApiError::json(&body, error))?;
        let streamed = ask.stream == Some(true);
        if fate == Fate::Resets && !streamed {
            return Err(ApiError::Cut(Cut));
        }
        let target = self.target(&ask)?;
        let id = self.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
        let id = id.map_or_else(|| format!("{:016x}", rng.bits()), ToOwned::to_owned);
        let head = Head {
            kind,
            id: format!("{}{id}", kind.id_prefix()),
            created: unix_now(),
            model: target.name.clone(),
        };

        let planned = self.plan(&live, kind, &ask, &target, &mut rng)?;
        let mut entered = Vec::with_capacity(planned.len());
        for (sequence, job) in planned {
            let ticket = app.engine.enter(job).map_err(|error| ApiError::Queue {
                error,
                status: live.queue_full_status,
            })?;
            entered.push((sequence, ticket));
        }
        if streamed {
            let cut = (fate == Fate::Resets).then(|| self.reset.clone());
            return Ok(sse::stream(
                app,
                head,
                ask.stream_options.unwrap_or_default(),
                entered,
                cut,
            ));
        }
        let runs = entered
            .into_iter()
            .map(|(sequence, ticket)| sequence.run(&app.engine, ticket));
        let done: Option<Vec<Done>> = futures_util::future::join_all(runs)
            .await
            .into_iter()
            .collect();
        // Only a server that goes away leaves a request without its turn.
        let done = done.ok_or(ApiError::Cut(Cut))?;
        let totals = done
            .iter()
            .fold(Totals::default(), |sum, done| sum.and(done.totals));
        Ok(reply::whole(
            StatusCode::OK,
            "application/json",
            wire::answer(&head, &done, totals),
        ))
    }

    fn target(&self, ask: &Ask) -> Result<Target, ApiError> {
        self.app
            .target(ask.model.as_deref())
            .ok_or_else(|| ApiError::Model {
                asked: ask.model.clone().unwrap_or_default(),
                known: self.app.options.base_names().collect::<Vec<_>>().join(", "),
            })
    }

    /// Decides on all answers of a request, in the order of their index.
    fn plan(
        &self,
        live: &Live,
        kind: Kind,
        ask: &Ask,
        target: &Target,
        rng: &mut Rng,
    ) -> Result<Vec<(Sequence, Job)>, ApiError> {
        let chat;
        let prompts = match kind {
            Kind::Chat => {
                let messages = ask
                    .messages
                    .as_deref()
                    .ok_or(ApiError::Missing("messages"))?;
                chat = [render(messages)];
                &chat[..]
            }
            Kind::Completion => &ask.prompt.as_ref().ok_or(ApiError::Missing("prompt"))?.0,
        };
        let choices = ask.n.unwrap_or(1);
        let total = prompts.len().saturating_mul(choices);
        if total == 0 || total > MOST_CHOICES || prompts.iter().any(Vec::is_empty) {
            let found = format!("{} prompts and n = {choices}", prompts.len());
            let name = if kind == Kind::Chat { "n" } else { "prompt" };
            return Err(ApiError::Field {
                name,
                found,
                expected: "prompts that are not empty, and 1 to 128 answers",
            });
        }
        if ask.limit() == Some(0) {
            return Err(ApiError::Field {
                name: "max_tokens",
                found: "0".to_owned(),
                expected: "at least 1",
            });
        }
        let salt = ask.cache_salt.as_deref().unwrap_or_default();
        let adapter = target.lora.as_deref().unwrap_or_default();
        let root = xxh64(salt.as_bytes(), xxh64(adapter.as_bytes(), 0));
        let lora = target.lora.as_ref();
        let frame = Frame {
            app: self.app,
            live,
            kind,
            ask,
            root,
            lora,
        };
        let mut planned = Vec::with_capacity(total);
        for index in 0..total {
            let prompt = &prompts[index / choices];
            let echo = match &ask.messages {
                Some(messages) if kind == Kind::Chat => messages
                    .last()
                    .map_or("".into(), |last| last.content.0.as_str().into()),
                _ => String::from_utf8_lossy(prompt),
            };
            let rng = Rng::new(rng.bits());
            planned.push(Sequence::plan(&frame, prompt, &echo, index, rng)?);
        }
        Ok(planned)
    }
}

impl Totals {
    /// The sum of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            prompt: self.prompt + other.prompt,
            completion: self.completion + other.completion,
            cached: self.cached + other.cached,
            created: self.created + other.created,
        }
    }
}
