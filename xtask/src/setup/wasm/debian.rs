//! Plugins with Debian's compiler, for machines where rustup cannot download.
//!
//! Debian ships compiler and library source but no library built for wasm. So it is built once,
//! into a sysroot of our own under `target/`: nothing is written into the system's directories. A
//! small script calls the compiler with that sysroot.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use switchyard_build::language::rust::{TARGET, holds_std};
use switchyard_build::tools;

use super::{WasmError, WasmToolchain, last_line};
use crate::progress::Progress;
use crate::setup::apt::{self, AptError};
use crate::tool::Tool;
use crate::workspace::Workspace;

/// Compiler and library source, of one version.
pub(super) const PACKAGES: [&str; 3] = ["rustc-web", "libstd-rust-web-dev", "rust-web-src"];
const COMPILER: &str = "/usr/bin/rustc";
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library";
const QUERY_LIMIT: Duration = Duration::from_secs(20);
const BUILD_LIMIT: Duration = Duration::from_secs(900);

pub(super) fn ensure(
    workspace: &Workspace,
    log: &Path,
    progress: &Progress,
) -> Result<WasmToolchain, WasmError> {
    install(log, progress)?;
    let about = Tool::new(COMPILER)
        .arg("-vV")
        .limit(QUERY_LIMIT)
        .run_logged(log)?;
    let host = about
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or(WasmError::Missing("a line `host:` in `rustc -vV`"))?;
    let linkers = linkers(host, log)?;
    let home = workspace.made().join("wasm-std");
    let sysroot = home.join("sysroot");
    let wrapper = home.join("rustc");
    let note = home.join("built-by.txt");
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    let built = std::fs::read_to_string(&note).is_ok_and(|by| by == about) && holds_std(&libraries);
    if !built {
        progress.say(format!(
            "building Rust's standard library for {TARGET} into {} (about a minute)",
            home.display()
        ));
        progress.doing("cargo build -Zbuild-std");
        let made = build(&home, &linkers, log)?;
        take_over(&made, &libraries)?;
        link_host(&sysroot, host)?;
        write_wrapper(&wrapper, &sysroot)?;
        file(&note, std::fs::write(&note, &about))?;
        progress.rest();
    }
    Ok(WasmToolchain {
        rustc: Some(wrapper),
        extra_path: Some(linkers),
    })
}

fn install(log: &Path, progress: &Progress) -> Result<(), WasmError> {
    if Path::new(COMPILER).is_file() && Path::new(SOURCE).is_dir() {
        return Ok(());
    }
    progress.say(format!(
        "installing Debian's packages {}",
        PACKAGES.join(" ")
    ));
    progress.doing("apt-get install");
    apt::install(&PACKAGES, log).map_err(|error| match error {
        AptError::Missing => WasmError::Missing("apt-get"),
        AptError::Tool(error) => WasmError::Tool(error),
    })?;
    progress.rest();
    Ok(())
}

/// The directory of `rust-lld`, which rustup's toolchain carries and Debian's does not.
fn linkers(host: &str, log: &Path) -> Result<PathBuf, WasmError> {
    let sysroot = Tool::new("rustc")
        .args(["--print", "sysroot"])
        .limit(QUERY_LIMIT)
        .run_logged(log)?;
    let linkers = Path::new(last_line(&sysroot))
        .join("lib/rustlib")
        .join(host)
        .join("bin");
    if linkers.join("rust-lld").is_file() {
        Ok(linkers)
    } else {
        Err(WasmError::Missing(
            "rust-lld in the toolchain of the rustc on PATH",
        ))
    }
}

/// Builds an empty crate together with the standard library; returns where the libraries lie.
fn build(home: &Path, linkers: &Path, log: &Path) -> Result<PathBuf, WasmError> {
    let krate = home.join("build");
    let source = krate.join("src");
    file(&source, std::fs::create_dir_all(&source))?;
    let manifest = "[package]\nname = \"nothing\"\nedition = \"2024\"\n\n\
        [lib]\ncrate-type = [\"cdylib\"]\n\n[workspace]\n";
    for (path, text) in [
        (krate.join("Cargo.toml"), manifest),
        (source.join("lib.rs"), ""),
    ] {
        file(&path, std::fs::write(&path, text))?;
    }
    let target = krate.join("target");
    Tool::cargo()
        .args([
            "build",
            "--release",
            "--target",
            TARGET,
            "-Zbuild-std=std,panic_abort",
        ])
        .within(&krate)
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTC", COMPILER)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("PATH", tools::path_with([linkers.to_path_buf()]))
        .limit(BUILD_LIMIT)
        .run_logged(log)?;
    Ok(target.join(TARGET).join("release/deps"))
}

/// Copies the built libraries to where the sysroot has them; what an earlier compiler left goes.
fn take_over(made: &Path, libraries: &Path) -> Result<(), WasmError> {
    if libraries.exists() {
        file(libraries, std::fs::remove_dir_all(libraries))?;
    }
    file(libraries, std::fs::create_dir_all(libraries))?;
    for entry in file(made, std::fs::read_dir(made))?.flatten() {
        let from = entry.path();
        if from
            .extension()
            .is_some_and(|extension| extension == "rlib")
        {
            let to = libraries.join(entry.file_name());
            file(&to, std::fs::copy(&from, &to))?;
        }
    }
    Ok(())
}

/// Build scripts and macros run on this machine, so the sysroot needs its library too.
fn link_host(sysroot: &Path, host: &str) -> Result<(), WasmError> {
    let link = sysroot.join("lib/rustlib").join(host);
    if !link.exists() {
        file(
            &link,
            symlink(Path::new("/usr/lib/rustlib").join(host), &link),
        )?;
    }
    Ok(())
}

fn write_wrapper(wrapper: &Path, sysroot: &Path) -> Result<(), WasmError> {
    let script = format!(
        "#!/bin/sh\nexec {COMPILER} --sysroot '{}' \"$@\"\n",
        sysroot.display()
    );
    file(wrapper, std::fs::write(wrapper, script))?;
    file(
        wrapper,
        std::fs::set_permissions(wrapper, std::fs::Permissions::from_mode(0o755)),
    )
}

fn file<T>(path: &Path, result: std::io::Result<T>) -> Result<T, WasmError> {
    result.map_err(|source| WasmError::File {
        path: path.to_path_buf(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_libraries_are_taken_over_and_old_ones_go() {
        let dir = tempfile::tempdir().unwrap();
        let (made, libraries) = (dir.path().join("made"), dir.path().join("lib"));
        for directory in [&made, &libraries] {
            std::fs::create_dir(directory).unwrap();
        }
        std::fs::write(libraries.join("libstd-old.rlib"), "").unwrap();
        for name in ["libstd-new.rlib", "libstd-new.rmeta", "nothing.wasm"] {
            std::fs::write(made.join(name), "").unwrap();
        }
        take_over(&made, &libraries).unwrap();
        let left: Vec<_> = std::fs::read_dir(&libraries)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(left, ["libstd-new.rlib"]);
    }

    #[test]
    fn the_wrapper_names_the_sysroot_and_is_executable() {
        let dir = tempfile::tempdir().unwrap();
        let wrapper = dir.path().join("rustc");
        write_wrapper(&wrapper, Path::new("/some where/sysroot")).unwrap();
        let text = std::fs::read_to_string(&wrapper).unwrap();
        assert_eq!(
            text,
            "#!/bin/sh\nexec /usr/bin/rustc --sysroot '/some where/sysroot' \"$@\"\n"
        );
        assert_eq!(
            std::fs::metadata(&wrapper).unwrap().permissions().mode() & 0o777,
            0o755
        );
    }
}
