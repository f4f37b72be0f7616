//! What one exposition says, read with the names of one engine.

use std::borrow::Cow;

use switchyard_sdk::StringSet;
use switchyard_sdk::exposition::{self, Series};

use crate::SETS;
use crate::engine::{CacheSize, Engine};
use crate::spec::Spec;

/// What was read; NaN where the exposition does not say.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    /// In the order of `COLUMNS`.
    pub(crate) values: [f64; 6],
    /// Empty where the exposition does not say.
    pub(crate) sets: Vec<StringSet>,
    /// Whether any series of the engine was there.
    pub(crate) found_any: bool,
    custom: Vec<(&'a str, f64)>,
}

impl Reading<'_> {
    /// The value of a custom column.
    pub(crate) fn custom(&self, key: &str) -> f64 {
        let found = self.custom.iter().find(|(known, _)| *known == key);
        found.map_or(f64::NAN, |(_, value)| *value)
    }
}

/// Reads an exposition.
pub(crate) fn read<'a>(engine: &'a Engine, body: &str) -> Reading<'a> {
    let all: Vec<Series<'_>> = exposition::series(body)
        .filter(|series| engine.families().any(|family| family == series.name))
        .collect();
    let sum = |values: &[f64]| values.iter().sum();
    let greatest = |values: &[f64]| values.iter().copied().fold(f64::NAN, f64::max);

    let lora = engine.lora.as_ref().and_then(|spec| newest(&all, spec));
    let lora_label = |label: &str| lora.and_then(|series| series.labels.get(label));
    Reading {
        values: [
            gauge(&all, &engine.waiting, sum),
            gauge(&all, &engine.running, sum),
            gauge(&all, &engine.kv_usage, greatest),
            size(&all, engine.kv_blocks.as_ref()),
            size(&all, engine.kv_block_tokens.as_ref()),
            number(lora_label("max_lora")),
        ],
        sets: [
            (SETS[0], lora_label("running_lora_adapters")),
            (SETS[1], lora_label("waiting_lora_adapters")),
        ]
        .into_iter()
        .filter_map(|(name, members)| Some(string_set(name, &members?)))
        .collect(),
        found_any: !all.is_empty(),
        custom: engine
            .custom
            .iter()
            .map(|(key, spec)| {
                (
                    key.as_str(),
                    gauge(&all, std::slice::from_ref(spec), greatest),
                )
            })
            .collect(),
    }
}

/// One number of the series that the first spec with any match means: one for each value of their
/// `engine` label, put together by `join`.
fn gauge(all: &[Series<'_>], specs: &[Spec], join: impl Fn(&[f64]) -> f64) -> f64 {
    let matches = |spec: &Spec| all.iter().any(|series| spec.matches(series));
    let Some(spec) = specs.iter().find(|spec| matches(spec)) else {
        return f64::NAN;
    };
    let mut latest: Vec<(Option<Cow<'_, str>>, &Series<'_>)> = Vec::new();
    for series in all.iter().filter(|series| spec.matches(series)) {
        let engine = series.labels.get("engine");
        match latest.iter_mut().find(|(known, _)| *known == engine) {
            // A series without a timestamp is as new as any before it.
            Some((_, known))
                if series.timestamp.is_none() || series.timestamp >= known.timestamp =>
            {
                *known = series;
            }
            Some(_) => {}
            None => latest.push((engine, series)),
        }
    }
    let values: Vec<f64> = latest.iter().map(|(_, series)| series.value).collect();
    join(&values)
}

/// The series with the greatest value, which is the time at which it was set.
fn newest<'s, 'b>(all: &'s [Series<'b>], spec: &Spec) -> Option<&'s Series<'b>> {
    all.iter()
        .filter(|series| spec.matches(series) && !series.value.is_nan())
        .max_by(|left, right| left.value.total_cmp(&right.value))
}

fn size(all: &[Series<'_>], size: Option<&CacheSize>) -> f64 {
    match size {
        None => f64::NAN,
        Some(CacheSize::Gauge(spec)) => {
            let greatest = |values: &[f64]| values.iter().copied().fold(f64::NAN, f64::max);
            gauge(all, std::slice::from_ref(spec), greatest)
        }
        Some(CacheSize::Label(spec, label)) => {
            let series = all.iter().rev().find(|series| spec.matches(series));
            number(series.and_then(|series| series.labels.get(label)))
        }
    }
}

/// `None` as vLLM writes it, or anything else that is no number, is not known.
fn number(text: Option<Cow<'_, str>>) -> f64 {
    text.and_then(|text| text.trim().parse().ok())
        .unwrap_or(f64::NAN)
}

fn string_set(name: &str, members: &str) -> StringSet {
    let mut distinct: Vec<String> = Vec::new();
    for member in members.split(',').map(str::trim) {
        if !member.is_empty() && !distinct.iter().any(|known| known == member) {
            distinct.push(member.to_owned());
        }
    }
    StringSet {
        name: name.to_owned(),
        members: distinct,
    }
}
