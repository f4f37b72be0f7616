//! Where numbers and endpoints come from: scrapers and discovery.
//!
//! `metrics-data-source` and `core-metrics-extractor` are another way to name the vLLM scraper: the
//! source says where to fetch, the extractor what to read, and both are settings of one component.

use serde_json::{Map, Value};

use super::plugins::{Declared, Found};
use crate::catalog::{HostRole, Kind};
use crate::document::{Document, Reference, SourceDecl};
use crate::fields::Node;
use crate::problem::Problems;
use crate::resolved::{Discovery, ScrapeTls};

const SCRAPER: &str = "vllm-scraper";
/// What of a source's parameters the component reads.
const FETCH_PARAMETERS: [&str; 4] = ["scheme", "path", "port", "interval"];

pub(super) fn resolve(
    document: &Document,
    declared: &mut Declared,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> ScrapeTls {
    let mut tls = ScrapeTls::default();
    for scraper in &document.scrapers {
        if declared.find(&scraper.name).is_none() {
            declared.undeclared(scraper, problems);
        }
    }
    let mut bound = Vec::new();
    let mut extracted = Vec::new();
    for source in &document.data_layer.sources {
        let extractors = check_source(source, declared, problems);
        extracted.extend(extractors.iter().copied());
        bound.push((source.source.name.clone(), extractors));
    }
    let free: Vec<_> = with_role(declared, HostRole::MetricsExtractor)
        .into_iter()
        .filter(|index| !extracted.contains(index))
        .collect();
    let sources = with_role(declared, HostRole::MetricsSource);
    let mut scrapers = Vec::new();
    for index in sources {
        let source = &declared.hosts[index];
        let extractors = bound
            .iter()
            .find(|(name, extractors)| *name == source.name && !extractors.is_empty())
            .map_or(&free, |(_, extractors)| extractors);
        let mut parameters = source_parameters(source, &mut tls, problems);
        extractor_parameters(extractors, declared, &mut parameters, problems);
        scrapers.push((Some(source.name.clone()), parameters));
    }
    let declared_scraper = declared
        .components
        .iter()
        .any(|plugin| plugin.type_name == SCRAPER);
    if declared_scraper && !scrapers.is_empty() {
        warnings.push(format!(
            "metrics-data-source has no effect here: {SCRAPER} is declared too, and does the same"
        ));
        scrapers.clear();
    } else if scrapers.is_empty() && !declared_scraper && document.data_layer.inject_defaults {
        let mut parameters = Map::new();
        extractor_parameters(&free, declared, &mut parameters, problems);
        scrapers.push((None, parameters));
    }
    for (source, parameters) in scrapers {
        let index = declared.inject(SCRAPER);
        let plugin = &mut declared.components[index];
        plugin.parameters = Value::Object(parameters);
        if let Some(source) = source {
            plugin.injected = false;
            plugin.name = source;
        }
    }
    tls
}

fn with_role(declared: &Declared, role: HostRole) -> Vec<usize> {
    (0..declared.hosts.len())
        .filter(|index| declared.hosts[*index].role == role)
        .collect()
}

/// The positions of the source's extractors.
fn check_source(
    source: &SourceDecl,
    declared: &mut Declared,
    problems: &mut Problems,
) -> Vec<usize> {
    let fits = |kinds: &[Kind]| kinds.contains(&Kind::Source) || kinds.contains(&Kind::Scraper);
    let reference = &source.source;
    match declared.find(&reference.name) {
        Some(Found::Component(index)) => {
            let plugin = &mut declared.components[index];
            if plugin.kinds_unknown() {
                plugin.kinds.push(Kind::Scraper);
            } else if !fits(&plugin.kinds) {
                declared.wrong_kind(
                    reference,
                    Found::Component(index),
                    "a data source",
                    problems,
                );
            }
        }
        Some(Found::Host(index)) if fits(declared.hosts[index].kinds) => {}
        Some(found) => declared.wrong_kind(reference, found, "a data source", problems),
        None => declared.undeclared(reference, problems),
    }
    let mut extractors = Vec::new();
    for reference in &source.extractors {
        match declared.find(&reference.name) {
            Some(Found::Host(index)) if declared.hosts[index].kinds.contains(&Kind::Extractor) => {
                extractors.push(index);
            }
            Some(found) => declared.wrong_kind(reference, found, "an extractor", problems),
            None => declared.undeclared(reference, problems),
        }
    }
    extractors
}

fn source_parameters(
    source: &super::plugins::HostPlugin,
    tls: &mut ScrapeTls,
    problems: &mut Problems,
) -> Map<String, Value> {
    let mut parameters = Map::new();
    let node = Node {
        value: &source.parameters,
        path: source.path.clone(),
    };
    let Some(mut fields) = node.fields(problems) else {
        return parameters;
    };
    for name in FETCH_PARAMETERS {
        let Some(node) = fields.get(name) else {
            continue;
        };
        match name {
            "port" if !matches!(node.value.as_u64(), Some(1..=65_535)) => {
                node.wrong::<()>("a port from 1 to 65535", problems);
            }
            "interval" => {
                node.duration(problems);
            }
            "scheme" if !matches!(node.value.as_str(), Some("http" | "https")) => {
                node.wrong::<()>("http or https", problems);
            }
            "path" => {
                node.text(problems);
            }
            _ => {}
        }
        parameters.insert(name.to_owned(), node.value.clone());
    }
    if let Some(node) = fields.get("insecureSkipVerify") {
        tls.insecure_skip_verify = node.boolean(problems).unwrap_or(true);
    }
    let mut file = |name| fields.text(name, problems).map(Into::into);
    tls.ca_cert_path = file("caCertPath").or(tls.ca_cert_path.take());
    tls.client_cert_path = file("clientCertPath").or(tls.client_cert_path.take());
    tls.client_key_path = file("clientKeyPath").or(tls.client_key_path.take());
    fields.finish(problems);
    parameters
}

fn extractor_parameters(
    extractors: &[usize],
    declared: &Declared,
    parameters: &mut Map<String, Value>,
    problems: &mut Problems,
) {
    let mut engines = Vec::new();
    for index in extractors {
        let extractor = &declared.hosts[*index];
        let node = Node {
            value: &extractor.parameters,
            path: extractor.path.clone(),
        };
        if let Some(mut fields) = node.fields(problems) {
            let configs = fields.list("engineConfigs", problems);
            engines.extend(configs.into_iter().map(|node| node.value.clone()));
            fields.finish(problems);
        }
    }
    if !engines.is_empty() {
        parameters.insert("engineConfigs".to_owned(), Value::Array(engines));
    }
}

/// The file that endpoints come from.
pub(super) fn discovery(
    document: &Document,
    declared: &Declared,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> Option<Discovery> {
    let mut chosen = None;
    if let Some(reference) = &document.data_layer.discovery {
        chosen = chosen_discovery(reference, declared, problems);
    }
    let mut resolved = None;
    for index in with_role(declared, HostRole::FileDiscovery) {
        let plugin = &declared.hosts[index];
        let read = read_discovery(plugin, problems);
        if chosen == Some(index) {
            resolved = read;
        } else {
            warnings.push(format!(
                "{} has no effect: dataLayer.discovery does not name it",
                plugin.name
            ));
        }
    }
    resolved
}

fn chosen_discovery(
    reference: &Reference,
    declared: &Declared,
    problems: &mut Problems,
) -> Option<usize> {
    match declared.find(&reference.name) {
        Some(Found::Host(index)) if declared.hosts[index].kinds.contains(&Kind::Discovery) => {
            return Some(index);
        }
        Some(found) => declared.wrong_kind(reference, found, "a discovery plugin", problems),
        None => declared.undeclared(reference, problems),
    }
    None
}

fn read_discovery(
    plugin: &super::plugins::HostPlugin,
    problems: &mut Problems,
) -> Option<Discovery> {
    let node = Node {
        value: &plugin.parameters,
        path: plugin.path.clone(),
    };
    let mut fields = node.fields(problems)?;
    let path = fields.required_text("path", "the path of the endpoints file", problems);
    let watch = fields
        .get("watchFile")
        .map(|node| node.boolean(problems))
        .unwrap_or(Some(false));
    fields.finish(problems);
    Some(Discovery {
        plugin: plugin.name.clone(),
        path: path?.into(),
        watch_file: watch?,
    })
}
