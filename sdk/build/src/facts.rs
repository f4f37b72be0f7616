//! What can be said of a component without running it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasmparser::{
    ComponentExternalKind, Encoding, KnownCustom, Parser, Payload, Validator, WasmFeatures,
};

use crate::contract::{self, IMPORTS, Stage, VERSION};

/// The packages of WASI 0.2 that a picker offers, closed as they are.
const WASI: [&str; 6] = [
    "wasi:cli/",
    "wasi:clocks/",
    "wasi:filesystem/",
    "wasi:io/",
    "wasi:random/",
    "wasi:sockets/",
];

/// Why a file cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// It cannot be read.
    #[error(
        "{} cannot be read: {source}; `switchyard plugin build` makes a component of a plugin's sources",
        path.display()
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no component.
    #[error("{}: {reason}", path.display())]
    NoComponent {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        reason: NoComponent,
    },
}

/// What bytes are instead of a component.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoComponent {
    /// Something else altogether.
    #[error(
        "this is not WebAssembly: it begins with {found}, expected `00 61 73 6d`; `switchyard plugin build` makes a component of a plugin's sources"
    )]
    NotWasm {
        /// The first bytes.
        found: String,
    },
    /// What a compiler makes, before it becomes a component.
    #[error(
        "this is a core module, expected a component; `switchyard plugin build` makes one of a plugin's sources"
    )]
    CoreModule,
    /// Cut off, or made wrongly.
    #[error(
        "this component is broken: {reason}; build it again with `switchyard plugin build`, or fetch it again"
    )]
    Broken {
        /// What the reader found.
        reason: String,
    },
}

/// Why a picker cannot run a component.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It was built for another contract.
    #[error(
        "it {item}, expected contract {VERSION}; build it again with the SDK that a `switchyard` of that contract brings"
    )]
    Version {
        /// The import or export, and which of the two it is.
        item: String,
    },
    /// It wants what no picker has.
    #[error(
        "it imports `{0}`, which no picker offers; offered are the interfaces of switchyard:plugin@{VERSION} and wasi 0.2 without http"
    )]
    Import(String),
    /// It is not a plugin.
    #[error("it exports no stage, expected at least one of {}; name the stages in `export!`", contract::listed(&Stage::ALL))]
    NoStage,
    /// A stage without what every plugin has.
    #[error(
        "it exports {0} but not `lifecycle`, which every plugin has; the SDK's `export!` exports both"
    )]
    NoLifecycle(String),
}

/// What the bytes of a component tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Size of the file.
    pub bytes: usize,
    /// `sha256:` and the digest in hex.
    pub digest: String,
    /// The stages exported, in the order of the contract.
    pub stages: Vec<Stage>,
    /// Full names of the imports.
    pub imports: Vec<String>,
    /// Full names of the exports.
    pub exports: Vec<String>,
    /// What it was made with, such as `Rust` and `rustc 1.95.0`.
    pub made_with: Vec<String>,
}

/// Reads a file.
pub fn read(path: &Path) -> Result<Vec<u8>, InspectError> {
    std::fs::read(path).map_err(|source| InspectError::Read {
        path: path.to_path_buf(),
        source,
    })
}

/// Looks at a component, or says what the file is instead.
pub fn look(path: &Path, bytes: &[u8]) -> Result<Facts, InspectError> {
    facts(bytes).map_err(|reason| InspectError::NoComponent {
        path: path.to_path_buf(),
        reason,
    })
}

impl Facts {
    /// The versions of the contract it names; one, unless something is wrong.
    pub fn contracts(&self) -> Vec<&str> {
        let items = self.exports.iter().chain(&self.imports);
        let mut versions: Vec<&str> = items
            .filter_map(|item| Some(contract::interface(item)?.1))
            .collect();
        versions.sort_unstable();
        versions.dedup();
        versions
    }

    /// Whether a picker with this contract can run it.
    pub fn fit(&self) -> Result<(), Misfit> {
        // Exports first: a stage says more to an author than the types it uses.
        let exports = self.exports.iter().map(|name| ("exports", name));
        let imports = self.imports.iter().map(|name| ("imports", name));
        for (item, name) in exports.chain(imports) {
            let ours = contract::interface(name);
            if ours.is_some_and(|(_, version)| version != VERSION) {
                let item = format!("{item} `{name}`");
                return Err(Misfit::Version { item });
            }
        }
        if let Some(import) = self.imports.iter().find(|import| !is_offered(import)) {
            return Err(Misfit::Import(import.clone()));
        }
        if self.stages.is_empty() {
            return Err(Misfit::NoStage);
        }
        let lifecycle = |name: &String| is_interface(name, "lifecycle");
        if !self.exports.iter().any(lifecycle) {
            return Err(Misfit::NoLifecycle(contract::listed(&self.stages)));
        }
        Ok(())
    }

    /// Indented rows of a table.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let or_none = |words: Vec<&str>| match words.as_slice() {
            [] => "none".to_owned(),
            words => words.join(", "),
        };
        let contracts = self.contracts();
        let contracts = contracts.iter().map(|version| match *version {
            "" => "switchyard:plugin without a version".to_owned(),
            version => format!("switchyard:plugin@{version}"),
        });
        let contracts: Vec<String> = contracts.collect();
        let mut rows = vec![
            row("size", size(self.bytes)),
            row("digest", self.digest.clone()),
            row(
                "contract",
                or_none(contracts.iter().map(String::as_str).collect()),
            ),
            row("stages", contract::listed(&self.stages)),
            row("exports", or_none(short(&self.exports))),
            row("imports", or_none(short(&self.imports))),
        ];
        if !self.made_with.is_empty() {
            rows.push(row("made with", self.made_with.join(", ")));
        }
        rows
    }
}

/// An indented row of a table.
pub fn row(name: &str, value: String) -> Vec<String> {
    vec![format!("  {name}"), value]
}

/// The contract's items by their interface, all others in full.
fn short(items: &[String]) -> Vec<&str> {
    let items = items.iter().map(String::as_str);
    items
        .map(|item| contract::interface(item).map_or(item, |(interface, _)| interface))
        .collect()
}

/// `21.4 KiB (21913 bytes)`.
pub fn size(bytes: usize) -> String {
    let kib = bytes as f64 / 1024.0;
    if kib < 1.0 {
        format!("{bytes} bytes")
    } else if kib < 1024.0 {
        format!("{kib:.1} KiB ({bytes} bytes)")
    } else {
        format!("{:.1} MiB ({bytes} bytes)", kib / 1024.0)
    }
}

fn facts(bytes: &[u8]) -> Result<Facts, NoComponent> {
    if !bytes.starts_with(b"\0asm") {
        let found = first_bytes(bytes);
        return Err(NoComponent::NotWasm { found });
    }
    let mut facts = Facts {
        bytes: bytes.len(),
        digest: digest(bytes),
        stages: Vec::new(),
        imports: Vec::new(),
        exports: Vec::new(),
        made_with: Vec::new(),
    };
    collect(bytes, &mut facts).map_err(|error| broken(&error))??;
    Validator::new_with_features(WasmFeatures::default())
        .validate_all(bytes)
        .map_err(|error| broken(&error))?;
    let exported = |stage: &Stage| {
        let name = stage.name();
        facts.exports.iter().any(|item| is_interface(item, name))
    };
    facts.stages = Stage::ALL.into_iter().filter(exported).collect();
    Ok(facts)
}

/// Reads names at the outermost level, and the marks of makers at any depth.
fn collect(bytes: &[u8], facts: &mut Facts) -> wasmparser::Result<Result<(), NoComponent>> {
    let mut depth = 0_usize;
    let mut first = true;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { encoding, .. } => {
                if first && encoding == Encoding::Module {
                    return Ok(Err(NoComponent::CoreModule));
                }
                depth += usize::from(!first);
                first = false;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    facts.imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    let export = export?;
                    if export.kind != ComponentExternalKind::Type {
                        facts.exports.push(export.name.name.to_owned());
                    }
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Producers(producers) = section.as_known() {
                    made_with(producers, &mut facts.made_with);
                }
            }
            _ => {}
        }
    }
    Ok(Ok(()))
}

/// Notes each maker once. A section that cannot be read says nothing: it has no meaning but this.
fn made_with(producers: wasmparser::ProducersSectionReader<'_>, makers: &mut Vec<String>) {
    let fields = producers.into_iter().flatten();
    for value in fields.flat_map(|field| field.values.into_iter().flatten()) {
        // The version of a compiler is followed by its commit in brackets.
        let version = value.version.split(" (").next().unwrap_or_default();
        let maker = format!("{} {version}", value.name);
        let maker = maker.trim_end().to_owned();
        if !makers.contains(&maker) {
            makers.push(maker);
        }
    }
}

fn broken(error: &wasmparser::BinaryReaderError) -> NoComponent {
    let reason = error.to_string();
    NoComponent::Broken { reason }
}

fn first_bytes(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    let first = bytes.iter().take(4);
    let shown: Vec<String> = first.map(|byte| format!("{byte:02x}")).collect();
    format!("`{}`", shown.join(" "))
}

fn digest(bytes: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn is_interface(item: &str, wanted: &str) -> bool {
    contract::interface(item).is_some_and(|(interface, _)| interface == wanted)
}

/// Whether an import is one that every plugin gets.
fn is_offered(import: &str) -> bool {
    if let Some((interface, _)) = contract::interface(import) {
        return IMPORTS.contains(&interface);
    }
    let version = import.split_once('@').map_or("", |(_, version)| version);
    version.starts_with("0.2.") && WASI.iter().any(|package| import.starts_with(package))
}
