//! Where the samples of one fetch go: the columns and string sets its plan names, looked up once.

use std::sync::Arc;

use switchyard_engine::{Fetch, Sample, Scope};
use switchyard_scheduler::{Column, ColumnStore, Endpoint, SCRAPED, SetColumn};

use super::failure::ScrapeError;

pub(super) struct Shelf {
    scope: Scope,
    columns: Vec<Arc<Column>>,
    sets: Vec<(String, Arc<SetColumn>)>,
    scraped: Arc<Column>,
}

impl Shelf {
    pub(super) fn new(fetch: &Fetch, store: &ColumnStore) -> Self {
        Self {
            scope: fetch.scope,
            columns: fetch
                .columns
                .iter()
                .map(|name| store.column(name))
                .collect(),
            sets: fetch
                .sets
                .iter()
                .map(|name| (name.clone(), store.set_column(name)))
                .collect(),
            scraped: store.column(SCRAPED),
        }
    }

    /// Writes all of an answer or, where any of it does not fit the plan, nothing. A rank that no
    /// endpoint has is left out: a server may tell of more ranks than discovery listed.
    pub(super) fn put(
        &self,
        members: &[Arc<Endpoint>],
        samples: Vec<Sample>,
        now_ms: u64,
    ) -> Result<(), ScrapeError> {
        for sample in &samples {
            self.check(sample)?;
        }
        for sample in samples {
            let member = match self.scope {
                Scope::Endpoint => members.first(),
                Scope::Address => members.iter().find(|member| member.rank == sample.rank),
            };
            let Some(row) = member.map(|member| member.row) else {
                continue;
            };
            for (column, value) in self.columns.iter().zip(sample.values) {
                column.set_at(row, value, now_ms);
            }
            for set in sample.sets {
                if let Some((_, column)) = self.sets.iter().find(|(name, _)| *name == set.name) {
                    column.set_at(row, set.members, now_ms);
                }
            }
            self.scraped.set_at(row, 1.0, now_ms);
        }
        Ok(())
    }

    fn check(&self, sample: &Sample) -> Result<(), ScrapeError> {
        let (found, due) = (sample.values.len(), self.columns.len());
        if found != due {
            return Err(ScrapeError::Unplanned(format!(
                "{found} values for {due} columns"
            )));
        }
        let known = |name: &str| self.sets.iter().any(|(known, _)| known == name);
        match sample.sets.iter().find(|set| !known(&set.name)) {
            Some(set) => Err(ScrapeError::Unplanned(format!(
                "a string set `{}`",
                set.name
            ))),
            None => Ok(()),
        }
    }
}
