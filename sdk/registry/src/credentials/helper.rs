//! Credential helpers: programs `docker-credential-NAME` that keep secrets out of files.
//!
//! `get` takes the registry on standard input and answers with JSON.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

/// A helper may ask its user for a passphrase.
const LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(10);
/// A secret is short; whatever else a helper prints is cut off here.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// What every helper says that has nothing for a registry.
const NOT_FOUND: &str = "credentials not found";

/// Why a credential helper is of no use.
#[derive(Debug, thiserror::Error)]
pub enum HelperError {
    /// Its name would be a path.
    #[error(
        "docker's configuration names the credential helper `{0}`, expected the end of a program's name, such as `pass` for `docker-credential-pass`"
    )]
    Name(String),
    /// It cannot be started.
    #[error(
        "the credential helper `{program}` cannot be started: {source}; put it on PATH, or log in without it"
    )]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// It ended badly.
    #[error(
        "the credential helper `{program}` has nothing to say of {registry}: {said}; try it: echo {registry} | {program} get"
    )]
    Failed {
        /// The program.
        program: String,
        /// The registry asked for.
        registry: String,
        /// Its own words, or how it ended.
        said: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// The program of a helper's name.
pub(super) fn program(name: &str) -> Result<String, HelperError> {
    if name.is_empty() || name.contains(['/', '\\']) {
        return Err(HelperError::Name(name.to_owned()));
    }
    Ok(format!("docker-credential-{name}"))
}

/// User name and secret for a registry, where the helper has them. It has `left` to answer, and never more than
/// [`LIMIT`].
pub(super) fn ask(
    program: &str,
    registry: &str,
    left: Duration,
) -> Result<Option<(String, String)>, HelperError> {
    let limit = left.min(LIMIT);
    let failed = |said: String| HelperError::Failed {
        program: program.to_owned(),
        registry: registry.to_owned(),
        said,
    };
    let mut child = Command::new(program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| HelperError::Start {
            program: program.to_owned(),
            source,
        })?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that does not read says so by how it ends.
        let _ = stdin.write_all(registry.as_bytes());
    }
    let told = |error: std::io::Error| failed(error.to_string());
    let mut out = Reader::new(child.stdout.take()).map_err(told)?;
    let mut err = Reader::new(child.stderr.take()).map_err(told)?;
    let status = wait(&mut child, limit, || {
        out.read();
        err.read();
    });
    let status = status.map_err(told)?.ok_or_else(|| {
        let tenths = (limit.as_secs_f64() * 10.0).round();
        failed(format!("no answer in {} s", tenths / 10.0))
    })?;
    // Some helpers report on standard output.
    let (out, err) = (out.text(), err.text());
    if status.success() {
        let answer: Answer = serde_json::from_str(&out)
            .map_err(|error| failed(format!("its answer is not as agreed: {error}")))?;
        return Ok(Some((answer.username, answer.secret)));
    }
    if out.contains(NOT_FOUND) || err.contains(NOT_FOUND) {
        return Ok(None);
    }
    let said = [out.trim(), err.trim()]
        .into_iter()
        .find(|text| !text.is_empty())
        .map_or_else(|| status.to_string(), str::to_owned);
    Err(failed(said))
}

/// Takes what a helper wrote, without waiting for more: an agent that it leaves running may keep its output open for
/// as long as the machine runs.
struct Reader<P> {
    /// None once it ended, or once there is more than anybody wants to read.
    pipe: Option<P>,
    bytes: Vec<u8>,
}

impl<P: Read + AsFd> Reader<P> {
    fn new(pipe: Option<P>) -> std::io::Result<Self> {
        if let Some(pipe) = &pipe {
            rustix::io::ioctl_fionbio(pipe, true)?;
        }
        let bytes = Vec::new();
        Ok(Self { pipe, bytes })
    }

    /// Takes all that is there.
    fn read(&mut self) {
        let mut chunk = [0; 4096];
        while let Some(pipe) = &mut self.pipe {
            match pipe.read(&mut chunk) {
                Ok(count) if count > 0 && self.bytes.len() < MAX_ANSWER_BYTES => {
                    self.bytes.extend_from_slice(&chunk[..count]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // What came before a broken pipe is all there is.
                _ => self.pipe = None,
            }
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Calls `read` again and again, the last time after the end. Nothing if it did not end in time; it is ended then.
fn wait(
    child: &mut Child,
    limit: Duration,
    mut read: impl FnMut(),
) -> std::io::Result<Option<ExitStatus>> {
    let deadline = Instant::now() + limit;
    loop {
        // Asked first: what it wrote before its end is then there to be read.
        let ended = child.try_wait()?;
        read();
        if ended.is_some() {
            return Ok(ended);
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(POLL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Another process writes it: what this one has open for writing is inherited by whatever another test starts at
    /// that moment, and a program that somebody writes cannot be started.
    fn write_program(path: &std::path::Path, text: &str) {
        let mut writer = Command::new("sh")
            .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
            .arg(path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = writer.stdin.take().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        drop(input);
        assert!(writer.wait().unwrap().success());
    }

    /// Asks a helper with this script.
    fn ask_script(script: &str, limit: Duration) -> Result<Option<(String, String)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker-credential-test");
        write_program(&path, &format!("#!/bin/sh\n{script}\n"));
        let program = path.to_str().unwrap();
        ask(program, "registry.example:5000", limit)
            .map_err(|error| error.to_string().replace(program, "HELPER"))
    }

    #[test]
    fn a_helper_is_asked_by_the_registry_on_its_input() {
        let script = r#"read host; echo "{\"ServerURL\":\"x\",\"Username\":\"$1\",\"Secret\":\"for $host\"}""#;
        assert_eq!(
            ask_script(script, LIMIT),
            Ok(Some((
                "get".to_owned(),
                "for registry.example:5000".to_owned()
            )))
        );
    }

    #[test]
    fn nothing_found_is_no_error() {
        let script = "echo 'credentials not found in native keychain'; exit 1";
        assert_eq!(ask_script(script, LIMIT), Ok(None));
    }

    fn check_failure(script: &str, limit: Duration, expected: &str) {
        let error = ask_script(script, limit).unwrap_err();
        assert!(error.contains(expected), "{script}: {error}");
        assert!(
            error.ends_with("try it: echo registry.example:5000 | HELPER get"),
            "{error}"
        );
    }

    #[test]
    fn a_helper_that_fails_is_quoted() {
        check_failure(
            "echo 'the keyring is locked' >&2; exit 1",
            LIMIT,
            "the keyring is locked",
        );
        check_failure("exit 3", LIMIT, "exit status: 3");
        check_failure("echo hello", LIMIT, "its answer is not as agreed");
    }

    #[test]
    fn a_helper_that_hangs_is_ended() {
        let started = Instant::now();
        check_failure(
            "exec sleep 60",
            Duration::from_millis(100),
            "no answer in 0.1 s",
        );
        // One that only talks is no better.
        check_failure("exec yes", LIMIT, "y\ny\n");
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn an_agent_that_a_helper_leaves_running_is_not_waited_for() {
        let answer = r#"echo '{"Username":"ada","Secret":"secret"}'"#;
        let started = Instant::now();
        let asked = ask_script(&format!("sleep 30 & {answer}"), LIMIT);
        assert_eq!(asked, Ok(Some(("ada".to_owned(), "secret".to_owned()))));
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn an_answer_longer_than_a_pipe_is_taken_whole() {
        let secret = "x".repeat(50_000);
        let script = format!(
            "head -c 10000 /dev/zero | tr '\\0' ' '; echo '{{\"Username\":\"ada\",\"Secret\":\"{secret}\"}}'"
        );
        assert_eq!(
            ask_script(&script, LIMIT),
            Ok(Some(("ada".to_owned(), secret)))
        );
    }

    #[test]
    fn a_helper_that_is_not_there_is_named() {
        let error = ask("docker-credential-nowhere", "registry.example", LIMIT).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("`docker-credential-nowhere` cannot be started"),
            "{text}"
        );
    }

    #[test]
    fn a_name_cannot_lead_out_of_path() {
        assert_eq!(program("pass").unwrap(), "docker-credential-pass");
        for name in ["", "../../tmp/evil", "a\\b"] {
            assert!(matches!(program(name), Err(HelperError::Name(_))), "{name}");
        }
    }
}
