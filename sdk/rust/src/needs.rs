//! What a plugin reads and may do, as the contract's `needs`.

use crate::bindings::types;
use crate::{Column, Scalar};

/// Something a plugin may only do when it said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// Read the request's body.
    Body,
    /// Use the key-value store.
    State,
}

impl Capability {
    fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::State => "state",
        }
    }
}

/// The columns, scalars and capabilities of one plugin. The order in which they are named is the order
/// in which the host hands them over; a plugin reads them by name and need not care.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    columns: Vec<(Column, bool)>,
    scalars: Vec<(Scalar, bool)>,
    own_columns: Vec<String>,
    capabilities: Vec<Capability>,
}

impl Needs {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// A column without which the plugin makes no sense: if nothing produces it, the configuration is
    /// refused.
    pub fn column(mut self, column: Column) -> Self {
        self.columns.push((column, true));
        self
    }

    /// A column that is NaN where nothing produces it.
    pub fn optional_column(mut self, column: Column) -> Self {
        self.columns.push((column, false));
        self
    }

    /// A scalar without which the plugin makes no sense.
    pub fn scalar(mut self, scalar: Scalar) -> Self {
        self.scalars.push((scalar, true));
        self
    }

    /// A scalar that is NaN where nothing produces it.
    pub fn optional_scalar(mut self, scalar: Scalar) -> Self {
        self.scalars.push((scalar, false));
        self
    }

    /// A column the plugin writes with [`crate::own_columns`]; the first named has index 0.
    pub fn own_column(mut self, name: impl Into<String>) -> Self {
        self.own_columns.push(name.into());
        self
    }

    /// Asks for a capability.
    pub fn capability(mut self, capability: Capability) -> Self {
        self.capabilities.push(capability);
        self
    }

    /// The columns in the order in which they come.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().map(|(column, _)| column)
    }

    /// The scalars in the order in which they come.
    pub fn scalars(&self) -> impl Iterator<Item = &Scalar> {
        self.scalars.iter().map(|(scalar, _)| scalar)
    }

    /// Whether the plugin asked for the capability.
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    pub(crate) fn column_count(&self) -> usize {
        self.columns.len()
    }

    pub(crate) fn column_position(&self, column: &Column) -> Option<usize> {
        self.columns.iter().position(|(known, _)| known == column)
    }

    pub(crate) fn scalar_position(&self, scalar: &Scalar) -> Option<usize> {
        self.scalars.iter().position(|(known, _)| known == scalar)
    }

    /// The index of an own column.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn own_column_position(&self, name: &str) -> Option<u32> {
        let position = self.own_columns.iter().position(|known| known == name)?;
        u32::try_from(position).ok()
    }

    pub(crate) fn to_contract(&self) -> types::Needs {
        let input = |name: &str, required: bool| types::Input {
            name: name.to_owned(),
            required,
        };
        types::Needs {
            columns: self
                .columns
                .iter()
                .map(|(column, required)| input(column.name(), *required))
                .collect(),
            scalars: self
                .scalars
                .iter()
                .map(|(scalar, required)| input(scalar.name(), *required))
                .collect(),
            own_columns: self.own_columns.clone(),
            capabilities: self
                .capabilities
                .iter()
                .map(|capability| capability.name().to_owned())
                .collect(),
            extra: Vec::new(),
        }
    }
}
