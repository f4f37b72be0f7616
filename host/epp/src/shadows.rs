//! Plugins in shadow mode: asked about decisions that fell without them, on a thread of their own, so that
//! nothing they do reaches a request.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use switchyard_engine::EngineLane;
use switchyard_scheduler::record::Record;
use switchyard_scheduler::{Lane, PlanPlugin, Shadow};

use crate::active::Active;
use crate::lanes;

/// Decisions that wait to be asked about; those beyond are left out.
const WAITING: usize = 256;

/// What one component would have done under one name since the picker started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShadowCounts {
    /// Decisions it was asked about.
    pub asked: u64,
    /// Those that would have picked another endpoint.
    pub changed: u64,
    /// Those it gave no answer about.
    pub faults: u64,
}

/// By name and digest: another build is another plugin.
type Counts = BTreeMap<(Arc<str>, Arc<str>), ShadowCounts>;

/// The thread that asks.
pub struct Shadows {
    decisions: SyncSender<(Arc<Active>, Arc<Record>)>,
    counts: Arc<Mutex<Counts>>,
}

impl Shadows {
    /// Starts it; it ends when this is dropped.
    ///
    /// # Errors
    /// There is no thread for it.
    pub fn start() -> std::io::Result<Self> {
        let (decisions, waiting) = sync_channel(WAITING);
        let counts = Arc::<Mutex<Counts>>::default();
        let counted = counts.clone();
        let thread = std::thread::Builder::new().name("shadow".into());
        thread.spawn(move || ask(&waiting, &counted))?;
        Ok(Self { decisions, counts })
    }

    /// Offers a decision, once its answer is on its way.
    pub fn offer(&self, active: &Arc<Active>, record: &Arc<Record>) {
        let mut shadows = active.shadows.iter();
        if shadows.any(|shadow| shadow.samples(record)) {
            // A full queue is a smaller sample.
            let _ = self.decisions.try_send((active.clone(), record.clone()));
        }
    }

    /// What a plugin of a plan would have done, if it was asked.
    pub fn counts(&self, plugin: &PlanPlugin) -> Option<ShadowCounts> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&key(plugin)).copied()
    }
}

fn key(plugin: &PlanPlugin) -> (Arc<str>, Arc<str>) {
    (plugin.name.clone(), plugin.digest.clone())
}

fn ask(waiting: &Receiver<(Arc<Active>, Arc<Record>)>, counts: &Mutex<Counts>) {
    while let Ok((active, record)) = waiting.recv() {
        for shadow in active
            .shadows
            .iter()
            .filter(|shadow| shadow.samples(&record))
        {
            let answer = lanes::with(&active, |lane| one(shadow, &record, lane));
            let Some(answer) = answer else { continue };
            let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
            let key = key(active.plan.plugin(shadow.plugin));
            let counts = counts.entry(key).or_default();
            match answer {
                Ok(None) => {}
                Ok(Some(changed)) => {
                    counts.asked += 1;
                    counts.changed += u64::from(changed);
                }
                Err(_) => {
                    counts.asked += 1;
                    counts.faults += 1;
                }
            }
        }
    }
}

fn one(
    shadow: &Shadow,
    record: &Record,
    lane: &mut EngineLane,
) -> Result<Option<bool>, switchyard_scheduler::CallFault> {
    lane.endpoints_changed(record.snapshot.generation, &record.snapshot.endpoints);
    // The picker that is asked again works for requests as well: what it does here is none of their business.
    lane.set_aside(|plugin| plugin != shadow.plugin);
    let answer = shadow.would_change(record, lane);
    lane.take_import_answers();
    answer
}
