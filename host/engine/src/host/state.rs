//! The interface `state`: a key-value store per plugin that outlives its instances.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::bindings::switchyard::plugin::state::Host;
use crate::bindings::switchyard::plugin::types::Fault;
use crate::journal::hex;
use crate::store::State;

/// What one plugin may keep.
const SHARE_BYTES: usize = 16 << 20;
/// Key and value together.
const ENTRY_BYTES: usize = 1 << 20;
/// What an entry costs beside its key and value, so that a million empty entries are not free.
const ENTRY_OVERHEAD: usize = 128;
/// The longest time to live.
const LONGEST_MS: u64 = 24 * 3600 * 1000;

/// The key-value stores of all plugins, in memory. Cheap to clone; clones share everything.
///
/// Give one to every plan of a process: a plugin's entries then outlive its instances and a change of
/// configuration.
#[derive(Debug, Clone, Default)]
pub struct StateStore {
    shares: Arc<Mutex<HashMap<String, Share>>>,
}

impl StateStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// What this plugin keeps. What plugins kept that nobody has any more goes once all of its entries are over.
    pub(crate) fn share(&self, plugin: &str, now_ms: u64) -> Share {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        shares.retain(|_, share| Arc::strong_count(&share.0) > 1 || share.holds_any(now_ms));
        shares.entry(plugin.to_owned()).or_default().clone()
    }
}

/// What one plugin keeps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Share(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Arc<str>, Entry>,
    by_age: BTreeMap<u64, Arc<str>>,
    by_end: BTreeSet<(u64, u64)>,
    bytes: usize,
    next_age: u64,
}

#[derive(Debug)]
struct Entry {
    value: Vec<u8>,
    age: u64,
    end_ms: u64,
}

fn cost(key: &str, value: &[u8]) -> usize {
    key.len() + value.len() + ENTRY_OVERHEAD
}

impl Share {
    pub(crate) fn get(&self, key: &str, now_ms: u64) -> Option<Vec<u8>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.expire(now_ms);
        entries.by_key.get(key).map(|entry| entry.value.clone())
    }

    pub(crate) fn set(&self, key: &str, value: Vec<u8>, ttl_ms: u32, now_ms: u64) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.expire(now_ms);
        entries.remove(key);
        entries.bytes += cost(key, &value);
        let (age, key): (u64, Arc<str>) = (entries.next_age, Arc::from(key));
        entries.next_age += 1;
        let ttl_ms = match ttl_ms {
            0 => LONGEST_MS,
            ttl_ms => u64::from(ttl_ms).min(LONGEST_MS),
        };
        let end_ms = now_ms.saturating_add(ttl_ms);
        entries.by_age.insert(age, Arc::clone(&key));
        entries.by_end.insert((end_ms, age));
        entries.by_key.insert(key, Entry { value, age, end_ms });
        while entries.bytes > SHARE_BYTES {
            let Some((_, oldest)) = entries.by_age.first_key_value() else {
                break;
            };
            let oldest = Arc::clone(oldest);
            entries.remove(&oldest);
        }
    }

    pub(crate) fn remove(&self, key: &str) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.remove(key);
    }

    fn holds_any(&self, now_ms: u64) -> bool {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.expire(now_ms);
        !entries.by_key.is_empty()
    }
}

impl Entries {
    fn remove(&mut self, key: &str) {
        if let Some(entry) = self.by_key.remove(key) {
            self.bytes -= cost(key, &entry.value);
            self.by_age.remove(&entry.age);
            self.by_end.remove(&(entry.end_ms, entry.age));
        }
    }

    fn expire(&mut self, now_ms: u64) {
        while let Some(&(end_ms, age)) = self.by_end.first()
            && end_ms <= now_ms
        {
            self.by_end.pop_first();
            if let Some(key) = self.by_age.get(&age).cloned() {
                self.remove(&key);
            }
        }
    }
}

fn refused(message: String) -> Result<(), Fault> {
    Err(Fault { code: 0, message })
}

impl Host for State {
    fn get(&mut self, key: String) -> wasmtime::Result<Option<Vec<u8>>> {
        self.carry(key.len())?;
        let value = self.answer(
            || format!("state.get({key:?})"),
            |state| {
                let now_ms = state.common.now_ms();
                state
                    .granted
                    .state
                    .then(|| state.common.share.get(&key, now_ms))
                    .flatten()
            },
        )?;
        self.carry(value.as_ref().map_or(0, Vec::len))?;
        Ok(value)
    }

    fn set(
        &mut self,
        key: String,
        value: Vec<u8>,
        ttl_ms: u32,
    ) -> wasmtime::Result<Result<(), Fault>> {
        self.carry(key.len() + value.len())?;
        let shown = match self.journal {
            crate::journal::Journal::Off => String::new(),
            _ => format!("state.set({key:?}, {}, {ttl_ms})", hex(&value)),
        };
        self.answer(
            || shown,
            |state| {
                let bytes = key.len() + value.len();
                if !state.granted.state {
                    return refused(
                        "needs the capability `state`: declare it in `needs.capabilities`"
                            .to_owned(),
                    );
                }
                if bytes > ENTRY_BYTES {
                    return refused(format!(
                        "key and value are {bytes} bytes; at most {ENTRY_BYTES} fit one entry"
                    ));
                }
                if !state.aside {
                    let now_ms = state.common.now_ms();
                    state.common.share.set(&key, value, ttl_ms, now_ms);
                }
                Ok(())
            },
        )
    }

    fn remove(&mut self, key: String) -> wasmtime::Result<()> {
        self.carry(key.len())?;
        self.answer(
            || format!("state.remove({key:?})"),
            |state| {
                if state.granted.state && !state.aside {
                    state.common.share.remove(&key);
                }
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_end_with_their_time() {
        let share = StateStore::new().share("a", 0);
        share.set("short", vec![1], 10, 100);
        share.set("long", vec![2], 0, 100);
        for (now_ms, short, long) in [
            (109, true, true),
            (110, false, true),
            (100 + LONGEST_MS, false, false),
        ] {
            assert_eq!(
                share.get("short", now_ms).is_some(),
                short,
                "short at {now_ms}"
            );
            assert_eq!(
                share.get("long", now_ms).is_some(),
                long,
                "long at {now_ms}"
            );
        }
    }

    #[test]
    fn the_oldest_make_room() {
        let share = StateStore::new().share("a", 0);
        let value = vec![0; ENTRY_BYTES - 10];
        for key in 0..20 {
            share.set(&key.to_string(), value.clone(), 0, 0);
        }
        // Written again, so it is the youngest now.
        share.set("5", value.clone(), 0, 0);
        share.set("20", value, 0, 0);
        let kept: Vec<u32> = (0..=20)
            .filter(|key| share.get(&key.to_string(), 0).is_some())
            .collect();
        assert_eq!(
            kept,
            [5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
        );
        assert!(share.0.lock().unwrap().bytes <= SHARE_BYTES);
    }

    #[test]
    fn plugins_do_not_see_each_other_and_clones_do() {
        let store = StateStore::new();
        store.share("a", 0).set("k", vec![1], 0, 0);
        assert_eq!(store.share("b", 0).get("k", 0), None);
        assert_eq!(store.clone().share("a", 0).get("k", 0), Some(vec![1]));
        store.share("a", 0).remove("k");
        assert_eq!(store.share("a", 0).get("k", 0), None);
        assert_eq!(store.share("a", 0).0.lock().unwrap().bytes, 0);
    }

    #[test]
    fn what_nobody_has_any_more_goes_with_its_last_entry() {
        let store = StateStore::new();
        store.share("gone", 0).set("k", vec![1], 10, 0);
        let held = store.share("held", 0);
        let names = |now_ms| {
            drop(store.share("asks", now_ms));
            let shares = store.shares.lock().unwrap();
            let mut names: Vec<String> = shares.keys().cloned().collect();
            names.sort();
            names
        };
        assert_eq!(names(9), ["asks", "gone", "held"]);
        assert_eq!(names(10), ["asks", "held"]);
        drop(held);
        assert_eq!(names(10), ["asks"]);
    }
}
