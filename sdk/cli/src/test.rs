//! `switchyard plugin test`: the checks that any plugin must pass, then the plugin's own cases.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;
use switchyard_build::manifest::Manifest;
use switchyard_build::sources::Sources;
use switchyard_build::table::aligned_left;
use switchyard_config::ConfigError;
use switchyard_engine::Limits;

use crate::build;
use crate::cases::{self, CasesError, Verdict};
use crate::checks::{self, Subject, patient};
use crate::limits;
use crate::said::Said;
use crate::trial::answer::{Part, Word};
use crate::trial::{Trial, TrialError};

/// What to test.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// The plugin's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// Take the component that is there, instead of building it anew
    #[arg(long)]
    pub no_build: bool,
}

/// Why nothing could be tested.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// It does not build.
    #[error(transparent)]
    Build(#[from] build::Error),
    /// Its cases cannot be read.
    #[error(transparent)]
    Cases(#[from] CasesError),
    /// It cannot be loaded.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// `plugin.toml` has limits that are none.
    #[error(transparent)]
    Limits(#[from] ConfigError),
    /// The component that should be there is not.
    #[error("{} cannot be read: {source}; leave out `--no-build`, which makes it", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The command.
pub fn run(options: &Options) -> Result<Said, TestError> {
    let sources = Sources::open(&options.dir).map_err(build::Error::from)?;
    let bytes = component(&sources, options.no_build)?;
    let report = report(&sources, &bytes)?;
    let shown = sources.component();
    let text = format!("{}\n{}", shown.display(), report.text);
    Ok(match report.failed {
        0 => Said::well(text, format!("switchyard plugin load {}", shown.display())),
        _ => Said::ill(
            text,
            "switchyard plugin dev, which tests again whenever you save",
        ),
    })
}

fn component(sources: &Sources, no_build: bool) -> Result<Vec<u8>, TestError> {
    if !no_build {
        return Ok(build::component(sources)?.bytes);
    }
    let path = sources.component();
    std::fs::read(&path).map_err(|source| TestError::Read { path, source })
}

/// How a plugin did.
#[derive(Debug)]
pub struct Report {
    /// A line for each check and case, and what differed.
    pub text: String,
    /// How many failed.
    pub failed: usize,
}

/// The settings of `plugin.toml` as a configuration would give them.
pub fn example_settings(manifest: &Manifest) -> Value {
    serde_json::to_value(&manifest.settings).unwrap_or_default()
}

/// Tests a component of these sources.
pub fn report(sources: &Sources, bytes: &[u8]) -> Result<Report, TestError> {
    let manifest = &sources.manifest;
    let name = manifest.name.as_str();
    let file = sources.component().display().to_string();
    let trial = Trial::new(&file, name, bytes, false)?;
    let said = limits::read(&sources.folder, manifest)?;
    let limits = limits::over(trial.limits(), &said);
    let settings = example_settings(manifest);
    let mut lines = Lines::default();
    let subject = Subject {
        trial: &trial,
        name,
        settings: &settings,
        limits,
    };
    for checked in checks::all(&subject) {
        lines.add(&checked.name, checked.result);
    }
    own_cases(sources, &trial, limits, &mut lines)?;
    Ok(lines.report())
}

fn own_cases(
    sources: &Sources,
    trial: &Trial,
    limits: Limits,
    lines: &mut Lines,
) -> Result<(), TestError> {
    for file in cases::folder(&sources.folder.join("cases"))? {
        let stem = file.path.file_name().unwrap_or_default().to_string_lossy();
        for case in &file.cases {
            let verdict = cases::try_case(&file, case, trial, patient(limits));
            lines.add(&format!("cases/{stem}: {}", case.name), told(verdict));
        }
    }
    Ok(())
}

/// What differed, as a table.
pub fn told(verdict: Verdict) -> Result<(), String> {
    match verdict {
        Verdict::Passed => Ok(()),
        Verdict::Failed(reason) => Err(reason),
        Verdict::Differs { expected, got } => Err(side_by_side(&expected, &got)),
    }
}

/// Expected and got, part by part; those that differ are marked.
fn side_by_side(expected: &[Part], got: &[Part]) -> String {
    let find = |parts: &[Part], name: &str| -> Option<Word> {
        let found = parts.iter().find(|(known, _)| known == name);
        found.map(|(_, word)| word.clone())
    };
    let mut names: Vec<&String> = expected.iter().map(|(name, _)| name).collect();
    names.extend(
        got.iter()
            .map(|(name, _)| name)
            .filter(|name| find(expected, name).is_none()),
    );
    let mut rows = vec![["", "expected", "got", ""].map(str::to_owned).to_vec()];
    for name in names {
        let (wanted, found) = (find(expected, name), find(got, name));
        let mark = if wanted == found { "" } else { "<-" };
        let shown =
            |word: Option<Word>| word.map_or_else(|| "-".to_owned(), |word| word.to_string());
        rows.push(vec![
            name.clone(),
            shown(wanted),
            shown(found),
            mark.to_owned(),
        ]);
    }
    aligned_left(&rows)
}

/// What is printed.
#[derive(Debug, Default)]
struct Lines {
    text: String,
    passed: usize,
    failed: usize,
}

impl Lines {
    fn add(&mut self, name: &str, result: Result<(), String>) {
        // Writing to a string cannot fail.
        let _ = match result {
            Ok(()) => {
                self.passed += 1;
                writeln!(self.text, "  ok      {name}")
            }
            Err(reason) => {
                self.failed += 1;
                let reason = reason.trim_end().replace('\n', "\n            ");
                writeln!(self.text, "  FAILED  {name}\n            {reason}")
            }
        };
    }

    fn report(mut self) -> Report {
        let _ = writeln!(self.text, "{} passed, {} failed", self.passed, self.failed);
        Report {
            text: self.text,
            failed: self.failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn what_differs_is_shown_side_by_side() {
        let number = |name: &str, number| (name.to_owned(), Word::Number(number));
        let expected = [
            number("pod-0", 1.0),
            number("pod-1", 0.5),
            number("pod-2", 0.0),
        ];
        let got = [
            number("pod-0", 1.0),
            number("pod-1", 0.25),
            number("row 9", f64::NAN),
        ];
        expect![[r#"
                   expected  got
            pod-0  1         1
            pod-1  0.5       0.25  <-
            pod-2  0         -     <-
            row 9  -         NaN   <-
        "#]]
        .assert_eq(&side_by_side(&expected, &got));
    }

    #[test]
    fn lines_are_counted() {
        let mut lines = Lines::default();
        lines.add("a", Ok(()));
        lines.add("b", Err("one\ntwo\n".to_owned()));
        let report = lines.report();
        assert_eq!(report.failed, 1);
        expect![[r#"
              ok      a
              FAILED  b
                        one
                        two
            1 passed, 1 failed
        "#]]
        .assert_eq(&report.text);
    }
}
