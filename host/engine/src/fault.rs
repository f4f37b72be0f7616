//! From what wasmtime reports to a [`CallFault`] that a person can act on.

use rustc_demangle::demangle;
use switchyard_scheduler::{CallFault, Cause};
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};

use crate::bindings::switchyard::plugin::types::Fault;
use crate::store::State;

/// Guest functions named in a trap's message, innermost first.
const FRAMES: usize = 3;

/// A host function ends the call on purpose. Any error that leaves a host function poisons the store, so
/// these are the only ones that host functions return.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    #[error(
        "host calls carried more than {limit} bytes in one call; raise the plugin's limit or carry less"
    )]
    HostBytes { limit: usize },
    #[error("`{call}` would block, and blocking is not offered to plugins")]
    Blocks { call: &'static str },
    #[error("the guest asked to exit")]
    Exit,
    #[error("`{call}` is not offered to plugins")]
    NotOffered { call: String },
    #[error(
        "replay: {call} gave other bytes than the record knows the hash of; a record holds no prompts, so give the body with it"
    )]
    ReplayBody { call: String },
    #[error("replay: the guest called {found}, and the record has {expected} here")]
    Replay { found: String, expected: String },
}

pub(crate) fn fault(cause: Cause, message: impl Into<String>) -> CallFault {
    CallFault {
        cause,
        message: message.into(),
    }
}

/// What the plugin's own refusal means for the request.
pub(crate) fn said(said: Fault) -> CallFault {
    match said.code {
        0 | 400..=599 => fault(
            Cause::Said {
                // Provably in range; 0 is "cannot answer" anyway.
                code: u16::try_from(said.code).unwrap_or(0),
            },
            said.message,
        ),
        code => fault(
            Cause::BadAnswer,
            format!(
                "a fault with code {code}; allowed are 0 and 400 to 599. The plugin said: {}",
                said.message
            ),
        ),
    }
}

/// Why a call ended in an error, with the guest's last words of that call.
pub(crate) fn classify(error: &wasmtime::Error, state: &State) -> CallFault {
    let trap = error.downcast_ref::<Trap>();
    let (cause, what) = match (error.downcast_ref::<Stop>(), trap) {
        (Some(stop @ Stop::HostBytes { .. }), _) => (Cause::HostBytes, stop.to_string()),
        (Some(stop), _) => (Cause::Trap, stop.to_string()),
        (None, Some(Trap::Interrupt)) => (
            Cause::Deadline,
            format!("ran past its budget of {} ms", state.budget().as_millis()),
        ),
        (None, Some(Trap::StackOverflow)) => (Cause::StackOverflow, "used up its stack".to_owned()),
        _ if state.limiter.refused() => (
            Cause::Memory,
            format!(
                "asked for more memory than its limit of {} bytes ({})",
                state.limits().memory_bytes,
                error.root_cause()
            ),
        ),
        (None, Some(trap)) => {
            let text = trap.to_string();
            // The cause says so already.
            let text = text.strip_prefix("wasm trap: ").unwrap_or(&text);
            (Cause::Trap, text.to_owned())
        }
        (None, None) if error.is::<PoolConcurrencyLimitError>() => (
            Cause::NoInstance,
            format!(
                "there is no room for one more instance: {}",
                error.root_cause()
            ),
        ),
        (None, None) => {
            let root = error.root_cause().to_string();
            // wasmtime keeps this error's type to itself, so its words are all there is.
            let cause = if root.contains("fuel allocated for hostcalls") {
                Cause::HostBytes
            } else {
                Cause::Trap
            };
            (cause, root)
        }
    };
    let mut why = what;
    let frames = frames(error);
    if !frames.is_empty() && cause == Cause::Trap {
        why.push_str(", in ");
        why.push_str(&frames.join(" < "));
    }
    // Its own words first: they are what its author knows.
    let message = match state.words.said() {
        Some(said) => format!("{said} ({why})"),
        None => why,
    };
    CallFault { cause, message }
}

fn frames(error: &wasmtime::Error) -> Vec<String> {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else {
        return Vec::new();
    };
    let frames = backtrace.frames().iter();
    frames
        .filter_map(|frame| frame.func_name())
        .take(FRAMES)
        .map(|name| format!("`{:#}`", demangle(name)))
        .collect()
}
