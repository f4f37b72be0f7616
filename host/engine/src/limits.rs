//! What a plugin may use, and the defaults per class of guest.

use std::time::Duration;

use wasmtime::ResourceLimiter;

use crate::load::Class;

/// Entries that all tables of one instance may hold together.
const TABLE_ELEMENTS: usize = 400_000;

/// What a plugin may use. A call past a limit ends in a fault, and its instance is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time for one call of a filter, scorer, picker, decider or profile handler.
    pub call: Duration,
    /// Time for one call of a hook.
    pub hook: Duration,
    /// Time for a scraper to read one answer.
    pub parse: Duration,
    /// Time for `endpoints-changed`.
    pub endpoints_changed: Duration,
    /// Time to instantiate, describe, configure and plan, each.
    pub start: Duration,
    /// Linear memory of one instance, all its memories together.
    pub memory_bytes: usize,
    /// Bytes that the host calls of one call may carry, both ways together; also the most that one answer of the
    /// guest may carry.
    pub host_bytes: usize,
    /// Bytes of log lines and standard output per call; what is beyond is dropped, which is logged once.
    pub log_bytes: usize,
}

impl Limits {
    /// The defaults for a class of guest.
    pub fn for_class(class: Class) -> Self {
        let native = Self {
            call: Duration::from_millis(2),
            hook: Duration::from_millis(2),
            parse: Duration::from_millis(20),
            endpoints_changed: Duration::from_millis(50),
            start: Duration::from_secs(5),
            memory_bytes: 64 << 20,
            host_bytes: 32 << 20,
            log_bytes: 64 << 10,
        };
        match class {
            Class::Native => native,
            Class::Managed => Self {
                call: Duration::from_millis(20),
                hook: Duration::from_millis(20),
                parse: Duration::from_millis(100),
                endpoints_changed: Duration::from_secs(2),
                start: Duration::from_secs(30),
                memory_bytes: 512 << 20,
                ..native
            },
        }
    }
}

/// Which budget of time a call runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Call,
    Hook,
    Parse,
    EndpointsChanged,
    Start,
}

impl Kind {
    /// All of them, in the order of their values.
    pub(crate) const ALL: [Self; 5] = [
        Self::Call,
        Self::Hook,
        Self::Parse,
        Self::EndpointsChanged,
        Self::Start,
    ];
}

impl Limits {
    pub(crate) fn budget(&self, kind: Kind) -> Duration {
        match kind {
            Kind::Call => self.call,
            Kind::Hook => self.hook,
            Kind::Parse => self.parse,
            Kind::EndpointsChanged => self.endpoints_changed,
            Kind::Start => self.start,
        }
    }
}

/// Holds one instance to its memory, and remembers that it refused: the guest's allocator turns the refusal into
/// an abort that says nothing of memory.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: usize,
    used: usize,
    table_elements: usize,
    refused: bool,
}

impl Limiter {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            used: 0,
            table_elements: 0,
            refused: false,
        }
    }

    /// Bytes of linear memory in use. Memories never shrink, so this is the high water too.
    pub(crate) fn used(&self) -> usize {
        self.used
    }

    /// Whether a growth was refused since [`Limiter::begin`].
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }

    pub(crate) fn begin(&mut self) {
        self.refused = false;
    }
}

/// `used` after growing from `current` to `desired`, unless it passes `limit`.
fn grown(used: usize, current: usize, desired: usize, limit: usize) -> Option<usize> {
    let grown = used.checked_add(desired.checked_sub(current)?)?;
    (grown <= limit).then_some(grown)
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let fits = grown(self.used, current, desired, self.limit);
        self.used = fits.unwrap_or(self.used);
        self.refused |= fits.is_none();
        Ok(fits.is_some())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let fits = grown(self.table_elements, current, desired, TABLE_ELEMENTS);
        self.table_elements = fits.unwrap_or(self.table_elements);
        self.refused |= fits.is_none();
        Ok(fits.is_some())
    }

    fn instances(&self) -> usize {
        200
    }

    fn tables(&self) -> usize {
        100
    }

    fn memories(&self) -> usize {
        10
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_share_one_limit() {
        let mut limiter = Limiter::new(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.memory_growing(0, 40, None).unwrap());
        assert!(!limiter.refused());
        assert!(!limiter.memory_growing(40, 41, None).unwrap());
        assert!(limiter.refused());
        assert_eq!(limiter.used(), 100);
        limiter.begin();
        assert!(!limiter.memory_growing(40, 50, Some(45)).unwrap());
        assert!(
            !limiter.refused(),
            "the guest's own maximum is not our refusal"
        );
    }

    #[test]
    fn tables_have_a_limit() {
        let mut limiter = Limiter::new(0);
        assert!(limiter.table_growing(0, TABLE_ELEMENTS, None).unwrap());
        assert!(
            !limiter
                .table_growing(TABLE_ELEMENTS, TABLE_ELEMENTS + 1, None)
                .unwrap()
        );
        assert!(limiter.refused());
    }
}
