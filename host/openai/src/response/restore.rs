//! Puts the client's name of the model back into a response.
//!
//! A request whose model was rewritten is answered in the name of the model that served it. The client
//! asked for another name and must find that one.

use super::Format;
use super::events::{Events, Step};
use super::scanner::Found;
use crate::rewrite::json_string;

/// A name that is still not over after so many bytes is left as it is.
const MAX_NAME: usize = 4096;

/// Replaces the value of `model` at the top level of every JSON document, and of the `response` or
/// `message` that an event wraps, where it is a string. No other byte changes, and how the body is cut
/// into chunks makes no difference to what comes out.
#[derive(Debug)]
pub struct ModelRestorer {
    events: Events,
    /// The client's name as a JSON string.
    name: Vec<u8>,
    /// The server's name so far, from its opening quote on.
    held: Vec<u8>,
    /// Inside of a name.
    holding: bool,
    /// Inside of a name that was too long and is let through.
    gave_up: bool,
}

impl ModelRestorer {
    /// For a response of this format to a client that asked for `model`.
    pub fn new(format: Format, model: &str) -> Self {
        Self {
            events: Events::new(format, "\"model\""),
            name: json_string(model),
            held: Vec::new(),
            holding: false,
            gave_up: false,
        }
    }

    /// Takes the next chunk and appends what may go on. A name that a chunk's end cuts is held back until
    /// its rest is here.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let mut at = 0;
        let mut done = 0;
        loop {
            let step = self.events.next(chunk, &mut at);
            match step {
                Some(Step::Found(Found::ModelStart(start))) => {
                    out.extend_from_slice(&chunk[done..start]);
                    done = start;
                    self.holding = true;
                }
                Some(Step::Found(Found::ModelEnd(end))) => {
                    self.hold(&chunk[done..end], out);
                    if !std::mem::take(&mut self.gave_up) {
                        out.extend_from_slice(&self.name);
                        self.held.clear();
                    }
                    done = end;
                    self.holding = false;
                }
                _ => {}
            }
            if self.holding && !self.events.in_model() {
                // What held it was no JSON after all.
                self.release(out);
            }
            if step.is_none() {
                break;
            }
        }
        if self.holding {
            self.hold(&chunk[done..], out);
        } else {
            out.extend_from_slice(&chunk[done..]);
        }
    }

    /// The end of the body: appends what was held back.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.release(out);
    }

    fn hold(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.held.extend_from_slice(bytes);
        if self.gave_up || self.held.len() > MAX_NAME {
            out.append(&mut self.held);
            self.gave_up = true;
        }
    }

    fn release(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
        self.holding = false;
        self.gave_up = false;
    }
}
