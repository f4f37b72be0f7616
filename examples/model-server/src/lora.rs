//! LoRA adapters: how they are named on the command line and at run time.

use std::str::FromStr;

use serde::Deserialize;

/// One adapter, served as a model of its own.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct LoraModule {
    /// The model name that selects the adapter.
    #[serde(alias = "lora_name")]
    pub name: String,
    /// Where a real server would load it from; shown in `/v1/models`.
    #[serde(default, alias = "lora_path")]
    pub path: String,
}

/// A text that names no adapter.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` names no adapter; write NAME=PATH or JSON like {{\"name\": \"sql\", \"path\": \"/loras/sql\"}}"
)]
pub struct LoraModuleError(String);

impl FromStr for LoraModule {
    type Err = LoraModuleError;

    fn from_str(text: &str) -> Result<Self, LoraModuleError> {
        let bad = || LoraModuleError(text.to_owned());
        let module = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|_| bad())?
        } else {
            let (name, path) = text.split_once('=').ok_or_else(bad)?;
            Self {
                name: name.to_owned(),
                path: path.to_owned(),
            }
        };
        if module.name.is_empty() {
            return Err(bad());
        }
        Ok(module)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_are_read() {
        for text in [
            "sql=/loras/sql",
            r#"{"name":"sql","path":"/loras/sql","base_model_name":"b"}"#,
        ] {
            let module: LoraModule = text.parse().unwrap();
            assert_eq!(
                (module.name.as_str(), module.path.as_str()),
                ("sql", "/loras/sql"),
                "{text}"
            );
        }
    }

    #[test]
    fn others_are_refused() {
        for text in ["sql", "=x", "{", r#"{"path":"x"}"#] {
            assert!(text.parse::<LoraModule>().is_err(), "{text}");
        }
    }
}
