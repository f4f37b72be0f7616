//! `switchyard plugin dev`: build and test on every save, and put what passes into a running picker.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{EventKind, RecursiveMode, Watcher};
use switchyard_build::sources::{BROUGHT, Sources};

use crate::build;
use crate::client::{Connection, DEFAULT_EPP, load};
use crate::said::Said;
use crate::test;

/// What to watch, and where to put it.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// The plugin's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// Load each build that passes into the picker with this admin address
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = DEFAULT_EPP)]
    pub epp: Option<String>,
    /// A file with the token that the picker's admin API requires
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The profile it joins
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The weight of its scores
    #[arg(long)]
    pub weight: Option<f64>,
    /// Ask it, and do nothing with its answers but compare them
    #[arg(long)]
    pub shadow: bool,
    /// Build and test once, and end
    #[arg(long)]
    pub once: bool,
}

/// Why nothing is watched.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be watched: {reason}; `switchyard plugin test` looks once", folder.display())]
pub struct DevError {
    /// The plugin.
    folder: PathBuf,
    /// Why.
    reason: String,
}

/// An editor writes several files in a row; a build that begins in between is for nothing.
const SETTLED: Duration = Duration::from_millis(150);

/// The command. `say` gets what happens as it happens. It ends with `--once`, or when nothing can be watched any more.
pub fn run(options: &Options, say: &mut dyn FnMut(&str)) -> Result<Said, DevError> {
    let failed = |reason: String| DevError {
        folder: options.dir.clone(),
        reason,
    };
    let (sender, saves) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Nobody listens any more only when the command ends.
        let _ = sender.send(event);
    })
    .map_err(|error| failed(error.to_string()))?;
    // Events name files in full, and only what lies below the folder says what a file is.
    let folder = options.dir.canonicalize();
    let folder = folder.map_err(|error| failed(error.to_string()))?;
    if !options.once {
        watcher
            .watch(&folder, RecursiveMode::Recursive)
            .map_err(|error| failed(error.to_string()))?;
    }
    loop {
        let well = round(options, say);
        if options.once {
            let next = "switchyard plugin load, or switchyard plugin dev without --once";
            return Ok(match well {
                true => Said::well("", next),
                false => Said::ill("", next),
            });
        }
        say("watching; save a file to build again, Ctrl-C to end\n");
        wait(&saves, &folder).map_err(failed)?;
    }
}

/// Until a source was saved and nothing more comes.
fn wait(saves: &Receiver<notify::Result<notify::Event>>, folder: &Path) -> Result<(), String> {
    let gone = || "its files are not watched any more".to_owned();
    loop {
        let event = saves.recv().map_err(|_| gone())?;
        if event.is_ok_and(|event| is_source(&event, folder)) {
            break;
        }
    }
    loop {
        match saves.recv_timeout(SETTLED) {
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => return Ok(()),
            Err(RecvTimeoutError::Disconnected) => return Err(gone()),
        }
    }
}

/// Whether an event is about what an author wrote: not about what building makes.
fn is_source(event: &notify::Event, folder: &Path) -> bool {
    let is_change = matches!(
        event.kind,
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_)
    );
    let below = |path: &PathBuf| path.strip_prefix(folder).map(Path::to_path_buf);
    let mut below = event.paths.iter().filter_map(|path| below(path).ok());
    is_change && below.any(|path| written_by_hand(&path))
}

fn written_by_hand(path: &Path) -> bool {
    const MADE: [&str; 7] = [
        BROUGHT,
        "target",
        "node_modules",
        "__pycache__",
        ".git",
        ".venv",
        ".ruff_cache",
    ];
    let in_made = path
        .components()
        .any(|part| MADE.iter().any(|made| part.as_os_str() == *made));
    let ending = path.extension().unwrap_or_default();
    !in_made && ending != "wasm" && ending != "new" && ending != "lock"
}

/// Builds, tests and loads once; whether all went well.
fn round(options: &Options, say: &mut dyn FnMut(&str)) -> bool {
    match try_round(options, say) {
        Ok(well) => well,
        Err(error) => {
            say(&format!("error: {error}\n"));
            false
        }
    }
}

fn try_round(options: &Options, say: &mut dyn FnMut(&str)) -> Result<bool, crate::error::Error> {
    let sources = Sources::open(&options.dir).map_err(build::Error::from)?;
    let built = build::component(&sources)?;
    let report = test::report(&sources, &built.bytes)?;
    say(&report.text);
    let Some(epp) = &options.epp else {
        return Ok(report.failed == 0);
    };
    if report.failed > 0 {
        say("not loaded: what failed above comes first\n");
        return Ok(false);
    }
    let picker = Connection {
        epp: epp.clone(),
        token_file: options.token_file.clone(),
    };
    let load = load::Options {
        file: built.path,
        profile: options.profile.clone(),
        weight: options.weight,
        shadow: options.shadow,
        ..load::Options::default()
    };
    say(&load::run(&load, &picker)?.text);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_building_makes_is_no_reason_to_build() {
        let check = |path: &str, want: bool| {
            assert_eq!(written_by_hand(Path::new(path)), want, "{path}");
        };
        check("src/scorer.rs", true);
        check("plugin.toml", true);
        check("cases/scorer.yaml", true);
        check("p.wasm", false);
        check("p.wasm.new", false);
        check("target/debug/x", false);
        check(".switchyard/made/a.go", false);
    }
}
