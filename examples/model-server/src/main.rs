//! A simulated vLLM server, good enough to test a router against.
fn main() {}
