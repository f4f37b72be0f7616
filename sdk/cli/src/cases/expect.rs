//! Holds an answer against what a case expects.

use std::collections::BTreeMap;

use switchyard_engine::StartError;
use switchyard_scheduler::{CallFault, Cause};

use super::file::{DiagnosticWords, Expected, SampleWords};
use super::{Verdict, diagnostics_of, fault_parts};
use crate::trial::answer::{self, Part, Word};
use crate::trial::{Answer, Scene};

/// An answer or a fault, against what was expected.
pub(super) fn compare(
    expected: &Expected<'_>,
    answer: Result<Answer, CallFault>,
    scene: &Scene,
) -> Verdict {
    if let Expected::Fault(words) = expected {
        let said = |fault: &CallFault| {
            fault.cause == Cause::Said { code: words.code }
                && fault.message.contains(&words.message)
        };
        return match answer {
            Err(fault) if said(&fault) => Verdict::Passed,
            other => Verdict::Differs {
                expected: vec![
                    (
                        "fault".to_owned(),
                        Word::Text(format!("code {}", words.code)),
                    ),
                    (
                        "message".to_owned(),
                        Word::Text(format!("… {} …", words.message)),
                    ),
                ],
                got: got(other, scene),
            },
        };
    }
    let parts = parts(expected, scene);
    // A column that the scraper fills and the case does not name may have any value.
    let answer = match (expected, answer) {
        (Expected::Samples(words), Ok(Answer::Samples(columns, samples))) => {
            return samples_verdict(words, parts, Answer::Samples(columns, samples).parts(scene));
        }
        (_, answer) => answer,
    };
    verdict(parts, got(answer, scene))
}

fn got(answer: Result<Answer, CallFault>, scene: &Scene) -> Vec<Part> {
    match answer {
        Ok(answer) => answer.parts(scene),
        Err(fault) => fault_parts(&fault),
    }
}

fn verdict(expected: Vec<Part>, got: Vec<Part>) -> Verdict {
    if expected == got {
        Verdict::Passed
    } else {
        Verdict::Differs { expected, got }
    }
}

fn samples_verdict(words: &[SampleWords], expected: Vec<Part>, mut got: Vec<Part>) -> Verdict {
    let ranks: Vec<String> = words
        .iter()
        .map(|words| format!("rank {},", words.rank))
        .collect();
    got.retain(|(name, _)| {
        let of_rank = ranks.iter().any(|rank| name.starts_with(rank.as_str()));
        !of_rank || expected.iter().any(|(known, _)| known == name)
    });
    let order = |parts: &mut Vec<Part>| parts.sort_by(|one, other| one.0.cmp(&other.0));
    let mut expected = expected;
    order(&mut expected);
    order(&mut got);
    verdict(expected, got)
}

fn parts(expected: &Expected<'_>, scene: &Scene) -> Vec<Part> {
    match expected {
        Expected::Scores(scores) => {
            let names = scene.rows.iter().map(|row| scene.name(*row));
            // One that is missing is shown as such, and so is one too many.
            let names = names.chain((scene.rows.len()..).map(|row| format!("row {row}")));
            names
                .zip(scores.iter().map(|score| Word::Number(*score)))
                .collect()
        }
        Expected::Keep(names) => answer::kept(names),
        Expected::Pick(names) => answer::picked(names),
        Expected::Agrees(agrees) => vec![("agrees".to_owned(), Word::Text(agrees.to_string()))],
        Expected::Steps(steps) => steps
            .iter()
            .zip(1..)
            .map(|(words, place)| answer::step(place, &words.profile, &words.gate))
            .collect(),
        Expected::Decision(words) => {
            let targets = words.targets.iter();
            let targets: Vec<_> = targets
                .map(|target| (target.endpoint.clone(), target.port))
                .collect();
            answer::decision(&words.primary, &targets, &pairs(&words.set_headers))
        }
        Expected::Samples(samples) => samples
            .iter()
            .flat_map(|words| {
                let values = words.values.iter();
                let values: Vec<_> = values.map(|(name, value)| (name.clone(), *value)).collect();
                answer::sample(words.rank, &values, &pairs(&words.sets))
            })
            .collect(),
        Expected::Headers(headers) => answer::headers(&pairs(headers)),
        // Compared elsewhere.
        Expected::OwnColumns(_) | Expected::Fault(_) | Expected::Diagnostics(_) => Vec::new(),
    }
}

fn pairs<T: Clone>(map: &BTreeMap<String, T>) -> Vec<(String, T)> {
    let pairs = map.iter();
    pairs
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The own columns at the end; those the case does not name may hold anything.
pub(super) fn own_columns(
    expected: &BTreeMap<String, Vec<f64>>,
    got: &BTreeMap<String, Vec<f64>>,
    scene: &Scene,
) -> Verdict {
    let parts = |columns: &BTreeMap<String, Vec<f64>>| -> Vec<Part> {
        let wanted = columns
            .iter()
            .filter(|(name, _)| expected.contains_key(*name));
        wanted
            .flat_map(|(name, values)| {
                let rows = scene.rows.iter().zip(values);
                rows.map(move |(row, value)| {
                    (
                        format!("{name} of {}", scene.name(*row)),
                        Word::Number(*value),
                    )
                })
            })
            .collect()
    };
    verdict(parts(expected), parts(got))
}

/// The mistakes that were named: each expected one must be among them.
pub(super) fn diagnostics(
    expected: &[DiagnosticWords],
    started: Result<(), StartError>,
) -> Verdict {
    let error = match started {
        Ok(()) => {
            return Verdict::Failed("the settings were taken, expected diagnostics".to_owned());
        }
        Err(error) => error,
    };
    let Some(named) = diagnostics_of(&error) else {
        return Verdict::Failed(error.to_string());
    };
    let is_named = |words: &DiagnosticWords| {
        let mut named = named.iter();
        named.any(|(path, message)| *path == words.path && message.contains(&words.message))
    };
    if expected.iter().all(is_named) {
        return Verdict::Passed;
    }
    let wanted = expected.iter();
    Verdict::Differs {
        expected: wanted
            .map(|words| {
                (
                    words.path.clone(),
                    Word::Text(format!("… {} …", words.message)),
                )
            })
            .collect(),
        got: named
            .into_iter()
            .map(|(path, message)| (path, Word::Text(message)))
            .collect(),
    }
}
