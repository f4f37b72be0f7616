//! What one call cost, for tools that measure plugins (`switchyard plugin bench`).

use crate::bindings::switchyard::plugin::types::{
    Decision, Header, ProfileResult, Sample, Step, Target,
};

/// What the last call that reached a guest cost. A call that was kept away leaves it all at zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LastCall {
    /// Wall time, host functions included.
    pub ns: u64,
    /// Bytes of lists and texts that were copied: arguments and answer, what host functions carried both ways, and
    /// log lines within their budget.
    pub copied_bytes: usize,
    /// Linear memory that the instance holds after it. It never shrinks, so this is its high water too.
    pub memory_bytes: usize,
    /// Fuel burnt, about one unit an instruction: the same for the same call on every machine. `None` where the engine
    /// does not count ([`EngineOptions::fuel`](crate::EngineOptions::fuel)).
    pub fuel: Option<u64>,
}

/// How many bytes of lists and texts a value of the contract carries over the boundary.
pub(super) trait Carried {
    fn bytes(&self) -> usize;
}

/// Travels in a list.
macro_rules! flat {
    ($($item:ty),*) => {
        $(impl Carried for $item {
            fn bytes(&self) -> usize {
                size_of::<Self>()
            }
        })*
    };
}

flat!(f64, u32, Target);

/// Travels in a register.
macro_rules! weightless {
    ($($item:ty),*) => {
        $(impl Carried for $item {
            fn bytes(&self) -> usize {
                0
            }
        })*
    };
}

weightless!((), bool);

impl Carried for String {
    fn bytes(&self) -> usize {
        self.len()
    }
}

impl<T: Carried> Carried for [T] {
    fn bytes(&self) -> usize {
        self.iter().map(Carried::bytes).sum()
    }
}

impl<T: Carried> Carried for Vec<T> {
    fn bytes(&self) -> usize {
        self.as_slice().bytes()
    }
}

impl Carried for Header {
    fn bytes(&self) -> usize {
        self.name.len() + self.value.len()
    }
}

impl Carried for Step {
    fn bytes(&self) -> usize {
        self.profile.len() + self.gate.len()
    }
}

impl Carried for ProfileResult {
    fn bytes(&self) -> usize {
        self.profile.len() + self.rows.bytes() + self.totals.bytes()
    }
}

impl Carried for Decision {
    fn bytes(&self) -> usize {
        let extra: usize = self
            .extra
            .iter()
            .map(|label| label.key.len() + label.value.len())
            .sum();
        self.primary.len() + self.targets.bytes() + self.set_headers.bytes() + extra
    }
}

impl Carried for Sample {
    fn bytes(&self) -> usize {
        let sets = self.sets.iter();
        let sets: usize = sets.map(|set| set.name.len() + set.members.bytes()).sum();
        self.values.bytes() + sets
    }
}
