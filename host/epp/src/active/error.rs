//! Why a configuration cannot be brought to life.

use std::path::PathBuf;

use switchyard_engine::{LoadError, StartError};

use crate::registries::FetchError;

/// What is wrong, with the plugin at fault.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ActivateError {
    /// A component's file cannot be read.
    #[error("plugin `{plugin}`: its component {} cannot be read: {source}", path.display())]
    Unreadable {
        plugin: String,
        path: PathBuf,
        source: std::io::Error,
    },
    /// A component that was kept is gone.
    #[error(
        "plugin `{plugin}`: its component (sha256 {digest}) is not kept any more ({source}): load it again"
    )]
    NotKept {
        plugin: String,
        digest: String,
        source: std::io::Error,
    },
    /// A registry does not give a component.
    #[error("plugin `{plugin}`: its component {reference} was not fetched: {source}")]
    NotFetched {
        plugin: String,
        reference: String,
        // Boxed, since errors travel by value.
        source: Box<FetchError>,
    },
    /// A source that this build cannot load from.
    #[error(
        "plugin `{plugin}`: its component comes from {from}, which this version cannot load yet: use `component: {{file: PATH}}` or `{{oci: REFERENCE}}`"
    )]
    SourceNotHere { plugin: String, from: String },
    /// A built-in component is missing from this binary.
    #[error(
        "plugin `{plugin}`: this binary was built without the component `{stem}`; it holds {held}. Build it with `cargo xtask build`"
    )]
    NotEmbedded {
        plugin: String,
        stem: String,
        held: String,
    },
    /// It is no component this host can run.
    #[error("plugin `{plugin}`: {source}")]
    Load { plugin: String, source: LoadError },
    /// It does not start, or refuses its settings.
    #[error("{source}")]
    Start { plugin: String, source: StartError },
    /// There is no profile handler.
    #[error(
        "the configuration has no profile handler: name one under `plugins`, such as `single-profile-handler`"
    )]
    NoHandler,
    /// A profile without picker.
    #[error("profile `{profile}` has no picker: add one, such as `max-score-picker`")]
    NoPicker { profile: String },
    /// A profile lists something that is no filter, scorer or picker.
    #[error(
        "profile `{profile}` lists plugin `{plugin}`, which exports {exports}: expected a filter, scorer or picker"
    )]
    NotOfAProfile {
        profile: String,
        plugin: String,
        exports: String,
    },
    /// Nothing of it could be asked without counting.
    #[error(
        "plugin `{plugin}` is in shadow mode and exports {exports}: expected a filter, scorer, picker or scraper; hooks, deciders and profile handlers work in `mode: active` only"
    )]
    NotInShadow { plugin: String, exports: String },
    /// A scraper in shadow mode would change decisions.
    #[error(
        "plugin `{plugin}` is in shadow mode and scrapes `{column}`, which plugin `{other}` {does}: give its column a name of its own, or use `mode: active`"
    )]
    ShadowWrites {
        plugin: String,
        column: String,
        other: String,
        does: &'static str,
    },
    /// A required input that nothing makes.
    #[error(
        "plugin `{plugin}` needs `{input}`, and nothing produces it{}",
        nearest(input, known)
    )]
    NothingProduces {
        plugin: String,
        input: String,
        known: Vec<String>,
    },
    /// Instances cannot be made.
    #[error("the plugins' instances cannot be made: {0}")]
    Lane(#[from] StartError),
}

fn nearest(input: &str, known: &[String]) -> String {
    match switchyard_config::nearest(input, known.iter().map(String::as_str)) {
        Some(near) => format!(": did you mean `{near}`? There are {}", known.join(", ")),
        None => format!(": there are {}", known.join(", ")),
    }
}
