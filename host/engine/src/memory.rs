//! What compiling leaves behind.

/// Gives memory back to the system that the allocator holds free: a compiler needs tens of megabytes for a moment,
/// which would stay this process's for good. Takes some milliseconds; call it where nobody waits.
pub fn give_back_memory() {
    #[cfg(target_env = "gnu")]
    #[expect(unsafe_code)]
    // SAFETY: takes a number of bytes to keep, and touches only what the allocator knows to be free.
    unsafe {
        libc::malloc_trim(0);
    }
}
