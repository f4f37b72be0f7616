//! A picker under load whose plugins are changed meanwhile.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::LiveError;
use crate::Effort;
use crate::http::{get, post};
use crate::load::{Done, Gateway, Prompts};
use crate::picker::Picker;
use crate::suite::Programs;
use crate::variant::variant;

const ENDPOINTS: usize = 100;
const CONNECTIONS: usize = 2;
const PROMPT_BYTES: usize = 2_048;
/// The components that are loaded.
const GUESTS: [&str; 4] = ["rust", "go", "trapping", "sound"];
/// Unoptimised, with a processor that others use too, a component is compiled within this.
const LOAD_LIMIT: Duration = Duration::from_secs(120);

/// The picker, its load and what can be loaded into it.
pub(super) struct Bench {
    picker: Picker,
    runtime: Runtime,
    gateway: Gateway,
    prompts: Arc<Prompts>,
    guests: BTreeMap<&'static str, Vec<u8>>,
    /// Numbers variants.
    next: AtomicU64,
    effort: Effort,
}

impl Bench {
    pub(super) fn start(
        programs: &Programs,
        guests: &Path,
        effort: Effort,
    ) -> Result<Self, LiveError> {
        let guests = GUESTS.into_iter().map(|name| component(guests, name));
        let guests = guests.collect::<Result<_, LiveError>>()?;
        let picker = Picker::start(&programs.picker, &programs.expositions, ENDPOINTS)?;
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().map_err(LiveError::Runtime)?;
        let gateway = runtime.block_on(Gateway::new(picker.address, CONNECTIONS))?;
        Ok(Self {
            picker,
            runtime,
            gateway,
            prompts: Arc::new(Prompts::new(PROMPT_BYTES, 1024)),
            guests,
            next: AtomicU64::new(0),
            effort,
        })
    }

    /// Keeps requests coming while `work` goes on; what both came to.
    pub(super) fn meanwhile<T: Send>(
        &self,
        work: impl FnOnce(&Loader<'_>) -> Result<T, LiveError> + Send,
    ) -> Result<(Done, T), LiveError> {
        let rate = self.effort.live_rate;
        let loader = self.loader();
        let (done, worked) = std::thread::scope(|scope| {
            let worker = scope.spawn(|| work(&loader));
            let load = self
                .gateway
                .open_while(&self.prompts, rate, || !worker.is_finished());
            (self.runtime.block_on(load), worker.join())
        });
        let worked = worked.map_err(|_| LiveError::Wrong {
            what: "the thread that changes plugins",
            found: "a panic".to_owned(),
        })?;
        Ok((done, worked?))
    }

    /// As many streams at a time; every request must go through.
    pub(super) fn closed(&self, streams: usize, duration: Duration) -> Result<Done, LiveError> {
        let load = self.gateway.closed(&self.prompts, streams, duration);
        Ok(self.runtime.block_on(load)?)
    }

    pub(super) fn loader(&self) -> Loader<'_> {
        Loader {
            port: self.picker.admin,
            guests: &self.guests,
            next: &self.next,
        }
    }

    /// How often a plugin was called since its plan began, and how many of the calls were faults.
    pub(super) fn calls_and_faults(&self, name: &str) -> Result<(f64, f64), LiveError> {
        let page = get(self.picker.metrics, "/metrics").unwrap_or_default();
        let sum = |series: &str| sum(&page, series, name);
        match sum("switchyard_plugin_calls_total") {
            Some(calls) => {
                let faults = sum("switchyard_plugin_faults_total");
                Ok((calls, faults.unwrap_or_default()))
            }
            None => Err(LiveError::Wrong {
                what: "the count of a plugin's calls in /metrics",
                found: "nothing".to_owned(),
            }),
        }
    }
}

/// Loads components; another thread can have it.
pub(super) struct Loader<'a> {
    port: u16,
    guests: &'a BTreeMap<&'static str, Vec<u8>>,
    next: &'a AtomicU64,
}

impl Loader<'_> {
    /// Loads a component under a name, with bytes that the picker never saw; the milliseconds until its plan runs.
    pub(super) fn load(&self, guest: &'static str, name: &str) -> Result<f64, LiveError> {
        let component = self.guests.get(guest).map(Vec::as_slice);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let component = variant(component.unwrap_or_default(), number);
        let start = Instant::now();
        let path = format!("/admin/plugins/{name}?by=bench-epp");
        let answer = post(self.port, &path, &component, LOAD_LIMIT);
        let elapsed = start.elapsed();
        let reason = match answer {
            Ok(answer) if answer.starts_with("HTTP/1.1 200") => {
                return Ok(elapsed.as_secs_f64() * 1e3);
            }
            Ok(answer) => answer,
            Err(error) => error.to_string(),
        };
        Err(LiveError::Refused { guest, reason })
    }
}

fn component(guests: &Path, name: &'static str) -> Result<(&'static str, Vec<u8>), LiveError> {
    let path = guests.join(name).join(format!("bench-{name}.wasm"));
    let bytes = std::fs::read(&path).map_err(|source| LiveError::Component {
        path: path.display().to_string(),
        source,
    })?;
    Ok((name, bytes))
}

/// All values of a series that are about one plugin; nothing where there is none.
fn sum(page: &str, series: &str, plugin: &str) -> Option<f64> {
    let label = format!("plugin_name=\"{plugin}\"");
    let of_plugin = |line: &&str| {
        let rest = line.strip_prefix(series);
        rest.is_some_and(|rest| rest.starts_with('{') && rest.contains(&label))
    };
    let value = |line: &str| line.rsplit(' ').next()?.parse::<f64>().ok();
    let values = page.lines().filter(of_plugin).filter_map(value);
    values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_of_one_plugin_are_added_up() {
        let page = "\
            # TYPE faults counter\n\
            faults{cause=\"trap\",plugin_name=\"victim\"} 3\n\
            faults{cause=\"fuel\",plugin_name=\"victim\"} 4\n\
            faults{cause=\"trap\",plugin_name=\"victim-2\"} 5\n\
            faults_more{plugin_name=\"victim\"} 6\n";
        assert_eq!(sum(page, "faults", "victim"), Some(7.0));
        assert_eq!(sum(page, "calls", "victim"), None);
    }

    #[test]
    fn a_component_that_is_not_there_is_named() {
        let error = component(Path::new("/no/such"), "go")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("/no/such/go/bench-go.wasm cannot be read: "),
            "{error}"
        );
    }
}
