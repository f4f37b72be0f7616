//! String sets of endpoints, such as the LoRA adapters a server has loaded. Plugins see only what is
//! derived from them: how many members, and whether the request's model is one.

use std::sync::{Arc, PoisonError, RwLock};

struct Entry {
    members: Arc<[String]>,
    /// A hash of each member: a search of all rows for one name compares numbers, not texts.
    hashes: Box<[u64]>,
    at_ms: u64,
}

fn hash(member: &str) -> u64 {
    xxhash_rust::xxh64::xxh64(member.as_bytes(), 0)
}

/// One string set per endpoint.
#[derive(Default)]
pub struct SetColumn {
    rows: RwLock<Vec<Option<Entry>>>,
}

impl SetColumn {
    /// Writes the set of one row.
    pub fn set_at(&self, row: u32, members: Vec<String>, at_ms: u64) {
        if row >= crate::MAX_ROWS {
            return;
        }
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        if rows.len() <= row as usize {
            rows.resize_with(row as usize + 1, || None);
        }
        match &mut rows[row as usize] {
            // The usual scrape brings what is known already: keep the allocation.
            Some(entry) if *entry.members == *members => entry.at_ms = at_ms,
            slot => {
                *slot = Some(Entry {
                    hashes: members.iter().map(|member| hash(member)).collect(),
                    members: members.into(),
                    at_ms,
                })
            }
        }
    }

    /// The members, if they were written at `oldest_ms` or later.
    pub fn get(&self, row: u32, oldest_ms: u64) -> Option<Arc<[String]>> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        let entry = rows.get(row as usize)?.as_ref()?;
        (entry.at_ms >= oldest_ms).then(|| entry.members.clone())
    }

    /// Appends, for each row, how many members its set has.
    pub(crate) fn sizes(&self, rows: &[u32], oldest_ms: u64, out: &mut Vec<f64>) {
        self.gather(rows, oldest_ms, out, |entry| entry.members.len() as f64);
    }

    /// Appends, for each row, 1 if `member` is in its set, else 0.
    pub(crate) fn has(&self, member: &str, rows: &[u32], oldest_ms: u64, out: &mut Vec<f64>) {
        let wanted = hash(member);
        self.gather(rows, oldest_ms, out, |entry| {
            let mut known = entry.hashes.iter().zip(&*entry.members);
            let found = known.any(|(hash, known)| *hash == wanted && known == member);
            f64::from(u8::from(found))
        });
    }

    /// Appends, for each row, what `value` makes of its set; NaN where there is none or it is stale.
    fn gather(
        &self,
        rows: &[u32],
        oldest_ms: u64,
        out: &mut Vec<f64>,
        value: impl Fn(&Entry) -> f64,
    ) {
        let sets = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        out.extend(rows.iter().map(|row| match sets.get(*row as usize) {
            Some(Some(entry)) if entry.at_ms >= oldest_ms => value(entry),
            _ => f64::NAN,
        }));
    }

    pub(crate) fn clear(&self, row: u32) {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = rows.get_mut(row as usize) {
            *slot = None;
        }
    }
}
