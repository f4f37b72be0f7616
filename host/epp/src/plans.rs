//! The plan that runs, those that ran before it, and how one follows another: a new one is made beside
//! the old one and tried; only a good one takes over, and requests under way finish where they began.

pub mod blueprint;
mod error;
pub mod history;
pub mod shelf;
mod smoke;
mod status;
pub mod watch;
pub mod workshop;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::active::Active;
use crate::clock;
use crate::parser;
use crate::router::Router;
use crate::scrape::Scraper;
use blueprint::{Blueprint, Load};
pub use error::PlanError;
use history::{History, Left, Past};
pub use status::PlansStatus;
use workshop::{Stamps, Workshop};

/// All plans of a picker.
pub struct Plans {
    workshop: Workshop,
    router: Arc<Router>,
    scraper: Scraper,
    /// One change at a time. Apart from the state, because a plan takes seconds to make, and pages ask how
    /// things are meanwhile.
    changing: Mutex<()>,
    state: Mutex<State>,
}

/// A change is under way, and no other.
struct Changing<'a>(#[expect(dead_code, reason = "held, not read")] MutexGuard<'a, ()>);

/// What the plan of the start was made of.
pub struct First {
    /// The plans before it.
    pub history: History,
    /// What was asked for.
    pub blueprint: Blueprint,
    /// The components' files that were read for it.
    pub read: Stamps,
    /// Why it is not what the flags ask for.
    pub refused: Option<String>,
}

/// Says which loads count no more.
pub fn tell_superseded(names: &[String]) {
    for plugin in names {
        tracing::warn!(
            plugin,
            "the configuration names this plugin now, which supersedes the loaded one"
        );
    }
}

struct State {
    history: History,
    status: PlansStatus,
    /// The components' files that count, as they were when they were read: those of the latest document, whether
    /// it was taken or refused.
    read: Stamps,
}

impl State {
    /// Notes the files that were read for a plan: those of a new document, or some more of the same.
    fn note(&mut self, read: Stamps, left: Left) {
        if left == Left::Counts {
            self.read.clear();
        }
        self.read.extend(read);
    }
}

impl Plans {
    /// What the router runs was made of `first`.
    pub fn new(workshop: Workshop, router: Arc<Router>, scraper: Scraper, first: First) -> Self {
        let First {
            mut history,
            blueprint,
            read,
            refused,
        } = first;
        scraper.replace(parser::sources(&router.active()));
        let same = history
            .current()
            .filter(|past| past.blueprint == blueprint)
            .map(|past| past.number);
        let number = same.unwrap_or_else(|| {
            // Edited while nobody ran: whoever went back from what it was then means it no longer.
            let (by, now_ms) = ("start".to_owned(), clock::now_ms());
            history.push(blueprint, by, Left::Counts, now_ms)
        });
        save(&history);
        let mut status = PlansStatus {
            number,
            ..PlansStatus::default()
        };
        if let Some(reason) = refused {
            status.refuse(reason, clock::now_ms(), Left::Counts);
        }
        Self {
            workshop,
            router,
            scraper,
            changing: Mutex::new(()),
            state: Mutex::new(State {
                history,
                status,
                read,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How things are.
    pub fn status(&self) -> PlansStatus {
        self.state().status.clone()
    }

    /// Plans that can be gone back to, oldest first; the last one runs.
    pub fn kept(&self) -> Vec<Past> {
        self.state().history.plans.iter().cloned().collect()
    }

    /// The components' files that count, as they were when they were read.
    pub fn read(&self) -> Stamps {
        self.state().read.clone()
    }

    /// Notes that the document cannot be read.
    pub fn unreadable(&self, reason: String) {
        tracing::error!("{reason}; the plan that ran goes on");
        let now_ms = clock::now_ms();
        self.state().status.refuse(reason, now_ms, Left::Counts);
    }

    /// The plugins that were loaded over the configuration.
    pub fn loads(&self) -> Vec<Load> {
        let state = self.state();
        let current = state.history.current();
        current.map_or_else(Vec::new, |past| past.blueprint.loads.clone())
    }

    /// Follows an edit of the document, or of a component's file that it names.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn edited(&self, file: &str, text: &str) -> Result<u64, PlanError> {
        let one = self.one_at_a_time();
        let mut superseded = Vec::new();
        let number = self.change(&one, "edit", Left::Counts, |blueprint| {
            let mut edited = Blueprint::new(file.to_owned(), text.to_owned());
            edited.registry = self.state().history.pulled();
            let (edited, names) = edited.with_loads(&blueprint.loads)?;
            superseded = names;
            Ok(edited)
        })?;
        tell_superseded(&superseded);
        Ok(number)
    }

    /// Loads a component, in the place of an earlier load of its name.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn load(&self, mut load: Load, component: &[u8]) -> Result<u64, PlanError> {
        let one = self.one_at_a_time();
        let by = format!("{} loaded {}", load.by, load.name);
        self.change(&one, &by, Left::Stays, |blueprint| {
            let kept = self.workshop.components.keep(component);
            load.digest = kept.map_err(PlanError::Keep)?;
            let mut changed = blueprint.clone();
            changed.loads.retain(|known| known.name != load.name);
            changed.loads.push(load);
            match changed.resolve()?.1.pop() {
                Some(name) => Err(PlanError::Configured(name)),
                None => Ok(changed),
            }
        })
    }

    /// Takes a loaded plugin out.
    ///
    /// # Errors
    /// There is none of this name, or the plan without it does not work.
    pub fn unload(&self, name: &str, by: &str) -> Result<u64, PlanError> {
        let (one, by) = (self.one_at_a_time(), format!("{by} unloaded {name}"));
        self.change(&one, &by, Left::Stays, |blueprint| {
            let mut changed = blueprint.clone();
            changed.loads.retain(|load| load.name != name);
            if changed.loads.len() == blueprint.loads.len() {
                let known = blueprint.loads.iter().map(|load| load.name.clone());
                return Err(PlanError::NotLoaded {
                    found: name.to_owned(),
                    known: known.collect(),
                });
            }
            Ok(changed)
        })
    }

    /// Goes back to an earlier plan, or the one before this one. The number of the new plan and of the one
    /// it is again.
    ///
    /// # Errors
    /// There is none, or it does not work any more.
    pub fn rollback(&self, to: Option<u64>, by: &str) -> Result<(u64, u64), PlanError> {
        let one = self.one_at_a_time();
        let (of, first, blueprint) = {
            let state = self.state();
            let Some(past) = state.history.find(to) else {
                let known = state
                    .history
                    .plans
                    .iter()
                    .map(|past| past.number.to_string());
                return Err(PlanError::NoPast {
                    to,
                    known: known.collect(),
                });
            };
            (past.number, past.first(), past.blueprint.clone())
        };
        let said = format!("{by} went back to plan {of}");
        let number = self.change(&one, &said, Left::Behind { of: first }, |_| Ok(blueprint))?;
        Ok((number, of))
    }

    fn one_at_a_time(&self) -> Changing<'_> {
        Changing(self.changing.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes the plan that `next` makes of the current blueprint and puts it to work.
    fn change(
        &self,
        one: &Changing<'_>,
        by: &str,
        left: Left,
        next: impl FnOnce(&Blueprint) -> Result<Blueprint, PlanError>,
    ) -> Result<u64, PlanError> {
        let changed = self.changed(one, by, left, next);
        // Components that a refused plan brought, or that only the plan needed that is forgotten now.
        let plans = self.kept();
        self.workshop
            .components
            .retain(|digest| plans.iter().any(|past| past.blueprint.needs(digest)));
        changed
    }

    fn changed(
        &self,
        _: &Changing<'_>,
        by: &str,
        left: Left,
        next: impl FnOnce(&Blueprint) -> Result<Blueprint, PlanError>,
    ) -> Result<u64, PlanError> {
        let current = self.state().history.current().cloned();
        let current = current.ok_or(PlanError::NoPast {
            to: None,
            known: Vec::new(),
        })?;
        let mut read = Stamps::new();
        let made = next(&current.blueprint);
        let made = made.and_then(|blueprint| self.made(blueprint, &mut read));
        self.state().note(read, left);
        let (active, blueprint) = made.inspect_err(|error| {
            tracing::error!(by, %error, "a new plan was refused; the one that ran goes on");
            let (reason, now_ms) = (error.to_string(), clock::now_ms());
            self.state().status.refuse(reason, now_ms, left);
        })?;
        if current.blueprint == blueprint {
            // Touched, or edited and edited back.
            let mut state = self.state();
            state.status.take(left);
            if left == Left::Counts && state.history.left.take().is_some() {
                let history = state.history.clone();
                drop(state);
                save(&history);
            }
            return Ok(current.number);
        }
        let active = Arc::new(active);
        let (old, new) = (&self.router.active().resolved, &active.resolved);
        if (&old.discovery, &old.scrape_tls) != (&new.discovery, &new.scrape_tls) {
            tracing::warn!(
                "where endpoints come from or how they are scraped over TLS changed: that counts from the next start"
            );
        }
        self.router.activate(active.clone());
        self.scraper.replace(parser::sources(&active));
        let mut state = self.state();
        let now_ms = clock::now_ms();
        let number = state.history.push(blueprint, by.to_owned(), left, now_ms);
        state.status.number = number;
        state.status.applied += 1;
        state.status.take(left);
        let history = state.history.clone();
        drop(state);
        // Pages ask for the state, and a disk may be slow.
        save(&history);
        tracing::info!(plan = number, by, "a new plan runs");
        Ok(number)
    }

    fn made(
        &self,
        blueprint: Blueprint,
        read: &mut Stamps,
    ) -> Result<(Active, Blueprint), PlanError> {
        let (active, blueprint) = self.workshop.make(blueprint, read)?;
        self.workshop.smoke(&active).map_err(PlanError::Smoke)?;
        Ok((active, blueprint))
    }
}

fn save(history: &History) {
    if let Err(error) = history.save() {
        tracing::error!(%error, "the history of plans could not be written; it ends with this process");
    }
}
