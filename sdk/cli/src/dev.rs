//! `switchyard plugin dev`: build and test on every save, and put what passes into a running picker.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{EventKind, RecursiveMode, Watcher};
use switchyard_build::manifest::{Manifest, ManifestError};
use switchyard_build::sources::{BROUGHT, Sources};

use crate::build;
use crate::client::{Connection, DEFAULT_EPP, load};
use crate::said::{Said, in_folder};
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
    /// The profile it joins; all of them if not given
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The weight of its scores; 1 if not given
    #[arg(long, allow_negative_numbers = true)]
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
pub enum DevError {
    /// There is no plugin.
    #[error(transparent)]
    Missing(ManifestError),
    /// The system does not tell of saved files.
    #[error("{} cannot be watched: {reason}; `{}` looks once", folder.display(), in_folder("test", folder))]
    Watch {
        /// The plugin.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
}

/// An editor writes several files in a row; a build that begins in between is for nothing.
const SETTLED: Duration = Duration::from_millis(150);

/// The command. `say` gets what happens as it happens. It ends with `--once`, where there is no plugin, or when nothing
/// can be watched any more.
pub fn run(options: &Options, say: &mut dyn FnMut(&str)) -> Result<Said, DevError> {
    // What is wrong in a plugin.toml is told, and mended by a save; where there is none, nobody works on a plugin.
    if let Err(missing @ ManifestError::Missing { .. }) = Manifest::read(&options.dir) {
        return Err(DevError::Missing(missing));
    }
    if options.once {
        return Ok(match round(options, say) {
            Some(done) => Said::well("", done.next),
            None => Said::ill("", in_folder("dev", &options.dir)),
        });
    }
    let failed = |reason: String| DevError::Watch {
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
    watcher
        .watch(&folder, RecursiveMode::Recursive)
        .map_err(|error| failed(error.to_string()))?;
    loop {
        round(options, say);
        say("watching; save a file to build again, Ctrl-C to end\n");
        wait(&saves, &folder).map_err(failed)?;
    }
}

/// Until a source was saved and nothing more comes.
fn wait(saves: &Receiver<notify::Result<notify::Event>>, folder: &Path) -> Result<(), String> {
    let gone = || "its files are not watched any more".to_owned();
    let is_save =
        |event: notify::Result<notify::Event>| event.is_ok_and(|event| is_source(&event, folder));
    while !is_save(saves.recv().map_err(|_| gone())?) {}
    // What an editor's own tools go on writing beside the sources postpones nothing.
    let mut quiet_at = Instant::now() + SETTLED;
    loop {
        let left = quiet_at.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        match saves.recv_timeout(left) {
            Ok(event) => {
                if is_save(event) {
                    quiet_at = Instant::now() + SETTLED;
                }
            }
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

/// A round in which all went well.
struct Done {
    /// The command to go on with.
    next: String,
}

/// Builds, tests and loads once. What went wrong is said.
fn round(options: &Options, say: &mut dyn FnMut(&str)) -> Option<Done> {
    match try_round(options, say) {
        Ok(done) => done,
        Err(error) => {
            say(&format!("error: {error}\n"));
            None
        }
    }
}

fn try_round(
    options: &Options,
    say: &mut dyn FnMut(&str),
) -> Result<Option<Done>, crate::error::Error> {
    let sources = Sources::open(&options.dir).map_err(build::Error::from)?;
    let built = build::component(&sources)?;
    let failed = test::try_all(&sources, &built.bytes, say)?;
    if failed > 0 {
        if options.epp.is_some() {
            say("not loaded: what failed above comes first\n");
        }
        return Ok(None);
    }
    let Some(epp) = &options.epp else {
        let next = format!("switchyard plugin load {}", built.path.display());
        return Ok(Some(Done { next }));
    };
    let picker = Connection {
        epp: epp.clone(),
        token_file: options.token_file.clone(),
    };
    // As it was tested: with the settings and limits of plugin.toml.
    let load = load::Options {
        file: built.path,
        profile: options.profile.clone(),
        weight: options.weight,
        shadow: options.shadow,
        parameters: object(&sources.manifest.settings),
        limits: object(&sources.manifest.limits),
        ..load::Options::default()
    };
    let loaded = load::run(&load, &picker)?;
    say(&loaded.text);
    Ok(Some(Done { next: loaded.next }))
}

/// A table of plugin.toml as the admin API takes it, unless it says nothing.
fn object(table: &toml::Table) -> Option<String> {
    let object = serde_json::to_string(table).unwrap_or_default();
    (!table.is_empty()).then_some(object)
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

    fn saved(path: &str) -> notify::Result<notify::Event> {
        Ok(
            notify::Event::new(EventKind::Create(notify::event::CreateKind::File))
                .add_path(path.into()),
        )
    }

    #[test]
    fn what_tools_write_postpones_no_build() {
        let (sender, saves) = channel();
        sender.send(saved("/p/src/lib.rs")).unwrap();
        let writing = std::thread::spawn(move || {
            // As rust-analyzer does; it ends when nobody listens any more.
            let begun = Instant::now();
            while sender.send(saved("/p/target/x")).is_ok() && begun.elapsed() < SETTLED * 20 {
                std::thread::sleep(SETTLED / 10);
            }
        });
        let begun = Instant::now();
        wait(&saves, Path::new("/p")).unwrap();
        let waited = begun.elapsed();
        drop(saves);
        writing.join().unwrap();
        assert!(waited >= SETTLED && waited < SETTLED * 10, "{waited:?}");
    }

    #[test]
    fn a_further_save_is_waited_for() {
        let (sender, saves) = channel();
        let writing = std::thread::spawn(move || {
            for _ in 0..4 {
                sender.send(saved("/p/src/lib.rs")).unwrap();
                std::thread::sleep(SETTLED / 3);
            }
            sender
        });
        let begun = Instant::now();
        wait(&saves, Path::new("/p")).unwrap();
        assert!(begun.elapsed() >= SETTLED * 2, "{:?}", begun.elapsed());
        // Dropped only now: who watches no more ends the wait with an error.
        drop(writing.join().unwrap());
        let gone = wait(&saves, Path::new("/p")).unwrap_err();
        let folder = PathBuf::from("p");
        let reason = gone;
        expect_test::expect!["p cannot be watched: its files are not watched any more; `switchyard plugin test --dir p` looks once"]
            .assert_eq(&DevError::Watch { folder, reason }.to_string());
    }

    #[test]
    fn where_there_is_no_plugin_nothing_is_watched() {
        let dir = tempfile::tempdir().unwrap();
        for (folder, once) in [("", false), ("nope", false), ("nope", true)] {
            let options = Options {
                dir: dir.path().join(folder),
                once,
                ..options()
            };
            let told = run(&options, &mut |_| {}).unwrap_err().to_string();
            assert!(told.contains("holds no plugin.toml"), "{told}");
        }
    }

    /// Those of a command line without any.
    fn options() -> Options {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            options: Options,
        }
        <Line as clap::Parser>::parse_from(["dev"]).options
    }
}
