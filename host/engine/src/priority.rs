//! Which threads go before others, where the system allows it.

/// Puts the calling thread before others: the ticker runs for a microsecond at a time, and on a busy machine every
/// deadline is as late as it is.
pub(crate) fn hurry() {
    set(-10);
}

/// Puts the calling thread behind all others: a component that compiles takes what requests leave over. To a thread
/// that wakes, a processor with nothing but this one on it is free.
pub(crate) fn stand_back() {
    set(19);
    let none = libc::sched_param { sched_priority: 0 };
    #[expect(unsafe_code)]
    // SAFETY: reads one parameter, to which it gets a valid pointer; 0 is the calling thread. A refusal changes nothing.
    unsafe {
        libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const none);
    }
}

fn set(nice: i32) {
    #[expect(unsafe_code)]
    // SAFETY: takes three numbers and touches no memory of ours; 0 is the calling thread. A refusal changes nothing.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, nice);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Engine, EngineOptions};

    fn nice() -> i32 {
        #[expect(unsafe_code)]
        // SAFETY: takes two numbers and touches no memory of ours.
        unsafe {
            libc::getpriority(libc::PRIO_PROCESS, 0)
        }
    }

    fn policy() -> i32 {
        #[expect(unsafe_code)]
        // SAFETY: takes a number and touches no memory of ours.
        unsafe {
            libc::sched_getscheduler(0)
        }
    }

    #[test]
    fn components_compile_behind_everything_else() {
        let engine = Engine::new(EngineOptions {
            max_instances: 1,
            ..EngineOptions::default()
        })
        .unwrap();
        let before = nice();
        assert_eq!(engine.compilers().install(nice), 19);
        assert_eq!(engine.compilers().install(policy), libc::SCHED_IDLE);
        assert_eq!(nice(), before, "and whoever asked for it is not held up");
    }
}
