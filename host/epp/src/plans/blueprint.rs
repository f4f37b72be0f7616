//! What a plan is made of: enough to make it again.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use switchyard_config::{ConfigError, Plugin, ProfileEntry, Resolved, Source};
use switchyard_engine::digest_of;

use crate::registries::Pulled;
use crate::stamp::Stamp;

/// A configuration, what was loaded over it, and the components its files held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Blueprint {
    /// What messages call the document.
    pub file: String,
    /// The document.
    pub text: String,
    /// Plugins that were loaded into the running picker, in that order.
    pub loads: Vec<Load>,
    /// Digests of the components that the document names by file.
    pub files: BTreeMap<PathBuf, String>,
    /// The components that it names by a reference into a registry: what one with a digest names never changes.
    #[serde(default)]
    pub registry: BTreeMap<String, Pulled>,
}

/// A plugin that was loaded into the running picker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Load {
    /// Its name in the plan.
    pub name: String,
    /// The component.
    pub digest: String,
    /// The profile it works in; `None`: every one.
    pub profile: Option<String>,
    /// What a scorer's answers are multiplied by.
    pub weight: f64,
    /// How it runs: an object with the fields `limits`, `onFault`, `mode` and `shadowSample` of an entry of `plugins`, as
    /// far as they were given.
    #[serde(default = "as_usual")]
    pub manner: Value,
    /// Its settings, a JSON object.
    pub parameters: Value,
    /// Who loaded it.
    pub by: String,
    /// When, Unix ms.
    pub at_ms: u64,
}

fn as_usual() -> Value {
    Value::Object(serde_json::Map::new())
}

/// Why a load does not fit its configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// How it shall run.
    #[error(transparent)]
    Manner(#[from] ConfigError),
    /// No such profile.
    #[error("there is no profile `{found}` for `{load}`: the configuration has {}", known.join(", "))]
    NoProfile {
        /// The plugin's name.
        load: String,
        /// What was asked for.
        found: String,
        /// What there is.
        known: Vec<String>,
    },
}

impl Blueprint {
    /// A document alone.
    pub fn new(file: String, text: String) -> Self {
        Self {
            file,
            text,
            loads: Vec::new(),
            files: BTreeMap::new(),
            registry: BTreeMap::new(),
        }
    }

    /// The same with these loads over it, but for those of a name that the document uses: it supersedes them. The
    /// second value names those.
    ///
    /// # Errors
    /// As [`Blueprint::resolve`].
    pub fn with_loads(mut self, loads: &[Load]) -> Result<(Self, Vec<String>), BlueprintError> {
        self.loads = loads.to_vec();
        let superseded = self.resolve()?.1;
        self.loads.retain(|load| !superseded.contains(&load.name));
        Ok((self, superseded))
    }

    /// What the document says, with the loads in it. A load of a name that the document uses is left out:
    /// the document counts. The second value names those.
    ///
    /// # Errors
    /// The document's mistakes, or a load that does not fit it.
    pub fn resolve(&self) -> Result<(Resolved, Vec<String>), BlueprintError> {
        let mut resolved = switchyard_config::read(&self.file, &self.text)?;
        let mut superseded = Vec::new();
        for load in &self.loads {
            if resolved
                .plugins
                .iter()
                .any(|plugin| plugin.name == load.name)
            {
                superseded.push(load.name.clone());
            } else {
                load.put_into(&mut resolved)?;
            }
        }
        Ok((resolved, superseded))
    }

    /// One word for all of it; what came from registries stands in the document by its digest.
    pub fn digest(&self) -> String {
        let loads = serde_json::to_string(&self.loads).unwrap_or_default();
        let files = format!("{:?}", self.files);
        digest_of([self.text.as_str(), &loads, &files].join("\0").as_bytes())
    }

    /// The components' files that the document names, as they are now.
    pub fn component_files(&self) -> BTreeMap<PathBuf, Stamp> {
        let plugins = self.resolve().map(|(resolved, _)| resolved.plugins);
        let sources = plugins.unwrap_or_default().into_iter();
        let files = sources.filter_map(|plugin| match plugin.source {
            Source::File(path) => Some(path),
            _ => None,
        });
        files
            .map(|path| {
                let stamp = Stamp::of(&path);
                (path, stamp)
            })
            .collect()
    }

    /// Whether it needs this component.
    pub fn needs(&self, digest: &str) -> bool {
        self.loads.iter().any(|load| load.digest == digest)
            || self.files.values().any(|known| known == digest)
            || self.registry.values().any(|pulled| pulled.digest == digest)
    }
}

/// Why a blueprint makes no plan.
#[derive(Debug, thiserror::Error)]
pub enum BlueprintError {
    /// The document.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A load.
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl Load {
    /// Adds the plugin, first in its profiles, so that a picker among its stages goes before the
    /// configured one; of filters and scorers the order among others changes nothing that counts.
    fn put_into(&self, resolved: &mut Resolved) -> Result<(), LoadError> {
        let known = || resolved.profiles.iter().map(|profile| profile.name.clone());
        if let Some(found) = &self.profile
            && !known().any(|name| name == *found)
        {
            return Err(LoadError::NoProfile {
                load: self.name.clone(),
                found: found.clone(),
                known: known().collect(),
            });
        }
        let manner = switchyard_config::manner(&format!("loading {}", self.name), &self.manner)?;
        let plugin = resolved.plugins.len();
        resolved.plugins.push(Plugin {
            name: self.name.clone(),
            type_name: self.name.clone(),
            kinds: Vec::new(),
            source: Source::Loaded(self.digest.clone()),
            parameters: self.parameters.clone(),
            limits: manner.limits,
            on_fault: manner.on_fault,
            mode: manner.mode,
            injected: false,
        });
        let wanted = |name: &str| self.profile.as_deref().is_none_or(|wanted| wanted == name);
        for profile in &mut resolved.profiles {
            if wanted(&profile.name) {
                let weight = self.weight;
                profile.entries.insert(0, ProfileEntry { plugin, weight });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use expect_test::expect;
    use serde_json::json;
    use switchyard_config::{Mode, OnFault};

    use super::*;

    const TEXT: &str = "
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- {type: queue-scorer}
- {type: decode-filter}
- {type: disagg-profile-handler}
schedulingProfiles:
- {name: decode, plugins: [{pluginRef: decode-filter}]}
- {name: prefill, plugins: [{pluginRef: queue-scorer}]}
";

    fn blueprint(name: &str, profile: Option<&str>) -> Blueprint {
        Blueprint {
            file: "test".into(),
            text: TEXT.into(),
            loads: vec![Load {
                name: name.into(),
                digest: "d".into(),
                profile: profile.map(Into::into),
                weight: 2.0,
                manner: json!({}),
                parameters: Value::Null,
                by: "me".into(),
                at_ms: 1,
            }],
            files: BTreeMap::new(),
            registry: BTreeMap::new(),
        }
    }

    #[test]
    fn a_load_works_where_it_was_told_to() {
        for (profile, expected) in [(None, [true, true]), (Some("prefill"), [false, true])] {
            let (resolved, superseded) = blueprint("mine", profile).resolve().unwrap();
            assert!(superseded.is_empty());
            let mine = resolved.plugins.len() - 1;
            assert_eq!(resolved.plugins[mine].source, Source::Loaded("d".into()));
            let found = resolved.profiles.iter().map(|profile| {
                let mut entries = profile.entries.iter();
                entries.any(|entry| entry.plugin == mine && entry.weight == 2.0)
            });
            assert_eq!(found.collect::<Vec<_>>(), expected, "{profile:?}");
        }
    }

    #[test]
    fn the_document_goes_before_a_load_of_the_same_name() {
        let (resolved, superseded) = blueprint("queue-scorer", None).resolve().unwrap();
        assert_eq!(superseded, ["queue-scorer"]);
        let loaded = |plugin: &Plugin| matches!(plugin.source, Source::Loaded(_));
        assert!(!resolved.plugins.iter().any(loaded));
    }

    #[test]
    fn a_load_runs_as_it_was_told_to() {
        let mut blueprint = blueprint("mine", None);
        blueprint.loads[0].manner = json!({
            "limits": {"call": "20ms", "memory": "64Mi"},
            "onFault": "fail",
            "mode": "shadow",
            "shadowSample": 0.1,
        });
        let (resolved, _) = blueprint.resolve().unwrap();
        let mine = resolved.plugins.last().unwrap();
        assert_eq!(mine.limits.call, Some(Duration::from_millis(20)));
        assert_eq!(mine.limits.memory_bytes, Some(64 << 20));
        assert_eq!(mine.on_fault, Some(OnFault::Fail));
        assert_eq!(mine.mode, Mode::Shadow { per_mille: 100 });

        blueprint.loads[0].manner = json!({"limits": {"cal": "20"}, "onFault": "ignore"});
        let error = blueprint.resolve().unwrap_err();
        expect![[r#"
            loading mine: limits.cal: found an unknown field; expected one of: call, hook, parse, endpointsChanged, start, memory, hostCallBytes, logBytes; did you mean `call`?
            loading mine: onFault: found "ignore"; expected one of: skip, pass, fail"#]].assert_eq(&error.to_string());
    }

    #[test]
    fn an_unknown_profile_is_named_with_those_there_are() {
        let error = blueprint("mine", Some("perfill")).resolve().unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no profile `perfill` for `mine`: the configuration has decode, prefill"
        );
    }
}
