//! `dataLayer`, and `data`, its earlier name.

use super::{Document, Reference};
use crate::catalog::Kind;
use crate::fields::{Fields, Node};
use crate::problem::Problems;

/// What the document says of data.
#[derive(Debug)]
pub(crate) struct DataLayer {
    pub(crate) inject_defaults: bool,
    pub(crate) sources: Vec<SourceDecl>,
    pub(crate) discovery: Option<Reference>,
}

impl Default for DataLayer {
    fn default() -> Self {
        Self {
            inject_defaults: true,
            sources: Vec::new(),
            discovery: None,
        }
    }
}

/// One source with what reads it.
#[derive(Debug)]
pub(crate) struct SourceDecl {
    pub(crate) source: Reference,
    pub(crate) extractors: Vec<Reference>,
}

pub(super) fn read(fields: &mut Fields<'_>, document: &mut Document, problems: &mut Problems) {
    let current = fields.get("dataLayer");
    let former = fields.get("data");
    if let Some(former) = &former {
        match current {
            Some(_) => problems.add("data", "data beside dataLayer", "only dataLayer"),
            None => document
                .warnings
                .push(format!("{} is deprecated: write dataLayer", former.path)),
        }
    }
    if let Some(node) = current.or(former) {
        read_layer(&node, document, problems);
    }
}

fn read_layer(node: &Node<'_>, document: &mut Document, problems: &mut Problems) {
    let Some(mut fields) = node.fields(problems) else {
        return;
    };
    let mut layer = DataLayer::default();
    if let Some(node) = fields.get("injectDefaults") {
        layer.inject_defaults = node.boolean(problems).unwrap_or(true);
    }
    for node in fields.list("sources", problems) {
        layer.sources.extend(source(&node, problems));
    }
    layer.discovery = fields
        .get("discovery")
        .and_then(|node| Reference::read(&node, problems));
    document.data_layer = layer;
    if let Some(node) = fields.get("peerDiscovery") {
        if let Some(reference) = Reference::read(&node, problems) {
            document.checked.push((reference, Kind::Discovery));
        }
        document.without_effect(&node.path, "several pickers don't share state yet");
    }
    if let Some(node) = fields.get("crossReplicaSyncerPluginRef") {
        node.text(problems);
        document.without_effect(&node.path, "several pickers don't share state yet");
    }
    if let Some(node) = fields.get("crossReplicaSyncInterval") {
        node.duration(problems);
        document.without_effect(&node.path, "several pickers don't share state yet");
    }
    fields.finish(problems);
}

fn source(node: &Node<'_>, problems: &mut Problems) -> Option<SourceDecl> {
    let mut fields = node.fields(problems)?;
    let source = Reference::field(&mut fields, "pluginRef", problems);
    let extractors = fields
        .list("extractors", problems)
        .iter()
        .filter_map(|node| Reference::read(node, problems))
        .collect();
    fields.finish(problems);
    Some(SourceDecl {
        source: source?,
        extractors,
    })
}
