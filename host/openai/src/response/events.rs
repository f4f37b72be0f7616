//! Which parts of a response's body are JSON.
//!
//! In a plain body all of it is. In an event stream it is what follows `data:`; an event's data may span
//! lines, and an empty line ends it.

use super::Format;
use super::scanner::{Found, Scanner};

/// The scanner, and where in the stream's lines it stands.
#[derive(Debug)]
pub(super) struct Events {
    scanner: Scanner,
    /// `None` in a plain body.
    line: Option<Line>,
    /// The last byte was a carriage return: a line feed now ends no further line.
    after_return: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// This many bytes of `data:` were seen, and nothing else.
    Start(usize),
    Data,
    Other,
}

const DATA: &[u8] = b"data:";

impl Events {
    pub(super) fn new(format: Format) -> Self {
        let line = (format == Format::EventStream).then_some(Line::Start(0));
        Self {
            scanner: Scanner::new(),
            line,
            after_return: false,
        }
    }

    /// Whether the bytes at hand are those of a model's name.
    pub(super) fn in_model(&self) -> bool {
        self.scanner.in_model()
    }

    /// Goes on in `chunk` from `at` to the next place of interest; `None` at the chunk's end. Stops
    /// between also where a line ends, with [`Step::Line`], so that a name that was cut off is noticed.
    pub(super) fn next(&mut self, chunk: &[u8], at: &mut usize) -> Option<Step> {
        let Some(line) = self.line else {
            return self.scanner.next(chunk, at).map(Step::Found);
        };
        let byte = *chunk.get(*at)?;
        if std::mem::take(&mut self.after_return) && byte == b'\n' {
            *at += 1;
            return Some(Step::Line);
        }
        match line {
            Line::Start(seen) if DATA.get(seen) == Some(&byte) => {
                *at += 1;
                let whole = seen + 1 == DATA.len();
                self.line = Some(if whole {
                    Line::Data
                } else {
                    Line::Start(seen + 1)
                });
                return Some(Step::Line);
            }
            Line::Start(0) if matches!(byte, b'\n' | b'\r') => self.scanner.reset(),
            Line::Start(_) => self.line = Some(Line::Other),
            Line::Data | Line::Other => {}
        }
        let end =
            memchr::memchr2(b'\n', b'\r', &chunk[*at..]).map_or(chunk.len(), |length| *at + length);
        if self.line == Some(Line::Data)
            && let Some(found) = self.scanner.next(&chunk[..end], at)
        {
            return Some(Step::Found(found));
        }
        *at = end;
        if let Some(&byte) = chunk.get(end) {
            if self.line == Some(Line::Data) {
                // To the JSON an end of line is white space, and ends a number or a string.
                let ended = self.scanner.next(b"\n", &mut 0);
                if let Some(found) = ended {
                    return Some(Step::Found(found));
                }
            }
            *at += 1;
            self.after_return = byte == b'\r';
            self.line = Some(Line::Start(0));
        }
        Some(Step::Line)
    }
}

/// How far [`Events::next`] came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// To a place of interest.
    Found(Found),
    /// To a border in the event stream, or the chunk's end.
    Line,
}
