//! What a plugin answers at a stage.

use std::time::Duration;

use switchyard_build::contract::Stage;
use switchyard_scheduler::{CallFault, Cause};

use super::Subject;
use super::draw::{self, Known};
use crate::trial::{Answer, Guest, Question, Scene};

/// Numbers of candidates that are asked about.
const SIZES: [u32; 3] = [2, 10, 1_000];

/// At this many endpoints the budget is measured.
const USUAL: u32 = 100;

/// A shaky machine may make some calls slow; half of this many must be in time.
const TIMED: usize = 21;

pub(super) fn takes_endpoints(subject: &Subject<'_>) -> Result<(), String> {
    let mut guest = subject.start()?;
    let stage = *subject
        .trial
        .stages()
        .first()
        .ok_or("it exports no stage")?;
    for count in [1_000, 0, 3] {
        let scene = draw::scene(guest.plugin().needs(), count, Known::All, 1);
        guest.tell(&scene);
        // An instance that broke when it was told shows at the next call.
        if count > 0 {
            for question in draw::questions(&guest, stage, &scene, 1) {
                sound(&mut guest, &scene, &question)?;
            }
        }
    }
    Ok(())
}

pub(super) fn answers(subject: &Subject<'_>, stage: Stage) -> Result<(), String> {
    asked(subject, stage, &SIZES, Known::All)
}

pub(super) fn tolerates(subject: &Subject<'_>, stage: Stage) -> Result<(), String> {
    asked(subject, stage, &[10], Known::Some)?;
    asked(subject, stage, &[10], Known::None)
}

pub(super) fn few(subject: &Subject<'_>, stage: Stage) -> Result<(), String> {
    asked(subject, stage, &[1], Known::All)?;
    // A picker is never asked so; a plugin that breaks on it breaks on its own arithmetic.
    let mut guest = subject.start()?;
    let scene = draw::scene(guest.plugin().needs(), 0, Known::All, 1);
    guest.tell(&scene);
    for question in draw::questions(&guest, stage, &scene, 1) {
        match guest.ask(&scene, &question) {
            Err(fault) if broke(&fault) => return Err(told(&question, &scene, &fault)),
            _ => {}
        }
    }
    Ok(())
}

fn asked(subject: &Subject<'_>, stage: Stage, sizes: &[u32], known: Known) -> Result<(), String> {
    let mut guest = subject.start()?;
    for (size, seed) in sizes.iter().zip(1..) {
        let scene = draw::scene(guest.plugin().needs(), *size, known, seed);
        guest.tell(&scene);
        for question in draw::questions(&guest, stage, &scene, seed) {
            sound(&mut guest, &scene, &question)?;
        }
    }
    Ok(())
}

/// The answer, if it is one that a picker takes as it is. To say no is an answer.
fn sound(guest: &mut Guest, scene: &Scene, question: &Question) -> Result<Option<Answer>, String> {
    match guest.ask(scene, question) {
        Ok(Answer::Scores(scores)) => {
            match scores.iter().find(|score| !(0.0..=1.0).contains(*score)) {
                Some(score) => Err(format!("a score of {score}, expected 0 to 1")),
                None => Ok(Some(Answer::Scores(scores))),
            }
        }
        Ok(answer) => Ok(Some(answer)),
        Err(fault) if matches!(fault.cause, Cause::Said { .. }) => Ok(None),
        Err(fault) => Err(told(question, scene, &fault)),
    }
}

/// Whether the guest itself came to an end, and not only its answer.
fn broke(fault: &CallFault) -> bool {
    matches!(
        fault.cause,
        Cause::Trap
            | Cause::StackOverflow
            | Cause::Deadline
            | Cause::Memory
            | Cause::HostBytes
            | Cause::NoInstance
    )
}

fn told(question: &Question, scene: &Scene, fault: &CallFault) -> String {
    let what = match question {
        Question::Keep => "keep",
        Question::Score => "score",
        Question::Pick { .. } => "pick",
        Question::Agree { .. } | Question::Decide { .. } => "decide",
        Question::Next { .. } => "next",
        Question::Parse { .. } => "parse",
        Question::Picked { .. } => "picked",
        Question::ResponseStarted { .. } => "response-started",
        Question::ResponseEnded { .. } => "response-ended",
    };
    format!("`{what}` with {} endpoints: {fault}", scene.rows.len())
}

pub(super) fn same(subject: &Subject<'_>, stage: Stage) -> Result<(), String> {
    // Hooks are told what happened; that the second time is another is their purpose.
    if stage == Stage::Hooks {
        return Ok(());
    }
    let mut guest = subject.start()?;
    let mut other = guest.another().map_err(|error| error.to_string())?;
    let scene = draw::scene(guest.plugin().needs(), 10, Known::Some, 5);
    guest.tell(&scene);
    other.tell(&scene);
    for question in draw::questions(&guest, stage, &scene, 5) {
        let first = guest.ask(&scene, &question);
        for (whose, again) in [
            ("the same instance", guest.ask(&scene, &question)),
            ("another instance", other.ask(&scene, &question)),
        ] {
            if !alike(&first, &again, &scene) {
                return Err(format!(
                    "asked again, {whose} answered {again:?}, the first answer was {first:?}; keep what must be shared in `state` or own columns, and take chance from `request.seed`"
                ));
            }
        }
    }
    Ok(())
}

/// NaN is NaN here.
fn alike(
    one: &Result<Answer, CallFault>,
    other: &Result<Answer, CallFault>,
    scene: &Scene,
) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => one.parts(scene) == other.parts(scene),
        (one, other) => one == other,
    }
}

pub(super) fn in_time(subject: &Subject<'_>, stage: Stage) -> Result<(), String> {
    let mut guest = subject.start()?;
    let scene = draw::scene(guest.plugin().needs(), USUAL, Known::All, 9);
    guest.tell(&scene);
    let budget = match stage {
        Stage::Scraper => subject.limits.parse,
        Stage::Hooks => subject.limits.hook,
        _ => subject.limits.call,
    };
    for question in draw::questions(&guest, stage, &scene, 9) {
        let mut took = Vec::with_capacity(TIMED);
        for _ in 0..TIMED {
            sound(&mut guest, &scene, &question)?;
            took.push(Duration::from_nanos(guest.last_call().ns));
        }
        took.sort_unstable();
        let median = took[TIMED / 2];
        if median > budget {
            return Err(format!(
                "a call with {USUAL} endpoints takes {median:?}, and it may take {budget:?}; a configuration can give it more with `limits`"
            ));
        }
    }
    Ok(())
}
