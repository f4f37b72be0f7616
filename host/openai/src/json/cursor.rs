//! The walk over a body.

use std::ops::Range;

use super::{Fault, JsonError, Text, number};

/// Containers may nest this deep, as in serde_json.
const MAX_DEPTH: u32 = 127;

/// What a value is, told by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    /// With its article, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "a boolean",
            Kind::Number => "a number",
            Kind::String => "a string",
            Kind::Array => "an array",
            Kind::Object => "an object",
        }
    }
}

/// A position in a body. Every step checks what it passes; the body is JSON once [`Cursor::end`] agreed.
#[derive(Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: u32,
}

/// A place to come back to, see [`Cursor::rewind`].
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    at: usize,
    depth: u32,
}

impl<'a> Cursor<'a> {
    /// At the body's start. Refuses what is not UTF-8, once and for the whole body.
    pub fn new(bytes: &'a [u8]) -> Result<Self, JsonError> {
        if simdutf8::basic::from_utf8(bytes).is_err() {
            let at = simdutf8::compat::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), |_| 0);
            return Err(JsonError {
                at,
                fault: Fault::Utf8,
            });
        }
        Ok(Self {
            bytes,
            at: 0,
            depth: 0,
        })
    }

    /// The body.
    pub fn body(&self) -> &'a [u8] {
        self.bytes
    }

    /// The offset of the next byte.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Remembers this place.
    pub fn mark(&self) -> Mark {
        Mark {
            at: self.at,
            depth: self.depth,
        }
    }

    /// Back to `mark`.
    pub fn rewind(&mut self, mark: Mark) {
        self.at = mark.at;
        self.depth = mark.depth;
    }

    /// The kind of the next value, which is not consumed.
    pub fn kind(&mut self) -> Result<Kind, JsonError> {
        match self.peek()? {
            b'"' => Ok(Kind::String),
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::Array),
            b'-' | b'0'..=b'9' => Ok(Kind::Number),
            b't' | b'f' => Ok(Kind::Bool),
            b'n' => Ok(Kind::Null),
            _ => Err(self.fault(Fault::Expected("a value"))),
        }
    }

    /// Walks over the next value, whatever it is, and says where it stands.
    pub fn skip(&mut self) -> Result<Range<usize>, JsonError> {
        let first = self.peek()?;
        let start = self.at;
        match first {
            b'{' | b'[' => self.skip_container()?,
            _ => self.scalar(first)?,
        }
        Ok(start..self.at)
    }

    /// The next value, which must be a string.
    pub fn string(&mut self) -> Result<Text, JsonError> {
        self.expect(b'"', "a string")?;
        let text = Text::read(self.bytes, self.at)?;
        self.at = text.span().end;
        Ok(text)
    }

    /// Enters the next value, which must be an object.
    pub fn object(&mut self) -> Result<Members, JsonError> {
        self.enter(b'{', "an object")?;
        Ok(Members { first: true })
    }

    /// Enters the next value, which must be an array.
    pub fn array(&mut self) -> Result<Items, JsonError> {
        self.enter(b'[', "an array")?;
        Ok(Items { first: true })
    }

    /// Agrees that nothing but white space is left.
    pub fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(self.fault(Fault::Trailing))
        }
    }

    fn fault(&self, fault: Fault) -> JsonError {
        JsonError { at: self.at, fault }
    }

    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Result<u8, JsonError> {
        self.space();
        self.bytes
            .get(self.at)
            .copied()
            .ok_or_else(|| self.fault(Fault::End))
    }

    fn expect(&mut self, byte: u8, name: &'static str) -> Result<(), JsonError> {
        if self.peek()? != byte {
            return Err(self.fault(Fault::Expected(name)));
        }
        self.at += 1;
        Ok(())
    }

    fn enter(&mut self, byte: u8, name: &'static str) -> Result<(), JsonError> {
        self.expect(byte, name)?;
        if self.depth == MAX_DEPTH {
            return Err(self.fault(Fault::Depth));
        }
        self.depth += 1;
        Ok(())
    }

    fn key(&mut self) -> Result<Text, JsonError> {
        let key = self.string()?;
        self.expect(b':', "`:`")?;
        Ok(key)
    }

    fn scalar(&mut self, first: u8) -> Result<(), JsonError> {
        match first {
            b'"' => self.string().map(drop),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            b'-' | b'0'..=b'9' => {
                self.at = number::end(self.bytes, self.at)?;
                Ok(())
            }
            _ => Err(self.fault(Fault::Expected("a value"))),
        }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), JsonError> {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            return Ok(());
        }
        let cut_short = word.starts_with(rest);
        Err(self.fault(if cut_short {
            Fault::End
        } else {
            Fault::Expected("a value")
        }))
    }

    /// Without recursion: `objects` holds one bit for every container that is open, the innermost
    /// lowest, set for objects. There are never more than [`MAX_DEPTH`].
    fn skip_container(&mut self) -> Result<(), JsonError> {
        let outside = self.depth;
        let mut objects = 0_u128;
        loop {
            let mut closed = true;
            match self.peek()? {
                b'{' => {
                    self.enter(b'{', "an object")?;
                    objects = objects << 1 | 1;
                    if self.peek()? != b'}' {
                        self.key()?;
                        continue;
                    }
                }
                b'[' => {
                    self.enter(b'[', "an array")?;
                    objects <<= 1;
                    if self.peek()? != b']' {
                        continue;
                    }
                }
                first => {
                    self.scalar(first)?;
                    closed = false;
                }
            }
            loop {
                if closed {
                    // At the bracket that closes the innermost container.
                    self.at += 1;
                    self.depth -= 1;
                    objects >>= 1;
                    if self.depth == outside {
                        return Ok(());
                    }
                }
                let in_object = objects & 1 == 1;
                match (self.peek()?, in_object) {
                    (b',', _) => {
                        self.at += 1;
                        if in_object {
                            self.key()?;
                        }
                        break;
                    }
                    (b'}', true) | (b']', false) => closed = true,
                    (_, true) => return Err(self.fault(Fault::Expected("`,` or `}`"))),
                    (_, false) => return Err(self.fault(Fault::Expected("`,` or `]`"))),
                }
            }
        }
    }

    /// Past the comma or the closing bracket: whether a further member or item follows.
    fn more(&mut self, first: &mut bool, close: u8, name: &'static str) -> Result<bool, JsonError> {
        let next = self.peek()?;
        if next == close {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            self.expect(b',', name)?;
        }
        Ok(true)
    }
}

/// An object that was entered. Ask for keys until there is none, and walk over each value between.
#[derive(Debug)]
pub struct Members {
    first: bool,
}

impl Members {
    /// The next key; `None` once the object is closed.
    pub fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Text>, JsonError> {
        if !cursor.more(&mut self.first, b'}', "`,` or `}`")? {
            return Ok(None);
        }
        cursor.key().map(Some)
    }
}

/// An array that was entered. Walk over one value each time there is a further one.
#[derive(Debug)]
pub struct Items {
    first: bool,
}

impl Items {
    /// Whether a further value follows; `false` once the array is closed.
    pub fn next(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, JsonError> {
        cursor.more(&mut self.first, b']', "`,` or `]`")
    }
}
