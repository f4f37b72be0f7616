//! What stands beside compiled code.

use serde_json::{Value, json};
use switchyard_scheduler::Stage;

use crate::load::inspect::{Class, Found, Stages};

/// What is known of a compiled component without reading it.
#[derive(Debug, PartialEq)]
pub(super) struct Label {
    /// Of the compiled code.
    pub(super) checksum: u128,
    /// Length of the component.
    pub(super) size_bytes: usize,
    pub(super) found: Found,
}

impl Label {
    pub(super) fn to_json(&self) -> String {
        let stages: Vec<&str> = self.found.stages.iter().map(Stage::as_str).collect();
        json!({
            "checksum": format!("{:032x}", self.checksum),
            "size_bytes": self.size_bytes,
            "stages": stages,
            "managed": self.found.class == Class::Managed,
        })
        .to_string()
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let label: Value = serde_json::from_str(text).ok()?;
        let mut stages = Stages::default();
        for name in label["stages"].as_array()? {
            let mut all = Stage::ALL.into_iter();
            stages.insert(all.find(|stage| Some(stage.as_str()) == name.as_str())?);
        }
        let class = match label["managed"].as_bool()? {
            true => Class::Managed,
            false => Class::Native,
        };
        Some(Self {
            checksum: u128::from_str_radix(label["checksum"].as_str()?, 16).ok()?,
            size_bytes: usize::try_from(label["size_bytes"].as_u64()?).ok()?,
            found: Found { stages, class },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_as_it_was_written() {
        let mut stages = Stages::default();
        stages.insert(Stage::Scorer);
        stages.insert(Stage::Hooks);
        let label = Label {
            checksum: 7,
            size_bytes: 18 << 20,
            found: Found {
                stages,
                class: Class::Managed,
            },
        };
        assert_eq!(Label::from_json(&label.to_json()), Some(label));
    }

    #[test]
    fn what_is_no_label_is_none() {
        for text in [
            "",
            "{}",
            r#"{"checksum": "x", "size_bytes": 1, "stages": [], "managed": true}"#,
            r#"{"checksum": "0", "size_bytes": 1, "stages": ["juggler"], "managed": true}"#,
        ] {
            assert_eq!(Label::from_json(text), None, "{text}");
        }
    }
}
