//! A stand-in for the host, so that a plugin's rule is tested as ordinary Rust.
//!
//! [`Tested`] configures a plugin as the host would and lays out `inputs` by its needs: a column the
//! test does not give is NaN, and one the plugin did not declare never arrives. What the imports answer
//! is kept per thread, and so per test.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use crate::bindings::guest::switchyard::plugin::log::Level;
use crate::export::{about, picked_rows};
use crate::{
    Answer, Column, Decider, Decision, Diagnostics, Endpoint, Endpoints, Fault, Fetch, Filter,
    Header, Hooks, Label, Needs, Picker, Plugin, ProfileHandler, ProfileResult, Sample, Scalar,
    Scorer, Scraper, Step, settings,
};

/// What the `request` imports answer.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Request {
    pub id: String,
    pub path: String,
    pub model: String,
    pub target_model: String,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub profile: String,
    /// The names of the configuration's profiles.
    pub profiles: Vec<String>,
    /// Rows by profile; `""`: those of the decision.
    pub peers: Vec<(String, Vec<u32>)>,
    pub now_ms: u64,
    pub seed: u64,
}

thread_local! {
    static REQUEST: RefCell<Request> = RefCell::default();
    static LOG: RefCell<Vec<(Level, String)>> = RefCell::default();
    static STATE: RefCell<BTreeMap<String, Vec<u8>>> = RefCell::default();
    static OWN_COLUMNS: RefCell<HashMap<(u32, u32), f64>> = RefCell::default();
}

/// Makes the imports answer about this request.
pub fn set_request(request: Request) {
    REQUEST.with(|slot| *slot.borrow_mut() = request);
}

/// The lines logged since the last time.
pub fn take_log() -> Vec<(Level, String)> {
    LOG.with(|log| std::mem::take(&mut *log.borrow_mut()))
}

/// The value of an own column; 0 where none was written.
pub fn own_column(column: u32, row: u32) -> f64 {
    with_own_columns(|values| values.get(&(column, row)).copied().unwrap_or(0.0))
}

pub(crate) fn with_request<R>(body: impl FnOnce(&Request) -> R) -> R {
    REQUEST.with(|request| body(&request.borrow()))
}

pub(crate) fn write(level: Level, message: &str) {
    LOG.with(|log| log.borrow_mut().push((level, message.to_owned())));
}

pub(crate) fn with_state<R>(body: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> R) -> R {
    STATE.with(|state| body(&mut state.borrow_mut()))
}

pub(crate) fn with_own_columns<R>(body: impl FnOnce(&mut HashMap<(u32, u32), f64>) -> R) -> R {
    OWN_COLUMNS.with(|values| body(&mut values.borrow_mut()))
}

/// An endpoint in `default` named after its row, at `10.0.0.<row>:8000`, without labels.
pub fn endpoint(row: u32) -> Endpoint {
    let name = format!("pod-{row}");
    Endpoint {
        row,
        id: format!("default/{name}"),
        name,
        namespace: "default".to_owned(),
        address: format!("10.0.0.{row}"),
        port: 8000,
        rank: 0,
        labels: Vec::new(),
    }
}

/// [`endpoint`] with labels.
pub fn labelled(row: u32, labels: &[(&str, &str)]) -> Endpoint {
    let label = |(key, value): &(&str, &str)| Label {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    Endpoint {
        labels: labels.iter().map(label).collect(),
        ..endpoint(row)
    }
}

/// A result of a profile that picked `rows`, each with a total of 1.
pub fn picked(profile: &str, rows: &[u32]) -> ProfileResult {
    ProfileResult {
        profile: profile.to_owned(),
        outcome: crate::Outcome::Picked,
        rows: rows.to_vec(),
        totals: vec![1.0; rows.len()],
    }
}

/// A result of a profile that picked nothing.
pub fn ended(profile: &str, outcome: crate::Outcome) -> ProfileResult {
    ProfileResult {
        profile: profile.to_owned(),
        outcome,
        rows: Vec::new(),
        totals: Vec::new(),
    }
}

/// A configured plugin and the numbers the host would give it.
pub struct Tested<P> {
    plugin: P,
    needs: Needs,
    columns: Vec<(Column, Vec<f64>)>,
    scalars: Vec<(Scalar, f64)>,
}

impl<P: Plugin> Tested<P> {
    /// Configures the plugin with settings in JSON.
    pub fn new(settings: &str) -> Result<Self, Diagnostics> {
        let plugin: P = settings::parse(settings).and_then(P::new)?;
        let needs = plugin.needs();
        Ok(Self {
            plugin,
            needs,
            columns: Vec::new(),
            scalars: Vec::new(),
        })
    }

    /// Tells the plugin of endpoints.
    pub fn endpoints(mut self, endpoints: &[Endpoint]) -> Result<Self, Fault> {
        self.plugin.endpoints_changed(endpoints)?;
        Ok(self)
    }

    /// Gives a column; its values are those of rows 0, 1, 2 and so on.
    pub fn column(mut self, column: Column, values: &[f64]) -> Self {
        self.columns.push((column, values.to_vec()));
        self
    }

    /// Gives a scalar.
    pub fn scalar(mut self, scalar: Scalar, value: f64) -> Self {
        self.scalars.push((scalar, value));
        self
    }

    /// The needs it declared.
    pub fn needs(&self) -> &Needs {
        &self.needs
    }

    /// The JSON Schema of its settings.
    pub fn settings_schema(&self) -> String {
        about::<P>().settings_schema
    }

    /// Rows 0, 1, 2 and so on, as many as the longest column has values.
    fn rows(&self) -> Vec<u32> {
        let length = self.columns.iter().map(|(_, values)| values.len()).max();
        (0..length.unwrap_or(0) as u32).collect()
    }

    fn inputs(&self, rows: &[u32]) -> Vec<f64> {
        let mut inputs = Vec::new();
        for column in self.needs.columns() {
            let given = self.columns.iter().find(|(known, _)| known == column);
            inputs.extend(rows.iter().map(|&row| {
                let value = given.and_then(|(_, values)| values.get(row as usize));
                value.copied().unwrap_or(f64::NAN)
            }));
        }
        for scalar in self.needs.scalars() {
            let given = self.scalars.iter().find(|(known, _)| known == scalar);
            inputs.push(given.map_or(f64::NAN, |(_, value)| *value));
        }
        inputs
    }

    fn call<R>(&mut self, rows: &[u32], body: impl FnOnce(&mut P, &Endpoints<'_>) -> R) -> R {
        let inputs = self.inputs(rows);
        body(
            &mut self.plugin,
            &Endpoints::new(rows, &inputs, &self.needs),
        )
    }
}

impl<P: Filter> Tested<P> {
    /// Filters these rows.
    pub fn keep(&mut self, rows: &[u32]) -> Result<Vec<u32>, Fault> {
        self.call(rows, |plugin, endpoints| plugin.keep(endpoints))
    }
}

impl<P: Scorer> Tested<P> {
    /// Scores the rows of the columns given.
    pub fn score(&mut self) -> Result<Vec<f64>, Fault> {
        let rows = self.rows();
        self.score_rows(&rows)
    }

    /// Scores these rows.
    pub fn score_rows(&mut self, rows: &[u32]) -> Result<Vec<f64>, Fault> {
        self.call(rows, |plugin, endpoints| plugin.score(endpoints))
    }
}

impl<P: Picker> Tested<P> {
    /// Picks among rows 0, 1, 2 and so on with these totals.
    pub fn pick(&mut self, totals: &[f64]) -> Result<Vec<u32>, Fault> {
        let rows: Vec<u32> = (0..totals.len() as u32).collect();
        self.call(&rows, |plugin, endpoints| plugin.pick(endpoints, totals))
    }
}

impl<P: Decider> Tested<P> {
    /// Asks whether `profile` shall run after these rows were picked.
    pub fn agrees(&mut self, profile: &str, rows: &[u32]) -> Result<bool, Fault> {
        self.call(rows, |plugin, picked| plugin.decide(profile, picked))
    }
}

impl<P: ProfileHandler> Tested<P> {
    /// Asks for the profiles after `done`.
    pub fn next(&mut self, done: &[ProfileResult]) -> Result<Vec<Step>, Fault> {
        self.call(&picked_rows(done), |plugin, picked| {
            plugin.next(done, picked)
        })
    }

    /// Asks for the decision.
    pub fn decision(&mut self, done: &[ProfileResult]) -> Result<Decision, Fault> {
        self.call(&picked_rows(done), |plugin, picked| {
            plugin.decide(done, picked)
        })
    }
}

impl<P: Scraper> Tested<P> {
    /// Asks what to fetch.
    pub fn plan(&mut self) -> Result<Vec<Fetch>, Fault> {
        self.plugin.plan()
    }

    /// Hands over the answer of the first fetch for this endpoint.
    pub fn parse(&mut self, row: u32, status: u16, body: &[u8]) -> Result<Vec<Sample>, Fault> {
        self.plugin.parse(&Answer {
            fetch: 0,
            row,
            status,
            elapsed_ms: 1,
            body,
        })
    }
}

impl<P: Hooks> Tested<P> {
    /// Tells of a decision.
    pub fn picked(&mut self, decision: &Decision) -> Result<Vec<Header>, Fault> {
        let rows: Vec<u32> = decision.targets.iter().map(|target| target.row).collect();
        self.call(&rows, |plugin, targets| plugin.picked(decision, targets))
    }

    /// Tells of the response's headers.
    pub fn response_started(&mut self, status: u16) -> Result<Vec<Header>, Fault> {
        self.plugin.response_started(status)
    }
}

/// Fails unless both lists are equal up to rounding.
#[track_caller]
pub fn assert_close(found: &[f64], want: &[f64]) {
    let close = |(found, want): (&f64, &f64)| (found - want).abs() < 1e-9;
    assert!(
        found.len() == want.len() && found.iter().zip(want).all(close),
        "found {found:?}, expected {want:?}"
    );
}
