//! One prompt and its answer on their way through the engine.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::engine::{Engine, Finish, Job, Seat, Ticket, pace};
use crate::live::{Live, Mode};
use crate::rng::Rng;
use crate::text::{self, Answer};

use super::error::ApiError;
use super::request::Ask;
use super::wire::{Kind, Totals};

/// Answer tokens when a chat does not say how many it wants at most.
const CHAT_LIMIT: usize = 128;
/// The same for completions: OpenAI's default.
const COMPLETION_LIMIT: usize = 16;

/// What all answers of a request have in common.
pub(super) struct Frame<'a> {
    /// The server.
    pub app: &'a App,
    /// Its settings when the request came.
    pub live: &'a Live,
    /// Which API is asked.
    pub kind: Kind,
    /// The request.
    pub ask: &'a Ask,
    /// Where its chains of blocks begin: adapters and salts share nothing.
    pub root: u64,
    /// The adapter it runs with.
    pub lora: Option<&'a Arc<str>>,
}

/// An answer that was decided on and waits for its time.
pub(super) struct Sequence {
    /// Its place among the choices.
    pub index: usize,
    /// What it will say.
    pub answer: Answer,
    /// How it will end.
    pub finish: Finish,
    /// Tokens of its prompt.
    pub prompt_tokens: usize,
    /// Draws its latencies.
    pub rng: Rng,
}

/// An answer that was given.
pub(super) struct Done {
    /// Its place among the choices.
    pub index: usize,
    /// What it says.
    pub text: String,
    /// How it ended.
    pub finish: Finish,
    /// Its tokens.
    pub totals: Totals,
}

impl Sequence {
    /// Decides on the answer number `index` to `prompt`, and what the engine must know of it. `echo` is
    /// what an echo would say.
    pub(super) fn plan(
        frame: &Frame<'_>,
        prompt: &[u8],
        echo: &str,
        index: usize,
        rng: Rng,
    ) -> Result<(Self, Job), ApiError> {
        let Frame {
            app,
            live,
            kind,
            ask,
            root,
            lora,
        } = frame;
        let shape = app.engine.shape;
        let max_len = app.options.max_model_len;
        let prompt_tokens = text::tokens(prompt.len());
        let room = max_len.saturating_sub(prompt_tokens);
        let asked = ask.limit();
        if room == 0 || asked.is_some_and(|asked| asked > room) {
            return Err(ApiError::TooLong {
                found: prompt_tokens,
                answer: asked.unwrap_or(1),
                limit: max_len,
            });
        }
        let usual = if *kind == Kind::Chat {
            CHAT_LIMIT
        } else {
            COMPLETION_LIMIT
        };
        let limit = asked.unwrap_or(usual.min(room));
        let block_bytes = shape.block_size * text::TOKEN_BYTES;
        let prompt_hash =
            xxhash_rust::xxh64::xxh64(prompt, app.options.seed.wrapping_add(index as u64));
        let answer = match live.mode {
            Mode::Echo => Answer::echo(echo, limit),
            Mode::Random => {
                let mut draws = Rng::new(prompt_hash);
                let drawn = text::draw_length(&mut draws, ask.min_tokens.unwrap_or(1), limit);
                Answer::random(draws.bits(), if ask.ignore_eos { limit } else { drawn })
            }
        };
        let finish = if answer.len() >= limit {
            Finish::Length
        } else {
            Finish::Stop
        };
        let chain = match shape.blocks {
            Some(_) => text::chain(*root, [prompt, answer.text.as_bytes()], block_bytes),
            None => Vec::new(),
        };
        let prompt_blocks = (prompt.len() / block_bytes).min(chain.len());
        let total_blocks = (prompt_tokens + answer.len())
            .div_ceil(shape.block_size)
            .max(chain.len());
        if let Some(blocks) = shape.blocks
            && total_blocks > blocks
        {
            return Err(ApiError::NoRoom {
                needed: total_blocks,
                blocks,
            });
        }
        let choices = ask.n.unwrap_or(1);
        let job = Job {
            prompt_tokens,
            max_tokens: asked,
            choices,
            chain,
            prompt_blocks,
            total_blocks,
            lora: lora.map(Arc::clone),
        };
        Ok((
            Self {
                index,
                answer,
                finish,
                prompt_tokens,
                rng,
            },
            job,
        ))
    }

    /// Tokens so far, with `generated` ones of the answer.
    pub(super) fn totals(&self, seat: &Seat, generated: usize) -> Totals {
        Totals {
            prompt: self.prompt_tokens,
            completion: generated,
            cached: seat.cached_tokens,
            created: seat.created_tokens(),
        }
    }

    /// Waits for the request's turn and its first token.
    pub(super) async fn prefill(&mut self, engine: &Engine, ticket: Ticket) -> Option<Seat> {
        let mut seat = ticket.seat().await?;
        let live = engine.live.load_full();
        let time = pace::prefill(
            &live,
            seat.uncached_tokens(),
            engine.running(),
            &mut self.rng,
        );
        sleep(time).await;
        seat.first_token();
        Some(seat)
    }

    /// The whole answer at once, in the time it takes.
    pub(super) async fn run(mut self, engine: &Engine, ticket: Ticket) -> Option<Done> {
        let mut seat = self.prefill(engine, ticket).await?;
        let more = self.answer.len().saturating_sub(1);
        let live = engine.live.load_full();
        if !live.inter_token_latency.is_zero() {
            let running = engine.running();
            sleep(
                (0..more)
                    .map(|_| pace::token(&live, running, &mut self.rng))
                    .sum(),
            )
            .await;
        }
        seat.more_tokens(more, live.inter_token_latency.0);
        let totals = self.totals(&seat, self.answer.len());
        seat.finish(self.finish);
        Some(Done {
            index: self.index,
            text: self.answer.text,
            finish: self.finish,
            totals,
        })
    }
}

/// Sleeps, and does not even yield for no time.
pub(super) async fn sleep(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
