//! What every plugin must hold to, whatever its rule: the contract, on the engine of a picker.

pub(crate) mod draw;
mod settings;
mod stages;

use std::time::Duration;

use serde_json::Value;
use switchyard_engine::{Limits, StartError};

use crate::trial::{Guest, Trial};

/// One thing that was checked.
#[derive(Debug)]
pub struct Checked {
    /// What must hold.
    pub name: String,
    /// What did not.
    pub result: Result<(), String>,
}

/// What is checked.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The component.
    pub trial: &'a Trial,
    /// The plugin's name in `plugin.toml`.
    pub name: &'a str,
    /// The example settings.
    pub settings: &'a Value,
    /// What its calls may use.
    pub limits: Limits,
}

/// A machine that is busy with something else must not fail a check that is not about time.
const PATIENT: Duration = Duration::from_secs(20);

impl Subject<'_> {
    /// Starts it, with all the time it wants.
    fn start(&self) -> Result<Guest, String> {
        self.start_with(self.settings)
            .map_err(|error| error.to_string())
    }

    fn start_with(&self, settings: &Value) -> Result<Guest, StartError> {
        self.trial.start(settings, patient(self.limits))
    }
}

/// The same but for time.
pub(crate) fn patient(limits: Limits) -> Limits {
    Limits {
        call: PATIENT,
        hook: PATIENT,
        parse: PATIENT,
        endpoints_changed: PATIENT,
        start: PATIENT.max(limits.start),
        ..limits
    }
}

/// Everything.
pub fn all(subject: &Subject<'_>) -> Vec<Checked> {
    let mut checked = Vec::new();
    let mut check = |name: String, result: Result<(), String>| {
        let result = result.map_err(|reason| reason.trim_end().to_owned());
        checked.push(Checked { name, result });
    };
    check("says who it is".to_owned(), settings::says_who(subject));
    check(
        "its settings have a schema that is valid".to_owned(),
        settings::schema(subject),
    );
    check(
        "a setting it does not know is refused, with its path".to_owned(),
        settings::unknown_is_refused(subject),
    );
    check(
        "a setting of the wrong kind is refused, with its path".to_owned(),
        settings::wrong_kind_is_refused(subject),
    );
    check(
        "takes any set of endpoints".to_owned(),
        stages::takes_endpoints(subject),
    );
    for stage in subject.trial.stages() {
        check(
            format!("{stage}: answers as the contract says"),
            stages::answers(subject, stage),
        );
        check(
            format!("{stage}: unknown values are tolerated"),
            stages::tolerates(subject, stage),
        );
        check(
            format!("{stage}: no candidate and a single one"),
            stages::few(subject, stage),
        );
        check(
            format!("{stage}: same question, same answer, on another instance too"),
            stages::same(subject, stage),
        );
        check(
            format!("{stage}: keeps to its budget"),
            stages::in_time(subject, stage),
        );
    }
    checked
}
