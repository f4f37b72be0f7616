//! From a plugin's sources to a component, by way of one bundled module.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::JavaScript;
use crate::componentize::note_makers;
use crate::contract::Stage;
use crate::language::MakeError;
use crate::sources::Sources;
use crate::{tools, world};

/// The plugin's folder is the working directory of every tool, and these are seen from there.
const MADE: &str = ".switchyard/made";

impl JavaScript {
    /// The component.
    pub(super) fn make(&self, sources: &Sources) -> Result<Vec<u8>, MakeError> {
        // A tool that the plugin brings must be found from inside of its folder.
        let folder = std::path::absolute(&sources.folder).map_err(|source| MakeError::File {
            path: sources.folder.clone(),
            source,
        })?;
        let stages = &sources.manifest.stages;
        world::write(&sources.wit(), stages, &sources.made().join("wit"))?;
        let file = |path: &Path, source| MakeError::File {
            path: path.to_path_buf(),
            source,
        };
        let entry = sources.made().join("entry.js");
        let text = self.entry(stages);
        fs::write(&entry, text).map_err(|source| file(&entry, source))?;
        if self.typed {
            self.run(&folder, "tsc", &["--noEmit"])?;
        }
        self.run(
            &folder,
            "esbuild",
            &[
                &format!("{MADE}/entry.js"),
                &format!("--outfile={MADE}/plugin.js"),
                "--bundle",
                "--format=esm",
                "--platform=neutral",
                // What the engine knows.
                "--target=es2023",
                "--main-fields=module,main",
                // Of the SDK's two hosts the real one, whose imports the component resolves.
                "--conditions=switchyard",
                "--external:switchyard:*",
                "--log-level=warning",
            ],
        )?;
        self.run(
            &folder,
            "componentize-qjs",
            &[
                "--sync",
                // The engine would import files and clocks that no plugin gets.
                "--stub-wasi",
                "--wit",
                &format!("{MADE}/wit"),
                "--js",
                &format!("{MADE}/plugin.js"),
                "--output",
                &format!("{MADE}/plugin.wasm"),
            ],
        )?;
        let made = sources.made().join("plugin.wasm");
        let mut component = fs::read(&made).map_err(|source| file(&made, source))?;
        let written_in = if self.typed {
            "TypeScript"
        } else {
            "JavaScript"
        };
        let version = self.find_package("componentize-qjs").unwrap_or_default();
        note_makers(&mut component, written_in, "componentize-qjs", &version);
        Ok(component)
    }

    /// The module that exports what the contract wants.
    fn entry(&self, stages: &[Stage]) -> String {
        let extension = if self.typed { "ts" } else { "js" };
        let names: Vec<String> = stages.iter().map(|stage| camel(stage.name())).collect();
        format!(
            "import plugin from \"../../src/plugin.{extension}\";\n\
             import {{ component }} from \"../sdk/js/src/component.js\";\n\n\
             export const {{ lifecycle, {} }} = component(plugin, [\"{}\"]);\n",
            names.join(", "),
            names.join("\", \"")
        )
    }

    /// Runs a tool in the plugin's folder: the plugin's own, else the shared one.
    fn run(&self, folder: &Path, tool: &'static str, args: &[&str]) -> Result<(), MakeError> {
        let failed = |reason: String| MakeError::Tool {
            tool,
            folder: folder.to_path_buf(),
            reason,
        };
        let node = self.find_node().map_err(|lack| failed(lack.to_string()))?;
        let programs = programs(folder).chain(programs(&self.shared()));
        let program = tools::find(tool, &programs.collect::<Vec<_>>())
            .ok_or_else(|| failed("it is not installed".to_owned()))?;
        let output = Command::new(program)
            .args(args)
            .current_dir(folder)
            .env("PATH", node.path())
            .stdin(Stdio::null())
            // `tsc` tells there what is wrong; `componentize-qjs` how it gets on.
            .stdout(if tool == "tsc" {
                Stdio::from(std::io::stderr())
            } else {
                Stdio::null()
            })
            .status()
            .map_err(|error| failed(error.to_string()))?;
        if output.success() {
            Ok(())
        } else {
            Err(MakeError::Failed {
                tool,
                folder: folder.to_path_buf(),
            })
        }
    }
}

/// Where a folder with packages has programs. `esbuild` is one for this machine; what npm makes of it is a script
/// that calls it, and adds a stack of its own to whatever goes wrong.
fn programs(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        system => system,
    };
    let machine = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        machine => machine,
    };
    let packages = folder.join("node_modules");
    let native = packages.join(format!("@esbuild/{system}-{machine}/bin"));
    [native, packages.join(".bin")].into_iter()
}

/// `profileHandler` of `profile-handler`.
fn camel(name: &str) -> String {
    let mut words = name.split('-');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(1);
        camel.push_str(&first.to_uppercase());
        camel.push_str(rest);
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn the_entry_names_the_stages() {
        let stages = [Stage::Scorer, Stage::ProfileHandler];
        expect![[r#"
            import plugin from "../../src/plugin.ts";
            import { component } from "../sdk/js/src/component.js";

            export const { lifecycle, scorer, profileHandler } = component(plugin, ["scorer", "profileHandler"]);
        "#]]
        .assert_eq(&JavaScript::typed().entry(&stages));
        let plain = JavaScript::plain().entry(&[Stage::Filter]);
        assert!(plain.contains("../../src/plugin.js"), "{plain}");
    }

    #[test]
    fn a_program_for_this_machine_comes_before_the_script_that_calls_it() {
        let dir = tempfile::tempdir().unwrap();
        let folders: Vec<PathBuf> = programs(dir.path()).collect();
        for folder in &folders {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join("esbuild"), "").unwrap();
        }
        assert!(folders[1].ends_with("node_modules/.bin"));
        let found = tools::find("esbuild", &folders);
        assert_eq!(found, Some(folders[0].join("esbuild")));
        fs::remove_file(folders[0].join("esbuild")).unwrap();
        let found = tools::find("esbuild", &folders);
        assert_eq!(found, Some(folders[1].join("esbuild")));
    }
}
