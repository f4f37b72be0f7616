//! Strict reading of a tree: every access knows its path, and a field nobody asked for is a mistake.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::problem::Problems;

/// The path of a field of the object at `path`.
pub(crate) fn child(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// The path of an item of the list at `path`.
pub(crate) fn item(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

/// A value as messages show it: short, and with its type recognisable.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::String(text) if text.chars().count() > 80 => {
            format!("\"{}...\"", text.chars().take(77).collect::<String>())
        }
        scalar => scalar.to_string(),
    }
}

/// A value at its place.
#[derive(Clone)]
pub(crate) struct Node<'v> {
    pub(crate) value: &'v Value,
    pub(crate) path: String,
}

impl<'v> Node<'v> {
    pub(crate) fn root(value: &'v Value) -> Self {
        Self {
            value,
            path: String::new(),
        }
    }

    /// Reports that `expected` should stand here.
    pub(crate) fn wrong<T>(&self, expected: &str, problems: &mut Problems) -> Option<T> {
        problems.add(&self.path, shown(self.value), expected);
        None
    }

    pub(crate) fn fields(&self, problems: &mut Problems) -> Option<Fields<'v>> {
        match self.value {
            Value::Object(map) => Some(Fields {
                map,
                path: self.path.clone(),
                known: Vec::new(),
            }),
            _ => self.wrong("a mapping", problems),
        }
    }

    pub(crate) fn list(&self, problems: &mut Problems) -> Vec<Node<'v>> {
        match self.value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, value)| Node {
                    value,
                    path: item(&self.path, index),
                })
                .collect(),
            _ => self.wrong("a list", problems).unwrap_or_default(),
        }
    }

    /// Text that is not empty.
    pub(crate) fn text(&self, problems: &mut Problems) -> Option<&'v str> {
        match self.value {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => self.wrong("text that is not empty", problems),
        }
    }

    pub(crate) fn boolean(&self, problems: &mut Problems) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(*value),
            _ => self.wrong("true or false", problems),
        }
    }

    pub(crate) fn number(&self, problems: &mut Problems) -> Option<f64> {
        match self.value.as_f64() {
            Some(number) => Some(number),
            None => self.wrong("a number", problems),
        }
    }

    /// A whole number of at least `least`.
    pub(crate) fn whole(&self, least: u64, problems: &mut Problems) -> Option<u64> {
        match self.value.as_u64() {
            Some(number) if number >= least => Some(number),
            _ => self.wrong(&format!("a whole number of at least {least}"), problems),
        }
    }

    pub(crate) fn duration(&self, problems: &mut Problems) -> Option<Duration> {
        let parsed = self.value.as_str().map(crate::duration::parse);
        match parsed {
            Some(Ok(duration)) => Some(duration),
            _ => self.wrong("a duration such as 200ms, 60s or 1m30s", problems),
        }
    }

    pub(crate) fn bytes(&self, problems: &mut Problems) -> Option<u64> {
        let parsed = match self.value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => crate::quantity::parse(text).ok(),
            _ => None,
        };
        match parsed {
            Some(bytes) if bytes > 0 => Some(bytes),
            _ => self.wrong("a size such as 1048576, 512Ki or 64Mi", problems),
        }
    }
}

/// The fields of a mapping, remembering which were asked for.
pub(crate) struct Fields<'v> {
    map: &'v Map<String, Value>,
    pub(crate) path: String,
    known: Vec<&'static str>,
}

impl<'v> Fields<'v> {
    /// The field, if it is there and not null.
    pub(crate) fn get(&mut self, name: &'static str) -> Option<Node<'v>> {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
        let value = self.map.get(name).filter(|value| !value.is_null())?;
        Some(Node {
            value,
            path: child(&self.path, name),
        })
    }

    /// The items of a list that may be absent.
    pub(crate) fn list(&mut self, name: &'static str, problems: &mut Problems) -> Vec<Node<'v>> {
        self.get(name)
            .map(|node| node.list(problems))
            .unwrap_or_default()
    }

    pub(crate) fn text(&mut self, name: &'static str, problems: &mut Problems) -> Option<&'v str> {
        self.get(name)?.text(problems)
    }

    /// Text that must be there.
    pub(crate) fn required_text(
        &mut self,
        name: &'static str,
        what: &str,
        problems: &mut Problems,
    ) -> Option<&'v str> {
        match self.get(name) {
            Some(node) => node.text(problems),
            None => {
                problems.add(&child(&self.path, name), "nothing", what);
                None
            }
        }
    }

    /// Accepts fields whose values are none of our business.
    pub(crate) fn accept(&mut self, names: &[&'static str]) {
        self.known.extend_from_slice(names);
    }

    /// The names of `names` that are given.
    pub(crate) fn given(&mut self, names: &[&'static str]) -> Vec<&'static str> {
        names
            .iter()
            .copied()
            .filter(|name| self.get(name).is_some())
            .collect()
    }

    /// Reports the fields that nobody asked for.
    pub(crate) fn finish(self, problems: &mut Problems) {
        for name in self.map.keys() {
            if !self.known.contains(&name.as_str()) {
                problems.not_one_of(
                    &child(&self.path, name),
                    "an unknown field",
                    name,
                    "one of",
                    self.known.iter().copied(),
                );
            }
        }
    }
}
