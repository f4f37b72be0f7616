//! Looks at a component before anything is compiled: what it exports, imports, and was built with.
//!
//! wasmtime would refuse a misfit too, but in words about types and instances. Here it is answered in words about
//! plugins.

use switchyard_scheduler::Stage;
use wasmparser::{ComponentExternalKind, Encoding, KnownCustom, Parser, Payload};

use super::{CONTRACT_VERSION, LoadError};
use crate::host::wasi;

const PACKAGE: &str = "switchyard:plugin/";

/// A set of stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stages(u8);

impl Stages {
    /// Whether it holds `stage`.
    pub fn contains(self, stage: Stage) -> bool {
        self.0 & (1 << stage as u8) != 0
    }

    /// Those it holds.
    pub fn iter(self) -> impl Iterator<Item = Stage> {
        Stage::ALL
            .into_iter()
            .filter(move |stage| self.contains(*stage))
    }

    pub(super) fn insert(&mut self, stage: Stage) {
        self.0 |= 1 << stage as u8;
    }

    fn names(self) -> String {
        let names: Vec<&str> = self.iter().map(Stage::as_str).collect();
        names.join(", ")
    }
}

/// The kind of guest, which decides the default limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Compiled without a runtime: Rust, C, Zig.
    Native,
    /// With a garbage collector or an interpreter: Go, JavaScript, Python.
    Managed,
}

/// What a look at the bytes told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub(super) stages: Stages,
    pub(super) class: Class,
}

/// Whether these bytes are a plugin that this host can run.
pub(super) fn inspect(bytes: &[u8]) -> Result<Found, LoadError> {
    if !bytes.starts_with(b"\0asm") {
        return Err(LoadError::NotWasm {
            found: first_bytes(bytes),
        });
    }
    let names = names(bytes)?;
    // Exports first: a stage says more to an author than the types it uses.
    let exports = names.exports.iter().map(|name| ("export", name));
    let imports = names.imports.iter().map(|name| ("import", name));
    for (item, name) in exports.chain(imports) {
        check_version(item, name)?;
    }
    if let Some(import) = names.imports.iter().find(|name| !is_offered(name)) {
        return Err(LoadError::Import {
            import: import.clone(),
        });
    }
    let mut stages = Stages::default();
    for stage in Stage::ALL {
        if names.exports_interface(stage.as_str()) {
            stages.insert(stage);
        }
    }
    if stages == Stages::default() {
        return Err(LoadError::NoStage {
            found: match names.exports.as_slice() {
                [] => "no exports".to_owned(),
                exports => format!("`{}`", exports.join("`, `")),
            },
        });
    }
    if !names.exports_interface("lifecycle") {
        return Err(LoadError::NoLifecycle {
            stages: stages.names(),
        });
    }
    let class = if names.managed {
        Class::Managed
    } else {
        Class::Native
    };
    Ok(Found { stages, class })
}

fn first_bytes(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    let shown: Vec<String> = bytes
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("`{}`", shown.join(" "))
}

#[derive(Debug, Default)]
struct Names {
    imports: Vec<String>,
    exports: Vec<String>,
    managed: bool,
}

impl Names {
    fn exports_interface(&self, interface: &str) -> bool {
        self.exports.iter().any(|name| {
            let rest = name.strip_prefix(PACKAGE);
            rest.is_some_and(|rest| rest.split('@').next() == Some(interface))
        })
    }
}

/// The outermost component's imports and exports, and marks of managed languages at any depth.
fn names(bytes: &[u8]) -> Result<Names, LoadError> {
    let mut names = Names::default();
    let mut depth = 0_usize;
    let mut first = true;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| broken(&error))? {
            Payload::Version { encoding, .. } => {
                if first && encoding == Encoding::Module {
                    return Err(LoadError::CoreModule);
                }
                depth += usize::from(!first);
                first = false;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    let import = import.map_err(|error| broken(&error))?;
                    names.imports.push(import.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    let export = export.map_err(|error| broken(&error))?;
                    if export.kind != ComponentExternalKind::Type {
                        names.exports.push(export.name.name.to_owned());
                    }
                }
            }
            Payload::CustomSection(section) => {
                names.managed |= section.name() == "go:buildid";
                if let KnownCustom::Producers(producers) = section.as_known() {
                    names.managed |= made_by_managed_language(producers);
                }
            }
            _ => {}
        }
    }
    Ok(names)
}

fn broken(error: &wasmparser::BinaryReaderError) -> LoadError {
    LoadError::Broken {
        reason: error.to_string(),
    }
}

/// Whether a `producers` section names a language or tool that brings a runtime. One that cannot be read says
/// nothing: it has no meaning but this.
fn made_by_managed_language(producers: wasmparser::ProducersSectionReader<'_>) -> bool {
    const MARKS: [&str; 9] = [
        "go",
        "tinygo",
        "javascript",
        "typescript",
        "python",
        "componentize-py",
        "componentize-js",
        "componentizejs",
        "componentize-qjs",
    ];
    producers
        .into_iter()
        .flatten()
        .filter(|field| matches!(field.name, "language" | "processed-by" | "sdk"))
        .flat_map(|field| field.values.into_iter().flatten())
        .any(|value| {
            let name = value.name.to_ascii_lowercase();
            // Go writes `Go cmd/compile`.
            MARKS.iter().any(|mark| name == *mark) || name.starts_with("go cmd/")
        })
}

/// Whether an import is one that every plugin gets.
fn is_offered(import: &str) -> bool {
    let ours = ["types", "request", "log", "state", "own-columns"];
    let interface = import
        .strip_prefix(PACKAGE)
        .and_then(|rest| rest.split('@').next());
    interface.is_some_and(|interface| ours.contains(&interface)) || wasi::offers(import)
}

/// Refuses an item of the contract in a version this host does not offer.
fn check_version(item: &str, name: &str) -> Result<(), LoadError> {
    let Some(rest) = name.strip_prefix(PACKAGE) else {
        return Ok(());
    };
    let found = rest.split_once('@').map_or("", |(_, version)| version);
    if found == CONTRACT_VERSION {
        return Ok(());
    }
    Err(LoadError::Version {
        found: if found.is_empty() {
            "without a version".to_owned()
        } else {
            found.to_owned()
        },
        item: format!("{item} `{name}`"),
    })
}
