//! From the file a compiler made to a component, which is the same for every language that is compiled.

use std::path::Path;

use wit_parser::{Resolve, WorldId};

use super::MakeError;
use crate::componentize::{embed, encode, strip};

/// A component of the module at `path`. `world` is for bindings that do not note in the module which world it is.
pub(super) fn component(
    path: &Path,
    world: Option<(&Resolve, WorldId)>,
) -> Result<Vec<u8>, MakeError> {
    let path = || path.to_path_buf();
    let core = std::fs::read(path()).map_err(|source| MakeError::File {
        path: path(),
        source,
    })?;
    let mut core = strip(&core).map_err(|source| MakeError::Strip {
        path: path(),
        source,
    })?;
    let embedded = match world {
        Some((resolve, world)) => embed(&mut core, resolve, world),
        None => Ok(()),
    };
    embedded
        .and_then(|()| encode(&core))
        .map_err(|source| MakeError::Encode {
            path: path(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_module_is_named_with_its_path() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("plugin.wasm");
        let told = || {
            let error = component(&path, None).unwrap_err().to_string();
            error.replace(&dir.path().display().to_string(), "DIR")
        };
        assert!(
            told().starts_with("DIR/plugin.wasm: No such file"),
            "{}",
            told()
        );
        std::fs::write(&path, "not wasm").unwrap();
        assert!(
            told().starts_with("DIR/plugin.wasm: the module cannot be read: "),
            "{}",
            told()
        );
        // The smallest that is one.
        std::fs::write(&path, b"\0asm\x01\0\0\0").unwrap();
        assert!(component(&path, None).is_ok());
    }
}
