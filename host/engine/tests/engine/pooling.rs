//! Where the machine refuses a pool's address space, instances are made on demand.

use std::process::Command;

use switchyard_engine::{Engine, EngineOptions};

use crate::guest::Guest;
use crate::harness::{Bench, engine, score};

/// Set in the child process that has little address space.
const CHILD: &str = "SWITCHYARD_TEST_LITTLE_ADDRESS_SPACE";

#[test]
fn a_pool_is_the_rule() {
    assert!(engine().is_pooling());
}

#[test]
fn an_absurd_pool_falls_back() {
    let options = EngineOptions {
        max_instances: u32::MAX,
        ..EngineOptions::default()
    };
    works_without_pool(options);
}

#[test]
fn little_address_space_falls_back() {
    if std::env::var_os(CHILD).is_some() {
        works_without_pool(EngineOptions::default());
        return;
    }
    // 4 GiB in all: less than one memory of a pool reserves.
    let test = std::env::current_exe().unwrap();
    let output = Command::new("sh")
        .args([
            "-c",
            "ulimit -v 4194304 && exec \"$0\" --exact pooling::little_address_space_falls_back",
        ])
        .arg(test)
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.contains("1 passed"), "{said}");
}

fn works_without_pool(options: EngineOptions) {
    let log = crate::harness::Log::default();
    let engine = log.during(|| Engine::new(options)).unwrap();
    assert!(!engine.is_pooling());
    let lines = log.lines();
    let told = lines
        .iter()
        .filter(|line| line.contains("made on demand"))
        .count();
    assert_eq!(told, 1, "{lines:?}");
    let bench = Bench {
        engine,
        ..Bench::default()
    };
    let (_, mut lane) = bench.lane(&Guest::new(&["scorer"]));
    assert_eq!(score(&mut lane).unwrap(), [0.25, 0.75]);
}

#[test]
fn what_nobody_needs_any_more_makes_room() {
    let bench = Bench {
        engine: Engine::new(EngineOptions {
            max_instances: 3,
            ..EngineOptions::default()
        })
        .unwrap(),
        ..Bench::default()
    };
    let guest = Guest::new(&["scorer"]);
    // Each has a live instance and soon a spare; another thread gives both back.
    for _ in 0..50 {
        let (_, mut lane) = bench.lane(&guest);
        assert_eq!(score(&mut lane).unwrap(), [0.25, 0.75]);
    }
    let _held: Vec<_> = (0..3).map_while(|_| bench.start(&guest).ok()).collect();
    let error = bench.start(&guest).unwrap_err().to_string();
    assert!(error.contains("no room for one more instance"), "{error}");
}
