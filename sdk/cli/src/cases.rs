//! `cases/*.yaml`: what a plugin must answer, in one form for all languages.

mod ask;
mod expect;
mod file;
mod names;
mod scene;
mod words;

use std::path::{Path, PathBuf};

use serde_json::Value;
use switchyard_build::contract::Stage;
use switchyard_engine::{Limits, StartError};
use switchyard_scheduler::{CallFault, Cause};

pub use file::{Case, Expected};

use crate::trial::answer::{Part, Word};
use crate::trial::{Answer, Guest, Question, Scene, Trial};

/// Why cases cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CasesError {
    /// A file or folder cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file says what a case cannot say.
    #[error("{}: {reason}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What, and where.
        reason: String,
    },
    /// There is no such case.
    #[error("{} has no case named `{name}`, expected one of {}", path.display(), known.join(", "))]
    NoCase {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
}

/// Cases of one file.
#[derive(Debug)]
pub struct CaseFile {
    /// Where they stand.
    pub path: PathBuf,
    /// In their order.
    pub cases: Vec<Case>,
}

/// Reads the files of a folder, by name; none where there is no folder.
pub fn folder(folder: &Path) -> Result<Vec<CaseFile>, CasesError> {
    let read = |source| CasesError::Read {
        path: folder.to_path_buf(),
        source,
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(read(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(read)?.path();
        let yaml = path
            .extension()
            .is_some_and(|kind| kind == "yaml" || kind == "yml");
        paths.extend(yaml.then_some(path));
    }
    paths.sort_unstable();
    paths.iter().map(|path| read_file(path)).collect()
}

/// Reads one file.
pub fn read_file(path: &Path) -> Result<CaseFile, CasesError> {
    let text = std::fs::read_to_string(path).map_err(|source| CasesError::Read {
        path: path.to_path_buf(),
        source,
    })?;
    let cases = file::parse(&text).map_err(|reason| CasesError::Wrong {
        path: path.to_path_buf(),
        reason,
    })?;
    Ok(CaseFile {
        path: path.to_path_buf(),
        cases,
    })
}

impl CaseFile {
    /// The stage that the file's name tells, as in `cases/scorer.yaml`.
    fn stage(&self) -> Option<Stage> {
        let stem = self.path.file_stem()?.to_str()?;
        Stage::ALL.into_iter().find(|stage| stage.name() == stem)
    }

    /// The case of this name, or the first.
    pub fn find(&self, name: Option<&str>) -> Result<&Case, CasesError> {
        if self.cases.is_empty() {
            return Err(CasesError::Wrong {
                path: self.path.clone(),
                reason: "no cases, expected a list of them".to_owned(),
            });
        }
        let found = match name {
            None => self.cases.first(),
            Some(name) => self.cases.iter().find(|case| case.name == name),
        };
        found.ok_or_else(|| CasesError::NoCase {
            path: self.path.clone(),
            name: name.unwrap_or("(the first)").to_owned(),
            known: self
                .cases
                .iter()
                .map(|case| format!("`{}`", case.name))
                .collect(),
        })
    }

    /// What stage a case is about.
    pub fn stage_of(&self, case: &Case, trial: &Trial) -> Result<Stage, String> {
        let exported = trial.stages();
        let said = case
            .stage
            .or_else(|| case.expect.stage())
            .or_else(|| case.told_stage());
        let only = match exported.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let stage = said.or_else(|| self.stage()).or(only);
        let stage =
            stage.ok_or("no telling which stage it is about; say `stage: scorer` or the like")?;
        if exported.contains(&stage) {
            Ok(stage)
        } else {
            let exported = switchyard_build::contract::listed(&exported);
            Err(format!(
                "it is about the stage {stage}, and the component exports {exported}"
            ))
        }
    }
}

/// How a case ended.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Otherwise: rows of what was expected and what was got.
    Differs {
        /// The parts that were expected.
        expected: Vec<Part>,
        /// Those of the answer.
        got: Vec<Part>,
    },
    /// In another way than by its answer.
    Failed(String),
}

/// A case that is ready to play: its plugin started and told of the endpoints.
pub struct Play<'a> {
    /// What it is about.
    pub stage: Stage,
    /// Endpoints, numbers, request.
    pub scene: Scene,
    /// The plugin.
    pub guest: Guest,
    /// What it is asked, one after the other, and what it must answer where that matters.
    pub steps: Vec<(Question, Option<Expected<'a>>)>,
}

impl Play<'_> {
    /// Asks the plugin a question of the case.
    pub fn ask(&mut self, question: &Question) -> Result<Answer, CallFault> {
        if let Question::Picked { decision } = question {
            // What the hooks that follow see as the decision's.
            let rows: Vec<u32> = decision.targets.iter().map(|target| target.row).collect();
            self.scene.request.set_peers("", &rows);
        }
        self.guest.ask(&self.scene, question)
    }
}

/// Sets a case up; an error says what keeps it from being played.
pub fn set_up<'a>(
    file: &CaseFile,
    case: &'a Case,
    trial: &Trial,
    limits: Limits,
) -> Result<Play<'a>, String> {
    let stage = file.stage_of(case, trial)?;
    let scene = scene::of(case, stage)?;
    let steps = ask::steps(case, stage, &scene)?;
    let started = trial.start(&case.settings(), limits);
    let mut guest = started.map_err(|error| error.to_string())?;
    names::check(case, guest.plugin().needs())?;
    guest.tell(&scene);
    Ok(Play {
        stage,
        scene,
        guest,
        steps,
    })
}

/// Tries a case.
pub fn try_case(file: &CaseFile, case: &Case, trial: &Trial, limits: Limits) -> Verdict {
    let expected = match case.expect.known() {
        Err(reason) => return Verdict::Failed(reason),
        Ok(Expected::Diagnostics(expected)) => {
            let started = trial.start(&case.settings(), limits);
            return expect::diagnostics(expected, started.map(drop));
        }
        Ok(expected) => expected,
    };
    let mut play = match set_up(file, case, trial, limits) {
        Ok(play) => play,
        Err(reason) => return Verdict::Failed(reason),
    };
    for (question, expected) in std::mem::take(&mut play.steps) {
        let answer = match play.ask(&question) {
            Err(fault) if !matches!(fault.cause, Cause::Said { .. }) => {
                return Verdict::Failed(question.broke(&play.scene, &fault));
            }
            answer => answer,
        };
        let verdict = match expected {
            Some(expected) => expect::compare(&expected, answer, &play.scene),
            None => match answer {
                Ok(_) => Verdict::Passed,
                Err(fault) => Verdict::Failed(fault.to_string()),
            },
        };
        if verdict != Verdict::Passed {
            return verdict;
        }
    }
    match expected {
        Expected::OwnColumns(columns) => {
            let got = play.guest.own_columns(&play.scene);
            expect::own_columns(columns, &got, &play.scene)
        }
        _ => Verdict::Passed,
    }
}

/// A refusal in the words of a case.
pub(crate) fn fault_parts(fault: &CallFault) -> Vec<Part> {
    let code = match fault.cause {
        Cause::Said { code } => format!("code {code}"),
        cause => cause.as_str().to_owned(),
    };
    vec![
        ("fault".to_owned(), Word::Text(code)),
        ("message".to_owned(), Word::Text(fault.message.clone())),
    ]
}

/// The mistakes that a refusal of settings names.
fn diagnostics_of(error: &StartError) -> Option<Vec<(String, String)>> {
    match error {
        StartError::Settings { diagnostics, .. } => {
            let pairs = diagnostics.iter();
            Some(
                pairs
                    .map(|one| (one.path.clone(), one.message.clone()))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// Settings as JSON.
fn object(settings: Option<&Value>) -> Value {
    settings
        .cloned()
        .unwrap_or_else(|| Value::Object(serde_json::Map::new()))
}

#[cfg(test)]
mod tests;
