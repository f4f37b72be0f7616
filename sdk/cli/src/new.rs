//! `switchyard plugin new`: a plugin that builds and passes its own tests as it stands.

mod ask;
mod files;
mod rust;

use std::io::{BufRead, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use switchyard_build::contract::{self, Stage};
use switchyard_build::language::Language;
use switchyard_build::name::{NameError, PluginName};
use switchyard_build::table::aligned_left;

use crate::brought::{self, WriteError};
use crate::said::Said;

/// What the command line says of the plugin. What is missing is asked for, at a terminal.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// The plugin's name, such as tenant-fairness
    pub name: Option<PluginName>,
    /// What it shall be; give it several times for a component that is several things
    #[arg(long = "stage", value_name = "STAGE")]
    pub stages: Vec<Stage>,
    /// What to write it in
    #[arg(long = "lang", value_name = "LANGUAGE")]
    pub language: Option<Language>,
    /// The folder to make; ./NAME if not given
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// What to make.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    name: PluginName,
    /// Each once, in the order of the contract; at least one.
    stages: Vec<Stage>,
    language: Language,
}

/// Why no plugin was made.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// Something was not said, and there is nobody to ask.
    #[error(
        "{what} is missing: {expected}; such as `switchyard plugin new tenant-fairness --stage scorer --lang rust`"
    )]
    Missing {
        /// The argument.
        what: &'static str,
        /// What it may be.
        expected: String,
    },
    /// That stage is not written in that language so far.
    #[error(
        "there is no template for {stage} in {language}, expected {}; `--lang rust` has all stages",
        contract::listed(offered)
    )]
    NoTemplate {
        /// The stage.
        stage: Stage,
        /// The language.
        language: Language,
        /// What there is.
        offered: Vec<Stage>,
    },
    /// No plugin can be called so.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The terminal went away.
    #[error("the answer could not be read: {0}")]
    Ask(#[source] std::io::Error),
    /// The folder is there already.
    #[error("{} exists already, and nothing in it was touched; choose another NAME, or another folder with `--dir DIR`", .0.display())]
    Exists(PathBuf),
    /// There is no place for the folder.
    #[error("{} is a file, expected a folder for {} to lie in; choose another place with `--dir DIR`", file.display(), dir.display())]
    InFile {
        /// What is in the way.
        file: PathBuf,
        /// The folder to be made.
        dir: PathBuf,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl NewError {
    /// Whether the command line was not complete.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Missing { .. } | Self::NoTemplate { .. } | Self::Name(_)
        )
    }
}

/// The command; asks at a terminal.
pub fn run(options: Options) -> Result<Said, NewError> {
    let (input, mut output) = (std::io::stdin(), std::io::stderr());
    if input.is_terminal() {
        make(options, Some((&mut input.lock(), &mut output)))
    } else {
        make(options, None)
    }
}

/// Who can be asked, and where the questions go.
type Person<'a> = (&'a mut dyn BufRead, &'a mut dyn Write);

fn make(options: Options, person: Option<Person<'_>>) -> Result<Said, NewError> {
    let dir = options.dir.clone();
    let plan = ask::complete(options, person)?;
    check(&plan)?;
    let dir = dir.unwrap_or_else(|| PathBuf::from(plan.name.as_str()));
    create(&dir)?;
    write(&plan, &dir)?;
    Ok(told(&plan, &dir))
}

/// Writes a plugin in Rust into an empty folder, to try on it what holds for all.
pub(crate) fn example(dir: &Path) -> Result<(), NewError> {
    let plan = Plan {
        name: "example".parse()?,
        stages: vec![Stage::Scorer],
        language: Language::Rust,
    };
    write(&plan, dir)
}

fn write(plan: &Plan, dir: &Path) -> Result<(), NewError> {
    for (path, text) in files::of(plan) {
        brought::write(&dir.join(path), &text)?;
    }
    Ok(())
}

/// Whether the plan can be carried out, before anything is written.
fn check(plan: &Plan) -> Result<(), NewError> {
    let offered = files::offered(plan.language);
    if let Some(stage) = plan.stages.iter().find(|stage| !offered.contains(stage)) {
        return Err(NewError::NoTemplate {
            stage: *stage,
            language: plan.language,
            offered,
        });
    }
    if plan.language == Language::Rust {
        rust::check(&plan.name)?;
    }
    Ok(())
}

/// Makes the folder, which must not be there.
fn create(dir: &Path) -> Result<(), NewError> {
    let failed = |source| {
        let path = dir.to_path_buf();
        NewError::Write(WriteError { path, source })
    };
    let mut above = dir.ancestors().skip(1);
    if let Some(file) = above.find(|above| above.is_file()) {
        let (file, dir) = (file.to_path_buf(), dir.to_path_buf());
        return Err(NewError::InFile { file, dir });
    }
    if let Some(parent) = dir.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    std::fs::create_dir(dir).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => NewError::Exists(dir.to_path_buf()),
        _ => failed(source),
    })
}

fn told(plan: &Plan, dir: &Path) -> Said {
    let rules = files::rules(plan);
    let mut rows: Vec<Vec<String>> = rules
        .into_iter()
        .map(|(path, stage)| {
            vec![
                format!("  {path}"),
                format!("the rule of the stage {stage}"),
            ]
        })
        .collect();
    let others = [
        ("plugin.toml", "stages, example settings, limits"),
        (
            "cases/",
            "what it must answer, for `switchyard plugin test`",
        ),
    ];
    rows.extend(others.map(|(path, about)| vec![format!("  {path}"), about.to_owned()]));
    let text = format!(
        "{} is in {}: {}, in {}\n{}",
        plan.name,
        dir.display(),
        contract::listed(&plan.stages),
        plan.language,
        aligned_left(&rows)
    );
    let next = format!(
        "cd {} && {} && switchyard plugin test",
        dir.display(),
        plan.language.test_command()
    );
    Said::well(text, next)
}

#[cfg(test)]
mod tests;
