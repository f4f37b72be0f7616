//! Addresses of an admin API.

use std::fmt::Write as _;

/// An address that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("--epp: found `{0}`, expected the picker's admin address as `http://HOST:PORT`")]
pub struct UrlError(String);

/// A path with its query. What a person wrote in it is escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(String);

impl Target {
    /// A path that needs no escaping.
    pub fn new(path: &str) -> Self {
        Self(path.to_owned())
    }

    /// One more part of the path.
    pub fn part(mut self, part: &str) -> Self {
        self.0.push('/');
        escape(part, &mut self.0);
        self
    }

    /// A pair of the query.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let mark = if self.0.contains('?') { '&' } else { '?' };
        self.0.push(mark);
        self.0.push_str(name);
        self.0.push('=');
        escape(value, &mut self.0);
        self
    }

    /// A pair of the query, if there is a value.
    pub fn maybe(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, &value.to_string()),
            None => self,
        }
    }

    /// The whole address.
    pub(super) fn on(&self, epp: &str) -> Result<String, UrlError> {
        let host = epp
            .strip_prefix("http://")
            .map(|rest| rest.trim_end_matches('/'));
        match host {
            Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => {
                Ok(format!("http://{host}{}", self.0))
            }
            _ => Err(UrlError(epp.to_owned())),
        }
    }
}

/// Everything but letters, digits and `-._~` as `%XX` (RFC 3986, section 2.3).
fn escape(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_wrote_is_escaped() {
        let target = Target::new("/admin/plugins")
            .part("a/b ä")
            .query("parameters", r#"{"a": 1}"#)
            .maybe("weight", Some(2.5))
            .maybe("profile", None::<&str>);
        let want =
            "http://h:1/admin/plugins/a%2Fb%20%C3%A4?parameters=%7B%22a%22%3A%201%7D&weight=2.5";
        assert_eq!(target.on("http://h:1/").as_deref(), Ok(want));
    }

    #[test]
    fn only_plain_addresses_are_taken() {
        for epp in [
            "",
            "h:1",
            "https://h:1",
            "http://",
            "http://h:1/admin",
            "http://a b",
        ] {
            let error = UrlError(epp.to_owned());
            assert_eq!(Target::new("/x").on(epp), Err(error), "{epp}");
        }
    }
}
