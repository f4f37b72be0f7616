//! The request as plugins see it.

use std::sync::{Arc, Mutex, PoisonError};

/// Where a request's headers are looked up.
///
/// A trait, because the picker keeps the proxy's own header list and must not copy it into a map that
/// most plugins never read.
pub trait HeaderSource: Send + Sync {
    /// The value of the header with this lower-case name; several of one name joined by `, `.
    fn header(&self, name: &str) -> Option<String>;
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
    /// The headers.
    pub headers: Box<dyn HeaderSource>,
    /// How long the body is, whether plugins may read it or not.
    pub body_bytes: usize,
    /// xxh64 of the body.
    pub body_hash: u64,
    /// What plugins may read of the body; see [`Request::keep_body`].
    body: Mutex<Vec<u8>>,
    /// Rows that profiles picked so far, and under `""` those of the decision.
    peers: Mutex<Vec<(String, Vec<u32>)>>,
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
            headers,
            body_bytes: 0,
            body_hash: xxhash_rust::xxh64::xxh64(&[], 0),
            body: Mutex::default(),
            peers: Mutex::new(Vec::new()),
        }
    }

    /// Notes length and hash of the body.
    pub fn note_body(&mut self, body: &[u8]) {
        self.body_bytes = body.len();
        self.body_hash = xxhash_rust::xxh64::xxh64(body, 0);
    }

    /// Lets plugins read the body, until [`Request::release_body`].
    pub fn keep_body(&mut self, body: Vec<u8>) {
        self.body = Mutex::new(body);
    }

    /// Forgets the body when the request is over: its record lives on, and prompts are not kept.
    pub fn release_body(&self) {
        *self.body.lock().unwrap_or_else(PoisonError::into_inner) = Vec::new();
    }

    /// How many bytes [`Request::body`] would give for the same arguments.
    pub fn body_available(&self, offset: u64, length: u32) -> usize {
        let kept = self
            .body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len();
        usize::try_from(offset)
            .map_or(0, |offset| kept.saturating_sub(offset))
            .min(length as usize)
    }

    /// Up to `length` bytes of the body from `offset`.
    pub fn body(&self, offset: u64, length: u32) -> Vec<u8> {
        let body = self.body.lock().unwrap_or_else(PoisonError::into_inner);
        let start = usize::try_from(offset).map_or(body.len(), |offset| offset.min(body.len()));
        let end = start.saturating_add(length as usize).min(body.len());
        body[start..end].to_vec()
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
        let mut mixed = xxhash_rust::xxh64::xxh64(profile.as_bytes(), self.seed);
        mixed = xxhash_rust::xxh64::xxh64(plugin.as_bytes(), mixed);
        mixed
    }
}
