//! The document as written: fields, types and paths, nothing resolved yet.

mod data_layer;
mod enabled_lists;
mod flow;
mod plugin;
mod profile;

pub(crate) use data_layer::{DataLayer, SourceDecl};
pub(crate) use plugin::{PluginDecl, manner};
pub(crate) use profile::{EntryDecl, ProfileDecl};

use serde_json::Value;

use crate::catalog::Kind;
use crate::fields::{Fields, Node, child};
use crate::problem::Problems;

const API_VERSIONS: [&str; 2] = [
    "llm-d.ai/v1alpha1",
    "inference.networking.x-k8s.io/v1alpha1",
];
const KIND: &str = "EndpointPickerConfig";

/// A plugin's name where another part of the document names it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reference {
    pub(crate) name: String,
    pub(crate) path: String,
}

impl Reference {
    /// Reads `{<field>: name}` with no other fields.
    fn read(node: &Node<'_>, problems: &mut Problems) -> Option<Self> {
        let mut fields = node.fields(problems)?;
        let reference = Self::field(&mut fields, "pluginRef", problems);
        fields.finish(problems);
        reference
    }

    fn field(fields: &mut Fields<'_>, name: &'static str, problems: &mut Problems) -> Option<Self> {
        let path = child(&fields.path, name);
        fields
            .required_text(name, "the name of a plugin", problems)
            .map(|name| Self {
                name: name.to_owned(),
                path,
            })
    }
}

/// A whole document.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// `name` or `name=bool`.
    pub(crate) gates: Vec<Reference>,
    pub(crate) plugins: Vec<PluginDecl>,
    /// `None`: not given.
    pub(crate) profiles: Option<Vec<ProfileDecl>>,
    pub(crate) data_layer: DataLayer,
    /// References whose only effect is that they must be of this kind.
    pub(crate) checked: Vec<(Reference, Kind)>,
    /// Scrapers that `profiles[].plugins.scrape` names.
    pub(crate) scrapers: Vec<Reference>,
    pub(crate) warnings: Vec<String>,
}

impl Document {
    pub(crate) fn read(tree: &Value, problems: &mut Problems) -> Option<Self> {
        let mut document = Self::default();
        let mut fields = Node::root(tree).fields(problems)?;
        one_of(&mut fields, "apiVersion", &API_VERSIONS, problems);
        one_of(&mut fields, "kind", &[KIND], problems);
        for gate in fields.list("featureGates", problems) {
            if let Some(name) = gate.text(problems) {
                document.gates.push(Reference {
                    name: name.to_owned(),
                    path: gate.path,
                });
            }
        }
        for node in fields.list("plugins", problems) {
            document.plugins.extend(PluginDecl::read(&node, problems));
        }
        if let Some(node) = fields.get("schedulingProfiles") {
            document.profiles = Some(profile::read_all(&node, problems));
        }
        enabled_lists::read(&mut fields, &mut document, problems);
        data_layer::read(&mut fields, &mut document, problems);
        flow::read(&mut fields, &mut document, problems);
        fields.finish(problems);
        Some(document)
    }

    /// Notes a setting that is read and does nothing.
    pub(crate) fn without_effect(&mut self, path: &str, why: &str) {
        self.warnings
            .push(format!("{path} has no effect here: {why}"));
    }
}

fn one_of(
    fields: &mut Fields<'_>,
    name: &'static str,
    valid: &[&'static str],
    problems: &mut Problems,
) {
    let expected = valid.join(" or ");
    let path = child(&fields.path, name);
    let found = fields.required_text(name, &expected, problems);
    if let Some(found) = found.filter(|found| !valid.contains(found)) {
        let nearest = crate::nearest(found, valid.iter().copied());
        problems.with_nearest(&path, format!("\"{found}\""), expected, nearest);
    }
}
