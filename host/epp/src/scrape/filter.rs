//! Keeps the lines of the wanted metric families and drops the rest while the answer streams in.
//!
//! A model server's exposition is some 60 KB, of which a scraper wants a handful of lines. Nothing
//! is buffered but those lines and, at the edge of a chunk, the undecided beginning of one.

use memchr::memchr;

/// The names of the wanted families.
#[derive(Debug)]
pub(super) struct Families {
    names: Vec<Vec<u8>>,
    /// How names begin. Most lines begin otherwise, and one comparison of a word each tells.
    heads: Vec<Head>,
    /// Bytes of a line after which it is decided at the latest.
    decided_after: usize,
}

/// The first eight bytes of a name as one word; of a shorter name, all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    word: u64,
    mask: u64,
}

impl Head {
    fn of(name: &[u8]) -> Self {
        let word = |byte: &dyn Fn(usize) -> u8| u64::from_le_bytes(std::array::from_fn(byte));
        Self {
            word: word(&|at| name.get(at).copied().unwrap_or(0)),
            mask: word(&|at| if at < name.len() { 0xFF } else { 0 }),
        }
    }

    fn begins(&self, line: u64) -> bool {
        line & self.mask == self.word
    }
}

/// Bytes that may follow the name on a line of its family.
fn ends_name(byte: u8) -> bool {
    matches!(byte, b'{' | b' ' | b'\t')
}

impl Families {
    pub(super) fn new(names: &[String]) -> Self {
        let names: Vec<Vec<u8>> = names.iter().map(|name| name.as_bytes().to_vec()).collect();
        let mut heads = Vec::new();
        for head in names.iter().map(|name| Head::of(name)) {
            if !heads.contains(&head) {
                heads.push(head);
            }
        }
        let longest = names.iter().map(Vec::len).max().unwrap_or(0);
        Self {
            names,
            heads,
            decided_after: longest + 1,
        }
    }

    /// Whether every line is wanted.
    fn everything(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether the line that begins with these bytes is wanted; `None`: more bytes are needed.
    fn wants(&self, line: &[u8]) -> Option<bool> {
        if let Some(first) = line.first_chunk() {
            let word = u64::from_le_bytes(*first);
            if !self.heads.iter().any(|head| head.begins(word)) {
                return Some(false);
            }
        }
        let mut undecided = false;
        for name in &self.names {
            match line.strip_prefix(&**name) {
                Some([next, ..]) if ends_name(*next) => return Some(true),
                Some([_, ..]) => {}
                _ => undecided |= name.starts_with(line),
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
