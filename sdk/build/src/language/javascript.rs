//! Plugins in JavaScript and TypeScript.

use super::{MakeError, Toolchain};
use crate::sources::Sources;
use crate::tools::{Finding, Lack};

/// The command that runs a plugin's own unit tests.
pub(super) const TEST: &str = "npm test";

/// Where the tools are.
#[derive(Debug, Clone, Default)]
pub(super) struct JavaScript;

impl Toolchain for JavaScript {
    fn findings(&self) -> Vec<Finding> {
        let tool = "node";
        vec![Finding {
            tool,
            found: Err(Lack {
                tool,
                found: "not built yet".to_owned(),
                expected: "a builder".to_owned(),
                install: "false".to_owned(),
            }),
        }]
    }

    fn component(&self, sources: &Sources) -> Result<Vec<u8>, MakeError> {
        Err(MakeError::NoModule {
            folder: sources.folder.clone(),
            hint: "not built yet",
        })
    }
}

/// The same for TypeScript.
pub(super) const TEST_TYPED: &str = "npm test";

impl JavaScript {
    /// For plugins in JavaScript.
    pub(super) fn plain() -> Self {
        Self
    }

    /// For plugins in TypeScript.
    pub(super) fn typed() -> Self {
        Self
    }
}
