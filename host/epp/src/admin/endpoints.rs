//! `/debug/endpoints`: what the picker knows of each endpoint, how old it is, and how scraping goes.

use serde_json::{Map, Value, json};
use switchyard_scheduler::{Endpoint, SCRAPED};

use crate::pool::Pool;
use crate::scrape::{Board, TargetView};

pub(super) fn show(pool: &Pool, board: Option<&Board>, now_ms: u64, oldest_ms: u64) -> Value {
    let snapshot = pool.snapshot();
    let targets = board.map(Board::targets).unwrap_or_default();
    let endpoints = snapshot.endpoints.iter().map(|endpoint| {
        let scrapes = targets
            .iter()
            .filter(|target| target.rows.contains(&endpoint.row));
        json!({
            "id": endpoint.id,
            "row": endpoint.row,
            "address": endpoint.socket_address(),
            "rank": endpoint.rank,
            "labels": endpoint.labels,
            "columns": columns(pool, endpoint, now_ms, oldest_ms),
            "sets": sets(pool, endpoint, oldest_ms),
            "scrapes": scrapes.map(|target| scrape(target, now_ms)).collect::<Vec<_>>(),
        })
    });
    let endpoints: Vec<Value> = endpoints.collect();
    json!({ "generation": snapshot.generation, "endpoints": endpoints })
}

fn columns(pool: &Pool, endpoint: &Endpoint, now_ms: u64, oldest_ms: u64) -> Map<String, Value> {
    let all = pool.columns().columns();
    let shown = all
        .iter()
        .filter(|column| &**column.name() != SCRAPED)
        .filter_map(|column| {
            let written = column.written_ms(endpoint.row);
            let last = column.get(endpoint.row, 0);
            let known = column.get(endpoint.row, oldest_ms);
            // Neither written nor of the kind that has no age.
            if written.is_none() && last.is_nan() {
                return None;
            }
            let mut cell = json!({ "value": number(known) });
            if let Some(written) = written {
                cell["age_ms"] = now_ms.saturating_sub(written).into();
                if written < oldest_ms {
                    cell["stale"] = number(last);
                }
            }
            Some((column.name().to_string(), cell))
        });
    shown.collect()
}

fn sets(pool: &Pool, endpoint: &Endpoint, oldest_ms: u64) -> Map<String, Value> {
    let all = pool.columns().set_columns();
    let shown = all.iter().filter_map(|(name, set)| {
        Some((name.to_string(), json!(*set.get(endpoint.row, oldest_ms)?)))
    });
    shown.collect()
}

fn scrape(target: &TargetView, now_ms: u64) -> Value {
    json!({
        "plugin": &*target.source,
        "fetch": target.fetch,
        "address": target.address.to_string(),
        "last_success_age_ms": target.last_success_ms.map(|at| now_ms.saturating_sub(at)),
        "failures_in_a_row": target.failures,
        "duration_us": target.duration.as_micros() as u64,
        "last_error": target.last_error.as_ref().map(|(at, error)| {
            json!({ "age_ms": now_ms.saturating_sub(*at), "error": error })
        }),
    })
}

/// JSON has no NaN and no infinities; as in decision records they are strings.
fn number(value: f64) -> Value {
    if value.is_finite() {
        json!(value)
    } else {
        json!(value.to_string())
    }
}
