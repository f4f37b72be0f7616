//! `cargo verify`: every check and test, one after the other, whatever fails on the way.

mod counts;
mod sdks;
mod steps;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use counts::Counts;
use steps::{STEPS, Stand, Step};

use crate::progress::Progress;
use crate::workspace::Workspace;

/// Which steps to run.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// Run only this step and those it needs (repeatable)
    #[arg(long, value_name = "STEP", value_parser = steps::parser())]
    pub only: Vec<String>,
    /// Leave this step out (repeatable)
    #[arg(long, value_name = "STEP", value_parser = steps::parser())]
    pub skip: Vec<String>,
    /// Also what takes long: every template in every language, signatures with the real cosign
    #[arg(long)]
    pub long: bool,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Passed,
    Failed,
    /// A step it needs failed, so it was not run.
    Blocked,
}

/// Runs the steps; returns whether all passed. The last line it prints counts the tests.
pub fn run(workspace: &Workspace, options: &Options) -> bool {
    let progress = Progress::start();
    let mut stand = Stand::new(workspace, &progress, options.long);
    let mut ended: Vec<(&'static str, End, Duration)> = Vec::new();
    for step in chosen(STEPS, options) {
        let blocked = step.needs.iter().find(|need| {
            ended
                .iter()
                .any(|(name, end, _)| name == *need && *end != End::Passed)
        });
        let before = Instant::now();
        let end = match blocked {
            Some(need) => {
                progress.say(format!("{:<12} not run: it needs {need}", step.name));
                End::Blocked
            }
            None => carry_out(step, &mut stand, &progress),
        };
        ended.push((step.name, end, before.elapsed()));
    }
    progress.rest();
    for skipped in stand.skipped() {
        println!("{skipped}");
    }
    summarise(&ended, stand.counts())
}

fn carry_out(step: &Step, stand: &mut Stand<'_>, progress: &Progress) -> End {
    progress.doing(format!("{:<12} {}", step.name, step.about));
    let before = Instant::now();
    let result = (step.run)(stand);
    progress.rest();
    let seconds = before.elapsed().as_secs_f64();
    match result {
        Ok(remark) => {
            progress.say(format!(
                "{:<12} ok      {seconds:6.1} s  {remark}",
                step.name
            ));
            End::Passed
        }
        Err(error) => {
            progress.say(format!(
                "{:<12} FAILED  {seconds:6.1} s\n{error}\n",
                step.name
            ));
            End::Failed
        }
    }
}

/// The steps to run: those named and what they need, or all, without those to leave out.
fn chosen<'a>(all: &'a [Step], options: &Options) -> Vec<&'a Step> {
    let mut wanted: HashSet<&str> = options.only.iter().map(String::as_str).collect();
    if wanted.is_empty() {
        wanted.extend(all.iter().map(|step| step.name));
    }
    // Needs stand before those who need them, so one pass from the end finds all.
    for step in all.iter().rev() {
        if wanted.contains(step.name) {
            wanted.extend(step.needs);
        }
    }
    all.iter()
        .filter(|step| wanted.contains(step.name) && !options.skip.iter().any(|s| s == step.name))
        .collect()
}

/// Prints the end of it all; returns whether every step passed.
fn summarise(ended: &[(&'static str, End, Duration)], counts: Counts) -> bool {
    let total: Duration = ended.iter().map(|(_, _, took)| *took).sum();
    let slowest = ended.iter().max_by_key(|(_, _, took)| *took);
    if let Some((name, _, took)) = slowest {
        println!(
            "\n{} steps in {:.0} s; the slowest was {name} ({:.0} s)",
            ended.len(),
            total.as_secs_f64(),
            took.as_secs_f64()
        );
    }
    let failed: Vec<_> = ended
        .iter()
        .filter(|(_, end, _)| *end != End::Passed)
        .map(|(name, ..)| *name)
        .collect();
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
    }
    println!("{counts}");
    failed.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(only: &[&str], skip: &[&str], expected: &[&str]) {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let options = Options {
            only: owned(only),
            skip: owned(skip),
            long: false,
        };
        let names: Vec<_> = chosen(STEPS, &options)
            .iter()
            .map(|step| step.name)
            .collect();
        assert_eq!(names, expected, "only {only:?}, skip {skip:?}");
    }

    #[test]
    fn steps_come_with_what_they_need() {
        check(&["format"], &[], &["format"]);
        check(&["docs"], &[], &["setup", "components", "docs"]);
        check(&["docs"], &["components"], &["setup", "docs"]);
        let all: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        check(&[], &[], &all);
        check(&[], &["plugins"], &all[..all.len() - 1]);
    }

    #[test]
    fn needs_stand_before_those_who_need_them() {
        for (position, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                assert!(
                    STEPS[..position].iter().any(|s| s.name == *need),
                    "{} {need}",
                    step.name
                );
            }
        }
    }

    #[test]
    fn any_step_that_did_not_pass_fails_the_whole() {
        let counts = Counts::default();
        let second = Duration::from_secs(1);
        assert!(summarise(&[("a", End::Passed, second)], counts));
        for end in [End::Failed, End::Blocked] {
            assert!(!summarise(
                &[("a", End::Passed, second), ("b", end, second)],
                counts
            ));
        }
    }
}
