//! The command line.

use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::client::{self, Connection, Who};
use crate::error::Error;
use crate::said::Said;
use crate::{bench, build, dev, doctor, inspect, man, new, registry, run, test};

/// Exit codes, as the help and the man page tell them.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  it failed, or what was looked at is not as it should be
  2  the command line is wrong or not complete";

const EXAMPLES: &str = "\
Examples:
  switchyard plugin new tenant-fairness --stage scorer --lang rust
  switchyard plugin build --dir tenant-fairness
  switchyard plugin load tenant-fairness/tenant-fairness.wasm --profile default --weight 2
  switchyard explain --last";

const NEW_EXAMPLES: &str = "\
Examples:
  switchyard plugin new tenant-fairness --stage scorer --lang rust
  switchyard plugin new session-notes --stage scorer --stage hooks --lang rust --dir plugins/notes";

const BUILD_EXAMPLES: &str = "\
Examples:
  switchyard plugin build
  switchyard plugin build --dir tenant-fairness";

const DOCTOR_EXAMPLES: &str = "\
Examples:
  switchyard doctor
  switchyard doctor --fix --lang go";

const DEV_EXAMPLES: &str = "\
Examples:
  switchyard plugin dev
  switchyard plugin dev --epp http://127.0.0.1:9004 --profile default --weight 2 --shadow";

const TEST_EXAMPLES: &str = "\
Examples:
  switchyard plugin test
  switchyard plugin test --dir tenant-fairness --no-build";

const BENCH_EXAMPLES: &str = "\
Examples:
  switchyard plugin bench
  switchyard plugin bench tenant-fairness.wasm --against before.wasm
  switchyard plugin bench tenant-fairness.wasm --json";

const RUN_EXAMPLES: &str = "\
Examples:
  switchyard plugin run tenant-fairness.wasm --case cases/scorer.yaml
  switchyard plugin run tenant-fairness.wasm --case cases/scorer.yaml --name 'fewer waiting requests score better'";

const INSPECT_EXAMPLES: &str = "\
Examples:
  switchyard plugin inspect tenant-fairness.wasm
  switchyard plugin inspect registry.example/team/tenant-fairness:0.1.0";

const LOAD_EXAMPLES: &str = "\
Examples:
  switchyard plugin load tenant-fairness.wasm
  switchyard plugin load tenant-fairness.wasm --profile default --weight 2 --parameters '{\"fullAt\": 20}'
  switchyard plugin load tenant-fairness.wasm --shadow --epp http://10.0.0.7:9004 --token-file token";

const UNLOAD_EXAMPLES: &str = "\
Examples:
  switchyard plugin unload tenant-fairness
  switchyard plugin unload tenant-fairness --by grace --epp http://10.0.0.7:9004 --token-file token";

const LIST_EXAMPLES: &str = "\
Examples:
  switchyard plugin list
  switchyard plugin list --epp http://10.0.0.7:9004 --token-file token";

const PLANS_EXAMPLES: &str = "\
Examples:
  switchyard plugin plans
  switchyard plugin plans --epp http://10.0.0.7:9004 --token-file token";

const ROLLBACK_EXAMPLES: &str = "\
Examples:
  switchyard plugin rollback
  switchyard plugin rollback --to 3";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  switchyard explain --last
  switchyard explain 7f0c2b1e";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  switchyard completions bash > ~/.local/share/bash-completion/completions/switchyard
  switchyard completions fish > ~/.config/fish/completions/switchyard.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  switchyard man | man -l -
  switchyard man > ~/.local/share/man/man1/switchyard.1";

/// Write a routing plugin, build it, put it into a running Endpoint Picker
#[derive(Debug, Parser)]
#[command(name = "switchyard", version, after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make, build, look at and load plugins
    #[command(subcommand)]
    Plugin(Plugin),
    /// Show a decision of a running picker: endpoints down, what each plugin said across
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain {
        #[command(flatten)]
        which: client::explain::Which,
        #[command(flatten)]
        picker: Connection,
    },
    /// Say which tools are there for each language, and what installs those that are not
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor(doctor::Options),
    /// Write completions for a shell to standard output
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the man page to standard output
    #[command(after_help = MAN_EXAMPLES)]
    Man,
}

#[derive(Debug, Subcommand)]
enum Plugin {
    /// Make a new plugin, ready to build
    #[command(after_help = NEW_EXAMPLES)]
    New(new::Options),
    /// Make a component of a plugin's sources
    #[command(after_help = BUILD_EXAMPLES)]
    Build {
        /// The plugin's folder
        #[arg(long, value_name = "DIR", default_value = ".")]
        dir: PathBuf,
    },
    /// Build again and test whenever a source is saved
    #[command(after_help = DEV_EXAMPLES)]
    Dev(dev::Options),
    /// Build, hold the component against the contract, then against its own cases
    #[command(after_help = TEST_EXAMPLES)]
    Test(test::Options),
    /// Measure what a component's calls cost
    #[command(after_help = BENCH_EXAMPLES)]
    Bench(bench::Options),
    /// Play one case and show it
    #[command(after_help = RUN_EXAMPLES)]
    Run(run::Options),
    /// Say what a component is
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(inspect::Options),
    #[command(flatten)]
    Registry(registry::Command),
    /// Put a component into a running picker
    #[command(after_help = LOAD_EXAMPLES)]
    Load {
        #[command(flatten)]
        load: client::load::Options,
        #[command(flatten)]
        picker: Connection,
    },
    /// Take a loaded component out of a running picker
    #[command(after_help = UNLOAD_EXAMPLES)]
    Unload {
        /// The plugin's name, as `plugin list` shows it
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        picker: Connection,
    },
    /// List the plugins of a running picker
    #[command(after_help = LIST_EXAMPLES)]
    List(ListOptions),
    /// Go back to an earlier plan of a running picker
    #[command(after_help = ROLLBACK_EXAMPLES)]
    Rollback {
        /// The plan, as `plugin plans` shows it; the one before if not given
        #[arg(long, value_name = "PLAN")]
        to: Option<u64>,
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        picker: Connection,
    },
    /// List the plans that a running picker keeps
    #[command(after_help = PLANS_EXAMPLES)]
    Plans(ListOptions),
}

#[derive(Debug, Args)]
struct ListOptions {
    #[command(flatten)]
    picker: Connection,
}

/// Carries out what the command line says.
pub fn carry_out(cli: Cli) -> Result<Said, Error> {
    Ok(match cli.command {
        Command::Plugin(plugin) => return run_plugin(plugin),
        Command::Explain { which, picker } => client::explain::run(&which, &picker)?,
        Command::Doctor(options) => doctor::run(&options)?,
        Command::Completions { shell } => completions(shell),
        Command::Man => manual(),
    })
}

fn run_plugin(plugin: Plugin) -> Result<Said, Error> {
    Ok(match plugin {
        Plugin::New(options) => new::run(options)?,
        Plugin::Build { dir } => build::run(&dir)?,
        Plugin::Dev(options) => dev::run(&options, &mut show)?,
        Plugin::Test(options) => {
            let mut out = Streamed::default();
            let said = test::run(&options, &mut |text| out.say(text));
            out.end()?;
            said?
        }
        Plugin::Bench(options) => bench::run(&options)?,
        Plugin::Run(options) => run::run(&options)?,
        Plugin::Inspect(options) => inspect::run(&options)?,
        Plugin::Registry(command) => registry::run(&command)?,
        Plugin::Load { load, picker } => client::load::run(&load, &picker)?,
        Plugin::Unload { name, who, picker } => client::load::unload(&name, &who, &picker)?,
        Plugin::List(ListOptions { picker }) => client::list::run(&picker)?,
        Plugin::Rollback { to, who, picker } => client::plans::rollback(to, &who, &picker)?,
        Plugin::Plans(ListOptions { picker }) => client::plans::run(&picker)?,
    })
}

/// A command that goes on tells what happens as it happens.
fn show(text: &str) {
    // Where standard error is closed, nobody is there to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// The same of what somebody may want to pipe.
#[derive(Default)]
struct Streamed(Option<std::io::Error>);

impl Streamed {
    fn say(&mut self, text: &str) {
        if self.0.is_none() {
            let mut out = std::io::stdout().lock();
            let written = out.write_all(text.as_bytes());
            self.0 = written.and_then(|()| out.flush()).err();
        }
    }

    fn end(self) -> Result<(), Error> {
        match self.0 {
            // Who read it has read enough, as `head` does.
            Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Output(error)),
            _ => Ok(()),
        }
    }
}

fn completions(shell: Shell) -> Said {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "switchyard", &mut script);
    let text = String::from_utf8_lossy(&script);
    Said::well(
        text,
        "put this where your shell looks for completions, then: switchyard --help",
    )
}

fn manual() -> Said {
    Said::well(
        man::page(Cli::command()),
        "save this as `switchyard.1` in a folder `man1` of `manpath`, then: man switchyard",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// Calls `check` with every command that does something, and its words.
    fn each(command: &clap::Command, words: &str, check: &mut dyn FnMut(&clap::Command, &str)) {
        let mut last = true;
        for inner in command.get_subcommands() {
            each(inner, &format!("{words} {}", inner.get_name()), check);
            last = false;
        }
        if last {
            check(command, words);
        }
    }

    #[test]
    fn every_command_shows_examples_that_it_understands() {
        let mut count = 0;
        each(&Cli::command(), "switchyard", &mut |command, words| {
            let help = command.clone().render_help().to_string();
            let examples = help.split("Examples:\n").nth(1).unwrap_or_default();
            let examples = examples.lines().take_while(|line| !line.is_empty());
            let examples: Vec<&str> = examples.map(str::trim_start).collect();
            assert!(!examples.is_empty(), "{words} has no examples");
            for example in examples {
                assert!(example.starts_with(words), "{words}: {example}");
                count += 1;
            }
        });
        assert!(count >= 30, "found {count} examples");
    }

    #[test]
    fn help_tells_the_exit_codes() {
        let help = Cli::command().render_help().to_string();
        expect![[r#"
            Write a routing plugin, build it, put it into a running Endpoint Picker

            Usage: switchyard <COMMAND>

            Commands:
              plugin       Make, build, look at and load plugins
              explain      Show a decision of a running picker: endpoints down, what each plugin said across
              doctor       Say which tools are there for each language, and what installs those that are not
              completions  Write completions for a shell to standard output
              man          Write the man page to standard output
              help         Print this message or the help of the given subcommand(s)

            Options:
              -h, --help     Print help
              -V, --version  Print version

            Examples:
              switchyard plugin new tenant-fairness --stage scorer --lang rust
              switchyard plugin build --dir tenant-fairness
              switchyard plugin load tenant-fairness/tenant-fairness.wasm --profile default --weight 2
              switchyard explain --last

            Exit codes:
              0  done
              1  it failed, or what was looked at is not as it should be
              2  the command line is wrong or not complete
        "#]].assert_eq(&help);
    }

    #[test]
    fn completions_name_the_commands() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = completions(shell).text;
            assert!(script.contains("rollback"), "{shell}");
        }
    }

    #[test]
    fn the_man_page_has_every_command_with_its_options_and_examples() {
        let page = manual().text;
        each(&Cli::command(), "switchyard", &mut |command, words| {
            let head = format!(".SH \"{words}\"\n");
            let section = page.split(&head).nth(1);
            let section = section.unwrap_or_else(|| panic!("no section `{words}`"));
            let section = section.split("\n.SH ").next().unwrap_or_default();
            assert!(section.contains("Examples:\n"), "{words}:\n{section}");
            for option in command.get_arguments().filter_map(|arg| arg.get_long()) {
                let written = format!("\\-\\-{}", option.replace('-', "\\-"));
                assert!(section.contains(&written), "{words} --{option}:\n{section}");
            }
        });
        // There is one page, so none refers to another.
        assert!(!page.contains("(1)"), "{page}");
    }
}
