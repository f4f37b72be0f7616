//! From a case to what the plugin is asked, and what each answer must be.

use switchyard_build::contract::Stage;
use switchyard_scheduler::{Decision, Ended, Ending, Header, ProfileResult, Target};

use super::file::{Case, DecisionWords, EndedWords, EndingWord, EventWords, Expected, ResultWords};
use super::scene;
use crate::trial::{Question, Scene};

/// A question, and what must be answered where that matters.
type Step<'a> = (Question, Option<Expected<'a>>);

/// What the plugin is asked, one after the other.
pub(super) fn steps<'a>(
    case: &'a Case,
    stage: Stage,
    scene: &Scene,
) -> Result<Vec<Step<'a>>, String> {
    let expected = case.expect.known()?;
    if stage != Stage::Hooks {
        let question = question(case, stage, &expected, scene)?;
        return Ok(vec![(question, Some(expected))]);
    }
    let names = scene::names_of(scene);
    let events = case.events.iter().flatten();
    let mut steps = events
        .map(|event| {
            let expected = event.expect.as_ref().map(|expect| expect.known());
            Ok((question_of(event, &names)?, expected.transpose()?))
        })
        .collect::<Result<Vec<Step<'a>>, String>>()?;
    let last = steps.last_mut().ok_or("hooks are asked by `events`")?;
    match expected {
        // About what is left when all has happened.
        Expected::OwnColumns(_) => {}
        expected => last.1 = Some(expected),
    }
    Ok(steps)
}

/// The one question of a case that is not about hooks.
fn question(
    case: &Case,
    stage: Stage,
    expected: &Expected<'_>,
    scene: &Scene,
) -> Result<Question, String> {
    let names = scene::names_of(scene);
    Ok(match stage {
        Stage::Filter => Question::Keep,
        Stage::Scorer => Question::Score,
        Stage::Picker => Question::Pick {
            totals: case
                .totals
                .clone()
                .unwrap_or_else(|| vec![0.0; scene.rows.len()]),
        },
        Stage::Decider => Question::Agree {
            picked: scene::rows(&names, case.picked.iter().flatten())?,
        },
        Stage::ProfileHandler => {
            let done = case.done.iter().flatten();
            let done = done
                .map(|words| result(words, &names))
                .collect::<Result<_, _>>()?;
            match expected {
                Expected::Steps(_) => Question::Next { done },
                _ => Question::Decide { done },
            }
        }
        Stage::Scraper => Question::Parse {
            fetch: case.fetch,
            status: case.status,
            elapsed_ms: case.elapsed_ms,
            body: case.exposition.clone().unwrap_or_default().into_bytes(),
        },
        Stage::Hooks => return Err("hooks are asked by `events`".to_owned()),
    })
}

fn result(words: &ResultWords, names: &[String]) -> Result<ProfileResult, String> {
    Ok(ProfileResult {
        profile: words.profile.clone(),
        outcome: words.outcome,
        rows: scene::rows(names, &words.rows)?,
        totals: words.totals.clone(),
    })
}

fn question_of(event: &EventWords, names: &[String]) -> Result<Question, String> {
    match (&event.picked, event.response_started, &event.response_ended) {
        (Some(words), None, None) => Ok(Question::Picked {
            decision: decision(words, names)?,
        }),
        (None, Some(status), None) => Ok(Question::ResponseStarted { status }),
        (None, None, Some(words)) => Ok(Question::ResponseEnded {
            ended: ended(words),
        }),
        _ => Err("expected exactly one of picked, response-started, response-ended".to_owned()),
    }
}

fn decision(words: &DecisionWords, names: &[String]) -> Result<Decision, String> {
    let target = |words: &super::file::TargetWords| {
        let row = scene::row(names, &words.endpoint)?;
        Ok(Target {
            row,
            port: words.port,
        })
    };
    let headers = words.set_headers.iter();
    Ok(Decision {
        primary: words.primary.clone(),
        targets: words
            .targets
            .iter()
            .map(target)
            .collect::<Result<_, String>>()?,
        set_headers: headers
            .map(|(name, value)| Header {
                name: name.clone(),
                value: value.clone(),
            })
            .collect(),
    })
}

fn ended(words: &EndedWords) -> Ended {
    let number = |number: Option<f64>| number.unwrap_or(f64::NAN);
    Ended {
        ending: match words.ending {
            EndingWord::Complete => Ending::Complete,
            EndingWord::FailedUpstream => Ending::FailedUpstream,
            EndingWord::ClientLeft => Ending::ClientLeft,
            EndingWord::Refused => Ending::Refused,
        },
        status: words.status,
        prompt_tokens: number(words.prompt_tokens),
        cached_tokens: number(words.cached_tokens),
        completion_tokens: number(words.completion_tokens),
        first_token_ms: number(words.first_token_ms),
        total_ms: number(words.total_ms),
    }
}
