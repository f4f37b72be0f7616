//! What the guest said last in a call: nearest the cause of a trap, whose own text is "unreachable" and no more.
//!
//! An error that the plugin logged goes first: the SDKs log a panic's message so. A plugin without one writes to
//! standard error, each language in its own way: Rust and Go begin with what went wrong, Python ends with it.

/// The longest text that becomes part of a fault.
const MOST_BYTES: usize = 1024;
/// What stands for the middle of a longer one.
const GAP: &str = " ... ";

/// The last words of one call.
#[derive(Debug, Default)]
pub(crate) struct LastWords {
    logged: Option<String>,
    printed: Option<String>,
    /// `printed` begins a panic: what follows is a backtrace or advice.
    panicked: bool,
}

impl LastWords {
    /// A call begins.
    pub(crate) fn begin(&mut self) {
        *self = Self::default();
    }

    /// An error that the plugin logged.
    pub(crate) fn logged(&mut self, message: &str) {
        self.logged = Some(bounded(message));
    }

    /// A line of standard error.
    pub(crate) fn printed(&mut self, line: &str) {
        match &mut self.printed {
            Some(printed) if self.panicked && printed.ends_with(':') => {
                *printed = bounded(&format!("{printed}\n{line}"));
            }
            Some(_) if self.panicked => {}
            printed => {
                self.panicked = begins_a_panic(line);
                *printed = Some(bounded(line));
            }
        }
    }

    /// What to say of them, if there are any.
    pub(crate) fn said(&self) -> Option<&str> {
        self.logged.as_deref().or(self.printed.as_deref())
    }
}

fn begins_a_panic(line: &str) -> bool {
    line.contains("panicked at ")
        || line.starts_with("panic: ")
        || line.starts_with("fatal error: ")
}

/// The text on one line and no longer than a fault may hold: its beginning and its end.
fn bounded(text: &str) -> String {
    // Without those that only point at the one above, as Python's do.
    let says = |line: &&str| line.bytes().any(|byte| !b"^~ ".contains(&byte));
    let lines = text.lines().map(str::trim).filter(says);
    let line = lines.fold(String::new(), |mut joined, line| {
        match joined.chars().last() {
            None => {}
            // Rust says where on one line and what on the next.
            Some(':') => joined.push(' '),
            Some(_) => joined.push_str("; "),
        }
        joined + line
    });
    if line.len() <= MOST_BYTES {
        return line;
    }
    let half = (MOST_BYTES - GAP.len()) / 2;
    let (mut head, mut tail) = (half, line.len() - half);
    while !line.is_char_boundary(head) {
        head -= 1;
    }
    while !line.is_char_boundary(tail) {
        tail += 1;
    }
    format!("{}{GAP}{}", &line[..head], &line[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of standard error, and what is made of them.
    fn check(lines: &[&str], expected: &str) {
        let mut words = LastWords::default();
        for line in lines {
            words.printed(line);
        }
        assert_eq!(words.said(), Some(expected));
    }

    #[test]
    fn each_language_says_it_in_its_own_place() {
        check(
            &[
                "warming up",
                "thread '<unnamed>' panicked at src/lib.rs:12:5:",
                "index out of bounds: the len is 2 but the index is 2",
                "note: run with `RUST_BACKTRACE=1`",
            ],
            "thread '<unnamed>' panicked at src/lib.rs:12:5: index out of bounds: the len is 2 but the index is 2",
        );
        check(
            &["panic: no tokens", "goroutine 1 [running]:", "main.go:7"],
            "panic: no tokens",
        );
        check(
            &[
                "Traceback (most recent call last):",
                "  File \"app.py\", line 3, in score",
                "ZeroDivisionError: division by zero",
            ],
            "ZeroDivisionError: division by zero",
        );
    }

    #[test]
    fn what_was_logged_goes_before_what_was_printed() {
        let mut words = LastWords::default();
        assert_eq!(words.said(), None);
        words.logged("first");
        words.logged("panicked at src/lib.rs:12:5:\nno tokens\n\n  ^^~~^^\nin score");
        words.printed("printed");
        assert_eq!(
            words.said(),
            Some("panicked at src/lib.rs:12:5: no tokens; in score")
        );
        words.begin();
        assert_eq!(words.said(), None);
    }

    #[test]
    fn long_words_keep_their_beginning_and_their_end() {
        // Two bytes a letter, so that the cut falls into one.
        let long = format!("a{}z", "ü".repeat(MOST_BYTES));
        let mut words = LastWords::default();
        words.logged(&long);
        let said = words.said().unwrap();
        assert!(
            said.len() <= MOST_BYTES && said.len() > MOST_BYTES - 8,
            "{}",
            said.len()
        );
        assert!(said.starts_with("aü") && said.ends_with("üz") && said.contains(GAP));
    }
}
