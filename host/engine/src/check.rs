//! Holds answers against the contract before anyone uses them.

mod header;

use switchyard_scheduler::{CallFault, Cause, Decision, PluginIndex, ProfileResult};

use crate::fault::fault;
use crate::scraper::{Fetch, Sample};

pub(crate) use header::headers;

/// One finite score per row.
pub(crate) fn scores(scores: &[f64], rows: &[u32]) -> Result<(), CallFault> {
    if scores.len() != rows.len() {
        return Err(fault(
            Cause::WrongLength,
            format!("{} scores for {} rows", scores.len(), rows.len()),
        ));
    }
    match scores.iter().position(|score| !score.is_finite()) {
        None => Ok(()),
        Some(at) => Err(fault(
            Cause::NotFinite,
            format!("the score of row {} is {}", rows[at], scores[at]),
        )),
    }
}

/// Appends those of `rows` that `answer` names, in the order of `rows`.
///
/// Most filters answer in that order, and then one pass over both lists is the whole check.
pub(crate) fn kept(
    answer: Vec<u32>,
    rows: &[u32],
    scratch: &mut Vec<u32>,
    keep: &mut Vec<u32>,
) -> Result<(), CallFault> {
    let mut offered = rows.iter();
    let in_order = answer
        .iter()
        .all(|row| offered.by_ref().any(|offered| offered == row));
    if in_order {
        put(answer, keep);
        return Ok(());
    }
    offered_once(&answer, rows, scratch)?;
    let mut sorted = answer;
    sorted.sort_unstable();
    keep.extend(rows.iter().filter(|row| sorted.binary_search(row).is_ok()));
    Ok(())
}

/// At least one row, all offered, none twice.
pub(crate) fn picks(answer: &[u32], rows: &[u32], scratch: &mut Vec<u32>) -> Result<(), CallFault> {
    match answer {
        [] => Err(fault(Cause::BadAnswer, "picked no row")),
        [row] if rows.contains(row) => Ok(()),
        _ => offered_once(answer, rows, scratch),
    }
}

fn offered_once(answer: &[u32], rows: &[u32], scratch: &mut Vec<u32>) -> Result<(), CallFault> {
    scratch.clear();
    scratch.extend_from_slice(rows);
    scratch.sort_unstable();
    if let Some(row) = answer
        .iter()
        .find(|row| scratch.binary_search(row).is_err())
    {
        return Err(fault(
            Cause::UnknownRow,
            format!("row {row} was not offered"),
        ));
    }
    scratch.clear();
    scratch.extend_from_slice(answer);
    scratch.sort_unstable();
    match scratch.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(fault(
            Cause::UnknownRow,
            format!("row {} is named twice", pair[0]),
        )),
    }
}

/// Targets that some profile picked, none twice, and headers that may be set. A decision without targets is
/// sound only where no profile picked any.
pub(crate) fn decision(decision: &Decision, done: &[ProfileResult]) -> Result<(), CallFault> {
    let picked = |row: u32| done.iter().any(|result| result.rows.contains(&row));
    if decision.targets.is_empty() && done.iter().any(|result| !result.rows.is_empty()) {
        return Err(fault(Cause::BadAnswer, "a decision without targets"));
    }
    for (at, target) in decision.targets.iter().enumerate() {
        if !picked(target.row) {
            return Err(fault(
                Cause::UnknownRow,
                format!("no profile picked row {}, a target", target.row),
            ));
        }
        if decision.targets[..at].contains(target) {
            return Err(fault(
                Cause::UnknownRow,
                format!("row {} is a target twice", target.row),
            ));
        }
    }
    decision.set_headers.iter().try_for_each(header::check)
}

/// What a scraper asks for can be fetched.
pub(crate) fn plan(fetches: &[Fetch]) -> Result<(), CallFault> {
    for fetch in fetches {
        let wrong = if fetch.scheme != "http" && fetch.scheme != "https" {
            format!("scheme `{}`; allowed are `http` and `https`", fetch.scheme)
        } else if !fetch.path.starts_with('/') {
            format!("path `{}`; it must begin with `/`", fetch.path)
        } else {
            continue;
        };
        let message = format!("fetch `{}` has the {wrong}", fetch.name);
        return Err(fault(Cause::BadAnswer, message));
    }
    Ok(())
}

/// The planned fetch that an answer belongs to.
pub(crate) fn planned(fetches: &[Fetch], fetch: u32) -> Result<&Fetch, CallFault> {
    let found = usize::try_from(fetch).ok().and_then(|at| fetches.get(at));
    found.ok_or_else(|| {
        fault(
            Cause::BadAnswer,
            format!("fetch {fetch} of a plan with {}", fetches.len()),
        )
    })
}

/// One value per column, none infinite, and only sets that were announced.
pub(crate) fn samples(planned: &Fetch, samples: &[Sample]) -> Result<(), CallFault> {
    for sample in samples {
        if sample.values.len() != planned.columns.len() {
            return Err(fault(
                Cause::WrongLength,
                format!(
                    "{} values for the {} columns of fetch `{}`",
                    sample.values.len(),
                    planned.columns.len(),
                    planned.name
                ),
            ));
        }
        if let Some(at) = sample.values.iter().position(|value| value.is_infinite()) {
            return Err(fault(
                Cause::NotFinite,
                format!("column `{}` is infinite", planned.columns[at]),
            ));
        }
        if let Some(set) = sample
            .sets
            .iter()
            .find(|set| !planned.sets.contains(&set.name))
        {
            return Err(fault(
                Cause::BadAnswer,
                format!(
                    "set `{}`, which fetch `{}` did not announce",
                    set.name, planned.name
                ),
            ));
        }
    }
    Ok(())
}

/// The host asked for a plugin that the lane does not have.
pub(crate) fn no_plugin(plugin: PluginIndex, count: usize) -> CallFault {
    fault(
        Cause::NoInstance,
        format!("plugin {} of a lane with {count}", plugin.0),
    )
}

/// Appends, but to an empty list without copying: the usual one is.
pub(crate) fn put<T>(answer: Vec<T>, into: &mut Vec<T>) {
    if into.is_empty() {
        *into = answer;
    } else {
        into.extend(answer);
    }
}

#[cfg(test)]
mod tests;
