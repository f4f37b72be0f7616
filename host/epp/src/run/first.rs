//! The plan of the start: the configuration, and what was loaded over it before.

use switchyard_config::Resolved;

use super::document::Document;
use super::endpoints_source;
use super::error::RunError;
use crate::active::Active;
use crate::flags::Flags;
use crate::plans::blueprint::{Blueprint, Load};
use crate::plans::history::History;
use crate::plans::workshop::{Stamps, Workshop};
use crate::plans::{First, PlanError, tell_superseded};

/// What the picker starts with.
pub(super) struct Start {
    document: Document,
    /// What the document says.
    pub(super) resolved: Resolved,
    history: History,
    /// Why it is not the document that the flags name.
    refused: Option<String>,
}

/// The document that the flags name, or, where that makes no sense, the one of the plan that ran last: after a bad edit
/// a picker that is started again shall be no worse off than one that ran on.
pub(super) fn start(flags: &Flags) -> Result<Start, RunError> {
    let history = History::open(flags.data_dir.as_deref()).map_err(|source| RunError::DataDir {
        dir: flags.data_dir.clone().unwrap_or_default(),
        source,
    })?;
    let named = Document::named_by(flags);
    let named = named.and_then(|document| {
        let resolved = document.resolved(flags)?;
        match endpoints_source(flags, &resolved) {
            Some(_) => Ok((resolved, document)),
            None => Err(RunError::NoEndpoints),
        }
    });
    let (resolved, document, refused) = match named {
        Ok((resolved, document)) => (resolved, document, None),
        Err(error) => {
            let last = last(&history).and_then(|last| Some((last.resolved(flags).ok()?, last)));
            let Some((resolved, last)) = last else {
                return Err(error);
            };
            tracing::error!(%error, "the plan that ran last goes on");
            (resolved, last, Some(error.to_string()))
        }
    };
    Ok(Start {
        document,
        resolved,
        history,
        refused,
    })
}

fn last(history: &History) -> Option<Document> {
    let blueprint = &history.current()?.blueprint;
    Some(Document {
        name: blueprint.file.clone(),
        text: blueprint.text.clone(),
    })
}

/// Makes it. What does not work any more must not keep the picker from starting, if something else did: the log and
/// `/readyz` say so.
pub(super) fn plan(start: Start, workshop: &Workshop) -> Result<(Active, First), RunError> {
    let Start {
        document,
        history,
        mut refused,
        ..
    } = start;
    let mut read = Stamps::new();
    let before = history.current().map(|past| past.blueprint.clone());
    let mut configured = Blueprint::new(document.name, document.text);
    configured.registry = history.pulled();
    let made = match &before {
        Some(before) if refused.is_some() => workshop.make(before.clone(), &mut read),
        // Somebody went back from this very document, and it has not changed.
        Some(before) if history.left.as_ref() == Some(&configured.text) => {
            tracing::warn!("a rollback counts, not the configuration, until that is edited");
            // Of itself, or of a component's file that it names.
            read.extend(configured.component_files());
            workshop.make(before.clone(), &mut read)
        }
        Some(before) => with_loads(&configured, &before.loads, workshop, &mut read),
        None => workshop.make(configured.clone(), &mut read),
    };
    let made = made.or_else(|error| match &before {
        Some(before) if !before.loads.is_empty() || history.left.is_some() => {
            let made = with_what_fits(configured, &before.loads, workshop, &mut read)?;
            tracing::error!(%error, "what was loaded or gone back to does not work any more as it was");
            Ok(made)
        }
        _ => Err(error),
    });
    let made = made.or_else(|error| {
        let last = before.map(|before| workshop.make(before, &mut read));
        let Some(Ok(last)) = last else {
            return Err(error);
        };
        tracing::error!(%error, "the plan that ran last goes on");
        refused = Some(error.to_string());
        Ok(last)
    });
    let (active, blueprint) = made.map_err(|error| match error {
        PlanError::Activate(error) => RunError::Activate(error),
        other => RunError::Plan(other),
    })?;
    let first = First {
        history,
        blueprint,
        read,
        refused,
    };
    Ok((active, first))
}

type Made = Result<(Active, Blueprint), PlanError>;

fn with_loads(
    configured: &Blueprint,
    loads: &[Load],
    workshop: &Workshop,
    read: &mut Stamps,
) -> Made {
    let (blueprint, superseded) = configured.clone().with_loads(loads)?;
    let made = workshop.make(blueprint, read)?;
    tell_superseded(&superseded);
    Ok(made)
}

/// The configuration with those of the loads that still work over it, one after the other.
fn with_what_fits(
    configured: Blueprint,
    loads: &[Load],
    workshop: &Workshop,
    read: &mut Stamps,
) -> Made {
    let mut fits = workshop.make(configured, read)?;
    for load in loads {
        let more = [fits.1.loads.as_slice(), std::slice::from_ref(load)].concat();
        match with_loads(&fits.1, &more, workshop, read) {
            Ok(made) => fits = made,
            Err(error) => {
                tracing::error!(plugin = load.name, %error, "a loaded plugin is left out")
            }
        }
    }
    Ok(fits)
}
