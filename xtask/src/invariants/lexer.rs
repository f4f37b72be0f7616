//! Just enough of Rust's grammar to tell code from comments and text.
//!
//! A search for forbidden words must not stumble over a comment that explains the ban, nor over the
//! string that a rule is written with.

/// A source file taken apart.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// The code; comments and what stands in quotes is blank. Lines keep their numbers.
    pub(super) code: String,
    /// What stood in quotes, with the line it began on, counted from 1.
    pub(super) literals: Vec<(usize, String)>,
}

/// Takes `source` apart.
pub(super) fn take(source: &str) -> Taken {
    let mut taken = Taken::default();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (length, literal) = piece(rest, taken.code.chars().next_back());
        if length == 0 {
            taken.code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        if let Some(text) = literal {
            taken
                .literals
                .push((taken.code.matches('\n').count() + 1, text.to_owned()));
        }
        let (piece, after) = rest.split_at(length);
        taken
            .code
            .extend(piece.chars().map(|c| if c == '\n' { c } else { ' ' }));
        rest = after;
    }
    taken
}

/// The length of the comment or literal that `rest` begins with, 0 if it begins with code, and what
/// stands in the quotes of a string.
fn piece(rest: &str, before: Option<char>) -> (usize, Option<&str>) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), None);
    }
    if rest.starts_with('"') {
        let length = quoted(rest, '"');
        return (length, Some(&rest[1..length.saturating_sub(1).max(1)]));
    }
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with('r') && !in_word || rest.starts_with('r') && before == Some('b') {
        return raw(rest);
    }
    if rest.starts_with('\'') && is_char(rest) {
        return (quoted(rest, '\''), None);
    }
    (0, None)
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(next) = rest.get(at..).filter(|left| !left.is_empty()) {
        if next.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if next.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += next.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of a literal that ends with an unescaped `quote`.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + quote.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

fn raw(rest: &str) -> (usize, Option<&str>) {
    let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
    let open = 1 + hashes;
    if !rest[open..].starts_with('"') {
        return (0, None);
    }
    let close = format!("\"{}", "#".repeat(hashes));
    match rest[open + 1..].find(&close) {
        Some(end) => {
            let text = &rest[open + 1..open + 1 + end];
            (open + 1 + end + close.len(), Some(text))
        }
        None => (rest.len(), None),
    }
}

/// Whether a quote begins a character; else it begins a lifetime or label.
fn is_char(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

/// Blanks every item that is there for tests only.
pub(super) fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        let item = item_length(&rest[start..]);
        kept.push_str(&rest[..start]);
        kept.extend(rest[start..start + item].chars().filter(|c| *c == '\n'));
        rest = &rest[start + item..];
    }
    kept.push_str(rest);
    kept
}

/// The length of an item with a body in braces, or one that ends with a semicolon.
fn item_length(item: &str) -> usize {
    let mut depth = 0_i32;
    for (at, c) in item.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, code: &str, literals: &[&str]) {
        let taken = take(source);
        let words: Vec<_> = taken.code.split_whitespace().collect();
        assert_eq!(words.join(" "), code, "{source}");
        let found: Vec<_> = taken
            .literals
            .iter()
            .map(|(_, text)| text.as_str())
            .collect();
        assert_eq!(found, literals, "{source}");
        assert_eq!(
            taken.code.matches('\n').count(),
            source.matches('\n').count(),
            "{source}"
        );
    }

    #[test]
    fn comments_and_text_are_told_from_code() {
        check("a // b \"c\"\nd", "a d", &[]);
        check("a /* b /* c */ d */ e", "a e", &[]);
        check(r#"a("b \" // c", d)"#, "a( , d)", &[r#"b \" // c"#]);
        check("a(r#\"b \" c\"#) var", "a( ) var", &["b \" c"]);
        check("a(b\"c\", br\"d\")", "a(b , b )", &["c", "d"]);
        check(
            "fn a<'b>(c: &'b str) { '\"'; '\\''; 'd' }",
            "fn a<'b>(c: &'b str) { ; ; }",
            &[],
        );
        check("let r = for_r\"\";", "let r = for_r ;", &[""]);
    }

    #[test]
    fn a_literal_has_the_line_it_begins_on() {
        let taken = take("a\nb(\"c\nd\",\n\"e\")");
        assert_eq!(
            taken.literals,
            [(2, "c\nd".to_owned()), (4, "e".to_owned())]
        );
    }

    #[test]
    fn what_is_for_tests_goes() {
        let rows = [
            (
                "a\n#[cfg(test)]\nmod tests {\n fn b() { c }\n}\nd",
                "a\n\n\n\n\nd",
            ),
            ("#[cfg(test)]\nmod tests;\na", "\n\na"),
            ("#[cfg(test)]\nuse b;\na", "\n\na"),
        ];
        for (code, expected) in rows {
            let kept = without_tests(code);
            assert_eq!(kept.lines().last(), expected.lines().last(), "{code}");
            assert!(!kept.contains('b'), "{kept}");
        }
    }
}
