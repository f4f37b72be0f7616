//! From a core module to a component, in process: no tool has to be installed for it.

use wasm_encoder::{Module, RawSection};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

/// Why a core module did not become a component.
#[derive(Debug, thiserror::Error)]
#[error("{0}; does it call `export!` of the SDK?")]
pub struct EncodeError(String);

/// Why a module could not be stripped.
#[derive(Debug, thiserror::Error)]
#[error("the module cannot be read: {0}")]
pub struct StripError(#[from] wasmparser::BinaryReaderError);

/// Wraps a core module into a component and validates it.
pub fn encode(core: &[u8]) -> Result<Vec<u8>, EncodeError> {
    ComponentEncoder::default()
        .validate(true)
        .module(core)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| EncodeError(format!("{error:#}")))
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

    /// The magic number, the version, and nothing more.
    const EMPTY: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn only_a_core_module_becomes_a_component() {
        assert!(encode(EMPTY).is_ok_and(|component| component.len() > EMPTY.len()));
        assert!(encode(b"not wasm").is_err());
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
