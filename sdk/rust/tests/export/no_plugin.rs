use switchyard_sdk::export;

struct Rule;

export!(Rule, [filter]);

fn main() {}
