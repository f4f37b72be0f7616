//! What a plugin says of itself and of its wishes, in plain types.

use crate::bindings::switchyard::plugin::types;

/// Who a plugin is; see `about` in `wit/types.wit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its type name, such as `queue-scorer`.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// One sentence.
    pub summary: String,
    /// JSON Schema of its settings; empty: takes none.
    pub settings_schema: String,
    /// Further keys and their values, such as `homepage`.
    pub extra: Vec<(String, String)>,
}

/// A column or scalar that a plugin reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Whether a configuration in which nothing produces it is refused.
    pub required: bool,
}

/// What a plugin reads and may do; see `needs` in `wit/types.wit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Columns, in the order in which `inputs` hold them.
    pub columns: Vec<Input>,
    /// Scalars, in the order in which they follow.
    pub scalars: Vec<Input>,
    /// Columns it writes.
    pub own_columns: Vec<String>,
    /// Capabilities, all of them known.
    pub capabilities: Vec<String>,
}

impl Needs {
    /// Whether it declared this capability.
    pub fn has_capability(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|have| have == capability)
    }
}

/// One mistake in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A path into the settings; empty: the whole.
    pub path: String,
    /// What was found and what is allowed.
    pub message: String,
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl From<types::About> for About {
    fn from(about: types::About) -> Self {
        let extra = about.extra.into_iter();
        Self {
            name: about.name,
            version: about.version,
            summary: about.summary,
            settings_schema: about.settings_schema,
            extra: extra.map(|label| (label.key, label.value)).collect(),
        }
    }
}

fn inputs(inputs: Vec<types::Input>) -> Vec<Input> {
    let inputs = inputs.into_iter();
    inputs
        .map(|types::Input { name, required }| Input { name, required })
        .collect()
}

impl From<types::Needs> for Needs {
    fn from(needs: types::Needs) -> Self {
        Self {
            columns: inputs(needs.columns),
            scalars: inputs(needs.scalars),
            own_columns: needs.own_columns,
            capabilities: needs.capabilities,
        }
    }
}

impl From<types::Diagnostic> for Diagnostic {
    fn from(types::Diagnostic { path, message }: types::Diagnostic) -> Self {
        Self { path, message }
    }
}
