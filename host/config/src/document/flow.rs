//! `flowControl`, `requestHandler` and the deprecated `saturationDetector` and `parser`.
//!
//! Flow control is not here yet. Its settings are read all the same, so that a wrong one is found
//! before the day it counts.

use super::{Document, Reference};
use crate::catalog::Kind;
use crate::fields::{Fields, Node};
use crate::problem::Problems;

const NO_FLOW_CONTROL: &str = "flow control is not here yet, requests are never queued";

pub(super) fn read(fields: &mut Fields<'_>, document: &mut Document, problems: &mut Problems) {
    if let Some(node) = fields.get("flowControl") {
        flow_control(&node, document, problems);
        document.without_effect(&node.path, NO_FLOW_CONTROL);
    }
    if let Some(node) = fields.get("requestHandler") {
        request_handler(&node, document, problems);
    }
    if let Some(node) = fields.get("parser") {
        deprecated(&node, "requestHandler.parsers", document);
        reference(&node, Kind::Parser, document, problems);
    }
    if let Some(node) = fields.get("saturationDetector") {
        deprecated(&node, "flowControl.saturationDetector", document);
        saturation(&node, document, problems);
    }
}

fn deprecated(node: &Node<'_>, instead: &str, document: &mut Document) {
    document
        .warnings
        .push(format!("{} is deprecated: write {instead}", node.path));
}

fn reference(node: &Node<'_>, kind: Kind, document: &mut Document, problems: &mut Problems) {
    if let Some(reference) = Reference::read(node, problems) {
        document.checked.push((reference, kind));
    }
}

fn request_handler(node: &Node<'_>, document: &mut Document, problems: &mut Problems) {
    let Some(mut fields) = node.fields(problems) else {
        return;
    };
    for node in fields.list("parsers", problems) {
        reference(&node, Kind::Parser, document, problems);
    }
    fields.finish(problems);
}

fn flow_control(node: &Node<'_>, document: &mut Document, problems: &mut Problems) {
    let Some(mut fields) = node.fields(problems) else {
        return;
    };
    if let Some(node) = fields.get("maxBytes") {
        node.bytes(problems);
    }
    if let Some(node) = fields.get("maxRequests") {
        node.whole(0, problems);
    }
    for name in ["defaultRequestTTL", "noEndpointRequestTTL"] {
        if let Some(node) = fields.get(name) {
            node.duration(problems);
        }
    }
    for name in ["defaultPriorityBand", "defaultNegativePriorityBand"] {
        if let Some(node) = fields.get(name) {
            band(&node, document, problems);
        }
    }
    for node in fields.list("priorityBands", problems) {
        band(&node, document, problems);
    }
    bare_reference(
        &mut fields,
        "usageLimitPolicyPluginRef",
        Kind::UsageLimit,
        document,
        problems,
    );
    if let Some(node) = fields.get("saturationDetector") {
        reference(&node, Kind::Saturation, document, problems);
    }
    if let Some(node) = fields.get("enableEviction") {
        node.boolean(problems);
    }
    fields.finish(problems);
}

fn band(node: &Node<'_>, document: &mut Document, problems: &mut Problems) {
    let Some(mut fields) = node.fields(problems) else {
        return;
    };
    if let Some(node) = fields.get("priority")
        && node.value.as_i64().is_none()
    {
        node.wrong::<()>("a whole number", problems);
    }
    if let Some(node) = fields.get("maxBytes") {
        node.bytes(problems);
    }
    if let Some(node) = fields.get("maxRequests") {
        node.whole(0, problems);
    }
    bare_reference(
        &mut fields,
        "fairnessPolicyRef",
        Kind::Fairness,
        document,
        problems,
    );
    bare_reference(
        &mut fields,
        "orderingPolicyRef",
        Kind::Ordering,
        document,
        problems,
    );
    fields.finish(problems);
}

/// A field that holds a plugin's name itself.
fn bare_reference(
    fields: &mut Fields<'_>,
    name: &'static str,
    kind: Kind,
    document: &mut Document,
    problems: &mut Problems,
) {
    if let Some(node) = fields.get(name)
        && let Some(name) = node.text(problems)
    {
        let reference = Reference {
            name: name.to_owned(),
            path: node.path,
        };
        document.checked.push((reference, kind));
    }
}

/// `{pluginRef}`, or thresholds as the earliest form has them.
fn saturation(node: &Node<'_>, document: &mut Document, problems: &mut Problems) {
    let Some(mut fields) = node.fields(problems) else {
        return;
    };
    if fields.get("pluginRef").is_some() {
        let reference = Reference::field(&mut fields, "pluginRef", problems);
        document
            .checked
            .extend(reference.map(|reference| (reference, Kind::Saturation)));
    }
    if let Some(node) = fields.get("queueDepthThreshold") {
        node.whole(0, problems);
    }
    if let Some(node) = fields.get("kvCacheUtilThreshold") {
        node.number(problems);
    }
    if let Some(node) = fields.get("metricsStalenessThreshold") {
        node.duration(problems);
    }
    fields.finish(problems);
    document.without_effect(&node.path, NO_FLOW_CONTROL);
}
