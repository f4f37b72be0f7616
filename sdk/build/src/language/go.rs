//! Plugins in Go.

use super::{MakeError, Toolchain};
use crate::sources::Sources;
use crate::tools::{Finding, Lack};

/// The command that runs a plugin's own unit tests.
pub(super) const TEST: &str = "go test ./...";

/// Where the tools are.
#[derive(Debug, Clone, Default)]
pub(super) struct Go;

impl Toolchain for Go {
    fn findings(&self) -> Vec<Finding> {
        let tool = "go";
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
