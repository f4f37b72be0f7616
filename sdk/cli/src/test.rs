//! `switchyard plugin test`: the checks that any plugin must pass, then the plugin's own cases.

use std::path::PathBuf;

use serde_json::Value;
use switchyard_build::manifest::Manifest;
use switchyard_build::sources::Sources;
use switchyard_config::ConfigError;
use switchyard_engine::Limits;

use crate::build;
use crate::cases::{self, CaseFile, CasesError, Verdict};
use crate::checks::{self, Subject, Told};
use crate::compared;
use crate::heard;
use crate::limits;
use crate::said::{Said, in_folder};
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

/// The command. `say` gets each result as it comes.
pub fn run(options: &Options, say: &mut dyn FnMut(&str)) -> Result<Said, TestError> {
    let sources = Sources::open(&options.dir).map_err(build::Error::from)?;
    let bytes = component(&sources, options.no_build)?;
    let shown = sources.component();
    say(&format!("{}\n", shown.display()));
    let failed = try_all(&sources, &bytes, say)?;
    Ok(match failed {
        0 => Said::well("", format!("switchyard plugin load {}", shown.display())),
        _ => Said::ill(
            "",
            format!(
                "{}, which tests again whenever you save",
                in_folder("dev", &options.dir)
            ),
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

/// The settings of `plugin.toml` as a configuration would give them.
pub fn example_settings(manifest: &Manifest) -> Value {
    serde_json::to_value(&manifest.settings).unwrap_or_default()
}

/// Tests a component of these sources. `say` gets a line for each check and case as it comes, and what differed; how many
/// failed is what comes back.
pub fn try_all(
    sources: &Sources,
    bytes: &[u8],
    say: &mut dyn FnMut(&str),
) -> Result<usize, TestError> {
    let manifest = &sources.manifest;
    let name = manifest.name.as_str();
    let said = limits::read(&sources.folder, manifest)?;
    // Before anything is tried: a file that cannot be read is quickly mended.
    let files = cases::folder(&sources.folder.join("cases"))?;
    let file = sources.component().display().to_string();
    let trial = Trial::new(&file, name, bytes, false)?;
    let limits = limits::over(trial.limits(), &said);
    let mut lines = Lines::new(say);
    let subject = Subject {
        trial: &trial,
        name,
        settings: &example_settings(manifest),
        limits,
    };
    heard::once(|| {
        let starts = checks::all(&subject, &mut |told| match told {
            Told::Checked { name, result } => {
                lines.add(&name, result.map_err(|reason| reason.trim_end().to_owned()));
            }
            Told::NotMade { count, why } => lines.not_made(count, &why),
        });
        own_cases(&files, &trial, limits, starts.is_ok(), &mut lines);
    });
    Ok(lines.end())
}

fn own_cases(
    files: &[CaseFile],
    trial: &Trial,
    limits: Limits,
    starts: bool,
    lines: &mut Lines<'_>,
) {
    let count: usize = files.iter().map(|file| file.cases.len()).sum();
    if !starts && count > 0 {
        return lines.not_made(count, "cases need a plugin that starts, too");
    }
    if files.is_empty() {
        lines.note("no cases: what it must answer goes to `cases/*.yaml`");
    }
    for file in files {
        let stem = file.path.file_name().unwrap_or_default().to_string_lossy();
        if file.cases.is_empty() {
            lines.note(&format!("cases/{stem}: no cases, expected a list of them"));
        }
        for case in &file.cases {
            let verdict = cases::try_case(file, case, trial, limits);
            lines.add(&format!("cases/{stem}: {}", case.name), told(verdict));
        }
    }
}

/// What differed, as a table.
pub fn told(verdict: Verdict) -> Result<(), String> {
    match verdict {
        Verdict::Passed => Ok(()),
        Verdict::Failed(reason) => Err(reason),
        Verdict::Differs { expected, got } => {
            Err(compared::table(["expected", "got"], &expected, &got))
        }
    }
}

/// What is said, line by line.
struct Lines<'a> {
    say: &'a mut dyn FnMut(&str),
    passed: usize,
    failed: usize,
    not_made: usize,
}

impl<'a> Lines<'a> {
    fn new(say: &'a mut dyn FnMut(&str)) -> Self {
        Self {
            say,
            passed: 0,
            failed: 0,
            not_made: 0,
        }
    }

    fn add(&mut self, name: &str, result: Result<(), String>) {
        match result {
            Ok(()) => {
                self.passed += 1;
                (self.say)(&format!("  ok      {name}\n"));
            }
            Err(reason) => {
                self.failed += 1;
                let reason = reason.trim_end().replace('\n', "\n            ");
                (self.say)(&format!("  FAILED  {name}\n            {reason}\n"));
            }
        }
    }

    fn not_made(&mut self, count: usize, why: &str) {
        self.not_made += count;
        self.note(&format!("{count} not made: {why}"));
    }

    fn note(&mut self, text: &str) {
        (self.say)(&format!("  -       {text}\n"));
    }

    /// Says how many there were; how many failed.
    fn end(self) -> usize {
        let not_made = match self.not_made {
            0 => String::new(),
            count => format!(", {count} not made"),
        };
        let (passed, failed) = (self.passed, self.failed);
        (self.say)(&format!("{passed} passed, {failed} failed{not_made}\n"));
        failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn lines_are_counted_and_told_as_they_come() {
        let mut text = String::new();
        let mut say = |line: &str| text.push_str(line);
        let mut lines = Lines::new(&mut say);
        lines.add("a", Ok(()));
        lines.add("b", Err("one\ntwo\n".to_owned()));
        lines.not_made(1, "no use");
        lines.not_made(4, "no use either");
        lines.note("no cases");
        assert_eq!(lines.end(), 1);
        expect![[r#"
              ok      a
              FAILED  b
                        one
                        two
              -       1 not made: no use
              -       4 not made: no use either
              -       no cases
            1 passed, 1 failed, 5 not made
        "#]]
        .assert_eq(&text);
    }
}
