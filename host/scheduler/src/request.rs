//! The request as plugins see it.

use std::sync::{Mutex, PoisonError};

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
    /// Unix time at which scheduling began.
    pub now_ms: u64,
    /// The request's own seed; [`Request::seed_for`] mixes a plugin's from it.
    pub seed: u64,
    /// The headers.
    pub headers: Box<dyn HeaderSource>,
    /// The body, empty where no plugin needs it.
    pub body: Vec<u8>,
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
            now_ms,
            seed,
            headers,
            body: Vec::new(),
            peers: Mutex::new(Vec::new()),
        }
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
