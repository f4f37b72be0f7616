//! Text to tree: YAML or JSON in, one kind of value out.
//!
//! Everything after this reads a `serde_json::Value`, which has no tags, no non-string keys and no
//! infinities; what YAML allows beyond that is refused here, with its path.

use serde_json::{Map, Number, Value};
use serde_yaml_ng::Value as Yaml;

use crate::fields::{child, item};
use crate::problem::Problems;

/// The document as a tree, or `None` with the reason among the problems.
pub(crate) fn parse(what: &str, text: &str, problems: &mut Problems) -> Option<Value> {
    if text.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(text)
    {
        return Some(value);
    }
    let mut yaml: Yaml = match serde_yaml_ng::from_str(text) {
        Ok(yaml) => yaml,
        Err(error) => {
            problems.add(
                "",
                format!("text that is neither YAML nor JSON ({error})"),
                what,
            );
            return None;
        }
    };
    if let Err(error) = yaml.apply_merge() {
        problems.add(
            "",
            format!("a merge key that cannot be applied ({error})"),
            "`<<` beside a mapping or a list of mappings",
        );
        return None;
    }
    if yaml.is_null() {
        problems.add("", "an empty document", what);
        return None;
    }
    Some(convert(yaml, "", problems))
}

fn convert(yaml: Yaml, path: &str, problems: &mut Problems) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::Number(number) => convert_number(&number, path, problems),
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, value)| convert(value, &item(path, index), problems))
            .collect(),
        Yaml::Mapping(mapping) => {
            let mut map = Map::new();
            for (key, value) in mapping {
                match key {
                    Yaml::String(key) => {
                        let value = convert(value, &child(path, &key), problems);
                        map.insert(key, value);
                    }
                    // What Kubernetes tools do with such keys: they become text.
                    Yaml::Bool(key) => {
                        let key = key.to_string();
                        let value = convert(value, &child(path, &key), problems);
                        map.insert(key, value);
                    }
                    Yaml::Number(key) => {
                        let key = key.to_string();
                        let value = convert(value, &child(path, &key), problems);
                        map.insert(key, value);
                    }
                    _ => problems.add(path, "a key that is not text", "text keys only"),
                }
            }
            Value::Object(map)
        }
        Yaml::Tagged(tagged) => {
            problems.add(
                path,
                format!("the YAML tag {}", tagged.tag),
                "a value without a tag",
            );
            Value::Null
        }
    }
}

fn convert_number(number: &serde_yaml_ng::Number, path: &str, problems: &mut Problems) -> Value {
    if let Some(value) = number.as_u64() {
        return Value::from(value);
    }
    if let Some(value) = number.as_i64() {
        return Value::from(value);
    }
    match number.as_f64().and_then(Number::from_f64) {
        Some(value) => Value::Number(value),
        None => {
            problems.add(path, format!("`{number}`"), "a finite number");
            Value::Null
        }
    }
}
