//! What a trap costs: the call that traps, and the next one.
//!
//! A built-in scorer is made to trap by inputs shorter than it asked for, which no scheduler hands it:
//! it reads past their end and panics.

use std::path::Path;
use std::time::{Duration, Instant};

use switchyard_scheduler::{Call, CallFault, Cause, Lane, PluginIndex};

use crate::Effort;
use crate::cycle::{Bed, BedError, PROFILE, SCORERS, request};
use crate::rate::percentile;
use crate::report::{Goal, Row};

const ENDPOINTS: u32 = 100;
/// The scorer that reads every column at every row.
const VICTIM: &str = "lora-affinity-scorer";
/// How many columns it reads.
const COLUMNS: usize = 5;
/// Long enough for the engine's other thread to make the next spare.
const SPARE: Duration = Duration::from_millis(5);

/// Row 3.
pub fn rows(plugins: &Path, effort: Effort) -> Result<Vec<Row>, BedError> {
    let bed = Bed::new(plugins)?;
    let pool = bed.pool(ENDPOINTS);
    let mut lane = bed.lane()?;
    lane.endpoints_changed(pool.snapshot.generation, &pool.snapshot.endpoints);
    let rows: Vec<u32> = pool.snapshot.endpoints.iter().map(|e| e.row).collect();
    let enough = vec![1.0; COLUMNS * rows.len()];
    let victim = SCORERS.iter().position(|(name, ..)| *name == VICTIM);
    let victim = PluginIndex(victim.unwrap_or_default() as u32);
    let mut call = |inputs: &[f64]| {
        let request = request(1);
        let call = Call {
            plugin: victim,
            request: &request,
            profile: PROFILE,
        };
        let mut scores = Vec::with_capacity(rows.len());
        let start = Instant::now();
        let answer = lane.score(call, &rows, inputs, &mut scores);
        (start.elapsed().as_secs_f64() * 1e6, answer)
    };
    let (mut warm, mut traps, mut nexts) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.traps {
        std::thread::sleep(SPARE);
        // Sleeping cools caches; a call that counts for nothing warms what the trap then breaks.
        expect(call(&enough).1, None)?;
        let (us, answer) = call(&enough);
        expect(answer, None)?;
        warm.push(us);
        let (us, answer) = call(&[]);
        expect(answer, Some(Cause::Trap))?;
        traps.push(us);
        let (us, answer) = call(&enough);
        expect(answer, None)?;
        nexts.push(us);
    }
    let warm = percentile(&mut warm, 0.5);
    let row = |what: &str, samples: &mut [f64], share: f64| {
        Row::new(what, percentile(samples, share), "us").peer("warm call", warm)
    };
    Ok(vec![
        row("trap: the next good call, p50", &mut nexts, 0.5).goal(Goal::AtMost(50.0)),
        row("trap: the next good call, p99", &mut nexts, 0.99),
        row("trap: the trapping call, p50", &mut traps, 0.5),
    ])
}

fn expect(answer: Result<(), CallFault>, cause: Option<Cause>) -> Result<(), BedError> {
    let found = answer.err();
    if found.as_ref().map(|fault| fault.cause) == cause {
        return Ok(());
    }
    Err(BedError::Wrong {
        what: format!("a call of {VICTIM}, which was to end with {cause:?},"),
        found: found.map_or("no fault".to_owned(), |fault| fault.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trap_costs_one_call() {
        let plugins = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/plugins"));
        let rows = rows(plugins, Effort::QUICK).unwrap();
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row.value > 0.0), "{rows:?}");
        let wrong = expect(Ok(()), Some(Cause::Trap)).unwrap_err().to_string();
        assert!(
            wrong.contains("Trap") && wrong.contains("no fault"),
            "{wrong}"
        );
    }
}
