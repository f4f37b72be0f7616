//! What plugins in other languages than Rust are built with, installed as `switchyard doctor --fix` does: from
//! package registries, pinned, into the folder that all plugins of this user share.

use switchyard_build::language::Language;
use switchyard_build::tools::{self, FixError};

use crate::progress::Progress;

pub(super) fn ensure(progress: &Progress) -> Result<(), FixError> {
    for language in Language::ALL {
        // Rust's target has a set-up of its own, which also works where rustup has none.
        let toolchain = language.toolchain();
        if language == Language::Rust || toolchain.check().is_ok() {
            continue;
        }
        progress.say(format!(
            "installing what plugins in {language} are built with, into {}",
            tools::folder().display()
        ));
        toolchain.install_missing()?;
    }
    Ok(())
}
