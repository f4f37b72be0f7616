//! What a warm call costs: a scorer that hands its inputs back, called through a lane.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a bench stops when something is wrong, and shares the tests' guests"
)]

#[path = "../tests/engine/guest.rs"]
#[allow(dead_code)]
mod guest;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use switchyard_engine::{
    BreakerOptions, Engine, EngineLane, EngineOptions, OwnColumns, Plugin, PluginOptions,
    StateStore,
};
use switchyard_scheduler::{Call, HeaderSource, Lane, PluginIndex, Request};

struct Nothing;

impl OwnColumns for Nothing {
    fn declare(&self, _: &str, _: &[String]) {}
    fn set(&self, _: u32, _: u32, _: f64) -> bool {
        true
    }
    fn add(&self, _: u32, _: u32, _: f64) -> bool {
        true
    }
}

impl HeaderSource for Nothing {
    fn header(&self, _: &str) -> Option<String> {
        None
    }
}

fn calls(criterion: &mut Criterion) {
    let engine = Engine::new(EngineOptions::default()).unwrap();
    let component = engine
        .load(&guest::Guest::new(&["scorer"]).build())
        .unwrap();
    let options = PluginOptions {
        name: "echo".to_owned(),
        settings: "{}".to_owned(),
        limits: None,
        breaker: BreakerOptions::default(),
        own_columns: Arc::new(Nothing),
        state: StateStore::new(),
    };
    let plugin = Arc::new(Plugin::new(&engine, &component, options).unwrap());
    let mut lane = EngineLane::new(&[plugin]).unwrap();
    let request = Arc::new(Request::new(String::new(), 0, 0, Box::new(Nothing)));
    let call = Call {
        plugin: PluginIndex(0),
        request: &request,
        profile: "default",
    };
    let mut group = criterion.benchmark_group("score");
    for count in [1_u32, 10, 100, 1000] {
        let rows: Vec<u32> = (0..count).collect();
        // Two columns, as most scorers have at most.
        let inputs = vec![0.5; rows.len() * 2];
        let mut scores = Vec::with_capacity(rows.len());
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                scores.clear();
                lane.score(call, black_box(&rows), black_box(&inputs), &mut scores)
                    .unwrap();
                black_box(scores.len())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
