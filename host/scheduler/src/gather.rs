//! From columns to one request's inputs: every number the plan's plugins will read, taken once, so that
//! all of them see the same moment and a record of it replays.

use std::sync::Arc;

use crate::columns::{Column, ColumnStore};
use crate::plan::Plan;
use crate::sets::SetColumn;

/// Where a column's numbers come from.
#[derive(Clone)]
pub enum Source {
    /// Written by scrapers, hooks or the host.
    Stored(Arc<Column>),
    /// How many members a string set has.
    SetSize(Arc<SetColumn>),
    /// 1 if the request's target model is in the string set, else 0.
    SetHasModel(Arc<SetColumn>),
    /// How long ago the column was written.
    Age(Arc<Column>),
    /// Made for each request by a data producer.
    Request,
}

/// The column that the scraping loop writes at each good scrape, and `metrics-age-ms` is derived from.
pub const SCRAPED: &str = "metrics-scraped";
/// Columns that data producers make for each request.
pub const REQUEST_COLUMNS: &[&str] = &["prefix-match-blocks"];

/// Scalars that the host knows of each request.
pub const REQUEST_SCALARS: &[&str] = &[
    "prompt-bytes",
    "prompt-tokens",
    "prefix-total-blocks",
    "block-tokens",
    "body-bytes",
    "stream",
    "priority",
    "max-tokens",
    "multimodal-parts",
    "candidates",
];

impl Source {
    /// Resolves a column's name. Any name is a column: whether something writes it is checked elsewhere.
    pub fn of(name: &str, store: &ColumnStore) -> Self {
        if REQUEST_COLUMNS.contains(&name) {
            return Self::Request;
        }
        if name == "metrics-age-ms" {
            return Self::Age(store.column(SCRAPED));
        }
        match name.rsplit_once('/') {
            Some((set, "size")) => Self::SetSize(store.set_column(set)),
            Some((set, "has-model")) => Self::SetHasModel(store.set_column(set)),
            _ => Self::Stored(store.column(name)),
        }
    }
}

/// What data producers know of one request.
#[derive(Debug, Default)]
pub struct RequestValues {
    /// Columns by name, one value per candidate row.
    pub columns: Vec<(&'static str, Vec<f64>)>,
    /// Scalars by name.
    pub scalars: Vec<(&'static str, f64)>,
}

/// The inputs of one request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gathered {
    /// The candidates.
    pub rows: Vec<u32>,
    /// For each column of the plan, one value per row.
    pub values: Vec<f64>,
    /// For each scalar of the plan, its value.
    pub scalars: Vec<f64>,
}

impl Gathered {
    /// Takes every number the plan reads. `oldest_ms`: what was measured before is NaN.
    pub fn take(
        plan: &Plan,
        rows: Vec<u32>,
        made: &RequestValues,
        target_model: &str,
        now_ms: u64,
        oldest_ms: u64,
    ) -> Self {
        let mut values = Vec::with_capacity(plan.columns.len() * rows.len());
        for column in &plan.columns {
            match &column.source {
                Source::Stored(stored) => stored.gather(&rows, oldest_ms, &mut values),
                Source::SetSize(sets) => sets.sizes(&rows, oldest_ms, &mut values),
                Source::SetHasModel(sets) => sets.has(target_model, &rows, oldest_ms, &mut values),
                Source::Age(stored) => {
                    values.extend(rows.iter().map(|row| match stored.written_ms(*row) {
                        Some(at) => now_ms.saturating_sub(at) as f64,
                        None => f64::NAN,
                    }))
                }
                Source::Request => {
                    match made.columns.iter().find(|(name, _)| *name == &*column.name) {
                        Some((_, made)) if made.len() == rows.len() => {
                            values.extend_from_slice(made)
                        }
                        _ => values.extend(rows.iter().map(|_| f64::NAN)),
                    }
                }
            }
        }
        let scalar =
            |name: &Arc<str>| match made.scalars.iter().find(|(known, _)| *known == &**name) {
                Some((_, value)) => *value,
                None => f64::NAN,
            };
        let scalars = plan.scalars.iter().map(scalar).collect();
        Self {
            rows,
            values,
            scalars,
        }
    }

    /// The values of one column, by its position in the plan.
    pub fn column(&self, column: usize) -> &[f64] {
        let rows = self.rows.len();
        &self.values[column * rows..(column + 1) * rows]
    }
}

impl Gathered {
    /// Appends one plugin's inputs about a few of the rows; a row that is no candidate is NaN.
    pub fn extend_with(
        &self,
        plan: &Plan,
        plugin: crate::PluginIndex,
        rows: &[u32],
        out: &mut Vec<f64>,
    ) {
        let plugin = plan.plugin(plugin);
        for column in &plugin.columns {
            let values = self.column(*column);
            out.extend(rows.iter().map(|row| {
                let position = self.rows.iter().position(|known| known == row);
                position.map_or(f64::NAN, |position| values[position])
            }));
        }
        out.extend(plugin.scalars.iter().map(|scalar| self.scalars[*scalar]));
    }
}
