//! The request as plugins see it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where a request's headers are looked up.
///
/// A trait, because the picker keeps the proxy's own header list and must not copy it into a map that
/// most plugins never read.
pub trait HeaderSource: Send + Sync {
    /// The value of the header with this lower-case name; several of one name joined by `, `.
    fn header(&self, name: &str) -> Option<String>;
}

/// What a record holds in the place of a body, a piece of one, or a secret.
pub fn content_hash(content: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(content)
}

/// One request under way: what the contract's `request` interface answers from.
pub struct Request {
    /// `x-request-id`, or one the picker made.
    pub id: String,
    /// Without the query.
    pub path: String,
    /// The model the client named; empty where it named none.
    pub model: String,
    /// The model the server is asked for.
    pub target_model: String,
    /// The names of the configuration's profiles, in its order.
    pub profiles: Arc<[Arc<str>]>,
    /// Unix time at which scheduling began.
    pub now_ms: u64,
    /// The request's own seed; [`Request::seed_for`] mixes a plugin's from it.
    pub seed: u64,
    /// What every plugin gets instead of a mix of its own, where a plugin is tried by itself.
    pub exact_seed: Option<u64>,
    /// How long the body is, whether plugins may read it or not.
    pub body_bytes: usize,
    /// xxh3 (64 bits) of the body.
    pub body_hash: u64,
    /// What plugins may read while the request is under way; see [`Request::release`].
    content: Mutex<Content>,
    /// Rows that profiles picked so far, and under `""` those of the decision.
    peers: Mutex<Vec<(String, Vec<u32>)>>,
}

struct Content {
    headers: Option<Box<dyn HeaderSource>>,
    /// See [`Request::keep_body`].
    body: Vec<u8>,
}

impl Request {
    /// A request with nothing picked yet.
    pub fn new(id: String, now_ms: u64, seed: u64, headers: Box<dyn HeaderSource>) -> Self {
        Self {
            id,
            path: String::new(),
            model: String::new(),
            target_model: String::new(),
            profiles: Arc::default(),
            now_ms,
            seed,
            exact_seed: None,
            body_bytes: 0,
            body_hash: content_hash(&[]),
            content: Mutex::new(Content {
                headers: Some(headers),
                body: Vec::new(),
            }),
            peers: Mutex::new(Vec::new()),
        }
    }

    /// Notes length and hash of the body.
    pub fn note_body(&mut self, body: &[u8]) {
        self.body_bytes = body.len();
        self.body_hash = content_hash(body);
    }

    /// Lets plugins read the body, until [`Request::release`].
    pub fn keep_body(&self, body: Vec<u8>) {
        self.content().body = body;
    }

    /// Forgets headers and body when the request is over: its record lives on, and neither prompts nor lists
    /// of headers are kept with it.
    pub fn release(&self) {
        let released = std::mem::replace(
            &mut *self.content(),
            Content {
                headers: None,
                body: Vec::new(),
            },
        );
        // Freed outside of the lock.
        drop(released);
    }

    /// The value of a header, as [`HeaderSource::header`] says.
    pub fn header(&self, name: &str) -> Option<String> {
        self.content().headers.as_ref()?.header(name)
    }

    /// How many bytes [`Request::body`] would give for the same arguments.
    pub fn body_available(&self, offset: u64, length: u32) -> usize {
        let kept = self.content().body.len();
        usize::try_from(offset)
            .map_or(0, |offset| kept.saturating_sub(offset))
            .min(length as usize)
    }

    /// Up to `length` bytes of the body from `offset`.
    pub fn body(&self, offset: u64, length: u32) -> Vec<u8> {
        let body = &self.content().body;
        let start = usize::try_from(offset).map_or(body.len(), |offset| offset.min(body.len()));
        let end = start.saturating_add(length as usize).min(body.len());
        body[start..end].to_vec()
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows that `profile` picked, best first; `""` are the decision's.
    pub fn peers(&self, profile: &str) -> Vec<u32> {
        let peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        peers
            .iter()
            .find(|(name, _)| name == profile)
            .map(|(_, rows)| rows.clone())
            .unwrap_or_default()
    }

    /// Notes what `profile` picked, for the plugins that run after it.
    pub fn set_peers(&self, profile: &str, rows: &[u32]) {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        match peers.iter_mut().find(|(name, _)| name == profile) {
            Some((_, known)) => rows.clone_into(known),
            None => peers.push((profile.to_owned(), rows.to_vec())),
        }
    }

    /// The seed a plugin gets: mixed from the request's, the profile's and the plugin's names, so that
    /// two pickers of one request don't break their ties alike.
    pub fn seed_for(&self, profile: &str, plugin: &str) -> u64 {
        if let Some(seed) = self.exact_seed {
            return seed;
        }
        let mut mixed = xxhash_rust::xxh64::xxh64(profile.as_bytes(), self.seed);
        mixed = xxhash_rust::xxh64::xxh64(plugin.as_bytes(), mixed);
        // What the contract promises, for languages whose numbers are doubles.
        mixed >> 11
    }
}
