//! Parameters of the plugins whose work the host does, where no other module reads them.

use super::plugins::{Declared, HostPlugin};
use crate::catalog::HostRole;
use crate::fields::Node;
use crate::problem::Problems;

pub(super) fn check(declared: &Declared, problems: &mut Problems, warnings: &mut Vec<String>) {
    for plugin in &declared.hosts {
        match plugin.role {
            HostRole::InFlight => in_flight(plugin, declared, problems, warnings),
            HostRole::Tokens => tokens(plugin, problems, warnings),
            HostRole::FlowControl => warnings.push(format!(
                "{} has no effect here: flow control is not here yet, requests are never queued",
                plugin.name
            )),
            HostRole::Parser | HostRole::EndpointEvents => no_effect(plugin, warnings),
            // Read where they are used.
            HostRole::FileDiscovery
            | HostRole::PrefixIndex
            | HostRole::MetricsSource
            | HostRole::MetricsExtractor => {}
        }
    }
}

fn no_effect(plugin: &HostPlugin, warnings: &mut Vec<String>) {
    let given = plugin.parameters.as_object().into_iter().flatten();
    for (name, _) in given {
        warnings.push(format!("{}.{name} has no effect here", plugin.path));
    }
}

fn in_flight(
    plugin: &HostPlugin,
    declared: &Declared,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) {
    let node = Node {
        value: &plugin.parameters,
        path: plugin.path.clone(),
    };
    let Some(mut fields) = node.fields(problems) else {
        return;
    };
    if let Some(node) = fields.get("prefixMatchInfoProducerName") {
        super::prefix::check_producer(&node, declared, problems);
    }
    for name in ["addEstimatedOutputTokens", "syncCrossReplicaState"] {
        if let Some(node) = fields.get(name) {
            node.boolean(problems);
        }
    }
    for name in ["outputRatio", "maxEstimatedOutputTokens"] {
        if let Some(node) = fields.get(name) {
            node.number(problems);
        }
    }
    let ignored = fields.given(&[
        "addEstimatedOutputTokens",
        "outputRatio",
        "maxEstimatedOutputTokens",
        "syncCrossReplicaState",
    ]);
    for name in ignored {
        warnings.push(format!(
            "{}.{name} has no effect here: tokens in flight are those of the prompt",
            plugin.path
        ));
    }
    fields.finish(problems);
}

fn tokens(plugin: &HostPlugin, problems: &mut Problems, warnings: &mut Vec<String>) {
    let node = Node {
        value: &plugin.parameters,
        path: plugin.path.clone(),
    };
    let Some(mut fields) = node.fields(problems) else {
        return;
    };
    fields.accept(&["estimate"]);
    for name in fields.given(&["vllm", "udsTokenizerConfig", "modelName"]) {
        warnings.push(format!(
            "{}.{name} has no effect here: tokens are estimated, 4 bytes each",
            plugin.path
        ));
    }
    fields.finish(problems);
}
