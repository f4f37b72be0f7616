//! What the host's imports answer off wasm: the same functions as the generated ones, over what a test
//! set and what the plugin left.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use super::FakeRequest;
use crate::bindings::guest::switchyard::plugin::log::Level;

thread_local! {
    static REQUEST: RefCell<FakeRequest> = RefCell::default();
    static LOG: RefCell<Vec<(Level, String)>> = RefCell::default();
    static STATE: RefCell<BTreeMap<String, Vec<u8>>> = RefCell::default();
    static OWN_COLUMNS: RefCell<HashMap<(u32, u32), f64>> = RefCell::default();
}

pub(super) fn set_request(request: FakeRequest) {
    REQUEST.replace(request);
}

pub(super) fn take_log() -> Vec<(Level, String)> {
    LOG.take()
}

pub(super) fn own_column(column: u32, row: u32) -> f64 {
    OWN_COLUMNS.with_borrow(|values| values.get(&(column, row)).copied().unwrap_or(f64::NAN))
}

pub(crate) mod request {
    use super::REQUEST;

    pub(crate) fn id() -> String {
        REQUEST.with_borrow(|request| request.id.clone())
    }

    pub(crate) fn path() -> String {
        REQUEST.with_borrow(|request| request.path.clone())
    }

    pub(crate) fn model() -> String {
        REQUEST.with_borrow(|request| request.model.clone())
    }

    pub(crate) fn target_model() -> String {
        REQUEST.with_borrow(|request| request.target_model.clone())
    }

    pub(crate) fn header(name: &str) -> Option<String> {
        REQUEST.with_borrow(|request| {
            let mut values = request
                .headers
                .iter()
                .filter(|(known, _)| known == name)
                .map(|(_, value)| value.as_str());
            let first = values.next()?.to_owned();
            Some(values.fold(first, |all, value| all + ", " + value))
        })
    }

    pub(crate) fn body(offset: u64, length: u32) -> Vec<u8> {
        REQUEST.with_borrow(|request| {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let offset = usize::try_from(offset).unwrap_or(usize::MAX);
            request
                .body
                .iter()
                .skip(offset)
                .take(length)
                .copied()
                .collect()
        })
    }

    pub(crate) fn profile() -> String {
        REQUEST.with_borrow(|request| request.profile.clone())
    }

    pub(crate) fn profiles() -> Vec<String> {
        REQUEST.with_borrow(|request| request.profiles.clone())
    }

    pub(crate) fn peers(profile: &str) -> Vec<u32> {
        REQUEST.with_borrow(|request| {
            let found = request.peers.iter().find(|(name, _)| name == profile);
            found.map(|(_, rows)| rows.clone()).unwrap_or_default()
        })
    }

    pub(crate) fn now_ms() -> u64 {
        REQUEST.with_borrow(|request| request.now_ms)
    }

    pub(crate) fn seed() -> u64 {
        REQUEST.with_borrow(|request| request.seed)
    }
}

pub(crate) mod log {
    use super::{LOG, Level};

    pub(crate) fn write(level: Level, message: &str) {
        LOG.with_borrow_mut(|log| log.push((level, message.to_owned())));
    }
}

pub(crate) mod state {
    use super::STATE;
    use crate::Fault;

    pub(crate) fn get(key: &str) -> Option<Vec<u8>> {
        STATE.with_borrow(|state| state.get(key).cloned())
    }

    #[allow(clippy::unnecessary_wraps, reason = "the generated function's type")]
    pub(crate) fn set(key: &str, value: &[u8], _ttl_ms: u32) -> Result<(), Fault> {
        STATE.with_borrow_mut(|state| state.insert(key.to_owned(), value.to_vec()));
        Ok(())
    }

    pub(crate) fn remove(key: &str) {
        STATE.with_borrow_mut(|state| state.remove(key));
    }
}

pub(crate) mod own_columns {
    use super::OWN_COLUMNS;

    pub(crate) fn set(column: u32, row: u32, value: f64) {
        OWN_COLUMNS.with_borrow_mut(|values| values.insert((column, row), value));
    }

    pub(crate) fn add(column: u32, row: u32, delta: f64) {
        OWN_COLUMNS.with_borrow_mut(|values| {
            let value = values.entry((column, row)).or_insert(0.0);
            *value = if value.is_nan() {
                delta
            } else {
                *value + delta
            };
        });
    }
}
