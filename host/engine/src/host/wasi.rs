//! A closed WASI 0.2, for guests whose language imports it whether they use it or not.
//!
//! No files, no sockets, no environment, no arguments; standard output goes to the log; clocks stand still at the
//! request's time and random numbers come from its seed, so that a recorded call replays; nothing ever blocks,
//! because the epoch cannot interrupt a host call. Written by hand rather than taken from wasmtime-wasi, which
//! runs on an async runtime that must not be entered from a lane.
//!
//! The functions are defined from the component's own imports, with dynamic types: one table serves every
//! 0.2 version, and what has no entry in it answers "no" in the way its result type allows.

mod closed;
mod functions;
mod streams;

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, ResourceType};

use crate::store::State;

pub(crate) use streams::Output;

const PACKAGES: [&str; 6] = [
    "wasi:cli/",
    "wasi:clocks/",
    "wasi:filesystem/",
    "wasi:io/",
    "wasi:random/",
    "wasi:sockets/",
];

/// Clocks, random numbers and half-written lines of one instance.
#[derive(Debug, Default)]
pub(crate) struct Wasi {
    now_ms: u64,
    monotonic_ns: u64,
    random: u64,
    stdout: Output,
    stderr: Output,
}

impl Wasi {
    /// Sets the clocks and the source of random numbers for a call.
    pub(crate) fn begin(&mut self, now_ms: u64, seed: u64) {
        self.now_ms = now_ms;
        // A monotonic clock never goes back, and Go takes 0 for a broken one.
        self.monotonic_ns = now_ms
            .saturating_mul(1_000_000)
            .max(self.monotonic_ns)
            .max(1);
        self.random = seed;
    }

    /// The next random number (SplitMix64).
    fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Whether an import is one that is offered closed, such as `wasi:io/poll@0.2.6`.
pub(crate) fn offers(import: &str) -> bool {
    let version = import.split_once('@').map_or("", |(_, version)| version);
    version.starts_with("0.2.") && PACKAGES.iter().any(|package| import.starts_with(package))
}

/// Defines every WASI import of `component`.
pub(crate) fn add(linker: &mut Linker<State>, component: &Component) -> wasmtime::Result<()> {
    let engine = component.engine();
    for (import, item) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(interface) = item.ty else {
            continue;
        };
        if !offers(import) {
            continue;
        }
        let short = import.split('@').next().unwrap_or(import);
        let mut instance = linker.instance(import)?;
        for (name, item) in interface.exports(engine) {
            match item.ty {
                ComponentItem::Resource(_) => {
                    let resource = ResourceType::host_dynamic(closed::resource_id(name));
                    instance.resource(name, resource, |_, _| Ok(()))?;
                }
                ComponentItem::ComponentFunc(_) => {
                    let run = functions::find(short, name);
                    let call = format!("{short}.{name}");
                    instance.func_new(name, move |store, ty, params, results| {
                        closed::call(&call, run, store, &ty, params, results)
                    })?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_wasi_0_2_is_offered() {
        for (import, offered) in [
            ("wasi:io/poll@0.2.6", true),
            ("wasi:cli/environment@0.2.0", true),
            ("wasi:io/poll@0.3.0", false),
            ("wasi:http/outgoing-handler@0.2.0", false),
            ("wasi:io/poll", false),
            ("acme:io/poll@0.2.0", false),
        ] {
            assert_eq!(offers(import), offered, "{import}");
        }
    }

    #[test]
    fn the_monotonic_clock_never_goes_back_and_never_is_zero() {
        let mut wasi = Wasi::default();
        for (now_ms, expected_ns) in [(0, 1), (5, 5_000_000), (0, 5_000_000), (4, 5_000_000)] {
            wasi.begin(now_ms, 0);
            assert_eq!(wasi.monotonic_ns, expected_ns);
        }
    }

    #[test]
    fn random_numbers_come_from_the_seed() {
        let draw = |seed| {
            let mut wasi = Wasi::default();
            wasi.begin(0, seed);
            [wasi.next_random(), wasi.next_random()]
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_ne!(draw(7)[0], draw(7)[1]);
    }
}
