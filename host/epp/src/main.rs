//! The Endpoint Picker: ext_proc, configuration, discovery, scraping, admin.
fn main() {}
