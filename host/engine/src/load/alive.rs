//! Components that some plan still uses: the plan after it gets the same ones, compiled and linked as they are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Loaded;

/// Loaded components by their digests, as long as anybody has them.
#[derive(Default)]
pub(crate) struct Alive(Mutex<BTreeMap<String, Weak<Loaded>>>);

impl Alive {
    pub(super) fn find(&self, digest: &str) -> Option<Arc<Loaded>> {
        let alive = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        alive.get(digest)?.upgrade()
    }

    pub(super) fn note(&self, loaded: &Arc<Loaded>) {
        let mut alive = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        alive.retain(|_, known| known.strong_count() > 0);
        alive.insert(loaded.digest.clone(), Arc::downgrade(loaded));
    }
}
