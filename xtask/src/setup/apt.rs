//! Debian's package manager, for what no other registry has.

use std::path::Path;
use std::time::Duration;

use switchyard_build::tools;

use crate::tool::{Tool, ToolError};

const LIMIT: Duration = Duration::from_secs(600);

/// Why packages were not installed.
#[derive(Debug, thiserror::Error)]
pub enum AptError {
    /// This is no Debian.
    #[error("apt-get is not there")]
    Missing,
    /// It failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
}

/// Installs packages; needs root, or sudo without a password.
pub(super) fn install(packages: &[&str], log: &Path) -> Result<(), AptError> {
    let apt = tools::find("apt-get", &[]).ok_or(AptError::Missing)?;
    let run = |args: &[&str]| -> Result<String, ToolError> {
        let tool = if rustix::process::geteuid().is_root() {
            Tool::new(&apt)
        } else {
            Tool::new("sudo").arg("-n").arg(&apt)
        };
        tool.args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .limit(LIMIT)
            .run_logged(log)
    };
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(packages);
    // A fresh container has no package lists, and old lists name packages that are gone.
    if run(&install).is_err() {
        run(&["update"])?;
        run(&install)?;
    }
    Ok(())
}
