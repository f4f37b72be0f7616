//! What every plugin must hold to, whatever its rule: the contract, on the engine of a picker.

pub(crate) mod draw;
mod settings;
mod stages;

use serde_json::Value;
use switchyard_build::contract::Stage;
use switchyard_engine::{Limits, StartError};

use crate::trial::{Guest, Trial, is_about_settings};

/// What is told of the checks, as they are made.
#[derive(Debug)]
pub enum Told {
    /// One thing was checked.
    Checked {
        /// What must hold.
        name: String,
        /// What did not.
        result: Result<(), String>,
    },
    /// Some were not made.
    NotMade {
        /// How many.
        count: usize,
        /// Why.
        why: String,
    },
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

impl Subject<'_> {
    fn start(&self) -> Result<Guest, String> {
        self.start_with(self.settings)
            .map_err(|error| error.to_string())
    }

    fn start_with(&self, settings: &Value) -> Result<Guest, StartError> {
        self.trial.start(settings, self.limits)
    }
}

/// What did not hold.
#[derive(Debug)]
struct Wrong {
    reason: String,
    /// A call did not come back: the next one will not either, and each costs all the patience there is.
    endless: bool,
}

impl From<String> for Wrong {
    fn from(reason: String) -> Self {
        Self {
            reason,
            endless: false,
        }
    }
}

impl From<&str> for Wrong {
    fn from(reason: &str) -> Self {
        reason.to_owned().into()
    }
}

/// A check of the plugin as a whole.
type OfPlugin = (&'static str, fn(&Subject<'_>) -> Result<(), Wrong>);
/// A check of each of its stages.
type OfStage = (&'static str, fn(&Subject<'_>, Stage) -> Result<(), Wrong>);

const OF_PLUGIN: [OfPlugin; 5] = [
    ("says who it is", settings::says_who),
    ("its settings have a schema that is valid", settings::schema),
    (
        "a setting it does not know is refused, with its path",
        settings::unknown_is_refused,
    ),
    (
        "a setting of the wrong kind is refused, with its path",
        settings::wrong_kind_is_refused,
    ),
    ("takes any set of endpoints", stages::takes_endpoints),
];

const OF_STAGE: [OfStage; 5] = [
    ("answers as the contract says", stages::answers),
    ("unknown values are tolerated", stages::tolerates),
    ("no candidate and a single one", stages::few),
    (
        "same question, same answer, on another instance too",
        stages::same,
    ),
    ("keeps to its budget", stages::in_time),
];

/// Makes them all. An error: the plugin does not start whatever its settings, so there is no use in trying it
/// further.
pub fn all(subject: &Subject<'_>, tell: &mut dyn FnMut(Told)) -> Result<(), StartError> {
    let exported = subject.trial.stages();
    if let Err(error) = subject.start_with(subject.settings) {
        let about_settings = is_about_settings(&error);
        let where_they_stand = match about_settings {
            true => "; they stand under `[settings]` in plugin.toml",
            false => "",
        };
        let [(first, _), ..] = OF_PLUGIN;
        tell(Told::Checked {
            name: first.to_owned(),
            result: Err(format!("{error}{where_they_stand}")),
        });
        tell(Told::NotMade {
            count: OF_PLUGIN.len() - 1 + OF_STAGE.len() * exported.len(),
            why: "they need a plugin that starts".to_owned(),
        });
        return match about_settings {
            true => Ok(()),
            false => Err(error),
        };
    }
    for (name, check) in OF_PLUGIN {
        made(name.to_owned(), check(subject), tell);
    }
    for stage in exported {
        of_stage(subject, stage, tell);
    }
    Ok(())
}

fn of_stage(subject: &Subject<'_>, stage: Stage, tell: &mut dyn FnMut(Told)) {
    for ((name, check), after) in OF_STAGE.iter().zip(1..) {
        let endless = made(format!("{stage}: {name}"), check(subject, stage), tell);
        let count = OF_STAGE.len() - after;
        if endless && count > 0 {
            tell(Told::NotMade {
                count,
                why: format!("the {stage} would not come back from them either"),
            });
            return;
        }
    }
}

/// Tells how a check went; whether it waited for a call that did not end.
fn made(name: String, result: Result<(), Wrong>, tell: &mut dyn FnMut(Told)) -> bool {
    let endless = result.as_ref().is_err_and(|wrong| wrong.endless);
    tell(Told::Checked {
        name,
        result: result.map_err(|wrong| wrong.reason),
    });
    endless
}
