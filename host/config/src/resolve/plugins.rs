//! The declared plugins, each looked up in the catalog.

use serde_json::Value;

use crate::catalog::{self, HostRole, Kind, State};
use crate::document::{PluginDecl, Reference};
use crate::fields::child;
use crate::problem::Problems;
use crate::resolved::{Plugin, Source};

/// A declared plugin whose work the host does.
pub(crate) struct HostPlugin {
    pub(crate) name: String,
    pub(crate) role: HostRole,
    pub(crate) kinds: &'static [Kind],
    pub(crate) parameters: Value,
    /// Of its parameters.
    pub(crate) path: String,
}

/// What a name refers to.
#[derive(Clone, Copy)]
pub(crate) enum Found {
    /// Position in [`Declared::components`].
    Component(usize),
    /// Position in [`Declared::hosts`].
    Host(usize),
    /// Declared with a mistake that is reported already.
    Broken,
}

/// Every declared plugin.
#[derive(Default)]
pub(crate) struct Declared {
    pub(crate) components: Vec<Plugin>,
    /// Where the parameters of each of `components` stand.
    pub(crate) paths: Vec<String>,
    pub(crate) hosts: Vec<HostPlugin>,
    broken: Vec<String>,
}

impl Declared {
    pub(crate) fn read(
        plugins: &[PluginDecl],
        problems: &mut Problems,
        warnings: &mut Vec<String>,
    ) -> Self {
        let mut declared = Self::default();
        for plugin in plugins {
            if declared.find(&plugin.name).is_some() {
                problems.add(
                    &child(&plugin.path, "name"),
                    format!("\"{}\", the name of an earlier plugin", plugin.name),
                    "a name that is not taken (without one, the type is the name)",
                );
                continue;
            }
            declared.add(plugin, problems, warnings);
        }
        declared
    }

    fn add(&mut self, decl: &PluginDecl, problems: &mut Problems, warnings: &mut Vec<String>) {
        let entry = catalog::find(&decl.type_name);
        if let Some(instead) = entry.and_then(|entry| entry.replaced_by) {
            warnings.push(format!(
                "{}: {} is deprecated: {instead} takes its place",
                decl.path, decl.type_name
            ));
        }
        let state = entry.map(|entry| entry.state);
        let source = match (&decl.component, state) {
            (_, Some(State::Host(role))) => {
                return self.add_host(decl, role, entry.map_or(&[], |entry| entry.kinds), problems);
            }
            (Some(component), _) => component.clone(),
            (None, Some(State::Builtin(stem))) => Source::Builtin(stem.to_owned()),
            (None, known) => {
                if decl.component_wrong {
                    self.broken.push(decl.name.clone());
                    return;
                }
                not_here(decl, known.is_some(), problems);
                self.broken.push(decl.name.clone());
                return;
            }
        };
        self.paths.push(child(&decl.path, "parameters"));
        self.components.push(Plugin {
            name: decl.name.clone(),
            type_name: entry
                .map_or(&*decl.type_name, |entry| entry.name)
                .to_owned(),
            kinds: entry.map_or_else(|| decl.used_as.clone(), |entry| entry.kinds.to_vec()),
            source,
            parameters: decl.parameters.clone(),
            limits: decl.limits.clone(),
            on_fault: decl.on_fault,
            mode: decl.mode,
            injected: false,
        });
    }

    fn add_host(
        &mut self,
        decl: &PluginDecl,
        role: HostRole,
        kinds: &'static [Kind],
        problems: &mut Problems,
    ) {
        if decl.component.is_some() {
            problems.add(
                &child(&decl.path, "component"),
                format!("a component for {}", decl.type_name),
                "no component: the host does this itself; give your own plugin a type of its own",
            );
        }
        self.hosts.push(HostPlugin {
            name: decl.name.clone(),
            role,
            kinds,
            parameters: decl.parameters.clone(),
            path: child(&decl.path, "parameters"),
        });
    }

    /// Adds an embedded component that the document does not declare, and returns its position.
    pub(crate) fn inject(&mut self, type_name: &str) -> usize {
        let kinds = catalog::find(type_name).map_or(&[][..], |entry| entry.kinds);
        let mut name = type_name.to_owned();
        while self.find(&name).is_some() {
            name.push_str("-default");
        }
        self.paths.push(String::new());
        self.components.push(Plugin {
            name,
            type_name: type_name.to_owned(),
            kinds: kinds.to_vec(),
            source: Source::Builtin(type_name.to_owned()),
            parameters: Value::Object(serde_json::Map::new()),
            limits: crate::Limits::default(),
            on_fault: None,
            mode: crate::Mode::Active,
            injected: true,
        });
        self.components.len() - 1
    }

    pub(crate) fn find(&self, name: &str) -> Option<Found> {
        let component = self
            .components
            .iter()
            .position(|plugin| plugin.name == name);
        let host = || self.hosts.iter().position(|plugin| plugin.name == name);
        component
            .map(Found::Component)
            .or_else(|| host().map(Found::Host))
            .or_else(|| {
                self.broken
                    .iter()
                    .any(|broken| broken == name)
                    .then_some(Found::Broken)
            })
    }

    /// Reports a reference to a plugin that is not declared.
    pub(crate) fn undeclared(&self, reference: &Reference, problems: &mut Problems) {
        let components = self.components.iter().filter(|plugin| !plugin.injected);
        let names = components
            .map(|plugin| &*plugin.name)
            .chain(self.hosts.iter().map(|plugin| &*plugin.name))
            .chain(self.broken.iter().map(|name| &**name));
        problems.not_one_of(
            &reference.path,
            format!("\"{}\", which `plugins` does not declare", reference.name),
            &reference.name,
            "one of the declared plugins",
            names,
        );
    }

    /// Reports a reference to a plugin of another kind.
    pub(crate) fn wrong_kind(
        &self,
        reference: &Reference,
        found: Found,
        expected: &str,
        problems: &mut Problems,
    ) {
        let kinds = match found {
            Found::Component(index) => &self.components[index].kinds[..],
            Found::Host(index) => self.hosts[index].kinds,
            Found::Broken => return,
        };
        problems.add(
            &reference.path,
            format!("\"{}\", {}", reference.name, Kind::listed(kinds)),
            expected,
        );
    }
}

fn not_here(decl: &PluginDecl, known: bool, problems: &mut Problems) {
    let path = child(&decl.path, "type");
    let found = format!("\"{}\"", decl.type_name);
    if known {
        problems.add(
            &path,
            format!("{found}, which is known, not here yet"),
            "a type that is built, or a `component` of your own for this one",
        );
    } else {
        problems.with_nearest(
            &path,
            format!("{found}, an unknown plugin type"),
            "a known type, or a `component` that brings this one",
            catalog::nearest_name(&decl.type_name),
        );
    }
}
