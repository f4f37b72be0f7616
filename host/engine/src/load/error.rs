//! Why a component does not load. Each text names what was found and what mends it.

use super::CONTRACT_VERSION;

/// Why a component does not load.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The bytes are not WebAssembly.
    #[error(
        "not WebAssembly: the file starts with {found} instead of `00 61 73 6d`; give a component, the `.wasm` file that `switchyard plugin build` writes"
    )]
    NotWasm {
        /// The first bytes.
        found: String,
    },
    /// A core module.
    #[error(
        "a core module, not a component: plain compilers stop one step short; `switchyard plugin build` takes that step, as does `wasm-tools component new`"
    )]
    CoreModule,
    /// WebAssembly that is cut short or otherwise broken.
    #[error("broken WebAssembly: {reason}; build or fetch the component again")]
    Broken {
        /// What the parser said.
        reason: String,
    },
    /// More bytes than the engine takes.
    #[error(
        "{found_bytes} bytes, and at most {limit_bytes} are taken; strip the component, or raise the limit"
    )]
    TooBig {
        /// Its length.
        found_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// None of the contract's stages is exported.
    #[error(
        "exports nothing a plugin can be; found {found}, and one of filter, scorer, picker, decider, profile-handler, scraper or hooks of `switchyard:plugin@{CONTRACT_VERSION}` is needed"
    )]
    NoStage {
        /// What it exports instead.
        found: String,
    },
    /// A stage without `lifecycle`.
    #[error(
        "exports {stages} but not `switchyard:plugin/lifecycle@{CONTRACT_VERSION}`, which every plugin must; build it for one of the contract's worlds, such as `scorer-plugin`"
    )]
    NoLifecycle {
        /// The stages it does export.
        stages: String,
    },
    /// Built for another version of the contract.
    #[error(
        "built for contract {found} (its {item}), and this host offers {CONTRACT_VERSION}; build it again with `switchyard plugin build` and the SDK of version {CONTRACT_VERSION}, or run a host that offers {found}"
    )]
    Version {
        /// The version it was built for.
        found: String,
        /// The import or export that says so.
        item: String,
    },
    /// It wants something that no plugin gets.
    #[error(
        "imports `{import}`, which is not offered to plugins; offered are request, log, state and own-columns of `switchyard:plugin@{CONTRACT_VERSION}`, and WASI 0.2 without files, sockets and environment"
    )]
    Import {
        /// The import's name.
        import: String,
    },
    /// wasmtime would not compile it.
    #[error("does not compile: {reason}")]
    Compile {
        /// What wasmtime said.
        reason: String,
    },
    /// A function has another type than the contract says.
    #[error(
        "does not fit the contract {CONTRACT_VERSION}: {reason}; build it again with `switchyard plugin build` and the SDK of version {CONTRACT_VERSION}"
    )]
    Link {
        /// What wasmtime said.
        reason: String,
    },
}
