//! What a plugin answers at a stage.

use std::time::Duration;

use switchyard_build::contract::Stage;
use switchyard_scheduler::{CallFault, Cause};

use super::draw::{self, Known};
use super::{Subject, Wrong};
use crate::cases::fault_parts;
use crate::compared;
use crate::trial::answer::Part;
use crate::trial::{Answer, Budget, Guest, Question, Scene};

/// Numbers of candidates that are asked about.
const SIZES: [u32; 3] = [2, 10, 1_000];

/// At this many endpoints the budget is measured.
const USUAL: u32 = 100;

/// A shaky machine may make some calls slow; half of this many must be in time.
const TIMED: usize = 21;

pub(super) fn takes_endpoints(subject: &Subject<'_>) -> Result<(), Wrong> {
    let mut guest = subject.start()?;
    let stage = *subject
        .trial
        .stages()
        .first()
        .ok_or("it exports no stage")?;
    for count in [1_000, 0, 3] {
        let scene = draw::scene(guest.plugin().needs(), count, Known::All, 1);
        guest.tell(&scene);
        if let Some(fault) = guest.untold() {
            return Err(Wrong {
                reason: fault.to_string(),
                endless: fault.cause == Cause::Deadline,
            });
        }
        if count > 0 {
            for question in draw::questions(&guest, stage, &scene, 1) {
                let _ = said(&mut guest, &scene, &question)?;
            }
        }
    }
    Ok(())
}

pub(super) fn answers(subject: &Subject<'_>, stage: Stage) -> Result<(), Wrong> {
    asked(subject, stage, &SIZES, Known::All)
}

pub(super) fn tolerates(subject: &Subject<'_>, stage: Stage) -> Result<(), Wrong> {
    asked(subject, stage, &[10], Known::Some)?;
    asked(subject, stage, &[10], Known::None)
}

pub(super) fn few(subject: &Subject<'_>, stage: Stage) -> Result<(), Wrong> {
    asked(subject, stage, &[1], Known::All)?;
    let mut guest = subject.start()?;
    let scene = draw::scene(guest.plugin().needs(), 0, Known::All, 1);
    guest.tell(&scene);
    for question in draw::questions(&guest, stage, &scene, 1) {
        match stage {
            // It is never asked so and has no answer to give; but one that breaks does on its own arithmetic.
            Stage::Picker => match guest.ask(&scene, &question) {
                Err(fault) if broke(&fault) => return Err(told(&question, &scene, &fault)),
                _ => {}
            },
            _ => sound(&mut guest, &scene, &question)?,
        }
    }
    Ok(())
}

fn asked(subject: &Subject<'_>, stage: Stage, sizes: &[u32], known: Known) -> Result<(), Wrong> {
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

/// An answer that a picker takes as it is.
fn sound(guest: &mut Guest, scene: &Scene, question: &Question) -> Result<(), Wrong> {
    let Ok(Answer::Scores(scores)) = said(guest, scene, question)? else {
        return Ok(());
    };
    match scores.iter().find(|score| !(0.0..=1.0).contains(*score)) {
        Some(score) => Err(format!("a score of {score}, expected 0 to 1").into()),
        None => Ok(()),
    }
}

/// What it answers. To say no is an answer; to break, or to break the contract, is none.
fn said(
    guest: &mut Guest,
    scene: &Scene,
    question: &Question,
) -> Result<Result<Answer, CallFault>, Wrong> {
    match guest.ask(scene, question) {
        Err(fault) if !matches!(fault.cause, Cause::Said { .. }) => {
            Err(told(question, scene, &fault))
        }
        answer => Ok(answer),
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

fn told(question: &Question, scene: &Scene, fault: &CallFault) -> Wrong {
    Wrong {
        reason: question.broke(scene, fault),
        endless: fault.cause == Cause::Deadline,
    }
}

pub(super) fn same(subject: &Subject<'_>, stage: Stage) -> Result<(), Wrong> {
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
        let first = parts(&said(&mut guest, &scene, &question)?, &scene);
        let again = said(&mut guest, &scene, &question)?;
        is_same("the same instance", &first, &parts(&again, &scene))?;
        let again = said(&mut other, &scene, &question)?;
        is_same("another instance", &first, &parts(&again, &scene))?;
    }
    Ok(())
}

fn parts(answer: &Result<Answer, CallFault>, scene: &Scene) -> Vec<Part> {
    match answer {
        Ok(answer) => answer.parts(scene),
        Err(fault) => fault_parts(fault),
    }
}

fn is_same(whose: &str, first: &[Part], again: &[Part]) -> Result<(), Wrong> {
    if first == again {
        return Ok(());
    }
    let table = compared::differing(["first", "again"], first, again);
    Err(format!(
        "asked again, {whose} answers otherwise; keep what must be shared in `state` or own columns, and take chance from `request.seed`\n{table}"
    )
    .into())
}

pub(super) fn in_time(subject: &Subject<'_>, stage: Stage) -> Result<(), Wrong> {
    let mut guest = subject.start()?;
    let scene = draw::scene(guest.plugin().needs(), USUAL, Known::All, 9);
    guest.tell(&scene);
    for question in draw::questions(&guest, stage, &scene, 9) {
        let Budget { name, time } = Budget::of(&question, &subject.limits);
        let mut took = Vec::with_capacity(TIMED);
        for _ in 0..TIMED {
            let _ = said(&mut guest, &scene, &question)?;
            took.push(Duration::from_nanos(guest.last_call().ns));
        }
        took.sort_unstable();
        let median = took[TIMED / 2];
        if median > time {
            return Err(Wrong::from(format!(
                "`{}` with {USUAL} endpoints takes {median:?}, and `{name}` is {time:?}; a configuration can give it more",
                question.call()
            )));
        }
    }
    Ok(())
}
