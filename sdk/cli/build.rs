//! Puts into the binary what a new plugin needs: templates, cases, SDKs and the contract.
//!
//! The SDKs stand on no registry, so a plugin carries their sources. The manifest of Rust's is written here without
//! what it inherits from the workspace, and the versions of what it builds on are those of the built-in
//! plugins' lock file.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The names of the folders with templates.
const LANGUAGES: [&str; 6] = ["rust", "go", "js", "ts", "python", "c"];

/// Folders that hold nothing a plugin needs: tests of the SDKs, and what tools leave behind.
const LEFT_OUT: [&str; 7] = [
    "tests",
    "test",
    "testguests",
    "testdata",
    "node_modules",
    "target",
    "__pycache__",
];

/// What the plugins' manifest names besides the SDK.
const NAMED_BY_PLUGINS: [&str; 2] = ["schemars", "serde"];

fn main() -> Result<()> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let root = here.join("../..").canonicalize()?;
    let mut code = String::new();
    folder(&mut code, "CONTRACT", &root.join("wit"))?;
    folder(&mut code, "CASES", &root.join("sdk/templates/cases"))?;
    for language in LANGUAGES {
        let constant = language.to_uppercase();
        let templates = root.join("sdk/templates").join(language);
        folder(&mut code, &format!("TEMPLATES_{constant}"), &templates)?;
        let sdk = root.join("sdk").join(language);
        match language {
            // Its manifest is another there.
            "rust" => folder(&mut code, "SDK_RUST", &sdk.join("src"))?,
            // What is JavaScript there serves TypeScript too.
            "ts" => {}
            _ => folder(&mut code, &format!("SDK_{constant}"), &sdk)?,
        }
    }

    let workspace = table(&root.join("Cargo.toml"))?;
    let workspace = at(&workspace, "workspace")?;
    let sdk = table(&root.join("sdk/rust/Cargo.toml"))?;
    text(
        &mut code,
        "SDK_RUST_MANIFEST",
        &standalone(&sdk, workspace)?,
    )?;
    let versions = at(workspace, "dependencies")?;
    for name in NAMED_BY_PLUGINS {
        let constant = name.to_uppercase();
        text(
            &mut code,
            &constant,
            &inline(versions.get(name).ok_or(name)?),
        )?;
    }
    let package = at(workspace, "package")?;
    let rust = package.get("rust-version").and_then(Value::as_str);
    text(&mut code, "RUST_VERSION", rust.ok_or("rust-version")?)?;
    locked(&mut code, &root.join("plugins/Cargo.lock"))?;

    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("embedded.rs");
    fs::write(out, code)?;
    Ok(())
}

/// A constant with every file below `root`: its path and its text.
fn folder(code: &mut String, name: &str, root: &Path) -> Result<()> {
    let mut files = Vec::new();
    walk(root, &mut files)?;
    files.sort();
    writeln!(code, "pub(crate) const {name}: &[File] = &[")?;
    for file in files {
        let path = file.strip_prefix(root)?;
        writeln!(
            code,
            "    File {{ path: {path:?}, text: include_str!({file:?}) }},"
        )?;
    }
    writeln!(code, "];")?;
    Ok(())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let Ok(entries) = fs::read_dir(folder) else {
        return Err(format!("{} is missing", folder.display()).into());
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            // Caches of tools.
        } else if path.is_dir() {
            if !LEFT_OUT.contains(&&*name) {
                walk(&path, files)?;
            }
        } else if !is_test_of_sdk(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// Tests beside the sources of an SDK; those of templates are wanted.
fn is_test_of_sdk(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let in_templates = path
        .components()
        .any(|part| part.as_os_str() == "templates");
    let is_test = name.ends_with("_test.go")
        || name.ends_with(".test.js")
        || name.ends_with(".test.ts")
        || name.starts_with("test_");
    is_test && !in_templates
}

fn text(code: &mut String, name: &str, text: &str) -> Result<()> {
    writeln!(code, "pub(crate) const {name}: &str = {text:?};")?;
    Ok(())
}

fn table(path: &Path) -> Result<Table> {
    println!("cargo::rerun-if-changed={}", path.display());
    Ok(fs::read_to_string(path)?.parse()?)
}

fn at<'a>(table: &'a Table, key: &str) -> Result<&'a Table> {
    let found = table.get(key).and_then(Value::as_table);
    found.ok_or_else(|| format!("no table `{key}`").into())
}

/// The SDK's manifest with everything it inherits written out, and a workspace of its own.
fn standalone(sdk: &Table, workspace: &Table) -> Result<String> {
    let mut package = at(sdk, "package")?.clone();
    inherit(&mut package, at(workspace, "package")?)?;
    let mut dependencies = at(sdk, "dependencies")?.clone();
    inherit(&mut dependencies, at(workspace, "dependencies")?)?;
    let mut manifest = Table::new();
    manifest.insert("package".to_owned(), Value::Table(package));
    manifest.insert("dependencies".to_owned(), Value::Table(dependencies));
    manifest.insert("workspace".to_owned(), Value::Table(Table::new()));
    Ok(toml::to_string(&manifest)?)
}

/// Replaces each `{ workspace = true }` by what the workspace says.
fn inherit(table: &mut Table, workspace: &Table) -> Result<()> {
    for (key, value) in table.iter_mut() {
        let Some(fields) = value.as_table() else {
            continue;
        };
        if fields.get("workspace").is_some() {
            if fields.len() > 1 {
                return Err(format!("`{key}` inherits and adds, which is not provided for").into());
            }
            let inherited = workspace.get(key);
            *value = inherited.ok_or_else(|| key.clone())?.clone();
        }
    }
    Ok(())
}

/// A dependency on one line, as it stands in a manifest.
fn inline(value: &Value) -> String {
    match value {
        Value::Table(fields) => {
            let fields = fields.iter();
            let fields: Vec<String> = fields
                .map(|(k, v)| format!("{k} = {}", inline(v)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        other => other.to_string(),
    }
}

/// The lock file's entries that the SDK and the plugins' own dependencies need, by name.
fn locked(code: &mut String, path: &Path) -> Result<()> {
    println!("cargo::rerun-if-changed={}", path.display());
    let lock = fs::read_to_string(path)?;
    let entries: Vec<&str> = lock
        .split("[[package]]\n")
        .skip(1)
        .map(str::trim_end)
        .collect();
    let mut wanted = vec!["switchyard-sdk".to_owned()];
    wanted.extend(NAMED_BY_PLUGINS.map(str::to_owned));
    let mut taken = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        for (at, entry) in entries.iter().enumerate() {
            if field(entry, "name") == Some(name.as_str()) && taken.insert(at) {
                wanted.extend(dependencies(entry));
            }
        }
    }
    writeln!(code, "pub(crate) const LOCKED: &[Locked] = &[")?;
    for at in taken {
        let entry = entries[at];
        let name = field(entry, "name").ok_or("an entry without a name")?;
        writeln!(code, "    Locked {{ name: {name:?}, entry: {entry:?} }},")?;
    }
    writeln!(code, "];")?;
    Ok(())
}

fn field<'a>(entry: &'a str, key: &str) -> Option<&'a str> {
    let line = entry.lines().find(|line| line.starts_with(key))?;
    line.split('"').nth(1)
}

/// The names in an entry's list of dependencies; one with a version names the version after a space.
fn dependencies(entry: &str) -> Vec<String> {
    let list = entry.split("dependencies = [").nth(1).unwrap_or_default();
    let names = list.split('"').skip(1).step_by(2);
    names
        .map(|name| name.split(' ').next().unwrap_or(name).to_owned())
        .collect()
}
