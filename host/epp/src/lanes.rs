//! Which instances a request runs on: each worker thread has a lane of its own for each plan, so that
//! calls need no lock and requests no other thread.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use switchyard_engine::EngineLane;

use crate::active::Active;

thread_local! {
    static LANES: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
}

struct Held {
    /// Lets go of a plan that nobody uses any more.
    active: Weak<Active>,
    lane: EngineLane,
}

/// Runs something on this thread's lane for a plan.
///
/// `None`: the lane could not be made (the machine is out of memory or instances; the log says so), or
/// it is in use further up this thread's stack, which happens only while the process is torn down.
pub fn with<T>(active: &Arc<Active>, run: impl FnOnce(&mut EngineLane) -> T) -> Option<T> {
    LANES.with(|lanes| {
        let mut lanes = lanes.try_borrow_mut().ok()?;
        if lanes.len() > 1 {
            lanes.retain(|held| held.active.strong_count() > 0);
        }
        let known = lanes
            .iter()
            .position(|held| std::ptr::eq(held.active.as_ptr(), Arc::as_ptr(active)));
        let at = match known {
            Some(at) => at,
            None => {
                let lane = active
                    .lane()
                    .inspect_err(
                        |error| tracing::error!(%error, "a worker has no plugin instances"),
                    )
                    .ok()?;
                lanes.push(Held {
                    active: Arc::downgrade(active),
                    lane,
                });
                lanes.len() - 1
            }
        };
        Some(run(&mut lanes[at].lane))
    })
}
