//! What one process decided and wrote down, a fresh one decides again from the record alone, bit for bit: real
//! components, thousands of random moments.

// Clippy takes helpers of tests for production code.
#![allow(clippy::unwrap_used, clippy::panic)]

mod scenario {
    pub(crate) mod plans;
    pub(crate) mod world;
}

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use scenario::plans::{self, PLANS, PlanUnderTest};
use scenario::world::World;
use switchyard_engine::{Engine, StateStore};
use switchyard_epp::active::Active;
use switchyard_epp::components::Components;
use switchyard_epp::plans::blueprint::Blueprint;
use switchyard_epp::plans::shelf::Shelf;
use switchyard_epp::pool::Pool;
use switchyard_epp::registries::Registries;
use switchyard_scheduler::record::json::RecordJson;
use switchyard_scheduler::record::replay::Recorded;
use switchyard_scheduler::{Lane, hooks, schedule};

const SCENARIOS_A_PLAN: usize = 350;
/// Set for the process that writes: where to.
const WRITE_TO: &str = "SWITCHYARD_REPLAY_WRITE_TO";
/// The files in there.
const CODE: &str = "compiled";

fn records_of(directory: &Path, plan: &PlanUnderTest) -> std::path::PathBuf {
    directory.join(format!("{}.jsonl", plan.name))
}

/// The plan, whose components all come with the binary.
fn active(plan: &PlanUnderTest, engine: &Engine, pool: &Arc<Pool>) -> Active {
    let blueprint = Blueprint::new(plan.name.to_owned(), String::new());
    let (components, registries) = (Components::default(), Registries::default());
    let shelf = Shelf::new(&blueprint, &components, &registries);
    let state = StateStore::new();
    Active::new(plan.resolved(), engine, pool, &state, &shelf, 1).unwrap()
}

/// Decides at random moments and writes the records down.
fn write(directory: &Path) {
    let engine = plans::engine(&directory.join(CODE));
    for (seed, plan) in (1..).zip(PLANS) {
        let pool = Arc::new(Pool::default());
        let active = active(plan, &engine, &pool);
        let mut lane = active.lane().unwrap();
        let mut world = World::new(seed, pool);
        let mut file = BufWriter::new(File::create(records_of(directory, plan)).unwrap());
        let mut decided = 0;
        for _ in 0..SCENARIOS_A_PLAN {
            let moment = world.moment(&active);
            let record = schedule(
                &active.plan,
                &moment.snapshot,
                &mut lane,
                &moment.request,
                moment.gathered,
            );
            serde_json::to_writer(&mut file, &RecordJson::from(&record)).unwrap();
            file.write_all(b"\n").unwrap();
            if let Ok(decision) = &record.outcome {
                assert_eq!(decision.primary, plan.primary, "{}", plan.name);
                decided += 1;
                // What hooks remember decides later requests.
                hooks::picked(&record, &mut lane, decision).unwrap();
            }
            lane.take_import_answers();
        }
        assert!(
            decided > SCENARIOS_A_PLAN / 2,
            "{}: {decided} of {SCENARIOS_A_PLAN} moments were decided",
            plan.name
        );
        file.flush().unwrap();
    }
}

/// Decides every record of a plan again; the differences, by line.
fn replayed(directory: &Path, engine: &Engine, plan: &PlanUnderTest) -> Vec<String> {
    let active = active(plan, engine, &Arc::default());
    let mut lane = active.lane().unwrap();
    let lines = BufReader::new(File::open(records_of(directory, plan)).unwrap()).lines();
    let mut differences = Vec::new();
    let mut read = 0;
    for (number, line) in (1..).zip(lines) {
        let recorded = Recorded::parse(&line.unwrap()).unwrap();
        lane.replay_answers(recorded.import_answers());
        let record = schedule(
            &active.plan,
            &recorded.snapshot,
            &mut lane,
            &recorded.request().unwrap(),
            recorded.gathered(&active.plan),
        );
        let unasked = lane.replay_left();
        if let Err(difference) = recorded.compare(&record) {
            differences.push(format!("{}, line {number}: {difference}", plan.name));
        } else if unasked > 0 {
            differences.push(format!(
                "{}, line {number}: {unasked} answers of imports were not asked for",
                plan.name
            ));
        }
        read = number;
    }
    assert_eq!(read, SCENARIOS_A_PLAN, "{}", plan.name);
    differences
}

#[test]
fn a_fresh_process_decides_as_the_record_says() {
    if let Some(directory) = std::env::var_os(WRITE_TO) {
        return write(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let code = directory.path().join(CODE);
    fs::create_dir(&code).unwrap();
    let written = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_fresh_process_decides_as_the_record_says"])
        .env(WRITE_TO, directory.path())
        .output()
        .unwrap();
    assert!(
        written.status.success(),
        "{}",
        String::from_utf8_lossy(&written.stdout)
    );
    let engine = plans::engine(&code);
    for plan in PLANS {
        let differences = replayed(directory.path(), &engine, plan);
        assert_eq!(differences, [""; 0]);
    }
    let planted = PlanUnderTest {
        weight_change: Some(0.001),
        ..PLANS[0]
    };
    let found = replayed(directory.path(), &engine, &planted);
    assert!(
        found.len() > SCENARIOS_A_PLAN / 2
            && found
                .iter()
                .any(|found| found.contains("totals of profile")),
        "{} differences, first {:?}",
        found.len(),
        found.first()
    );
}
