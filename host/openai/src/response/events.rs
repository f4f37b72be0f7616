//! Which parts of a response's body are JSON.
//!
//! In a plain body all of it is. In an event stream it is what follows `data:`; an event's data may span
//! lines, and an empty line ends it. Most events of a stream hold a token and nothing anybody wants: those
//! that lie whole in a chunk and do not name the key that leads to it are passed over unread.

use memchr::memmem::Finder;

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
    /// The key that leads to what is wanted, in quotes.
    wanted: Finder<'static>,
    /// Nothing wanted can be ahead in this event but by way of that key.
    at_rest: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// This many bytes of `data:` were seen, and nothing else.
    Start(usize),
    Data,
    Other,
}

const DATA: &[u8] = b"data:";
/// Longer events are read. Without a limit, events that end otherwise would be searched through again and
/// again.
const MAX_PASSED_OVER: usize = 4096;

impl Events {
    /// `wanted` is a key in quotes; only what stands below it, or is its value, is sure to be reported.
    pub(super) fn new(format: Format, wanted: &'static str) -> Self {
        let line = (format == Format::EventStream).then_some(Line::Start(0));
        Self {
            scanner: Scanner::new(),
            line,
            after_return: false,
            wanted: Finder::new(wanted),
            at_rest: true,
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
        if std::mem::take(&mut self.at_rest)
            && let Some(length) = self.idle_event(&chunk[*at..])
        {
            *at += length;
            self.end_event();
            return Some(Step::Line);
        }
        match line {
            Line::Start(0) if chunk[*at..].starts_with(DATA) => {
                *at += DATA.len();
                self.line = Some(Line::Data);
                return Some(Step::Line);
            }
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
            Line::Start(0) if matches!(byte, b'\n' | b'\r') => self.end_event(),
            Line::Start(_) => self.line = Some(Line::Other),
            Line::Data | Line::Other => {}
        }
        let end =
            memchr::memchr2(b'\n', b'\r', &chunk[*at..]).map_or(chunk.len(), |length| *at + length);
        if self.line == Some(Line::Data)
            && let Some(found) = self.scanner.next(&chunk[..end], at)
        {
            self.at_rest = matches!(found, Found::ModelEnd(_));
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

    fn end_event(&mut self) {
        self.scanner.reset();
        self.line = Some(Line::Start(0));
        self.at_rest = true;
    }

    /// The length of the rest of the event at hand, its empty line included, if it is all here and cannot
    /// hold the wanted key. Letters can be written as escapes, too.
    fn idle_event(&self, rest: &[u8]) -> Option<usize> {
        let rest = &rest[..rest.len().min(MAX_PASSED_OVER)];
        let ends_it = |&at: &usize| rest.get(at + 1) == Some(&b'\n');
        let end = memchr::memchr_iter(b'\n', rest).find(ends_it)?;
        let rest = &rest[..end];
        let escaped = |at: usize| rest.get(at + 1) == Some(&b'u');
        let may_hold_it =
            self.wanted.find(rest).is_some() || memchr::memchr_iter(b'\\', rest).any(escaped);
        (!may_hold_it).then_some(end + 2)
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
