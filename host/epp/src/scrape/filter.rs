//! Keeps the lines of the wanted metric families and drops the rest while the answer streams in.
//!
//! A model server's exposition is some 60 KB, of which a scraper wants a handful of lines. Nothing
//! is buffered but those lines and, at the edge of a chunk, the undecided beginning of one.

use memchr::memchr;

/// The names of the wanted families.
#[derive(Debug)]
pub(super) struct Families {
    /// What all names begin with: most lines of a server's own metrics share it and differ after.
    common: Vec<u8>,
    /// What follows it, per name.
    rests: Vec<Vec<u8>>,
    /// The bytes one of `rests` begins with, or that end a name that is `common` alone.
    first: [bool; 256],
    /// Bytes of a line after which it is decided at the latest.
    decided_after: usize,
}

/// Bytes that may follow the name on a line of its family.
fn ends_name(byte: u8) -> bool {
    matches!(byte, b'{' | b' ' | b'\t')
}

impl Families {
    pub(super) fn new(names: &[String]) -> Self {
        let common = names.iter().map(String::as_bytes).reduce(|common, name| {
            let shared = common.iter().zip(name).take_while(|(a, b)| a == b).count();
            &common[..shared]
        });
        let common = common.unwrap_or_default().to_vec();
        let rests: Vec<Vec<u8>> = names
            .iter()
            .map(|name| name.as_bytes()[common.len()..].to_vec())
            .collect();
        let mut first = [false; 256];
        for rest in &rests {
            match rest.first() {
                Some(byte) => first[usize::from(*byte)] = true,
                None => {
                    for byte in 0..=u8::MAX {
                        first[usize::from(byte)] |= ends_name(byte);
                    }
                }
            }
        }
        let longest = names.iter().map(String::len).max().unwrap_or(0);
        Self {
            common,
            rests,
            first,
            decided_after: longest + 1,
        }
    }

    /// Whether every line is wanted.
    fn everything(&self) -> bool {
        self.rests.is_empty()
    }

    /// Whether the line that begins with these bytes is wanted; `None`: more bytes are needed.
    fn wants(&self, line: &[u8]) -> Option<bool> {
        let Some(rest) = line.strip_prefix(&*self.common) else {
            return match self.common.starts_with(line) {
                true => None,
                false => Some(false),
            };
        };
        let first = *rest.first()?;
        if !self.first[usize::from(first)] {
            return Some(false);
        }
        let mut undecided = false;
        for name in &self.rests {
            match rest.strip_prefix(&**name) {
                Some([next, ..]) if ends_name(*next) => return Some(true),
                Some([_, ..]) => {}
                _ => undecided |= name.starts_with(rest),
            }
        }
        if undecided { None } else { Some(false) }
    }
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Start,
    Keep,
    Skip,
}

/// One answer on its way through the filter. Made once and cleared for each answer.
#[derive(Debug, Default)]
pub(super) struct Kept {
    bytes: Vec<u8>,
    /// The beginning of a line that is not decided yet.
    undecided: Vec<u8>,
    state: State,
}

impl Kept {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.undecided.clear();
        self.state = State::Start;
    }

    /// What was kept, in the order it came.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes the next bytes of the answer.
    pub(super) fn push(&mut self, families: &Families, mut rest: &[u8]) {
        if families.everything() {
            self.bytes.extend_from_slice(rest);
            return;
        }
        while !rest.is_empty() {
            match self.state {
                State::Start if self.undecided.is_empty() => match families.wants(rest) {
                    Some(true) => self.state = State::Keep,
                    Some(false) => self.state = State::Skip,
                    None => {
                        self.undecided.extend_from_slice(rest);
                        return;
                    }
                },
                State::Start => {
                    let before = self.undecided.len();
                    let more = rest.len().min(families.decided_after - before);
                    self.undecided.extend_from_slice(&rest[..more]);
                    match families.wants(&self.undecided) {
                        None => {
                            rest = &rest[more..];
                            continue;
                        }
                        Some(wanted) => {
                            self.undecided.truncate(before);
                            if wanted {
                                self.bytes.append(&mut self.undecided);
                                self.state = State::Keep;
                            } else {
                                self.undecided.clear();
                                self.state = State::Skip;
                            }
                        }
                    }
                }
                State::Keep | State::Skip => {
                    let end = memchr(b'\n', rest).map(|at| at + 1);
                    let line = &rest[..end.unwrap_or(rest.len())];
                    if matches!(self.state, State::Keep) {
                        self.bytes.extend_from_slice(line);
                    }
                    rest = &rest[line.len()..];
                    if end.is_some() {
                        self.state = State::Start;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# HELP vllm:waiting How many wait\n# TYPE vllm:waiting gauge\n\
        vllm:waiting{engine=\"0\"} 3.0\nvllm:waiting_by_reason{reason=\"capacity\"} 9\n\
        vllm:wait 1\n\nvllm:running 4\r\nother:waiting 7\nvllm:waiting\t5\nvllm:waiting\nvllm:runnin";

    fn names(names: &[&str]) -> Families {
        Families::new(
            &names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>(),
        )
    }

    fn filtered(families: &Families, chunks: &[&[u8]]) -> String {
        let mut kept = Kept::default();
        kept.push(families, b"vllm:waiting 99 of an answer before\nvllm:wai");
        kept.clear();
        for chunk in chunks {
            kept.push(families, chunk);
        }
        String::from_utf8_lossy(kept.bytes()).into_owned()
    }

    #[test]
    fn lines_of_whole_names_stay() {
        let rows: [(&[&str], &str); 6] = [
            (
                &["vllm:waiting", "vllm:running"],
                "vllm:waiting{engine=\"0\"} 3.0\nvllm:running 4\r\nvllm:waiting\t5\n",
            ),
            (&["vllm:wait"], "vllm:wait 1\n"),
            (
                &["vllm:wait", "vllm:waiting_by_reason"],
                "vllm:waiting_by_reason{reason=\"capacity\"} 9\nvllm:wait 1\n",
            ),
            (&["vllm:runnin"], ""),
            (&["waiting", "other"], ""),
            (
                &["other:waiting", "vllm:wait"],
                "vllm:wait 1\nother:waiting 7\n",
            ),
        ];
        for (wanted, expected) in rows {
            assert_eq!(
                filtered(&names(wanted), &[TEXT.as_bytes()]),
                expected,
                "{wanted:?}"
            );
        }
        assert_eq!(
            filtered(&names(&[]), &[TEXT.as_bytes()]),
            TEXT,
            "no names: everything"
        );
    }

    #[test]
    fn chunks_may_end_anywhere() {
        let wanted: [&[&str]; 4] = [
            &["vllm:waiting", "vllm:running"],
            &["vllm:wait", "vllm:waiting_by_reason"],
            &["other:waiting", "vllm:running"],
            &["vllm:waiting"],
        ];
        for wanted in wanted {
            let families = names(wanted);
            let whole = filtered(&families, &[TEXT.as_bytes()]);
            assert!(!whole.is_empty());
            for first in 0..=TEXT.len() {
                let (a, b) = TEXT.as_bytes().split_at(first);
                assert_eq!(
                    filtered(&families, &[a, b]),
                    whole,
                    "{wanted:?} split at {first}"
                );
                let (b, c) = b.split_at(b.len().min(3));
                assert_eq!(
                    filtered(&families, &[a, b, c]),
                    whole,
                    "{wanted:?} split at {first} and 3 on"
                );
            }
            let bytes: Vec<&[u8]> = TEXT.as_bytes().chunks(1).collect();
            assert_eq!(
                filtered(&families, &bytes),
                whole,
                "{wanted:?} byte by byte"
            );
        }
    }
}
