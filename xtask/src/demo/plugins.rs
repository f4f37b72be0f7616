//! `cargo demo --plugins`: one plugin per language, loaded into the running picker while requests go
//! through Envoy. Each must change who gets them, and no request may fail.

mod acts;
mod load;
mod make;
mod shares;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;
use switchyard_build::table::aligned;

use self::acts::{ACTS, Act};
use self::load::Load;
use self::make::Made;
pub(super) use self::make::MakeError;
use self::shares::Moved;
use super::theatre::{self, Binaries, Routed};
use super::{DemoError, Options};
use crate::progress::Progress;
use crate::setup::{self, SetupError};
use crate::stage::StageError;
use crate::stage::model_servers::ModelServer;
use crate::stage::picker::Setting;
use crate::tool::{Tool, ToolError};
use crate::workspace::Workspace;

/// How long one looks at who gets what.
const WINDOW: Duration = Duration::from_secs(4);
const SHORT_WINDOW: Duration = Duration::from_secs(2);
/// Until what was sent is answered, and until a change of plan is all that is seen.
const SETTLE: Duration = Duration::from_secs(1);
/// A picker without optimisation compiles the largest component for most of a minute.
const LOAD_LIMIT: Duration = Duration::from_secs(180);
/// So many failed requests are told whole.
const TOLD_FAILURES: usize = 5;

/// What one plugin came to.
#[derive(Debug, Serialize)]
struct Outcome {
    plugin: &'static str,
    language: &'static str,
    build_seconds: f64,
    load_ms: f64,
    requests_before: [u64; acts::SERVERS],
    requests_after: [u64; acts::SERVERS],
    /// The change, for people.
    decisions: String,
    as_promised: bool,
    failed_requests: usize,
}

/// The stage with its load, and what shows and steers it. The load ends before the stage does.
struct Show<'a> {
    load: Load,
    stage: &'a Routed,
    ports: [u16; acts::SERVERS],
    /// `switchyard`.
    command: &'a Path,
    log: PathBuf,
    window: Duration,
    progress: &'a Progress,
}

/// Plays all plugins.
pub(super) fn run(
    workspace: &Workspace,
    binaries: &Binaries,
    options: &Options,
    progress: &Progress,
) -> Result<(), DemoError> {
    let files = workspace.made().join("demo");
    let made = make_all(workspace, binaries, &files.join("plugins"), progress)?;

    let stage = set(binaries, &files.join("live"))?;
    let mut ports = [0; acts::SERVERS];
    for (port, server) in ports.iter_mut().zip(&stage.servers) {
        *port = server.port();
    }
    let mut show = Show {
        load: Load::start(&stage.envoy.url()),
        stage: &stage,
        ports,
        command: &binaries.command,
        log: files.join("live/switchyard.log"),
        window: if options.short { SHORT_WINDOW } else { WINDOW },
        progress,
    };
    let mut outcomes = Vec::with_capacity(ACTS.len());
    let mut explained = String::new();
    for (act, made) in ACTS.iter().zip(&made) {
        let outcome = show.play(act, made)?;
        progress.say(told(act, &outcome));
        outcomes.push(outcome);
        // While the plugin is still there, so that it is seen in the decision.
        explained = show.switchyard(Tool::new(show.command).args(["explain", "--last"]))?;
        show.unload(act)?;
    }
    progress.doing("ending the load");
    show.load.end();
    progress.rest();

    let (answered, failures) = (show.load.answered(), show.load.failures());
    progress.say(table(&outcomes));
    progress.say(format!(
        "{answered} requests were answered, {} failed.\n",
        failures.len()
    ));
    progress.say(explained);
    if let Some(path) = &options.json {
        super::write_json(path, &outcomes)?;
    }
    let verdict = verdict(&outcomes, &failures);
    super::end(options.keep, &stage, &files, verdict, progress)
}

fn make_all(
    workspace: &Workspace,
    binaries: &Binaries,
    folder: &Path,
    progress: &Progress,
) -> Result<Vec<Made>, DemoError> {
    let rust = setup::wasm(workspace, progress).map_err(SetupError::from)?;
    setup::languages(progress).map_err(SetupError::from)?;
    let mut all = Vec::with_capacity(ACTS.len());
    for Act { name, language, .. } in &ACTS {
        progress.doing(format!("building {name}, written in {language}"));
        let folder = folder.join(name);
        let made = make::make(workspace, &binaries.command, &rust, name, &folder)?;
        all.push(made);
    }
    progress.rest();
    Ok(all)
}

fn set(binaries: &Binaries, files: &Path) -> Result<Routed, StageError> {
    let servers = ModelServer::start_each(
        &binaries.model_server,
        acts::ABILITIES,
        acts::own_arguments(),
        files,
    )?;
    let setting = Setting {
        labels: &acts::labels(),
        config: Some(acts::CONFIG),
        keeps_data: true,
    };
    theatre::routed(binaries, servers, setting, files)
}

impl Show<'_> {
    /// Looks, loads the plugin, and looks again.
    fn play(&self, act: &Act, made: &Made) -> Result<Outcome, DemoError> {
        let failed_before = self.load.failures().len();
        self.progress.doing(format!("before {}", act.name));
        let before = self.look(act)?;
        self.progress.doing(format!("loading {}", act.name));
        let start = Instant::now();
        self.load_plugin(act, &made.component)?;
        let load_ms = start.elapsed().as_secs_f64() * 1e3;
        self.progress.doing(format!("with {}", act.name));
        let after = self.look(act)?;
        self.progress.rest();

        let moved = act.change.judge(&before, &after);
        Ok(Outcome {
            plugin: act.name,
            language: act.language,
            build_seconds: made.took.as_secs_f64(),
            load_ms,
            requests_before: before,
            requests_after: after,
            decisions: decisions(act, &moved),
            as_promised: moved.as_promised,
            failed_requests: self.load.failures().len() - failed_before,
        })
    }

    /// What each server gets of the act's requests, once an earlier change is through.
    fn look(&self, act: &Act) -> Result<[u64; acts::SERVERS], StageError> {
        std::thread::sleep(SETTLE);
        let from = Instant::now();
        std::thread::sleep(self.window);
        let to = Instant::now();
        std::thread::sleep(SETTLE);
        let programs = [self.stage.envoy.server(), self.stage.picker.server()];
        let servers = self.stage.servers.iter().map(ModelServer::server);
        for program in programs.into_iter().chain(servers) {
            program.check()?;
        }
        Ok(self.load.counts(act.kind, (from, to), self.ports))
    }

    fn load_plugin(&self, act: &Act, component: &Path) -> Result<(), ToolError> {
        let mut load = Tool::new(self.command)
            .args(["plugin", "load"])
            .arg(component)
            .args(["--profile", acts::PROFILE, "--parameters", act.parameters]);
        if let Some(weight) = act.weight {
            load = load.args(["--weight", weight]);
        }
        self.switchyard(load).map(drop)
    }

    fn unload(&self, act: &Act) -> Result<(), ToolError> {
        let unload = Tool::new(self.command).args(["plugin", "unload", act.name]);
        self.switchyard(unload).map(drop)
    }

    /// Runs the command against the picker.
    fn switchyard(&self, tool: Tool) -> Result<String, ToolError> {
        tool.args(["--epp", &self.stage.picker.admin_url()])
            .limit(LOAD_LIMIT)
            .run_logged(&self.log)
    }
}

fn decisions(act: &Act, moved: &Moved) -> String {
    format!("{}, {}: {}", act.kind.told(), moved.whose, moved.told())
}

/// One plugin, as it is told at once.
fn told(act: &Act, outcome: &Outcome) -> String {
    let mut head = vec![String::new()];
    head.extend((1..=acts::SERVERS).map(|number| format!("server-{number}")));
    let row = |name: &str, counts: &[u64]| {
        let mut row = vec![format!("  {name}")];
        row.extend(counts.iter().map(u64::to_string));
        row
    };
    let rows = [
        head,
        row("before", &outcome.requests_before),
        row("with it", &outcome.requests_after),
    ];
    format!(
        "\n{} ({}): {}\n{}  {}",
        act.name,
        act.language,
        act.about,
        aligned(&rows),
        outcome.decisions
    )
}

/// All of them, at the end.
fn table(outcomes: &[Outcome]) -> String {
    let mut rows = vec![
        [
            "plugin",
            "language",
            "build",
            "load",
            "decisions changed",
            "failed",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    rows.extend(outcomes.iter().map(|outcome| {
        vec![
            outcome.plugin.to_owned(),
            outcome.language.to_owned(),
            format!("{:.1} s", outcome.build_seconds),
            format!("{:.0} ms", outcome.load_ms),
            if outcome.as_promised {
                outcome.decisions.clone()
            } else {
                format!("NOT AS PROMISED: {}", outcome.decisions)
            },
            outcome.failed_requests.to_string(),
        ]
    }));
    format!("\n{}", aligned(&rows))
}

/// Whether each changed decisions and no request failed; else every reason why not.
fn verdict(outcomes: &[Outcome], failures: &[String]) -> Result<(), String> {
    let mut reasons: Vec<_> = outcomes
        .iter()
        .filter(|outcome| !outcome.as_promised)
        .map(|outcome| {
            format!(
                "{} did not change decisions as it should ({})",
                outcome.plugin, outcome.decisions
            )
        })
        .collect();
    if !failures.is_empty() {
        let told: Vec<_> = failures.iter().take(TOLD_FAILURES).cloned().collect();
        reasons.push(format!(
            "{} requests failed, expected none; among them {}",
            failures.len(),
            told.join("; ")
        ));
    }
    if reasons.is_empty() {
        Ok(())
    } else {
        Err(reasons.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(as_promised: bool) -> Outcome {
        Outcome {
            plugin: "canary-by-header",
            language: "TypeScript",
            build_seconds: 3.0,
            load_ms: 120.4,
            requests_before: [2, 3, 2, 3],
            requests_after: [0, 0, 10, 0],
            decisions: "requests with the header, server-3: 20 % -> 100 %".to_owned(),
            as_promised,
            failed_requests: 0,
        }
    }

    #[test]
    fn every_plugin_must_change_decisions_and_no_request_may_fail() {
        assert_eq!(verdict(&[outcome(true)], &[]), Ok(()));
        assert_eq!(
            verdict(&[outcome(true), outcome(false)], &["request 7: status 503".to_owned()]),
            Err(
                "canary-by-header did not change decisions as it should (requests with the header, server-3: \
                 20 % -> 100 %); 1 requests failed, expected none; among them request 7: status 503"
                    .to_owned()
            )
        );
    }

    #[test]
    fn a_plugin_that_broke_its_promise_is_marked() {
        let text = table(&[outcome(true), outcome(false)]);
        assert_eq!(text.matches("NOT AS PROMISED").count(), 1, "{text}");
        expect_test::expect![[r#"

            canary-by-header (TypeScript): requests that ask for it go to the canary, server-3
                       server-1  server-2  server-3  server-4
              before          2         3         2         3
              with it         0         0        10         0
              requests with the header, server-3: 20 % -> 100 %"#]]
        .assert_eq(&told(&ACTS[2], &outcome(true)));
    }
}
