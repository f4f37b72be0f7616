//! The last decisions, for those who ask why.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use switchyard_scheduler::record::Record;
use switchyard_scheduler::record::json::RecordJson;

use crate::archive::Archive;

/// How many decisions are kept in memory.
pub const KEPT: usize = 1024;

/// A ring of decision records, and the archive behind it.
#[derive(Default)]
pub struct Decisions {
    ring: Mutex<VecDeque<Arc<Record>>>,
    archive: Option<Archive>,
}

impl Decisions {
    /// Decisions that are also offered to an archive.
    pub fn new(archive: Option<Archive>) -> Self {
        Self {
            ring: Mutex::default(),
            archive,
        }
    }

    /// Keeps a record; the oldest goes.
    pub fn push(&self, record: Arc<Record>) {
        if let Some(archive) = &self.archive {
            archive.offer(&record);
        }
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = if ring.len() >= KEPT {
            ring.pop_front()
        } else {
            None
        };
        ring.push_back(record);
        drop(ring);
        // Its memory is freed outside of the lock.
        drop(oldest);
    }

    /// The newest `count`, newest first.
    pub fn last(&self, count: usize) -> Vec<RecordJson> {
        let records: Vec<Arc<Record>> = {
            let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
            ring.iter().rev().take(count).cloned().collect()
        };
        records
            .iter()
            .map(|record| RecordJson::from(&**record))
            .collect()
    }

    /// The newest of this request id, from memory or from the archive.
    pub fn of_request(&self, id: &str) -> Option<RecordJson> {
        let record = {
            let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
            ring.iter()
                .rev()
                .find(|record| record.request.id == id)
                .cloned()
        };
        match record {
            Some(record) => Some(RecordJson::from(&*record)),
            None => self.archive.as_ref()?.of_request(id),
        }
    }
}
