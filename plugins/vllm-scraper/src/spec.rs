//! Which series are meant: `name` or `name{label=value,...}`.

use switchyard_sdk::exposition::Series;

/// A metric's name and the values that some of its labels must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spec {
    pub(crate) name: String,
    labels: Vec<(String, String)>,
}

impl Spec {
    /// All series of this name.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            labels: Vec::new(),
        }
    }

    /// Only those with this label.
    pub(crate) fn with(mut self, label: &str, value: &str) -> Self {
        self.labels.push((label.to_owned(), value.to_owned()));
        self
    }

    /// Reads the settings' form; quotes around a value are allowed.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| {
            format!("found `{text}` ({what}), expected `name` or `name{{label=value,...}}`")
        };
        let text = text.trim();
        let (name, inside) = match text.split_once('{') {
            None => (text, ""),
            Some((name, rest)) => {
                let inside = rest.strip_suffix('}');
                (
                    name,
                    inside.ok_or_else(|| wrong("the brace is not closed"))?,
                )
            }
        };
        let name = name.trim();
        if name.is_empty() || name.contains(|character: char| character.is_whitespace()) {
            return Err(wrong("no name"));
        }
        let mut spec = Self::named(name);
        for pair in inside.split(',').filter(|pair| !pair.trim().is_empty()) {
            let (label, value) = pair.split_once('=').ok_or_else(|| wrong("no `=`"))?;
            let label = label.trim();
            if label.is_empty() {
                return Err(wrong("a label without a name"));
            }
            spec = spec.with(label, value.trim().trim_matches('"'));
        }
        Ok(spec)
    }

    /// Whether the series is meant. Names are compared whole.
    pub(crate) fn matches(&self, series: &Series<'_>) -> bool {
        let has = |(label, value): &(String, String)| {
            series.labels.get(label).as_deref() == Some(value.as_str())
        };
        self.name == series.name && self.labels.iter().all(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let check = |text: &str, want: Spec| assert_eq!(Spec::parse(text), Ok(want), "{text}");
        check("a:b", Spec::named("a:b"));
        check(" a {} ", Spec::named("a"));
        check("a{b=c}", Spec::named("a").with("b", "c"));
        check(
            "a{ b=\"c\", d = e,}",
            Spec::named("a").with("b", "c").with("d", "e"),
        );
    }

    #[test]
    fn mistakes() {
        let check = |text: &str, what: &str| {
            let message = Spec::parse(text).unwrap_err();
            assert!(message.contains(what), "{text}: {message}");
        };
        check("", "no name");
        check("{a=b}", "no name");
        check("a b", "no name");
        check("a{b=c", "not closed");
        check("a{b}", "no `=`");
        check("a{=c}", "without a name");
    }
}
