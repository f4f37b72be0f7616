//! A resolved configuration as `--check` prints it.

use std::fmt::{self, Write as _};

use crate::catalog::Kind;
use crate::duration;
use crate::resolved::{
    Limits, Mode, OnFault, Plugin, PrefixIndex, Profile, Resolved, ScrapeTls, Source,
};

pub(crate) fn of(resolved: &Resolved) -> String {
    Summary(resolved).to_string()
}

struct Summary<'r>(&'r Resolved);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resolved = self.0;
        writeln!(f, "configuration: {}", resolved.file)?;
        let handler = resolved.handler.map(|index| &resolved.plugins[index]);
        writeln!(f, "profile handler: {}", named(handler))?;
        for profile in &resolved.profiles {
            write_profile(f, resolved, profile)?;
        }
        for (title, indexes) in [
            ("deciders", &resolved.deciders),
            ("hooks", &resolved.hooks),
            ("scrapers", &resolved.scrapers),
        ] {
            if !indexes.is_empty() {
                let names = indexes.iter().map(|index| &*resolved.plugins[*index].name);
                writeln!(f, "{title}: {}", list(names))?;
            }
        }
        if resolved.scrape_tls != ScrapeTls::default() {
            write_tls(f, &resolved.scrape_tls)?;
        }
        write_prefix(f, &resolved.prefix)?;
        match &resolved.discovery {
            Some(discovery) => writeln!(
                f,
                "discovery: {} ({}, {})",
                discovery.plugin,
                discovery.path.display(),
                if discovery.watch_file {
                    "watched"
                } else {
                    "read once"
                }
            )?,
            None => writeln!(f, "discovery: not in this document")?,
        }
        let gates = resolved.feature_gates.iter();
        let gates: Vec<_> = gates.map(|(name, on)| format!("{name}={on}")).collect();
        writeln!(f, "feature gates: {}", gates.join(", "))?;
        writeln!(f, "plugins:")?;
        for plugin in &resolved.plugins {
            write_plugin(f, plugin)?;
        }
        if !resolved.warnings.is_empty() {
            writeln!(f, "warnings:")?;
        }
        for warning in &resolved.warnings {
            writeln!(f, "  {warning}")?;
        }
        Ok(())
    }
}

fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn named(plugin: Option<&Plugin>) -> String {
    match plugin {
        Some(plugin) if plugin.injected => format!("{} (added)", plugin.name),
        Some(plugin) => plugin.name.clone(),
        None => "to be found among the components".to_owned(),
    }
}

fn write_profile(
    f: &mut fmt::Formatter<'_>,
    resolved: &Resolved,
    profile: &Profile,
) -> fmt::Result {
    writeln!(f, "profile {}:", profile.name)?;
    let filters = resolved.of_kind(profile, Kind::Filter);
    writeln!(
        f,
        "  filters: {}",
        list(filters.map(|(plugin, _)| &*plugin.name))
    )?;
    let scorers: Vec<_> = resolved
        .of_kind(profile, Kind::Scorer)
        .map(|(plugin, entry)| format!("{} x{}", plugin.name, entry.weight))
        .collect();
    writeln!(f, "  scorers: {}", list(scorers.iter().map(String::as_str)))?;
    let unknown: Vec<_> = profile
        .entries
        .iter()
        .map(|entry| (&resolved.plugins[entry.plugin], entry.weight))
        .filter(|(plugin, _)| plugin.kinds_unknown())
        .map(|(plugin, weight)| format!("{} x{weight}", plugin.name))
        .collect();
    if !unknown.is_empty() {
        writeln!(f, "  by what they export: {}", unknown.join(", "))?;
    }
    writeln!(f, "  picker: {}", named(resolved.picker(profile)))
}

fn write_tls(f: &mut fmt::Formatter<'_>, tls: &ScrapeTls) -> fmt::Result {
    write!(
        f,
        "scraping over TLS: certificates {}",
        if tls.insecure_skip_verify {
            "not verified"
        } else {
            "verified"
        }
    )?;
    for (what, path) in [
        ("authorities", &tls.ca_cert_path),
        ("certificate", &tls.client_cert_path),
        ("key", &tls.client_key_path),
    ] {
        if let Some(path) = path {
            write!(f, ", {what} {}", path.display())?;
        }
    }
    writeln!(f)
}

fn write_prefix(f: &mut fmt::Formatter<'_>, prefix: &PrefixIndex) -> fmt::Result {
    write!(f, "prefix index: ")?;
    if prefix.auto_tune {
        write!(
            f,
            "blocks as the servers report them ({} tokens at least)",
            PrefixIndex::AUTO_TUNE_FLOOR_TOKENS
        )?;
    } else {
        write!(f, "blocks of {} tokens", prefix.block_tokens)?;
    }
    write!(f, ", prompts up to {} tokens", prefix.max_prefix_tokens)?;
    if let Some(blocks) = prefix.max_blocks {
        write!(f, " or {blocks} blocks")?;
    }
    write!(f, ", {} blocks a server", prefix.lru_capacity_per_server)?;
    match &prefix.from {
        Some(plugin) => writeln!(f, " (from {plugin})"),
        None => writeln!(f, " (defaults)"),
    }
}

fn write_plugin(f: &mut fmt::Formatter<'_>, plugin: &Plugin) -> fmt::Result {
    write!(f, "  {}: ", plugin.name)?;
    if plugin.name != plugin.type_name {
        write!(f, "{}, ", plugin.type_name)?;
    }
    match &plugin.source {
        Source::Builtin(stem) => write!(f, "built-in {stem}")?,
        Source::File(path) => write!(f, "file {}", path.display())?,
        Source::Loaded(digest) => write!(f, "loaded, sha256 {digest}")?,
        Source::Oci(reference) => write!(f, "{reference}")?,
        Source::ConfigMap {
            name,
            namespace,
            key,
        } => {
            let namespace = namespace.as_deref().unwrap_or("the picker's namespace");
            write!(f, "ConfigMap {name} in {namespace}, key {key}")?;
        }
    }
    match plugin.mode {
        Mode::Active => {}
        Mode::Shadow { per_mille: 1000 } => write!(f, ", shadow")?,
        Mode::Shadow { per_mille } => {
            write!(f, ", shadow on {} %", f64::from(per_mille) / 10.0)?;
        }
    }
    match plugin.on_fault {
        Some(OnFault::Skip) => write!(f, ", onFault skip")?,
        Some(OnFault::Pass) => write!(f, ", onFault pass")?,
        Some(OnFault::Fail) => write!(f, ", onFault fail")?,
        None => {}
    }
    let limits = limits(&plugin.limits);
    if !limits.is_empty() {
        write!(f, ", limits {limits}")?;
    }
    writeln!(f, ", {}", plugin.parameters)
}

fn limits(limits: &Limits) -> String {
    let mut text = String::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let comma = if text.is_empty() { "" } else { " " };
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}{name}={value}");
        }
    };
    add("call", limits.call.map(duration::format));
    add("hook", limits.hook.map(duration::format));
    add("parse", limits.parse.map(duration::format));
    let endpoints_changed = limits.endpoints_changed.map(duration::format);
    add("endpointsChanged", endpoints_changed);
    add("start", limits.start.map(duration::format));
    add("memory", limits.memory_bytes.map(|b| b.to_string()));
    let host_call_bytes = limits.host_call_bytes.map(|b| b.to_string());
    add("hostCallBytes", host_call_bytes);
    add("logBytes", limits.log_bytes.map(|b| b.to_string()));
    text
}
