//! The configuration as it was when the picker started.

use switchyard_config::Resolved;

use super::RunError;
use crate::flags::Flags;

/// A configuration. Read once: what runs shall not be made of two states of one file.
pub(super) struct Document {
    /// What messages call it.
    pub(super) name: String,
    pub(super) text: String,
}

impl Document {
    /// The one that the flags name.
    pub(super) fn named_by(flags: &Flags) -> Result<Self, RunError> {
        let (name, text) = match (&flags.config_file, &flags.config_text) {
            (Some(path), _) => {
                let text = std::fs::read_to_string(path);
                let text = text.map_err(|source| RunError::ConfigFile {
                    path: path.clone(),
                    source,
                })?;
                (path.display().to_string(), text)
            }
            (None, Some(text)) => ("--config-text".to_owned(), text.clone()),
            (None, None) => (
                "the default configuration".to_owned(),
                switchyard_config::DEFAULT.to_owned(),
            ),
        };
        Ok(Self { name, text })
    }

    /// What it says.
    pub(super) fn resolved(&self, flags: &Flags) -> Result<Resolved, RunError> {
        let mut resolved = switchyard_config::read(&self.name, &self.text)?;
        flags.apply_scrape_flags(&mut resolved);
        Ok(resolved)
    }
}
