//! `switchyard plugin run`: one case, played and shown.

use std::fmt::Write as _;
use std::path::PathBuf;

use switchyard_build::facts::{self, InspectError};
use switchyard_build::table::aligned_left;
use switchyard_engine::StartError;
use switchyard_scheduler::{CallFault, Cause};

use crate::cases::{self, Case, CasesError, Expected, Play};
use crate::said::Said;
use crate::trial::{Answer, LastCall, Question, Trial, TrialError};

/// What to run.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// The component
    pub file: PathBuf,
    /// A file with cases
    #[arg(long, value_name = "CASE.yaml")]
    pub case: PathBuf,
    /// The case's name; the first of the file if not given
    #[arg(long)]
    pub name: Option<String>,
}

/// Why nothing was run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The component cannot be read.
    #[error(transparent)]
    Component(#[from] InspectError),
    /// The case cannot be read.
    #[error(transparent)]
    Cases(#[from] CasesError),
    /// The component cannot be loaded.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// The case does not fit the component.
    #[error("{}, case `{case}`: {reason}", path.display())]
    Case {
        /// The file.
        path: PathBuf,
        /// Its name.
        case: String,
        /// Why.
        reason: String,
    },
}

/// The command.
pub fn run(options: &Options) -> Result<Said, RunError> {
    let bytes = facts::read(&options.file)?;
    let shown = options.file.display().to_string();
    let stem = options.file.file_stem().unwrap_or_default();
    let trial = Trial::new(&shown, &stem.to_string_lossy(), &bytes, true)?;
    let file = cases::read_file(&options.case)?;
    let case = file.find(options.name.as_deref())?;
    let next = format!("switchyard plugin bench {shown}");
    let wrong = |reason: String| RunError::Case {
        path: options.case.clone(),
        case: case.name.clone(),
        reason,
    };
    let expected = case.expect.known().map_err(wrong)?;
    if let Expected::Diagnostics(_) = expected {
        let (well, told) = refused(&trial, case).map_err(|error| wrong(error.to_string()))?;
        let text = format!("{shown}: {}\n{told}", case.name);
        return Ok(Said {
            well,
            ..Said::well(text, next)
        });
    }
    let play = cases::set_up(&file, case, &trial, trial.limits());
    let mut play = play.map_err(wrong)?;
    let mut text = format!("{shown}, {}: {}\n", play.stage, case.name);
    let mut well = true;
    for (question, _) in std::mem::take(&mut play.steps) {
        let answer = play.ask(&question);
        well &= match &answer {
            Ok(_) => true,
            Err(fault) => {
                matches!(fault.cause, Cause::Said { .. }) && matches!(expected, Expected::Fault(_))
            }
        };
        text.push_str(&call(&play, &question, &answer, play.guest.last_call()));
    }
    Ok(match well {
        true => Said::well(text, next),
        false => Said::ill(text, next),
    })
}

/// What the plugin says of the settings of a case that expects mistakes in them, and whether it found any.
fn refused(trial: &Trial, case: &Case) -> Result<(bool, String), StartError> {
    match trial.start(&case.settings(), trial.limits()) {
        Ok(_) => Ok((
            false,
            "took its settings, expected diagnostics\n".to_owned(),
        )),
        Err(StartError::Settings { diagnostics, .. }) => {
            let rows = diagnostics.into_iter();
            let rows: Vec<Vec<String>> = rows
                .map(|one| vec![format!("  {}", one.path), one.message])
                .collect();
            let table = aligned_left(&rows);
            Ok((true, format!("refused its settings\n{table}")))
        }
        Err(error) => Err(error),
    }
}

/// What was given, what came back and what it cost.
fn call(
    play: &Play<'_>,
    question: &Question,
    answer: &Result<Answer, CallFault>,
    cost: LastCall,
) -> String {
    let mut text = aligned_left(&given(play, question));
    match answer {
        Ok(answer) => {
            let parts = answer.parts(&play.scene).into_iter();
            let rows: Vec<Vec<String>> = parts
                .map(|(name, word)| vec![format!("  {name}"), word.to_string()])
                .collect();
            match rows.is_empty() {
                true => text.push_str("answered nothing\n"),
                false => {
                    text.push_str("answered\n");
                    text.push_str(&aligned_left(&rows));
                }
            }
        }
        // Writing to a string cannot fail.
        Err(fault) => drop(writeln!(text, "no answer: {fault}")),
    }
    let fuel = cost.fuel.map(|fuel| format!(", {fuel} fuel"));
    let _ = writeln!(
        text,
        "cost      {:.1} us with instructions counted{}, {} bytes copied, {} KiB of memory",
        cost.ns as f64 / 1000.0,
        fuel.unwrap_or_default(),
        cost.copied_bytes,
        cost.memory_bytes / 1024
    );
    text
}

/// The endpoints of a call with their numbers, then the request's.
fn given(play: &Play<'_>, question: &Question) -> Vec<Vec<String>> {
    let needs = play.guest.plugin().needs();
    let rows = question.rows(&play.scene);
    let inputs = play.scene.inputs(needs, &rows);
    let mut head = vec![String::new()];
    head.extend(needs.columns.iter().map(|input| input.name.clone()));
    let totals = match question {
        Question::Pick { totals } => Some(totals),
        _ => None,
    };
    head.extend(totals.map(|_| "total".to_owned()));
    let mut table = vec![head];
    for (place, row) in rows.iter().enumerate() {
        let mut line = vec![format!("  {}", play.scene.name(*row))];
        let columns = 0..needs.columns.len();
        line.extend(columns.map(|column| inputs[column * rows.len() + place].to_string()));
        let total = totals.and_then(|totals| totals.get(place));
        line.extend(total.map(f64::to_string));
        table.push(line);
    }
    let first = needs.columns.len() * rows.len();
    for (input, value) in needs.scalars.iter().zip(&inputs[first..]) {
        table.push(vec![input.name.clone(), value.to_string()]);
    }
    table
}
