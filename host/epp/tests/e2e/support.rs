//! A gateway with everything behind it, per test, on ports that the system chooses.

pub(crate) mod envoy;
pub(crate) mod extproc;
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
pub(crate) mod stage;
pub(crate) mod upstream;
pub(crate) mod wait;
