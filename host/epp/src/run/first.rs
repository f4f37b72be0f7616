//! The plan of the start: the configuration, and what was loaded over it before.

use crate::active::Active;
use crate::flags::Flags;
use crate::plans::blueprint::Blueprint;
use crate::plans::history::History;
use crate::plans::workshop::{Stamps, Workshop};
use crate::plans::{First, PlanError};

use super::{Document, RunError};

/// Makes it. A load that does not fit any more must not keep the picker from starting: it is left out, and
/// the log says so.
pub(super) fn plan(
    Document { name, text }: Document,
    flags: &Flags,
    workshop: &Workshop,
) -> Result<(Active, First), RunError> {
    let history = History::open(flags.data_dir.as_deref()).map_err(|source| RunError::DataDir {
        dir: flags.data_dir.clone().unwrap_or_default(),
        source,
    })?;
    let before = history.current().map(|past| past.blueprint.clone());
    let mut configured = Blueprint::new(name, text);
    configured.registry = history.pulled();
    let wanted = match before {
        // Somebody went back from this very document, and it has not changed.
        Some(before) if history.left.as_ref() == Some(&configured.text) => {
            tracing::warn!("a rollback counts, not the configuration, until that is edited");
            Ok(before)
        }
        Some(before) => configured.clone().with_loads(&before.loads),
        None => Ok(configured.clone()),
    };
    let alone = wanted.as_ref().is_ok_and(|wanted| *wanted == configured);
    let mut read = Stamps::new();
    let made = wanted
        .map_err(PlanError::from)
        .and_then(|wanted| workshop.make(wanted, &mut read));
    let made = made.or_else(|error| {
        if alone {
            return Err(error);
        }
        tracing::error!(%error, "what was loaded or gone back to does not work any more; the configuration alone counts");
        workshop.make(configured, &mut read)
    });
    let (active, blueprint) = made.map_err(|error| match error {
        PlanError::Activate(error) => RunError::Activate(error),
        other => RunError::Plan(other),
    })?;
    let first = First {
        history,
        blueprint,
        read,
    };
    Ok((active, first))
}
