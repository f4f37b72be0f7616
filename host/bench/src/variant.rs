//! Components that do the same and have different digests, so that each is new to a picker.

/// The kind of section that means nothing.
const CUSTOM: u8 = 0;
const NAME: &[u8; 5] = b"bench";

/// The component with a number in a section that means nothing.
pub(crate) fn variant(component: &[u8], number: u64) -> Vec<u8> {
    let number = number.to_le_bytes();
    // Both lengths are below 128, which stand as they are.
    let length = 1 + NAME.len() + number.len();
    let mut variant = component.to_vec();
    variant.extend([CUSTOM, length as u8, NAME.len() as u8]);
    variant.extend(NAME);
    variant.extend(number);
    variant
}

#[cfg(test)]
mod tests {
    use switchyard_engine::{Engine, EngineOptions};

    use super::*;

    #[test]
    fn variants_load_and_each_has_its_digest() {
        let plugins = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/plugins");
        let component = std::fs::read(format!("{plugins}/queue-scorer.wasm")).unwrap();
        let engine = Engine::new(EngineOptions::default()).unwrap();
        let bytes = [
            component.clone(),
            variant(&component, 1),
            variant(&component, 2),
        ];
        let loaded = bytes.map(|bytes| engine.load(&bytes).unwrap());
        let digests: Vec<&str> = loaded.iter().map(|component| component.digest()).collect();
        assert!(
            digests[0] != digests[1] && digests[1] != digests[2],
            "{digests:?}"
        );
        assert!(
            loaded
                .iter()
                .all(|component| component.stages() == loaded[0].stages())
        );
    }
}
