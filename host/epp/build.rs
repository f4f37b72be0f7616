//! Embeds the built-in plugins, which are components built for another target beforehand.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

fn main() {
    println!("cargo::rerun-if-env-changed=SWITCHYARD_PLUGINS_DIR");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let dir = env::var_os("SWITCHYARD_PLUGINS_DIR")
        .map_or_else(|| root.join("target/plugins"), PathBuf::from);
    println!("cargo::rerun-if-changed={}", dir.display());
    let components = components(&dir);
    if components.is_empty() {
        println!(
            "cargo::error=no plugin components in {}: run `cargo xtask plugins` once, or `cargo xtask build` \
             instead of `cargo build`",
            dir.display()
        );
        process::exit(1);
    }
    let entries: String = components
        .iter()
        .map(|(stem, path)| {
            println!("cargo::rerun-if-changed={}", path.display());
            format!(
                "    ({stem:?}, include_bytes!({:?})),\n",
                path.display().to_string()
            )
        })
        .collect();
    let table = format!("pub(super) static COMPONENTS: &[(&str, &[u8])] = &[\n{entries}];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("components.rs");
    if let Err(error) = fs::write(&out, table) {
        println!("cargo::error={} cannot be written: {error}", out.display());
        process::exit(1);
    }
}

/// Stem and absolute path of each component, in a stable order.
fn components(dir: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut components: Vec<(String, PathBuf)> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .filter_map(|path| {
            let stem = path.file_stem()?.to_str()?.to_owned();
            Some((stem, path.canonicalize().ok()?))
        })
        .collect();
    components.sort();
    components
}
