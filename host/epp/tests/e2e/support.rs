//! A gateway with everything behind it, per test, on ports that the system chooses.

pub(crate) mod envoy;
pub(crate) mod extproc;
#[path = "../../../../sdk/registry/tests/registry/support/fake.rs"]
#[allow(
    dead_code,
    reason = "the registry client's tests use all of it, these a part"
)]
pub(crate) mod fake;
#[path = "../../../engine/tests/engine/guest.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the engine's tests use all of it, these a part"
)]
pub(crate) mod guest;
pub(crate) mod http;
pub(crate) mod picker;
pub(crate) mod process;
#[path = "../../../../sdk/registry/tests/registry/support/server.rs"]
#[allow(
    dead_code,
    reason = "the registry client's tests use all of it, these a part"
)]
pub(crate) mod server;
pub(crate) mod stage;
pub(crate) mod upstream;
pub(crate) mod wait;

/// A reference within this registry.
pub(crate) fn reference(registry: &str, rest: &str) -> switchyard_registry::Reference {
    format!("{registry}/{rest}").parse().unwrap()
}
