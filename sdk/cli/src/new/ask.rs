//! Asks for what the command line did not say.

use std::str::FromStr;

use clap::ValueEnum;
use switchyard_build::contract::Stage;
use switchyard_build::language::Language;
use switchyard_build::name::PluginName;

use super::{NewError, Options, Person, Plan};

/// A whole plan. Without a person, what is missing is an error.
pub(super) fn complete(options: Options, mut person: Option<Person<'_>>) -> Result<Plan, NewError> {
    let name = match options.name {
        Some(name) => name,
        None => ask(
            person.as_mut(),
            "NAME",
            "a name such as tenant-fairness",
            |answer| PluginName::from_str(answer).map_err(|error| error.to_string()),
        )?,
    };
    let mut stages = if options.stages.is_empty() {
        let names = Stage::ALL.map(Stage::name).join(", ");
        let expected = format!("one or several of {names}");
        ask(person.as_mut(), "--stage", &expected, several_stages)?
    } else {
        options.stages
    };
    stages.sort_unstable();
    stages.dedup();
    let language = match options.language {
        Some(language) => language,
        None => {
            let names = Language::ALL.map(Language::name).join(", ");
            let expected = format!("one of {names}");
            ask(person.as_mut(), "--lang", &expected, |answer| {
                Language::from_str(answer, false)
                    .map_err(|_| format!("`{answer}` is not a language"))
            })?
        }
    };
    Ok(Plan {
        name,
        stages,
        language,
    })
}

fn several_stages(answer: &str) -> Result<Vec<Stage>, String> {
    let words = answer.split([' ', ',']).filter(|word| !word.is_empty());
    let stages: Vec<Stage> = words
        .map(|word| Stage::from_str(word, false).map_err(|_| format!("`{word}` is not a stage")))
        .collect::<Result<_, _>>()?;
    if stages.is_empty() {
        return Err("at least one is needed".to_owned());
    }
    Ok(stages)
}

/// Asks until the answer will do.
fn ask<T>(
    person: Option<&mut Person<'_>>,
    what: &'static str,
    expected: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T, NewError> {
    let missing = || NewError::Missing {
        what,
        expected: format!("expected {expected}"),
    };
    let Some((input, output)) = person else {
        return Err(missing());
    };
    loop {
        let asked = write!(output, "{what}, {expected}: ").and_then(|()| output.flush());
        asked.map_err(NewError::Ask)?;
        let mut answer = String::new();
        if input.read_line(&mut answer).map_err(NewError::Ask)? == 0 {
            return Err(missing());
        }
        match read(answer.trim()) {
            Ok(value) => return Ok(value),
            Err(reason) => writeln!(output, "{reason}").map_err(NewError::Ask)?,
        }
    }
}
