//! One entry of `plugins`: upstream's three fields, and ours.

use serde_json::{Map, Value};

use crate::catalog::Kind;
use crate::fields::{Fields, Node, shown};
use crate::problem::Problems;
use crate::resolved::{Limits, Manner, Mode, OnFault, Source};

/// A declared plugin.
#[derive(Debug, Clone)]
pub(crate) struct PluginDecl {
    pub(crate) name: String,
    pub(crate) type_name: String,
    /// A JSON object.
    pub(crate) parameters: Value,
    pub(crate) component: Option<Source>,
    /// A component is given, and wrong: reported already.
    pub(crate) component_wrong: bool,
    pub(crate) limits: Limits,
    pub(crate) on_fault: Option<OnFault>,
    pub(crate) mode: Mode,
    /// What the place it is named at says it is for; used where the catalog does not know.
    pub(crate) used_as: Vec<Kind>,
    /// Of the whole entry.
    pub(crate) path: String,
}

impl PluginDecl {
    /// A plugin of this type with nothing else said.
    pub(crate) fn plain(type_name: &str, path: &str) -> Self {
        Self {
            name: type_name.to_owned(),
            type_name: type_name.to_owned(),
            parameters: Value::Object(Map::new()),
            component: None,
            component_wrong: false,
            limits: Limits::default(),
            on_fault: None,
            mode: Mode::Active,
            used_as: Vec::new(),
            path: path.to_owned(),
        }
    }

    /// `None` where no type is given; the mistake is then among the problems.
    pub(crate) fn read(node: &Node<'_>, problems: &mut Problems) -> Option<Self> {
        let mut fields = node.fields(problems)?;
        let type_name = fields.required_text("type", "a plugin type", problems);
        let mut decl = Self::plain(type_name.unwrap_or_default(), &node.path);
        if let Some(name) = fields.text("name", problems) {
            name.clone_into(&mut decl.name);
        }
        if let Some(parameters) = fields.get("parameters") {
            decl.parameters = parameters_of(&parameters, problems);
        }
        decl.read_ours(&mut fields, problems);
        fields.finish(problems);
        type_name.map(|_| decl)
    }

    /// The fields that Switchyard adds.
    pub(crate) fn read_ours(&mut self, fields: &mut Fields<'_>, problems: &mut Problems) {
        if let Some(node) = fields.get("component") {
            self.component = component(&node, problems);
            self.component_wrong = self.component.is_none();
        }
        self.read_manner(fields, problems);
    }

    fn read_manner(&mut self, fields: &mut Fields<'_>, problems: &mut Problems) {
        if let Some(node) = fields.get("limits") {
            self.limits = limits(&node, problems).unwrap_or_default();
        }
        let on_fault = [
            ("skip", OnFault::Skip),
            ("pass", OnFault::Pass),
            ("fail", OnFault::Fail),
        ];
        if let Some(node) = fields.get("onFault") {
            self.on_fault = word(&node, &on_fault, problems);
        }
        let per_mille = fields
            .get("shadowSample")
            .map_or(1000, |node| per_mille(&node, problems));
        let modes = [
            ("active", Mode::Active),
            ("shadow", Mode::Shadow { per_mille }),
        ];
        if let Some(node) = fields.get("mode") {
            self.mode = word(&node, &modes, problems).unwrap_or(Mode::Active);
        }
    }
}

/// The fields of an entry that say how it runs, and nothing else.
pub(crate) fn manner(node: &Node<'_>, problems: &mut Problems) -> Option<Manner> {
    let mut fields = node.fields(problems)?;
    let mut decl = PluginDecl::plain("", &node.path);
    decl.read_manner(&mut fields, problems);
    fields.finish(problems);
    Some(Manner {
        limits: decl.limits,
        on_fault: decl.on_fault,
        mode: decl.mode,
    })
}

/// A share, as thousandths.
fn per_mille(node: &Node<'_>, problems: &mut Problems) -> u16 {
    match node.number(problems) {
        Some(share) if share > 0.0 && share <= 1.0 => (share * 1000.0).ceil() as u16,
        Some(_) => {
            problems.add(&node.path, shown(node.value), "a share above 0, at most 1");
            1000
        }
        None => 1000,
    }
}

/// Parameters must be a mapping; the plugin itself checks what is in it.
pub(crate) fn parameters_of(node: &Node<'_>, problems: &mut Problems) -> Value {
    match node.value {
        Value::Object(_) => node.value.clone(),
        _ => {
            problems.add(&node.path, shown(node.value), "a mapping of parameters");
            Value::Object(Map::new())
        }
    }
}

fn word<T: Copy>(node: &Node<'_>, words: &[(&str, T)], problems: &mut Problems) -> Option<T> {
    let found = node.text(problems)?;
    let value = words.iter().find(|(word, _)| *word == found);
    if value.is_none() {
        let valid = words.iter().map(|(word, _)| *word);
        problems.not_one_of(&node.path, format!("\"{found}\""), found, "one of", valid);
    }
    value.map(|(_, value)| *value)
}

fn component(node: &Node<'_>, problems: &mut Problems) -> Option<Source> {
    let mut fields = node.fields(problems)?;
    let file = fields
        .text("file", problems)
        .map(|path| Source::File(path.into()));
    let oci = fields.get("oci").and_then(|node| oci(&node, problems));
    let config_map = fields
        .get("configMap")
        .and_then(|node| config_map(&node, problems));
    let given = fields.given(&["file", "oci", "configMap"]);
    fields.finish(problems);
    if given.len() != 1 {
        let found = match given.as_slice() {
            [] => "none of them".to_owned(),
            several => several.join(" and "),
        };
        problems.add(&node.path, found, "exactly one of file, oci, configMap");
        return None;
    }
    file.or(oci).or(config_map)
}

/// A tag can move; only a digest says which component runs.
fn oci(node: &Node<'_>, problems: &mut Problems) -> Option<Source> {
    let reference = node.text(problems)?;
    let digest = reference.split_once("@sha256:").map(|(_, digest)| digest);
    let digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let hex = |digest: &str| digest.len() == 64 && digest.bytes().all(digit);
    if !digest.is_some_and(hex) {
        return node.wrong(
            "an OCI reference with its digest, such as registry.example/team/scorer@sha256:<64 hex digits>",
            problems,
        );
    }
    Some(Source::Oci(reference.to_owned()))
}

fn config_map(node: &Node<'_>, problems: &mut Problems) -> Option<Source> {
    let mut fields = node.fields(problems)?;
    let name = fields.required_text("name", "the name of a ConfigMap", problems);
    let key = fields.required_text("key", "a key of its binaryData", problems);
    let namespace = fields.text("namespace", problems).map(str::to_owned);
    fields.finish(problems);
    Some(Source::ConfigMap {
        name: name?.to_owned(),
        namespace,
        key: key?.to_owned(),
    })
}

fn limits(node: &Node<'_>, problems: &mut Problems) -> Option<Limits> {
    let mut fields = node.fields(problems)?;
    let mut time = |name| {
        let node: Node<'_> = fields.get(name)?;
        let duration = node.duration(problems)?;
        if duration.is_zero() {
            return node.wrong("a duration above 0", problems);
        }
        Some(duration)
    };
    let mut limits = Limits {
        call: time("call"),
        hook: time("hook"),
        parse: time("parse"),
        endpoints_changed: time("endpointsChanged"),
        start: time("start"),
        ..Limits::default()
    };
    let mut size = |name| fields.get(name)?.bytes(problems);
    limits.memory_bytes = size("memory");
    limits.host_call_bytes = size("hostCallBytes");
    limits.log_bytes = size("logBytes");
    fields.finish(problems);
    Some(limits)
}
