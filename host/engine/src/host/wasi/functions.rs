//! The functions of WASI that answer something other than "no".

use wasmtime::component::Val;

use super::closed::{Answer, Arg, Run};
use super::streams;
use crate::fault::Stop;
use crate::store::State;

/// A pollable that is ready, and one that would never be: time does not pass during a call.
const READY: u32 = 0;
const NEVER: u32 = 1;

/// The function that stands behind `name` of `interface` (without its version), if any does.
pub(super) fn find(interface: &str, name: &str) -> Option<Run> {
    Some(match (interface, name) {
        ("wasi:cli/exit", _) => |_, _| Err(Stop::Exit),
        ("wasi:cli/stdin", "get-stdin") => |_, _| Ok(Answer::Resource("input-stream", 0)),
        ("wasi:cli/stdout", "get-stdout") => {
            |_, _| Ok(Answer::Resource("output-stream", streams::STDOUT))
        }
        ("wasi:cli/stderr", "get-stderr") => {
            |_, _| Ok(Answer::Resource("output-stream", streams::STDERR))
        }
        ("wasi:clocks/monotonic-clock", "now") => {
            |state, _| Ok(Answer::Value(Val::U64(state.wasi.monotonic_ns)))
        }
        ("wasi:clocks/monotonic-clock", "resolution") => |_, _| Ok(Answer::Value(Val::U64(1))),
        ("wasi:clocks/monotonic-clock", "subscribe-instant") => {
            |state, args| Ok(pollable(number(args, 0) <= state.wasi.monotonic_ns))
        }
        ("wasi:clocks/monotonic-clock", "subscribe-duration") => {
            |_, args| Ok(pollable(number(args, 0) == 0))
        }
        ("wasi:clocks/wall-clock", "now") => |state, _| Ok(datetime(state.wasi.now_ms, 0)),
        ("wasi:clocks/wall-clock", "resolution") => |_, _| Ok(datetime(0, 1_000_000)),
        ("wasi:io/poll", "poll") => poll,
        ("wasi:io/poll", "[method]pollable.ready") => |_, args| {
            let ready = !matches!(args, [Arg::Resource(NEVER)]);
            Ok(Answer::Value(Val::Bool(ready)))
        },
        ("wasi:io/poll", "[method]pollable.block") => |_, args| match args {
            [Arg::Resource(NEVER)] => Err(Stop::Blocks {
                call: "wasi:io/poll.pollable.block",
            }),
            _ => Ok(Answer::Nothing),
        },
        ("wasi:io/streams", method) => return streams::find(method),
        ("wasi:random/random", "get-random-bytes")
        | ("wasi:random/insecure", "get-insecure-random-bytes") => random_bytes,
        ("wasi:random/random", "get-random-u64")
        | ("wasi:random/insecure", "get-insecure-random-u64") => {
            |state, _| Ok(Answer::Value(Val::U64(state.wasi.next_random())))
        }
        ("wasi:random/insecure-seed", "insecure-seed") => |state, _| {
            let halves = [state.wasi.next_random(), state.wasi.next_random()];
            Ok(Answer::Value(Val::Tuple(halves.map(Val::U64).to_vec())))
        },
        _ => return None,
    })
}

/// A pollable as a stream's `subscribe` answers it: streams are always ready.
pub(super) fn ready() -> Answer {
    pollable(true)
}

fn pollable(ready: bool) -> Answer {
    Answer::Resource("pollable", if ready { READY } else { NEVER })
}

pub(super) fn number(args: &[Arg], position: usize) -> u64 {
    match args.get(position) {
        Some(Arg::Number(number)) => *number,
        _ => 0,
    }
}

fn datetime(ms: u64, nanoseconds: u32) -> Answer {
    let millis = u32::try_from(ms % 1000).unwrap_or(0);
    Answer::Value(Val::Record(vec![
        ("seconds".to_owned(), Val::U64(ms / 1000)),
        (
            "nanoseconds".to_owned(),
            Val::U32(millis * 1_000_000 + nanoseconds),
        ),
    ]))
}

fn poll(_: &mut State, args: &[Arg]) -> Result<Answer, Stop> {
    let pollables: &[u32] = match args {
        [Arg::Resources(pollables)] => pollables,
        _ => &[],
    };
    let ready: Vec<Val> = (0_u32..)
        .zip(pollables)
        .filter(|(_, pollable)| **pollable != NEVER)
        .map(|(position, _)| Val::U32(position))
        .collect();
    if ready.is_empty() {
        return Err(Stop::Blocks {
            call: "wasi:io/poll.poll",
        });
    }
    Ok(Answer::Value(Val::List(ready)))
}

fn random_bytes(state: &mut State, args: &[Arg]) -> Result<Answer, Stop> {
    let length = usize::try_from(number(args, 0)).unwrap_or(usize::MAX);
    // A byte takes as much as a whole value on its way to the guest.
    state.carry(length.saturating_mul(size_of::<Val>()))?;
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        let random = state.wasi.next_random().to_le_bytes();
        let wanted = (length - bytes.len()).min(random.len());
        bytes.extend(random[..wanted].iter().map(|byte| Val::U8(*byte)));
    }
    Ok(Answer::Value(Val::List(bytes)))
}
