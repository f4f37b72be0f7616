//! Follows JSON across chunks and reports the places of interest, in bounded memory.
//!
//! This is no judge of JSON: a response goes on to the client whatever it holds. But where it stops being
//! JSON, nothing more is reported until the next document, so that nothing is read into garbage.

use super::place::{Count, Place};
use crate::json::{decode, plain_len};

/// Something of interest. Positions are in the chunk at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// The opening quote of a model's name.
    ModelStart(usize),
    /// Just after its closing quote.
    ModelEnd(usize),
    /// A number of tokens. Values of another type are not reported.
    Count(Count, u64),
}

/// Raw keys longer than this lead nowhere: room for the longest one with every letter escaped.
const MAX_KEY: usize = Place::LONGEST_KEY * 6;
/// Digits of the largest `u64`.
const MAX_LITERAL: usize = 20;
/// `response.usage.input_tokens_details` is as deep as it gets.
const MAX_STACK: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a value at the current place.
    Value,
    /// Before a key; `true`: or the end of the object.
    Key(bool),
    InKey,
    Colon,
    InModel,
    /// In a string nobody wants.
    InString,
    /// In a number, or another bare word.
    InScalar,
    /// Inside a container nobody wants, this many brackets deep.
    Skipping(u64),
    SkippingString(u64),
    AfterMember,
    /// Not JSON.
    Lost,
}

#[derive(Debug)]
pub(super) struct Scanner {
    state: State,
    /// The objects that are open and lead somewhere.
    stack: [Place; MAX_STACK],
    depth: usize,
    /// The place of the value at hand.
    place: Place,
    /// The last byte was a backslash inside a string.
    escaped: bool,
    /// The key or literal so far.
    held: Vec<u8>,
}

impl Scanner {
    pub(super) fn new() -> Self {
        Self {
            state: State::Value,
            stack: [Place::Root; MAX_STACK],
            depth: 0,
            place: Place::Root,
            escaped: false,
            held: Vec::with_capacity(MAX_KEY),
        }
    }

    /// Back to before a document.
    pub(super) fn reset(&mut self) {
        self.state = State::Value;
        self.depth = 0;
        self.place = Place::Root;
        self.escaped = false;
        self.held.clear();
    }

    /// Whether the bytes at hand are those of a model's name.
    pub(super) fn in_model(&self) -> bool {
        self.state == State::InModel
    }

    /// Goes on in `chunk` from `at` to the next place of interest; `None` at the chunk's end.
    pub(super) fn next(&mut self, chunk: &[u8], at: &mut usize) -> Option<Found> {
        while let Some(&byte) = chunk.get(*at) {
            match self.state {
                State::Lost => {
                    *at = chunk.len();
                    return None;
                }
                State::InKey | State::InModel | State::InString | State::SkippingString(_) => {
                    if let Some(found) = self.string(chunk, at) {
                        return Some(found);
                    }
                }
                State::InScalar => {
                    let rest = &chunk[*at..];
                    let length = rest.iter().take_while(|&&byte| is_scalar(byte)).count();
                    if matches!(self.place, Place::Count(_)) {
                        self.hold(&rest[..length], MAX_LITERAL);
                    }
                    *at += length;
                    if length < rest.len()
                        && let Some(found) = self.end_scalar()
                    {
                        return Some(found);
                    }
                }
                State::Skipping(depth) => self.skip(chunk, at, depth),
                _ if matches!(byte, b' ' | b'\n' | b'\t' | b'\r') => *at += 1,
                State::Value => {
                    let start = *at;
                    if !is_scalar(byte) {
                        *at += 1;
                    }
                    if let Some(found) = self.value(byte, start) {
                        return Some(found);
                    }
                }
                State::Key(may_close) => {
                    *at += 1;
                    match byte {
                        b'"' => self.state = State::InKey,
                        b'}' if may_close => self.close(),
                        _ => self.state = State::Lost,
                    }
                }
                State::Colon => {
                    *at += 1;
                    self.state = if byte == b':' {
                        State::Value
                    } else {
                        State::Lost
                    };
                }
                State::AfterMember => {
                    *at += 1;
                    match byte {
                        b',' => self.state = State::Key(false),
                        b'}' => self.close(),
                        _ => self.state = State::Lost,
                    }
                }
            }
        }
        None
    }

    /// The first byte of a value, which stands at `at`.
    fn value(&mut self, byte: u8, at: usize) -> Option<Found> {
        match byte {
            b'{' if self.place.leads_on() && self.depth < MAX_STACK => {
                self.stack[self.depth] = self.place;
                self.depth += 1;
                self.state = State::Key(true);
                return None;
            }
            b'{' | b'[' => self.state = State::Skipping(1),
            b'"' if self.place == Place::Model => {
                self.state = State::InModel;
                return Some(Found::ModelStart(at));
            }
            b'"' => self.state = State::InString,
            _ if is_scalar(byte) => self.state = State::InScalar,
            _ => self.state = State::Lost,
        }
        None
    }

    /// Goes on inside of a string.
    fn string(&mut self, chunk: &[u8], at: &mut usize) -> Option<Found> {
        let start = *at;
        if self.escaped {
            self.escaped = false;
            *at += 1;
        } else {
            *at += plain_len(&chunk[start..]);
        }
        let stop = chunk.get(*at).copied();
        let keep_escape = stop == Some(b'\\');
        if self.state == State::InKey {
            if stop == Some(b'"') && self.held.is_empty() && *at - start <= MAX_KEY {
                self.enter(&chunk[start..*at]);
                *at += 1;
                return None;
            }
            let end = *at + usize::from(keep_escape);
            self.hold(&chunk[start..end], MAX_KEY);
        }
        match stop {
            None => {}
            Some(b'"') => {
                *at += 1;
                return self.end_string(*at);
            }
            Some(b'\\') => {
                self.escaped = true;
                *at += 1;
            }
            // A control character: a string cannot hold one.
            Some(byte) if byte < 0x20 => self.state = State::Lost,
            Some(_) => {}
        }
        None
    }

    /// Just after a string's closing quote, at `at`.
    fn end_string(&mut self, at: usize) -> Option<Found> {
        match self.state {
            State::InKey => {
                let held = std::mem::take(&mut self.held);
                if held.len() > MAX_KEY {
                    self.place = Place::Elsewhere;
                    self.state = State::Colon;
                } else if held.contains(&b'\\') {
                    let mut key = Vec::with_capacity(held.len());
                    decode(&held, &mut key);
                    self.enter(&key);
                } else {
                    self.enter(&held);
                }
                self.held = held;
                self.held.clear();
            }
            State::InModel => {
                self.end_value();
                return Some(Found::ModelEnd(at));
            }
            State::SkippingString(depth) => self.state = State::Skipping(depth),
            _ => self.end_value(),
        }
        None
    }

    /// Just after `key`, decoded.
    fn enter(&mut self, key: &[u8]) {
        self.place = self.stack[self.depth.saturating_sub(1)].member(key);
        self.state = State::Colon;
    }

    /// Goes on to the next string, or out of the container.
    fn skip(&mut self, chunk: &[u8], at: &mut usize, mut depth: u64) {
        while let Some(&byte) = chunk.get(*at) {
            *at += 1;
            match byte {
                b'"' => {
                    self.state = State::SkippingString(depth);
                    return;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 1 => {
                    self.end_value();
                    return;
                }
                b'}' | b']' => depth -= 1,
                _ => {}
            }
        }
        self.state = State::Skipping(depth);
    }

    fn end_scalar(&mut self) -> Option<Found> {
        let found = match self.place {
            Place::Count(count) if self.held.len() <= MAX_LITERAL => {
                let literal = str::from_utf8(&self.held).ok();
                // `parse` would also take a plus sign, which JSON does not have.
                let literal = literal.filter(|literal| !literal.starts_with('+'));
                literal
                    .and_then(|literal| literal.parse().ok())
                    .map(|tokens| Found::Count(count, tokens))
            }
            _ => None,
        };
        self.held.clear();
        self.end_value();
        found
    }

    /// After a value: on in the object it is a member of, or to the next document.
    fn end_value(&mut self) {
        if self.depth == 0 {
            self.reset();
        } else {
            self.state = State::AfterMember;
        }
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.end_value();
    }

    /// Keeps `bytes`, and of what exceeds `most` just enough to know that it did.
    fn hold(&mut self, bytes: &[u8], most: usize) {
        let room = (most + 1).saturating_sub(self.held.len());
        self.held.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

fn is_scalar(byte: u8) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0_u8;
        while byte < 0x80 {
            table[byte as usize] =
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
            byte += 1;
        }
        table
    };
    TABLE[usize::from(byte)]
}
