//! Flags of the reference that do nothing here, and those it removed.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::on_command_line;
use super::values::{boolean, bytes_or_default, duration};

/// What a flag's value must look like.
#[derive(Clone, Copy)]
enum Shape {
    Bool,
    Text,
    Duration,
    Bytes,
}

const KUBERNETES: &str = "it concerns Kubernetes discovery, which is not here yet";
const LEADER: &str = "leader election is not here yet";
const TLS: &str = "the TLS library's own defaults are used";
const METRICS: &str = "/metrics is served in plain text, to everyone who reaches the port";
const LOG: &str = "use --v and --zap-encoder";

/// Name, shape, why it has no effect.
const ACCEPTED: &[(&str, Shape, &str)] = &[
    ("pool-group", Shape::Text, KUBERNETES),
    ("pool-namespace", Shape::Text, KUBERNETES),
    ("endpoint-selector", Shape::Text, KUBERNETES),
    ("endpoint-target-ports", Shape::Text, KUBERNETES),
    ("kubeconfig", Shape::Text, KUBERNETES),
    ("ha-enable-leader-election", Shape::Bool, LEADER),
    (
        "emit-endpoint-scores",
        Shape::Bool,
        "scores stand in /debug/decisions",
    ),
    (
        "allow-experimental-plugins",
        Shape::Bool,
        "every plugin that is built may be used",
    ),
    (
        "grpc-max-send-msg-size",
        Shape::Bytes,
        "answers are sent in chunks of at most 62,000 bytes",
    ),
    (
        "refresh-prometheus-metrics-interval",
        Shape::Duration,
        "/metrics is computed when it is asked for",
    ),
    ("tls-cipher-suites", Shape::Text, TLS),
    (
        "health-checking",
        Shape::Bool,
        "health is always served on --grpc-health-port",
    ),
    ("enable-pprof", Shape::Bool, "there is no Go profiler"),
    ("tracing", Shape::Bool, "spans are not exported yet"),
    ("metrics-endpoint-auth", Shape::Bool, METRICS),
    ("metrics-client-ca-file", Shape::Text, METRICS),
    ("metrics-cert-dir", Shape::Text, METRICS),
    ("zap-devel", Shape::Bool, LOG),
    ("zap-log-level", Shape::Text, LOG),
    ("zap-stacktrace-level", Shape::Text, LOG),
    ("zap-time-encoding", Shape::Text, LOG),
];

/// Single metric names, which the reference refuses too.
const REMOVED: [&str; 5] = [
    "total-queued-requests-metric",
    "total-running-requests-metric",
    "kv-cache-usage-percentage-metric",
    "lora-info-metric",
    "cache-info-metric",
];

/// The command with these flags, which its help does not show.
pub(super) fn add_to(command: Command) -> Command {
    let accepted = ACCEPTED.iter().map(|(name, shape, _)| {
        let arg = hidden(name);
        match shape {
            Shape::Text => arg,
            Shape::Duration => arg.value_parser(duration),
            Shape::Bytes => arg.value_parser(bytes_or_default),
            Shape::Bool => arg
                .value_parser(boolean)
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true"),
        }
    });
    let removed = REMOVED.iter().map(|name| hidden(name));
    command.args(accepted).args(removed)
}

fn hidden(name: &'static str) -> Arg {
    Arg::new(name).long(name).hide(true).action(ArgAction::Set)
}

/// Refuses the removed ones, all at once.
pub(super) fn refuse_removed(args: &[OsString], command: &mut Command) -> Result<(), clap::Error> {
    let given: Vec<_> = REMOVED
        .into_iter()
        .filter(|name| {
            let flag = format!("--{name}");
            let is = |arg: &str| arg.split_once('=').map_or(arg, |(name, _)| name) == flag;
            args.iter().any(|arg| arg.to_str().is_some_and(is))
        })
        .map(|name| format!("--{name}"))
        .collect();
    if given.is_empty() {
        return Ok(());
    }
    Err(command.error(
        ErrorKind::UnknownArgument,
        format!(
            "{} no longer says which metric to read; name it in the parameter engineConfigs of a core-metrics-extractor in the configuration",
            given.join(" and ")
        ),
    ))
}

/// One sentence for each of these flags that was given.
pub(super) fn given(matches: &ArgMatches) -> Vec<String> {
    ACCEPTED
        .iter()
        .filter(|(name, ..)| on_command_line(matches, name))
        .map(|(name, _, why)| format!("--{name} has no effect: {why}"))
        .collect()
}
