//! One load, put on each server in turn, several times over.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::SuiteError;
use crate::Effort;
use crate::load::{Done, Gateway, Prompts};
use crate::picker::Picker;
use crate::process::{ProcessError, Running};
use crate::rate::percentile;

/// A server that was stopped and goes on has its scraping in step again after this.
pub(super) const SETTLE: Duration = Duration::from_millis(300);

/// A server to be loaded.
pub(super) struct Subject {
    pub(super) name: &'static str,
    address: SocketAddr,
    pub(super) picker: Option<Picker>,
    null: Option<Running>,
}

/// How the load comes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// So many at a time.
    Closed { streams: usize },
    /// So many a second.
    Open { rate: u32 },
}

/// What one server came to, one value a round.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) name: &'static str,
    pub(super) endpoints: usize,
    pub(super) cpu_us: Vec<f64>,
    pub(super) rate: Vec<f64>,
    pub(super) pick_p50: Vec<f64>,
    pub(super) pick_p99: Vec<f64>,
    pub(super) scrapes_per_second: Vec<f64>,
}

impl Subject {
    pub(super) fn null(running: Running, address: SocketAddr) -> Self {
        Self {
            name: "null",
            address,
            picker: None,
            null: Some(running),
        }
    }

    pub(super) fn picker(name: &'static str, picker: Picker) -> Self {
        Self {
            name,
            address: picker.address,
            picker: Some(picker),
            null: None,
        }
    }

    fn running(&self) -> Option<&Running> {
        let picker = self.picker.as_ref().map(|picker| &picker.running);
        picker.or(self.null.as_ref())
    }

    fn cpu(&self) -> Result<Duration, ProcessError> {
        let usage = self.running().map(Running::usage).transpose()?;
        Ok(usage.unwrap_or_default().cpu)
    }

    fn scrapes(&self) -> Result<u64, SuiteError> {
        let scrapes = self.picker.as_ref().map(Picker::scrapes).transpose()?;
        Ok(scrapes.unwrap_or_default())
    }
}

pub(super) fn run(
    runtime: &Runtime,
    subjects: &[Subject],
    prompts: &Arc<Prompts>,
    connections: usize,
    kind: Kind,
    effort: Effort,
) -> Result<Vec<Figures>, SuiteError> {
    let mut figures: Vec<Figures> = subjects.iter().map(Figures::of).collect();
    let mut gateways: Vec<Option<Gateway>> = subjects.iter().map(|_| None).collect();
    for _ in 0..effort.rounds {
        let beside = subjects.iter().zip(&mut gateways).zip(&mut figures);
        for ((subject, gateway), figures) in beside {
            if let Some(running) = subject.running() {
                running.resume()?;
            }
            let wrap = |source| SuiteError::Exchange {
                subject: subject.name,
                source,
            };
            let gateway = match gateway {
                Some(gateway) => gateway,
                None => {
                    let new = Gateway::new(subject.address, connections);
                    gateway.insert(runtime.block_on(new).map_err(wrap)?)
                }
            };
            let load = |duration| runtime.block_on(loaded(gateway, prompts, kind, duration));
            load(SETTLE.min(effort.load)).map_err(wrap)?;
            let (cpu, scrapes, start) = (subject.cpu()?, subject.scrapes()?, Instant::now());
            let done = load(effort.load).map_err(wrap)?;
            figures.add(
                done,
                subject.cpu()? - cpu,
                (subject.scrapes()? - scrapes) as f64 / start.elapsed().as_secs_f64(),
            );
            if let Some(running) = subject.running() {
                running.pause()?;
            }
        }
    }
    Ok(figures)
}

async fn loaded(
    gateway: &Gateway,
    prompts: &Arc<Prompts>,
    kind: Kind,
    duration: Duration,
) -> Result<Done, crate::load::ExchangeError> {
    match kind {
        Kind::Closed { streams } => gateway.closed(prompts, streams, duration).await,
        Kind::Open { rate } => gateway.open(prompts, rate, duration).await,
    }
}

impl Figures {
    fn of(subject: &Subject) -> Self {
        Self {
            name: subject.name,
            endpoints: subject.picker.as_ref().map_or(0, |picker| picker.endpoints),
            ..Self::default()
        }
    }

    fn add(&mut self, mut done: Done, cpu: Duration, scrapes_per_second: f64) {
        self.cpu_us
            .push(cpu.as_secs_f64() * 1e6 / done.requests as f64);
        self.rate
            .push(done.requests as f64 / done.elapsed.as_secs_f64());
        self.pick_p50.push(percentile(&mut done.pick_us, 0.5));
        self.pick_p99.push(percentile(&mut done.pick_us, 0.99));
        self.scrapes_per_second.push(scrapes_per_second);
    }
}
