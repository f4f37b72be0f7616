//! Spellings that Go's flag packages take and clap does not.
//!
//! `-config-file x` is `--config-file x`, `-v4` is `--v=4`, `--grpcPort` is `--grpc-port`, and the
//! argument after a flag is its value whatever it looks like.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::Command;

/// The command line in the spelling that `command` reads.
pub(super) fn normalise(
    args: impl IntoIterator<Item = OsString>,
    command: &Command,
) -> Vec<OsString> {
    // Each flag's name, and whether it takes the next argument.
    let flags: BTreeMap<&str, bool> = command
        .get_arguments()
        .filter_map(|arg| Some((arg.get_long()?, !arg.is_require_equals_set())))
        .collect();
    let mut args = args.into_iter();
    let mut normal: Vec<OsString> = args.next().into_iter().collect();
    while let Some(arg) = args.next() {
        if arg == "--" {
            normal.push(arg);
            normal.extend(args);
            break;
        }
        let Some((name, value)) = arg.to_str().and_then(|text| split(text, &flags)) else {
            normal.push(arg);
            continue;
        };
        let takes_next = flags.get(&*name).copied().unwrap_or(false);
        let mut flag = OsString::from(format!("--{name}"));
        let value = match value {
            Some(value) => Some(OsString::from(value)),
            None if takes_next => args.next(),
            None => None,
        };
        if takes_next && value.as_ref().is_some_and(|value| value.is_empty()) {
            // The default, as templates spell it.
            continue;
        }
        if let Some(value) = value {
            flag.push("=");
            flag.push(value);
        }
        normal.push(flag);
    }
    normal
}

/// The name of a known flag and the value after `=`.
fn split<'a>(arg: &'a str, flags: &BTreeMap<&str, bool>) -> Option<(String, Option<&'a str>)> {
    let (name, single_dash) = match arg.strip_prefix("--") {
        Some(name) => (name, false),
        None => (arg.strip_prefix('-')?, true),
    };
    if single_dash
        && let Some(level) = name.strip_prefix('v')
        && !level.is_empty()
        && level.bytes().all(|b| b.is_ascii_digit())
    {
        return Some(("v".to_owned(), Some(level)));
    }
    let (name, value) = match name.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (name, None),
    };
    let name = kebab(name);
    flags.contains_key(&*name).then_some((name, value))
}

/// `grpcHealthPort` and `grpc_health_port` as `grpc-health-port`.
fn kebab(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        match c {
            '_' => kebab.push('-'),
            c if c.is_ascii_uppercase() => {
                kebab.push('-');
                kebab.push(c.to_ascii_lowercase());
            }
            c => kebab.push(c),
        }
    }
    kebab
}
