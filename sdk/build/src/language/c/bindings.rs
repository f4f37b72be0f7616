//! The generated side: what the contract's calls are in C.

use std::path::Path;

use wit_bindgen_c::Opts;
use wit_bindgen_core::Files;
use wit_parser::{Resolve, WorldId};

use super::super::{Language, MakeError};

/// The name of what is generated, so that a plugin may have a `plugin.h` of its own.
const NAME: &str = "switchyard_bindings";

/// The files that are compiled and linked.
pub(super) const FILES: [&str; 2] = [
    "switchyard_bindings.c",
    "switchyard_bindings_component_type.o",
];

/// Writes the bindings of a world into a folder.
pub(super) fn write(mut resolve: Resolve, world: WorldId, to: &Path) -> Result<(), MakeError> {
    let mut files = Files::default();
    let options = Opts {
        rename_world: Some(NAME.to_owned()),
        ..Opts::default()
    };
    options
        .build()
        .generate(&mut resolve, world, &mut files)
        .map_err(|error| MakeError::Bindings {
            language: Language::C,
            reason: format!("{error:#}"),
        })?;
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| MakeError::File { path, source }
    };
    std::fs::create_dir_all(to).map_err(failed(to))?;
    for (name, content) in files.iter() {
        let path = to.join(name);
        std::fs::write(&path, content).map_err(failed(&path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Stage;
    use crate::world;

    #[test]
    fn what_is_compiled_is_what_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let (resolve, world) = world::resolve(&wit, &[Stage::Scorer]).unwrap();
        write(resolve, world, dir.path()).unwrap();
        for name in FILES {
            assert!(dir.path().join(name).is_file(), "{name}");
        }
        let code = std::fs::read_to_string(dir.path().join(FILES[0])).unwrap();
        // The SDK puts functions of its own in place of these.
        for replaced in [
            "__attribute__((__weak__, __export_name__(\"cabi_realloc\")))",
            "__attribute__((__weak__, __export_name__(\"cabi_post_switchyard:plugin/scorer@0.1.0#score\")))\n\
             void __wasm_export_exports_switchyard_plugin_scorer_score_post_return(",
        ] {
            assert!(code.contains(replaced), "{replaced}");
        }
    }
}
