//! The steps of `cargo verify`, in order, and what each needs.

use std::error::Error;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;

use super::counts::Counts;
use super::sdks;
use crate::progress::Progress;
use crate::setup::{self, WasmError, WasmToolchain};
use crate::tool::{Tool, ToolError};
use crate::workspace::Workspace;
use crate::{build, invariants};

/// Tests that take long listen to this variable.
const LONG: &str = "SWITCHYARD_LONG";

/// One check.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Steps that must have passed.
    pub(super) needs: &'static [&'static str],
    /// Returns a remark for the list of steps.
    pub(super) run: fn(&mut Stand<'_>) -> Result<String, Box<dyn Error>>,
}

/// All steps. The cheap ones come first, so that a slip shows early.
pub(super) const STEPS: &[Step] = &[
    Step {
        name: "setup",
        about: "Rust for wasm, the tools of all languages, Envoy, an OCI registry",
        needs: &[],
        run: set_up,
    },
    Step {
        name: "format",
        about: "cargo fmt --check",
        needs: &[],
        run: format,
    },
    Step {
        name: "invariants",
        about: "the invariants of ARCHITECTURE.md",
        needs: &[],
        run: hold_invariants,
    },
    Step {
        name: "components",
        about: "the built-in plugins",
        needs: &["setup"],
        run: build_components,
    },
    Step {
        name: "clippy",
        about: "warnings are errors",
        needs: &["components"],
        run: clippy,
    },
    Step {
        name: "test",
        about: "every test",
        needs: &["components"],
        run: test,
    },
    Step {
        name: "sdks",
        about: "the SDKs of the other languages, by their own tools",
        needs: &["setup"],
        run: test_sdks,
    },
    Step {
        name: "docs",
        about: "cargo doc",
        needs: &["components"],
        run: docs,
    },
    Step {
        name: "demo",
        about: "end to end, with a real Envoy",
        needs: &["components"],
        run: play_demo,
    },
    Step {
        name: "plugins",
        about: "one plugin per language, loaded into a running picker",
        needs: &["components"],
        run: play_plugins,
    },
];

/// Accepts the names of steps.
pub(super) fn parser() -> PossibleValuesParser {
    PossibleValuesParser::new(STEPS.iter().map(|step| step.name))
}

/// What steps hand on.
pub(super) struct Stand<'a> {
    workspace: &'a Workspace,
    progress: &'a Progress,
    toolchain: Option<WasmToolchain>,
    counts: Counts,
    /// What tests said they left out, and why.
    skipped: Vec<String>,
    long: bool,
}

impl<'a> Stand<'a> {
    pub(super) fn new(workspace: &'a Workspace, progress: &'a Progress, long: bool) -> Self {
        Self {
            skipped: Vec::new(),
            long: long || std::env::var_os(LONG).is_some(),
            workspace,
            progress,
            toolchain: None,
            counts: Counts::default(),
        }
    }

    /// The tests that ran so far.
    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// What was left out, each with its reason.
    pub(super) fn skipped(&self) -> &[String] {
        &self.skipped
    }

    fn toolchain(&mut self) -> Result<WasmToolchain, WasmError> {
        if let Some(toolchain) = &self.toolchain {
            return Ok(toolchain.clone());
        }
        let toolchain = setup::wasm(self.workspace, self.progress)?;
        Ok(self.toolchain.insert(toolchain).clone())
    }

    /// Runs cargo on the workspace.
    fn cargo(&self, log: &str, tool: Tool) -> Result<String, ToolError> {
        tool.within(self.workspace.root())
            .run_logged(&self.log(log))
    }

    /// Runs cargo on the plugins' own workspace.
    fn cargo_plugins(&self, log: &str, tool: Tool) -> Result<String, ToolError> {
        tool.within(&self.workspace.root().join("plugins"))
            .env("CARGO_TARGET_DIR", self.workspace.plugins_build())
            .run_logged(&self.log(log))
    }

    fn log(&self, name: &str) -> PathBuf {
        self.workspace
            .made()
            .join("verify")
            .join(format!("{name}.log"))
    }

    /// Counts the tests of a run, also of one that failed.
    fn count(&mut self, run: Result<String, ToolError>) -> Result<(), ToolError> {
        match &run {
            Ok(output) | Err(ToolError::Failed { output, .. }) => {
                self.counts += Counts::read(output);
                let skipped = output.lines().filter(|line| line.starts_with("skipped: "));
                self.skipped.extend(skipped.map(str::to_owned));
            }
            Err(_) => {}
        }
        run.map(drop)
    }
}

fn cargo(args: &str) -> Tool {
    Tool::cargo().args(args.split(' '))
}

fn set_up(stand: &mut Stand<'_>) -> Result<String, Box<dyn Error>> {
    stand.toolchain()?;
    setup::languages(stand.progress)?;
    setup::envoy(stand.workspace, stand.progress)?;
    setup::registry(stand.workspace, stand.progress)?;
    if stand.long {
        setup::cosign(stand.workspace, stand.progress)?;
    }
    Ok(String::new())
}

fn format(stand: &mut Stand<'_>) -> Result<String, Box<dyn Error>> {
    stand.cargo("format", cargo("fmt --all --check -- --color=never"))?;
    stand.cargo_plugins("format", cargo("fmt --all --check -- --color=never"))?;
    Ok(String::new())
}

fn hold_invariants(stand: &mut Stand<'_>) -> Result<String, Box<dyn Error>> {
    let checked = invariants::check(stand.workspace.root())?;
    Ok(format!("{checked} source files"))
}

fn build_components(stand: &mut Stand<'_>) -> Result<String, Box<dyn Error>> {
    let toolchain = stand.toolchain()?;
    let components = build::components(stand.workspace, &toolchain, stand.progress)?;
    Ok(format!("{} components", components.len()))
}

fn clippy(stand: &mut Stand<'_>) -> Result<String, Box<dyn Error>> {
    stand.cargo(
        "clippy",
        cargo("clippy --workspace --all-targets -- -D warnings"),
    )?;
    // On their own target as well, because the code that only exists there is linted only there.
    // Debian's compiler has no clippy, and clippy of another compiler cannot read its library.
    let own_target = stand.toolchain()?.rustc.is_none();
    if own_target {
        let target = "clippy --workspace --target wasm32-unknown-unknown -- -D warnings";
        stand.cargo_plugins("clippy", cargo(target))?;
    }
    stand.cargo_plugins(
        "clippy",
        cargo("clippy --workspace --all-targets -- -D warnings"),
    )?;
    let remark = if own_target {
        ""
    } else {
        "plugins only for this machine: no clippy for wasm"
    };
    Ok(remark.to_owned())
}

fn test(stand: &mut Stand<'_>) -> Result<String, Box<dyn Error>> {
    let tests = "test --workspace --no-fail-fast";
    // The tests of `switchyard` build plugins, with the compiler that is right for them here.
    let toolchain = stand.toolchain()?;
    let mut tool = cargo(tests);
    if stand.long {
        tool = tool.env(LONG, "1");
    }
    if let Some(rustc) = &toolchain.rustc {
        tool = tool.env("SWITCHYARD_PLUGIN_RUSTC", rustc);
    }
    if let Some(linkers) = &toolchain.extra_path {
        tool = tool.env("SWITCHYARD_PLUGIN_PATH", linkers);
    }
    let host = stand.cargo("test", tool);
    let host = stand.count(host);
    let plugins = stand.cargo_plugins("test", cargo(tests));
    let plugins = stand.count(plugins);
    match (host, plugins) {
        (Ok(()), Ok(())) => Ok(stand.counts.to_string()),
        (Err(host), Err(plugins)) => Err(format!("{host}\n\n{plugins}").into()),
        (Err(error), _) | (_, Err(error)) => Err(error.into()),
    }
}

fn test_sdks(stand: &mut Stand<'_>) -> Result<String, Box<dyn Error>> {
    let mut failed = Vec::new();
    for (language, command) in sdks::commands() {
        let folder = stand.workspace.root().join("sdk").join(language.name());
        let tool = Tool::new("sh").args(["-c", command]).within(&folder);
        let tool = tool.env("PATH", sdks::path(language));
        if let Err(error) = tool.run_logged(&stand.log("sdks")) {
            failed.push(format!("sdk/{language}: {error}"));
        }
    }
    if failed.is_empty() {
        Ok(String::new())
    } else {
        Err(failed.join("\n\n").into())
    }
}

fn docs(stand: &mut Stand<'_>) -> Result<String, Box<dyn Error>> {
    let docs = || cargo("doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings");
    stand.cargo("docs", docs())?;
    stand.cargo_plugins("docs", docs())?;
    Ok(String::new())
}

fn play_demo(stand: &mut Stand<'_>) -> Result<String, Box<dyn Error>> {
    play(stand, "demo", "demo --short --dev --built --json")
}

fn play_plugins(stand: &mut Stand<'_>) -> Result<String, Box<dyn Error>> {
    play(
        stand,
        "plugins",
        "demo --plugins --short --dev --built --json",
    )
}

fn play(stand: &mut Stand<'_>, log: &str, demo: &str) -> Result<String, Box<dyn Error>> {
    // `--tests` makes cargo choose the same features of dependencies as for the tests, so that
    // what was built for them is taken again.
    stand.cargo(log, cargo("build --workspace --bins --tests"))?;
    let figures = stand.log(log).with_extension("json");
    let demo = cargo(&format!("run --quiet --package xtask -- {demo}"));
    stand.cargo(log, demo.arg(&figures))?;
    Ok(format!("figures in {}", figures.display()))
}
