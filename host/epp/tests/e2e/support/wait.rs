//! Waiting for something that another process does.

use std::time::{Duration, Instant};

const POLL: Duration = Duration::from_millis(5);

/// What `look` finds within `limit`.
pub(crate) fn until<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        let found = look();
        if found.is_some() || Instant::now() > end {
            return found;
        }
        std::thread::sleep(POLL);
    }
}

/// Fails with what was last seen unless `right` holds of it within 10 s.
pub(crate) fn for_value<T: std::fmt::Debug>(
    what: &str,
    mut look: impl FnMut() -> T,
    right: impl Fn(&T) -> bool,
) -> T {
    let mut last = None;
    let found = until(Duration::from_secs(10), || {
        let seen = look();
        if right(&seen) {
            return Some(seen);
        }
        last = Some(seen);
        None
    });
    found.unwrap_or_else(|| panic!("{what}: it is {last:?}"))
}
