//! The approximate prefix index: one, whichever plugin's parameters describe it.
//!
//! `approx-prefix-cache-producer` describes it in the current generation; in earlier ones
//! `prefix-cache-scorer` did so itself. The scorer's component keeps only its own settings.

use serde_json::Value;

use super::plugins::{Declared, Found};
use crate::catalog::{HostRole, Kind};
use crate::document::Reference;
use crate::fields::{Fields, Node};
use crate::problem::Problems;
use crate::resolved::{PrefixIndex, Source};

const SCORER: &str = "prefix-cache-scorer";
/// The scorer's own settings; everything else it may be given describes the index.
const SCORER_SETTINGS: [&str; 2] = ["matchLengthWeight", "matchLengthScaleTokens"];
/// Names an estimated token's length; older parameters count bytes.
const BYTES_PER_TOKEN: u64 = 4;

pub(super) fn resolve(
    declared: &mut Declared,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> PrefixIndex {
    let mut described = Vec::new();
    for plugin in &declared.hosts {
        if plugin.role == HostRole::PrefixIndex {
            let node = Node {
                value: &plugin.parameters,
                path: plugin.path.clone(),
            };
            if let Some(mut fields) = node.fields(problems) {
                described.extend(read(&plugin.name, &mut fields, problems, warnings));
                fields.finish(problems);
            }
        }
    }
    let producer = described.first().cloned();
    for index in 0..declared.components.len() {
        let plugin = &declared.components[index];
        // Only the embedded component is known to take these settings and no others.
        if plugin.source == Source::Builtin(SCORER.to_owned()) {
            described.extend(scorer(index, declared, problems, warnings));
        }
    }
    let mut described = described.into_iter();
    let chosen = described.next().or(producer).unwrap_or_default();
    for other in described {
        let same = PrefixIndex {
            from: chosen.from.clone(),
            ..other.clone()
        };
        if same != chosen {
            warnings.push(format!(
                "the prefix index of {} has no effect: there is one index, and {} describes it",
                other.from.unwrap_or_default(),
                chosen.from.as_deref().unwrap_or_default()
            ));
        }
    }
    chosen
}

/// Parts a scorer's parameters: the index's go out, its own stay.
fn scorer(
    index: usize,
    declared: &mut Declared,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> Option<PrefixIndex> {
    let plugin = &declared.components[index];
    let name = plugin.name.clone();
    let parameters = plugin.parameters.clone();
    let node = Node {
        value: &parameters,
        path: declared.paths[index].clone(),
    };
    let mut fields = node.fields(problems)?;
    let mut own = serde_json::Map::new();
    for setting in SCORER_SETTINGS {
        if let Some(node) = fields.get(setting) {
            own.insert(setting.to_owned(), node.value.clone());
        }
    }
    if let Some(node) = fields.get("prefixMatchInfoProducerName") {
        check_producer(&node, declared, problems);
    }
    let described = read(&name, &mut fields, problems, warnings);
    fields.finish(problems);
    declared.components[index].parameters = Value::Object(own);
    described
}

/// The name of a producer must be that of a declared one, or of the one the host adds.
pub(super) fn check_producer(node: &Node<'_>, declared: &Declared, problems: &mut Problems) {
    let Some(name) = node.text(problems) else {
        return;
    };
    let reference = Reference {
        name: name.to_owned(),
        path: node.path.clone(),
    };
    match declared.find(name) {
        Some(Found::Broken) => {}
        Some(Found::Host(index)) if declared.hosts[index].role == HostRole::PrefixIndex => {}
        Some(found) => {
            declared.wrong_kind(&reference, found, "a producer of prefix matches", problems);
        }
        None if name == "approx-prefix-cache-producer" => {}
        None => match crate::catalog::find(name) {
            Some(entry) if entry.kinds.contains(&Kind::Producer) => problems.add(
                &node.path,
                format!("\"{name}\", which `plugins` does not declare"),
                "a declared producer",
            ),
            _ => declared.undeclared(&reference, problems),
        },
    }
}

/// The index that these fields describe; `None` where none of them is given.
fn read(
    plugin: &str,
    fields: &mut Fields<'_>,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> Option<PrefixIndex> {
    let mut index = PrefixIndex {
        from: Some(plugin.to_owned()),
        ..PrefixIndex::default()
    };
    let auto_tune = fields
        .get("autoTune")
        .and_then(|node| node.boolean(problems));
    let tokens = whole(fields, "blockSizeTokens", problems);
    let block_size = whole(fields, "blockSize", problems);
    let hash_block_size = whole(fields, "hashBlockSize", problems);
    let bytes = hash_block_size.or(block_size);
    if let Some(tokens) = tokens.or(bytes.map(|bytes| bytes.div_ceil(BYTES_PER_TOKEN))) {
        index.block_tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
    }
    if let Some(bytes) = bytes.filter(|_| tokens.is_none()) {
        let name = if hash_block_size.is_some() {
            "hashBlockSize"
        } else {
            "blockSize"
        };
        warnings.push(format!(
            "{}.{name} is deprecated: {bytes} bytes are blockSizeTokens {}",
            fields.path, index.block_tokens
        ));
    }
    // The first generation took its block size as given.
    index.auto_tune = auto_tune.unwrap_or(hash_block_size.is_none());
    let max_tokens = whole(fields, "maxPrefixTokensToMatch", problems);
    index.max_blocks = whole(fields, "maxPrefixBlocksToMatch", problems);
    if let Some(max_tokens) = max_tokens {
        index.max_prefix_tokens = max_tokens;
    }
    if let Some(capacity) = whole(fields, "lruCapacityPerServer", problems) {
        index.lru_capacity_per_server = capacity;
    }
    let given = fields.given(&[
        "autoTune",
        "blockSizeTokens",
        "blockSize",
        "hashBlockSize",
        "maxPrefixTokensToMatch",
        "maxPrefixBlocksToMatch",
        "lruCapacityPerServer",
    ]);
    (!given.is_empty()).then_some(index)
}

fn whole(fields: &mut Fields<'_>, name: &'static str, problems: &mut Problems) -> Option<u64> {
    fields.get(name)?.whole(1, problems)
}
