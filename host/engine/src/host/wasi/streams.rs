//! Streams: nothing to read, and output that becomes lines of the log.

use wasmtime::component::Val;

use super::closed::{Answer, Arg, Run};
use super::functions;
use crate::bindings::switchyard::plugin::log::Level;
use crate::fault::Stop;
use crate::store::State;

pub(super) const STDOUT: u32 = 1;
pub(super) const STDERR: u32 = 2;

/// How much a guest may write at once; the interface makes guests ask.
const WRITE_BYTES: u64 = 64 << 10;
/// A line that grows longer than this is written as it is.
const LINE_BYTES: usize = 8 << 10;

/// The line that a guest has begun.
#[derive(Debug, Default)]
pub(crate) struct Output {
    line: Vec<u8>,
}

impl Output {
    /// Takes bytes and hands every finished line to `write`.
    fn push(&mut self, bytes: &[u8], mut write: impl FnMut(&str)) {
        for byte in bytes {
            if *byte == b'\n' || self.line.len() >= LINE_BYTES {
                self.flush(&mut write);
            }
            if *byte != b'\n' {
                self.line.push(*byte);
            }
        }
    }

    fn flush(&mut self, mut write: impl FnMut(&str)) {
        if !self.line.is_empty() {
            write(&String::from_utf8_lossy(&self.line));
            self.line.clear();
        }
    }
}

impl State {
    fn output(&mut self, stream: u32, bytes: &[u8]) {
        // Taken out for the while, because a line goes to the log of the same state.
        match stream {
            STDOUT => {
                let mut output = std::mem::take(&mut self.wasi.stdout);
                output.push(bytes, |line| self.log_line(Level::Info, line));
                self.wasi.stdout = output;
            }
            STDERR => {
                let mut output = std::mem::take(&mut self.wasi.stderr);
                output.push(bytes, |line| self.complain(line));
                self.wasi.stderr = output;
            }
            _ => {}
        }
    }

    /// Writes lines that were begun and not ended; a panic's last words often are.
    pub(crate) fn flush_output(&mut self) {
        if self.wasi.stdout.line.is_empty() && self.wasi.stderr.line.is_empty() {
            return;
        }
        let mut stdout = std::mem::take(&mut self.wasi.stdout);
        stdout.flush(|line| self.log_line(Level::Info, line));
        self.wasi.stdout = stdout;
        let mut stderr = std::mem::take(&mut self.wasi.stderr);
        stderr.flush(|line| self.complain(line));
        self.wasi.stderr = stderr;
    }

    /// A line of standard error.
    fn complain(&mut self, line: &str) {
        self.log_line(Level::Warn, line);
        self.words.printed(line);
    }
}

/// The methods that answer something other than "closed".
pub(super) fn find(method: &str) -> Option<Run> {
    Some(match method {
        "[method]input-stream.subscribe" | "[method]output-stream.subscribe" => {
            |_, _| Ok(functions::ready())
        }
        "[method]output-stream.check-write" => |_, _| Ok(ok(Some(Val::U64(WRITE_BYTES)))),
        "[method]output-stream.write" | "[method]output-stream.blocking-write-and-flush" => write,
        "[method]output-stream.flush"
        | "[method]output-stream.blocking-flush"
        | "[method]output-stream.write-zeroes"
        | "[method]output-stream.blocking-write-zeroes-and-flush" => |_, _| Ok(ok(None)),
        _ => return None,
    })
}

fn ok(value: Option<Val>) -> Answer {
    Answer::Value(Val::Result(Ok(value.map(Box::new))))
}

fn write(state: &mut State, args: &[Arg]) -> Result<Answer, Stop> {
    if let [Arg::Resource(stream), Arg::Bytes(bytes)] = args {
        state.output(*stream, bytes);
    }
    Ok(ok(None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(writes: &[&str], expected: &[&str]) {
        let mut output = Output::default();
        let mut lines = Vec::new();
        for bytes in writes {
            output.push(bytes.as_bytes(), |line| lines.push(line.to_owned()));
        }
        output.flush(|line| lines.push(line.to_owned()));
        assert_eq!(lines, expected);
    }

    #[test]
    fn output_becomes_lines() {
        check(&["a", "b\nc\n"], &["ab", "c"]);
        check(&["panic: ", "x"], &["panic: x"]);
        check(&["\n\n"], &[]);
        let long = "x".repeat(LINE_BYTES + 1);
        check(&[&long], &[&long[..LINE_BYTES], "x"]);
    }
}
