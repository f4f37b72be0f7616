//! Everything a newcomer or CI runs: set-up, build, demo, verify, benches.
fn main() {}
