//! `switchyard plugin new`: a plugin that builds and passes its own tests as it stands.

mod ask;
mod files;

use std::io::{BufRead, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::contract::{self, Stage};
use crate::manifest::Language;
use crate::name::PluginName;
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
    /// The terminal went away.
    #[error("the answer could not be read: {0}")]
    Ask(#[source] std::io::Error),
    /// The folder is there already.
    #[error("{} exists already, and nothing in it was touched; choose another NAME, or another folder with `--dir DIR`", .0.display())]
    Exists(PathBuf),
    /// A file cannot be written.
    #[error("{} could not be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl NewError {
    /// Whether the command line was not complete.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Missing { .. })
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
    let dir = dir.unwrap_or_else(|| PathBuf::from(plan.name.as_str()));
    create(&dir)?;
    for (path, text) in files::of(&plan) {
        write(&dir.join(path), &text)?;
    }
    Ok(told(&plan, &dir))
}

/// Makes the folder, which must not be there.
fn create(dir: &Path) -> Result<(), NewError> {
    let failed = |source| NewError::Write {
        path: dir.to_path_buf(),
        source,
    };
    if let Some(parent) = dir.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    std::fs::create_dir(dir).map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => NewError::Exists(dir.to_path_buf()),
        _ => failed(source),
    })
}

fn write(path: &Path, text: &str) -> Result<(), NewError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|source| NewError::Write {
            path: path.to_path_buf(),
            source,
        })
}

fn told(plan: &Plan, dir: &Path) -> Said {
    let mut rows = vec![vec![
        "  src/lib.rs".to_owned(),
        "who the plugin is, its settings, what it reads".to_owned(),
    ]];
    rows.extend(plan.stages.iter().map(|stage| {
        vec![
            format!("  src/{}.rs", stage.identifier()),
            format!("the rule of the stage {stage}, and its tests"),
        ]
    }));
    let text = format!(
        "{} is in {}: {}\n{}",
        plan.name,
        dir.display(),
        contract::listed(&plan.stages),
        crate::table::aligned_left(&rows)
    );
    let next = format!(
        "cd {} && cargo test && switchyard plugin build",
        dir.display()
    );
    Said::well(text, next)
}

#[cfg(test)]
mod tests;
