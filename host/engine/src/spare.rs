//! Spare instances, made in the background by one thread so that a fault costs one call.
//!
//! Each place of a lane has a cell that holds at most one spare. The thread keeps it filled, configured and told
//! of the endpoints; the lane takes it out when its live instance broke. The thread also buries broken
//! instances: giving their memory back takes longer than taking a spare.

use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use switchyard_scheduler::{CallFault, Cause};

use crate::fault::fault;
use crate::instance::{Instance, Told};
use crate::plugin::{Plugin, Room, StartError};

/// How long after a failed start the next is tried.
const RETRY: Duration = Duration::from_secs(1);
/// How long room is waited for.
const SETTLE: Duration = Duration::from_secs(10);

/// Where a place of a lane finds its spare.
#[derive(Default)]
pub(crate) struct SpareCell(Mutex<Cell>);

#[derive(Default)]
struct Cell {
    spare: Option<Instance>,
    /// What the spare is to be told.
    told: Option<Told>,
    /// The thread has the cell in hand or in its queue.
    tended: bool,
    /// Not before this: the last start failed.
    retry_at: Option<Instant>,
}

impl SpareCell {
    fn lock(&self) -> MutexGuard<'_, Cell> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The spare, if one is ready.
    pub(crate) fn take(&self) -> Option<Instance> {
        self.lock().spare.take()
    }

    /// What spares are told from now on.
    pub(crate) fn set_told(&self, told: &Told) {
        let mut cell = self.lock();
        cell.told = Some(told.clone());
        cell.retry_at = None;
    }
}

enum Job {
    Tend(Arc<Plugin>, Weak<SpareCell>),
    Bury(Box<Instance>),
    Tell(SyncSender<()>),
}

/// The thread that makes spares. It ends when the engine does.
pub(crate) struct SpareMaker {
    jobs: Sender<Job>,
}

impl SpareMaker {
    pub(crate) fn start() -> std::io::Result<Self> {
        let (jobs, received) = channel();
        std::thread::Builder::new()
            .name("switchyard-spare".to_owned())
            .spawn(move || run(&received))?;
        Ok(Self { jobs })
    }

    /// Sees to it that the cell gets a spare that knows the endpoints. Costs nothing if that is under way.
    pub(crate) fn tend(&self, plugin: &Arc<Plugin>, cell: &Arc<SpareCell>) {
        let mut locked = cell.lock();
        let too_early = locked
            .retry_at
            .is_some_and(|retry_at| Instant::now() < retry_at);
        if locked.tended || too_early {
            return;
        }
        locked.tended = true;
        drop(locked);
        // The thread outlives every sender; if it is gone, so is the need for spares.
        drop(
            self.jobs
                .send(Job::Tend(Arc::clone(plugin), Arc::downgrade(cell))),
        );
    }

    /// Drops a broken instance on the thread.
    pub(crate) fn bury(&self, instance: Instance) {
        drop(self.jobs.send(Job::Bury(Box::new(instance))));
    }
}

impl SpareMaker {
    /// Waits until what was given to the thread so far is done: instances that nobody needs have made room by then.
    /// Not for the thread itself.
    pub(crate) fn settle(&self) {
        let (done, settled) = sync_channel(1);
        drop(self.jobs.send(Job::Tell(done)));
        // A spare may take long to start; whoever waits is told that there is no room, then.
        let _ = settled.recv_timeout(SETTLE);
    }
}

fn run(jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        match job {
            Job::Bury(instance) => drop(instance),
            // Full or gone: whoever waited does so no more.
            Job::Tell(done) => drop(done.try_send(())),
            Job::Tend(plugin, cell) => {
                if let Some(cell) = cell.upgrade() {
                    tend(&plugin, &cell);
                }
            }
        }
    }
}

/// Makes the cell's spare, or tells it news, until it is up to date.
fn tend(plugin: &Plugin, cell: &SpareCell) {
    loop {
        let (spare, told) = {
            let mut cell = cell.lock();
            (cell.spare.take(), cell.told.clone())
        };
        let ready = ready(plugin, spare, told.as_ref());
        let mut cell = cell.lock();
        match ready {
            Ok(spare) => {
                let current = cell.told.as_ref().map(|told| told.generation);
                let done = spare.told() == current;
                cell.spare = Some(spare);
                cell.retry_at = None;
                if done {
                    cell.tended = false;
                    return;
                }
            }
            Err(fault) => {
                tracing::warn!(plugin = plugin.name(), %fault, "no spare instance; trying again later");
                plugin.note(&fault);
                cell.retry_at = Some(Instant::now() + RETRY);
                cell.tended = false;
                return;
            }
        }
    }
}

fn ready(
    plugin: &Plugin,
    spare: Option<Instance>,
    told: Option<&Told>,
) -> Result<Instance, CallFault> {
    let pulse = plugin.engine().ticker().pulse();
    let mut spare = match spare {
        Some(spare) => spare,
        None => plugin.instance(&pulse, Room::OrNone).map_err(start_fault)?,
    };
    match told {
        Some(told) if spare.told() != Some(told.generation) => spare.tell(&pulse, told, None)?,
        _ => {}
    }
    Ok(spare)
}

fn start_fault(error: StartError) -> CallFault {
    match error {
        StartError::Fault { fault, .. } => fault,
        other => fault(Cause::BadAnswer, other.to_string()),
    }
}
