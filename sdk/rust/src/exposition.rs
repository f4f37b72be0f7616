//! Reads a Prometheus exposition line by line.
//!
//! Text parsing is where a picker's idle CPU goes, so nothing is copied: a series borrows from the
//! body, and its labels are looked at only when asked for. Names are compared whole, because
//! `vllm:num_requests_waiting` is also how `vllm:num_requests_waiting_by_reason` begins.

use std::borrow::Cow;

/// One line with a value: a series at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Series<'a> {
    /// The name, such as `vllm:num_requests_waiting`.
    pub name: &'a str,
    /// What stands between the braces.
    pub labels: Labels<'a>,
    /// The value; may be NaN or an infinity.
    pub value: f64,
    /// The timestamp, if the line has one.
    pub timestamp: Option<f64>,
}

/// All series of an exposition. Comments, empty lines and lines that are no series are passed over.
pub fn series(body: &str) -> impl Iterator<Item = Series<'_>> {
    body.lines().filter_map(line)
}

fn line(line: &str) -> Option<Series<'_>> {
    let line = line.trim_ascii();
    if line.starts_with('#') {
        return None;
    }
    let end = line.find(['{', ' ', '\t'])?;
    let (name, rest) = line.split_at(end);
    if name.is_empty() {
        return None;
    }
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(inside) => {
            let end = closing_brace(inside)?;
            (&inside[..end], &inside[end + 1..])
        }
        None => ("", rest),
    };
    let mut words = rest.split_ascii_whitespace();
    let value = words.next()?.parse().ok()?;
    // An OpenMetrics exemplar begins with `#`.
    let timestamp = match words.next() {
        Some(word) if word != "#" => Some(word.parse().ok()?),
        _ => None,
    };
    Some(Series {
        name,
        labels: Labels(labels),
        value,
        timestamp,
    })
}

/// Where the label list ends; a brace inside of quotes does not end it.
fn closing_brace(inside: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'}' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// The labels of a series, as they stand in the exposition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels<'a>(&'a str);

impl<'a> Labels<'a> {
    /// The value of a label, with its escapes resolved.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| unescape(value))
    }

    /// The labels in their order, values still escaped. Ends early where the list is malformed.
    fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (name, after) = rest.split_once('=')?;
            let value = after.trim_ascii_start().strip_prefix('"')?;
            let end = closing_quote(value)?;
            rest = value[end + 1..].trim_ascii_start().trim_start_matches(',');
            Some((name.trim_ascii(), &value[..end]))
        })
    }
}

fn closing_quote(value: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// `\\`, `\"` and `\n` as the format defines them; any other escape stays as it is.
fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut plain = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => plain.push('\n'),
            Some(escaped @ ('\\' | '"')) => plain.push(escaped),
            Some(other) => plain.extend(['\\', other]),
            None => plain.push('\\'),
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_series() {
        let check = |text: &str, want: Option<(&str, &str, f64, Option<f64>)>| {
            let found = series(text)
                .next()
                .map(|series| (series.name, series.labels.0, series.value, series.timestamp));
            assert_eq!(found, want, "{text}");
        };
        check("up 1", Some(("up", "", 1.0, None)));
        check("  up\t1.5  ", Some(("up", "", 1.5, None)));
        check(
            "up{a=\"b\"} 3 1395066363000",
            Some(("up", "a=\"b\"", 3.0, Some(1_395_066_363_000.0))),
        );
        check("up{} +Inf", Some(("up", "", f64::INFINITY, None)));
        check(
            "up{a=\"}\\\"}\"} 2",
            Some(("up", "a=\"}\\\"}\"", 2.0, None)),
        );
        check(
            "up_bucket{le=\"1\"} 7 # {trace=\"x\"} 0.5",
            Some(("up_bucket", "le=\"1\"", 7.0, None)),
        );
        check("# HELP up Whether it is up.", None);
        check("", None);
        check("up", None);
        check("up x", None);
        check("up{a=\"b\" 1", None);
        check("up 1 yesterday", None);
        check("{a=\"b\"} 1", None);
    }

    #[test]
    fn not_a_number_is_a_value() {
        assert!(
            series("up NaN")
                .next()
                .is_some_and(|series| series.value.is_nan())
        );
    }

    #[test]
    fn labels_are_unescaped() {
        let check = |text: &str, name: &str, want: Option<&str>| {
            assert_eq!(Labels(text).get(name).as_deref(), want, "{text}");
        };
        check(r#"a="1",b="2""#, "b", Some("2"));
        check(r#"a = "1" , b="2","#, "b", Some("2"));
        check(r#"a="x,b=y",b="2""#, "b", Some("2"));
        check(r#"a="say \"hi\"\n\\ \t""#, "a", Some("say \"hi\"\n\\ \\t"));
        check(r#"ab="1""#, "a", None);
        check(r#"a=1"#, "a", None);
        check(r#"a="1"#, "a", None);
        check("", "a", None);
    }
}
