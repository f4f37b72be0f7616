//! A real registry: Debian's `docker-registry`, with its files in a folder of its own.
//!
//! The tests of the command, and of the picker, start it too.

// Clippy takes helpers of tests for production code.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const PROGRAM: &str = "docker-registry";
/// The user `ada` with the password `secret`, as `htpasswd -B` writes it.
const PASSWORDS: &str = "ada:$2y$04$7kirwLNQm6aE9CpCiaOJxesByfOsOWURPm3ENyED92CRc1vF39Xzi\n";
/// What it logs once it has a port, which it takes itself, so that no two tests want the same.
const LISTENING: &str = "listening on ";

/// A running registry; it ends when this is dropped.
pub(crate) struct Server {
    address: String,
    child: Child,
    _files: TempDir,
}

impl Server {
    /// One that lets everybody do everything.
    pub(crate) fn open() -> Self {
        Self::start("127.0.0.1", |_| String::new())
    }

    /// One that asks for ada's password.
    pub(crate) fn closed() -> Self {
        Self::start("127.0.0.1", |files| {
            let passwords = files.join("passwords");
            std::fs::write(&passwords, PASSWORDS).unwrap();
            let passwords = passwords.display();
            format!("auth: {{htpasswd: {{realm: tests, path: {passwords}}}}}\n")
        })
    }

    /// One on this address, with more settings.
    pub(crate) fn start(host: &str, more: impl FnOnce(&Path) -> String) -> Self {
        let files = TempDir::new().unwrap();
        let folder = files.path().display();
        let more = more(files.path());
        let settings = files.path().join("settings.yml");
        let text = format!(
            "version: 0.1\n\
             log: {{level: info, accesslog: {{disabled: true}}}}\n\
             storage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n\
             http:\n  addr: '{host}:0'\n{more}"
        );
        std::fs::write(&settings, text).unwrap();
        let mut child = Command::new(PROGRAM)
            .arg("serve")
            .arg(&settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{PROGRAM}: {error}; install it with `apt-get install {PROGRAM}`, as `cargo xtask setup` does")
            });
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut before = String::new();
        let address = log
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                before.push_str(&line);
                before.push('\n');
                let (_, rest) = line.split_once(LISTENING)?;
                Some(
                    rest.split(['"', ',', ' '])
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                )
            })
            .unwrap_or_else(|| panic!("{PROGRAM} ended before it listened:\n{before}"));
        // It must not stop because nobody reads what it says.
        std::thread::spawn(move || log.for_each(drop));
        Self {
            address,
            child,
            _files: files,
        }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
