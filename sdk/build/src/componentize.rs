//! From a core module to a component, in process: no tool has to be installed for it.

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasm_encoder::{ComponentSection, Module, ProducersField, ProducersSection, RawSection};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{Resolve, WorldId};

/// Why a core module did not become a component.
#[derive(Debug, thiserror::Error)]
#[error("{0}; does it export its stages through the SDK?")]
pub struct EncodeError(String);

/// Why a module could not be stripped.
#[derive(Debug, thiserror::Error)]
#[error("the module cannot be read: {0}")]
pub struct StripError(#[from] wasmparser::BinaryReaderError);

/// Notes in a core module of which world it is, where its bindings did not do so.
pub fn embed(core: &mut Vec<u8>, resolve: &Resolve, world: WorldId) -> Result<(), EncodeError> {
    wit_component::embed_component_metadata(core, resolve, world, StringEncoding::UTF8)
        .map_err(|error| told(&error))
}

/// Wraps a core module into a component and validates it. One that was compiled for the first generation of WASI
/// gets the adapter to the second.
pub fn encode(core: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = ComponentEncoder::default();
    encoder
        .validate(true)
        .module(core)
        .map_err(|error| told(&error))?;
    if imports_module(core, WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME) {
        let adapter = WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;
        encoder
            .adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, adapter)
            .map_err(|error| told(&error))?;
    }
    encoder.encode().map_err(|error| told(&error))
}

fn told(error: &impl std::fmt::Display) -> EncodeError {
    EncodeError(format!("{error:#}"))
}

/// Notes in a component what it was written in and made by, where its tool does not: a picker gives plugins that bring a
/// runtime more time and memory.
pub fn note_makers(component: &mut Vec<u8>, language: &str, tool: &str, version: &str) {
    let mut languages = ProducersField::new();
    languages.value(language, "");
    let mut tools = ProducersField::new();
    tools.value(tool, version);
    let mut section = ProducersSection::new();
    section.field("language", &languages);
    section.field("processed-by", &tools);
    section.append_to_component(component);
}

/// Whether a core module imports anything from the module of this name.
fn imports_module(core: &[u8], name: &str) -> bool {
    let payloads = Parser::new(0).parse_all(core).flatten();
    payloads
        .filter_map(|payload| match payload {
            Payload::ImportSection(section) => Some(section),
            _ => None,
        })
        .flat_map(|section| section.into_imports().flatten())
        .any(|import| import.module == name)
}

/// The module without names and debugging data. What says of which worlds it is (`component-type…`) and
/// who made it (`producers`) stays.
pub fn strip(core: &[u8]) -> Result<Vec<u8>, StripError> {
    let mut stripped = Module::new();
    for payload in Parser::new(0).parse_all(core) {
        let payload = payload?;
        if let Payload::CustomSection(section) = &payload {
            let name = section.name();
            if name != "producers" && !name.starts_with("component-type") {
                continue;
            }
        }
        if let Some((id, range)) = payload.as_section() {
            // The reader's ranges lie within `core`, whose length is a usize.
            let data = &core[range.start as usize..range.end as usize];
            stripped.section(&RawSection { id, data });
        }
    }
    Ok(stripped.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::CustomSection;
    use wasmparser::KnownCustom;

    /// The magic number, the version, and nothing more.
    const EMPTY: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn only_a_core_module_becomes_a_component() {
        assert!(encode(EMPTY).is_ok_and(|component| component.len() > EMPTY.len()));
        assert!(encode(b"not wasm").is_err());
    }

    #[test]
    fn makers_are_told_of_a_component() {
        let mut component = encode(EMPTY).unwrap();
        note_makers(&mut component, "JavaScript", "componentize-qjs", "1.0.0");
        wasmparser::validate(&component).unwrap();
        let mut told = Vec::new();
        for payload in Parser::new(0).parse_all(&component).flatten() {
            if let Payload::CustomSection(section) = payload
                && let KnownCustom::Producers(producers) = section.as_known()
            {
                for field in producers.into_iter().flatten() {
                    let values = field.values.into_iter().flatten();
                    told.extend(values.map(|value| (field.name, value.name, value.version)));
                }
            }
        }
        assert!(told.contains(&("language", "JavaScript", "")), "{told:?}");
        assert!(
            told.contains(&("processed-by", "componentize-qjs", "1.0.0")),
            "{told:?}"
        );
    }

    #[test]
    fn names_go_and_the_world_stays() {
        let mut module = Module::new();
        for name in ["name", ".debug_info", "producers", "component-type:a"] {
            let data = b"data".into();
            let name = name.into();
            module.section(&CustomSection { name, data });
        }
        let stripped = strip(&module.finish()).unwrap();
        let left: Vec<String> = Parser::new(0)
            .parse_all(&stripped)
            .filter_map(|payload| match payload.unwrap() {
                Payload::CustomSection(section) => Some(section.name().to_owned()),
                _ => None,
            })
            .collect();
        assert_eq!(left, ["producers", "component-type:a"]);
        assert!(strip(b"not wasm").is_err());
    }
}
