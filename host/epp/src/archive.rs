//! Decisions that outlive the process: a sample of records in `--data-dir`.
//!
//! One thread writes, a bounded queue feeds it, and what does not fit is left out: keeping records must
//! never cost a request anything.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use switchyard_scheduler::record::Record;
use switchyard_scheduler::record::json::RecordJson;

const RECORDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("decisions");
const BY_REQUEST: TableDefinition<'_, &str, u64> = TableDefinition::new("decisions-by-request");
/// How many records are kept; the oldest go first.
const KEPT: u64 = 10_000;
/// How many are written at most each second.
const PER_SECOND: u32 = 50;
const QUEUE: usize = 256;

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ArchiveError {
    #[error("the data directory {} cannot be used: {source}", dir.display())]
    Dir {
        dir: PathBuf,
        source: std::io::Error,
    },
    #[error(
        "the data directory {} belongs to another picker that runs now: give each its own --data-dir; this one \
         goes on without, and keeps decisions in memory only",
        dir.display()
    )]
    InUse { dir: PathBuf },
    #[error("the records in {} cannot be read: {reason}; move the file away to begin anew", file.display())]
    Unreadable { file: PathBuf, reason: String },
}

/// The archive.
pub struct Archive {
    database: Arc<Database>,
    queue: SyncSender<Arc<Record>>,
}

impl Archive {
    /// Opens it, or begins one.
    pub fn open(dir: &Path) -> Result<Self, ArchiveError> {
        let in_dir = |source| ArchiveError::Dir {
            dir: dir.to_owned(),
            source,
        };
        std::fs::create_dir_all(dir).map_err(in_dir)?;
        let file = dir.join("switchyard.redb");
        let database = Database::create(&file).map_err(|error| match error {
            redb::DatabaseError::DatabaseAlreadyOpen => ArchiveError::InUse {
                dir: dir.to_owned(),
            },
            other => ArchiveError::Unreadable {
                file: file.clone(),
                reason: other.to_string(),
            },
        })?;
        let database = Arc::new(database);
        let next = next_number(&database).map_err(|error| ArchiveError::Unreadable {
            file,
            reason: error.to_string(),
        })?;
        let (queue, records) = sync_channel(QUEUE);
        let written = database.clone();
        let thread = std::thread::Builder::new().name("archive".into());
        thread
            .spawn(move || write(&written, &records, next))
            .map_err(in_dir)?;
        Ok(Self { database, queue })
    }

    /// Offers a record; it is left out when there are too many.
    pub fn offer(&self, record: &Arc<Record>) {
        // A full queue is the sampling.
        let _ = self.queue.try_send(record.clone());
    }

    /// The record of a request, if it was kept.
    pub fn of_request(&self, id: &str) -> Option<RecordJson> {
        let read = || -> Result<Option<Vec<u8>>, redb::Error> {
            let transaction = self.database.begin_read()?;
            let number = transaction
                .open_table(BY_REQUEST)?
                .get(id)?
                .map(|number| number.value());
            let Some(number) = number else {
                return Ok(None);
            };
            let record = transaction.open_table(RECORDS)?.get(number)?;
            Ok(record.map(|record| record.value().to_vec()))
        };
        match read() {
            Ok(bytes) => serde_json::from_slice(&bytes?).ok(),
            Err(error) => {
                tracing::debug!(%error, "a stored decision cannot be read");
                None
            }
        }
    }
}

fn next_number(database: &Database) -> Result<u64, redb::Error> {
    let transaction = database.begin_write()?;
    let next = {
        let records = transaction.open_table(RECORDS)?;
        transaction.open_table(BY_REQUEST)?;
        records.last()?.map_or(0, |(number, _)| number.value() + 1)
    };
    transaction.commit()?;
    Ok(next)
}

/// Writes what comes, a batch a second at most, until the archive is dropped.
fn write(database: &Database, records: &Receiver<Arc<Record>>, mut next: u64) {
    while let Ok(first) = records.recv() {
        let began = Instant::now();
        let batch: Vec<Arc<Record>> = std::iter::once(first)
            .chain(records.try_iter())
            .take(PER_SECOND as usize)
            .collect();
        match write_batch(database, &batch, next) {
            Ok(()) => next += batch.len() as u64,
            Err(error) => tracing::warn!(%error, "decisions could not be stored"),
        }
        drop(batch);
        std::thread::sleep(Duration::from_secs(1).saturating_sub(began.elapsed()));
    }
}

fn write_batch(database: &Database, batch: &[Arc<Record>], first: u64) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut records = transaction.open_table(RECORDS)?;
        let mut by_request = transaction.open_table(BY_REQUEST)?;
        for (number, record) in (first..).zip(batch) {
            let json = serde_json::to_vec(&RecordJson::from(&**record)).unwrap_or_default();
            records.insert(number, json.as_slice())?;
            by_request.insert(record.request.id.as_str(), number)?;
        }
        let oldest = (first + batch.len() as u64).saturating_sub(KEPT);
        records.retain_in(..oldest, |_, _| false)?;
        by_request.retain(|_, number| number >= oldest)?;
    }
    transaction.commit()?;
    Ok(())
}
